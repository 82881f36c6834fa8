//go:build !plantedbug_ackfirst && !plantedbug_swallow

package ingest

// durable commits before anything is acknowledged. A build with the tag
// plantedbug_ackfirst does it after, one with plantedbug_swallow does not look at
// what became of it, to show that the rigs see it.
func durable(commit func() error) error { return commit() }
