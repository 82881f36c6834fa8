// Package orchestrate decides who answers: it takes what ingest committed, one
// lane per thread, finds or opens the conversation, asks its bot, hands over to
// queues and agents, and carries out what agents do at their desk. Everything
// one message causes is committed in one transaction with the mark that it was
// handled.
//
// It never speaks to a platform (core/outbox does) and holds no SQL. Ownership
// is a lease with a version: whoever speaks does so under the newest one.
package orchestrate
