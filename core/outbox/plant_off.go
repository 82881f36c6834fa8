//go:build !rigged

package outbox

import (
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// keyFor is what the platform knows a row by: the same at every attempt. A build
// with the tag rigged can make a new one for each repeat, to show that the
// rigs see it.
func keyFor(row store.OutboxRow) canon.ID { return row.ID }

// repeats tells whether what a process that ended was sending is sent again:
// where the platform knows it by its key. Such a build can do it
// everywhere.
func repeats(caps connector.Capabilities) bool { return caps.Idempotent }
