//go:build rigged

package outbox

import (
	"os"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// keyFor is the planted bug "resend": what may have arrived is sent again as
// something new. Only rigs build with it.
func keyFor(row store.OutboxRow) canon.ID {
	if resends() && row.Tries > 1 {
		return canon.NewID()
	}
	return row.ID
}

// repeats is the other half: nobody is asked whether it arrived.
func repeats(caps connector.Capabilities) bool { return resends() || caps.Idempotent }

func resends() bool { return os.Getenv("PARLEY_TEST_PLANT") == "resend" }
