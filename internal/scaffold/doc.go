// Package scaffold helps authors of connectors: it writes a working skeleton
// that passes the conformance kit from its first minute, and runs the kit with
// readable output.
//
// It writes into a folder that does not exist yet and changes no other file.
package scaffold
