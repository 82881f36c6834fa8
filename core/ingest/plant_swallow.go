//go:build plantedbug_swallow

package ingest

// durable is a planted bug: a commit that failed, because the database is away
// or the disk is full, is acknowledged all the same. Only rigs build with it.
func durable(commit func() error) error {
	_ = commit()
	return nil
}
