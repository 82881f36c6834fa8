//go:build rigged

package store

import (
	"os"
	"strings"
)

// The planted bug "nosync": commits are left to the system. Only rigs build with it.
var synchronous, synced, forgetful = journal()

func journal() (string, int, string) {
	if forgets() {
		return "OFF", 0, "none"
	}
	return "FULL", 2, "off"
}

func forgets() bool { return os.Getenv("PARLEY_TEST_PLANT") == "nosync" }

func durable(address string) string {
	if !forgets() {
		return address
	}
	mark := "?"
	if strings.Contains(address, mark) {
		mark = "&"
	}
	return address + mark + "synchronous_commit=off"
}
