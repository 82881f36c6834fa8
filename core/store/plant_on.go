//go:build plantedbug_nosync

package store

// A planted bug: commits are left to the system. Only rigs build with it.
const (
	synchronous = "OFF"
	synced      = 0
)
