// Package scaffold helps authors of connectors: it writes a folder that compiles
// and in which the conformance kit says what is missing, and runs the kit with
// readable output. docs/writing-a-connector.md goes from one to the other.
//
// It writes into a folder that does not exist yet and changes no other file.
package scaffold
