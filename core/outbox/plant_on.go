//go:build plantedbug_resend

package outbox

import (
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// keyFor is a planted bug: what may have arrived is sent again as something new.
// Only rigs build with it.
func keyFor(row store.OutboxRow) canon.ID {
	if row.Tries > 1 {
		return canon.NewID()
	}
	return row.ID
}

// repeats is the other half: nobody is asked whether it arrived.
func repeats(connector.Capabilities) bool { return true }
