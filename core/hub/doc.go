// Package hub is the running core: it keeps links open, runs their streamers
// and servers, and ties ingest, orchestrate, outbox and feed together for one
// process.
//
// It never knows a channel or a bot by name: main gives it registries.
package hub
