//go:build !rigged

package ingest

// durable commits before anything is acknowledged. A build with the tag rigged
// can do it after, or not look at what became of it, to show that the rigs see it.
func durable(commit func() error) error { return commit() }
