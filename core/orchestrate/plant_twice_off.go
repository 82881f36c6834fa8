//go:build !rigged

package orchestrate

import (
	"time"

	"parley/core/store"
)

// glance lets lanes be decided on as they were read. A build with the tag
// rigged can forget what began just now, to show that the rigs see it.
func glance([]*store.Lane, []int, time.Time) {}
