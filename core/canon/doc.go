// Package canon is the canonical vocabulary of Parley: what arrives from any
// channel and what leaves to any channel is said in these words. It holds the
// envelope, the closed sets of events, parts and signals, delivery states and
// their JSON form.
//
// It never speaks to a network or a database, knows no channel by name, and
// imports nothing but the standard library.
package canon
