//go:build !plantedbug

package orchestrate

import (
	"time"

	"parley/core/store"
)

// glance lets lanes be decided on as they were read. A build with the tag
// plantedbug can forget what began just now, to show that the rigs see it.
func glance([]*store.Lane, []int, time.Time) {}
