//go:build !plantedbug_ackfirst

package ingest

// durable commits before anything is acknowledged. A build with the tag
// plantedbug_ackfirst does it after, to show that the rigs see it.
func durable(commit func() error) error { return commit() }
