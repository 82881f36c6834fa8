//go:build rigged

package feed

import (
	"os"
	"slices"
	"time"

	"parley/core"
)

// missed is the planted bug "window": whoever comes back is told what happened in the last
// tenth of a second. Only rigs build with it.
func missed(entries []core.FeedEntry, now time.Time) []core.FeedEntry {
	if os.Getenv("PARLEY_TEST_PLANT") != "window" {
		return entries
	}
	return slices.DeleteFunc(entries, func(e core.FeedEntry) bool { return now.Sub(e.At) > 100*time.Millisecond })
}
