//go:build !plantedbug_nosync

package store

// synchronous is how SQLite commits: FULL has it on the disk before it is
// acknowledged; synced is the number SQLite gives it. A build with the tag
// plantedbug_nosync leaves it to the system, to show that the rigs see it.
const (
	synchronous = "FULL"
	synced      = 2
)
