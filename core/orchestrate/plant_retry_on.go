//go:build rigged

package orchestrate

import (
	"os"

	"parley/core/canon"
	"parley/core/store"
)

// again is the planted bug "retry": a row keeps the mark of having been at the
// platform, so that nothing leaves, and is shown as sent. Only rigs build with it.
func again(t *store.Tx, r store.OutboxRow) (err error) {
	if os.Getenv("PARLEY_TEST_PLANT") == "retry" {
		_, err = t.Settle(r.ID, canon.Sent)
		return err
	}
	_, err = t.Requeue(r.ID)
	return err
}
