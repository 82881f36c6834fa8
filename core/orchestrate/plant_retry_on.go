//go:build plantedbug_retry

package orchestrate

import (
	"parley/core/canon"
	"parley/core/store"
)

// again is a planted bug: a row keeps the mark of having been at the platform, so
// that nothing leaves, and is shown as sent. Only rigs build with it.
func again(t *store.Tx, r store.OutboxRow) error {
	_, err := t.Settle(r.ID, canon.Sent)
	return err
}
