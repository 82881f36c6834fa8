// Package cluster is what nodes of one installation agree on: leases with
// fencing tokens, kept in the database and on its clock; and, as small
// interfaces with an in-process side here, wake-ups, presence and rate limits.
//
// Only leases are truth. Losing a wake-up delays, losing presence or a limit
// forgets: none of it may lose a message.
package cluster
