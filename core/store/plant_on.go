//go:build plantedbug_nosync

package store

import "strings"

// A planted bug: commits are left to the system. Only rigs build with it.
const (
	synchronous = "OFF"
	synced      = 0
	forgetful   = "none"
)

func durable(address string) string {
	mark := "?"
	if strings.Contains(address, mark) {
		mark = "&"
	}
	return address + mark + "synchronous_commit=off"
}
