// Package load is the client the benches and crash rigs drive a hub with: raw
// HTTP/1.1 over TCP, requests built once and only patched, answers read as far
// as needed, so that on the same cores as the hub it costs as little as it can.
// It runs as a process of its own: Main reads a Plan from standard input and
// writes a Report to standard output.
//
// It never repeats a request by itself and follows no redirect.
package load
