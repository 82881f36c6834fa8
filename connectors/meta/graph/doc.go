// Package graph is the ground Meta's channels stand on: the client of the Graph
// API, the meaning of its errors, the webhook with its signature and handshake,
// and the fields every form asks for.
//
// It knows no kind of message and keeps no state of a customer but when they
// last wrote.
package graph
