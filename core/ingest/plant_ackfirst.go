//go:build plantedbug_ackfirst

package ingest

import "time"

// durable is a planted bug: what it says is durable is committed later, and
// whether that went well nobody learns. Only rigs build with it.
func durable(commit func() error) error {
	go func() {
		time.Sleep(30 * time.Millisecond)
		_ = commit()
	}()
	return nil
}
