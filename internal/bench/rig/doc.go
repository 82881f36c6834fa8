// Package rig runs a hub as a child process on loopback and speaks to it as
// anybody outside would: through its commands, its API and its callbacks. The
// benches and the crash rigs share it.
//
// It never looks into the hub's database, and it ends no process but those it
// started.
package rig
