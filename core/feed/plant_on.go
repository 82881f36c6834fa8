//go:build plantedbug_window

package feed

import (
	"slices"
	"time"

	"parley/core"
)

// missed is a planted bug: whoever comes back is told what happened in the last
// tenth of a second. Only rigs build with it.
func missed(entries []core.FeedEntry, now time.Time) []core.FeedEntry {
	return slices.DeleteFunc(entries, func(e core.FeedEntry) bool { return now.Sub(e.At) > 100*time.Millisecond })
}
