// Package connector is the contract between the hub and any channel: a Driver
// describes one kind of channel, a Conn is one open link of it, and small
// optional interfaces say what else it can do. Limits are data (Capabilities),
// the linking form is data (Form), failures carry class and certainty (Error).
//
// It never runs anything itself: the order of a callback, retries, splitting,
// storage and logging belong to the core, and nothing here knows a channel by
// name.
//
// Version is the version of this contract. Within one version, interfaces only
// gain optional companions and structs only gain fields whose zero value keeps
// the old meaning; anything else raises it, and says here what authors must
// change. testdata/contract.txt holds the contract as it was last agreed to: a
// test fails on every difference, and takes one that breaks authors' code only
// together with a new version.
package connector

// Version of the contract.
const Version = 1
