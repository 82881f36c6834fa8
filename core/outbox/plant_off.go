//go:build !plantedbug_resend

package outbox

import (
	"parley/core/canon"
	"parley/core/store"
)

// keyFor is what the platform knows a row by: the same at every attempt. A build
// with the tag plantedbug_resend makes a new one for each repeat, to show that
// the rigs see it.
func keyFor(row store.OutboxRow) canon.ID { return row.ID }
