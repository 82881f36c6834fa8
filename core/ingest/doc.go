// Package ingest takes in what platforms send, in the one order that loses
// nothing: authenticate and decrypt, decode, commit, acknowledge. Whatever is
// answered with 2xx is durable by then; if the store is away the platform is
// asked to try again.
//
// It never handles a message (core/orchestrate does, from what was committed)
// and tells a stranger nothing.
package ingest
