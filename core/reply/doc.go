// Package reply keeps the callbacks whose response can still carry a message:
// on some platforms the answer to a customer travels in the answer to the
// callback. The door holds each such callback as a Try; whoever sends the next
// message of the thread takes exactly one of them.
//
// It never decides what is said, knows no database and no channel, and keeps
// nothing beyond the life of a callback. It knows the callbacks of this process
// only: what another node sends goes out as an ordinary message.
package reply
