package email

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"parley/connectors/email/letter"
)

// cursor is how far a mailbox has been taken in.
type cursor struct {
	// Validity is the mailbox's UIDVALIDITY: UIDs mean nothing under another.
	Validity uint32 `json:"validity"`
	// UID is the last one handled: every mail up to it is committed, but for
	// those in Gaps.
	UID uint32 `json:"uid"`
	// Since is before when mail is none of ours: the moment of linking, less
	// the days asked for.
	Since time.Time `json:"since"`
	// Old is the highest UID that was there when the mailbox had been
	// renumbered: mails up to it may be old, whatever the server says of when
	// they came.
	Old uint32 `json:"old,omitempty"`
	// Gaps are UIDs below UID that were not there when their neighbours were
	// read. Most were deleted before we came; but servers that deliver several
	// mails at once have shown the higher UID first, so they are looked for a
	// while longer.
	Gaps []gap `json:"gaps,omitempty"`
}

// gap is a UID that was missing at a time.
type gap struct {
	UID uint32    `json:"uid"`
	At  time.Time `json:"at"`
}

const (
	gapsFor = 10 * time.Minute
	maxGaps = 50
)

// readCursor reads a stored cursor; a first one, or one nobody can read, starts
// at since.
func readCursor(stored string, since time.Time) cursor {
	var c cursor
	if stored == "" || json.Unmarshal([]byte(stored), &c) != nil || c.Since.IsZero() {
		return cursor{Since: since}
	}
	return c
}

func (c cursor) String() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("email: a cursor cannot be written: " + err.Error()) // only for a year beyond 9999
	}
	return string(raw)
}

// renumbered starts anew under another UIDVALIDITY.
func (c cursor) renumbered(validity uint32) cursor {
	next := cursor{Validity: validity, Since: c.Since}
	if c.Validity != 0 {
		next.Old = math.MaxUint32
	}
	return next
}

// listed notes what is there when a renumbered mailbox is listed first.
func (c cursor) listed(uids []uint32) cursor {
	if c.Old == math.MaxUint32 {
		c.Old = 0
		for _, uid := range uids {
			c.Old = max(c.Old, uid)
		}
	}
	return c
}

// before reports a mail that came before the mailbox was linked. A server that
// dates its mail absurdly is not believed.
func (c cursor) before(received time.Time) bool {
	return received.Year() > 1990 && received.Before(c.Since)
}

// old reports a mail of a renumbered mailbox that was written well before the
// mailbox was linked: a mailbox restored from a backup has all its mail come in
// today.
func (c cursor) old(uid uint32, raw []byte) bool {
	if uid > c.Old {
		return false
	}
	l, err := letter.ReadHeader(raw)
	return err == nil && !l.Date.IsZero() && l.Date.Before(c.Since.Add(-48*time.Hour))
}

// advance moves behind handled, ascending UIDs.
func (c cursor) advance(handled []uint32, now time.Time) cursor {
	c.Gaps = slices.DeleteFunc(slices.Clone(c.Gaps), func(g gap) bool {
		return slices.Contains(handled, g.UID) || now.Sub(g.At) > gapsFor
	})
	for _, uid := range handled {
		if uid <= c.UID {
			continue
		}
		// The first UIDs of a mailbox tell nothing: its start is long deleted.
		if c.UID != 0 && uid-c.UID-1 <= maxGaps {
			for missing := c.UID + 1; missing < uid; missing++ {
				c.Gaps = append(c.Gaps, gap{missing, now})
			}
		}
		c.UID = uid
	}
	if extra := len(c.Gaps) - maxGaps; extra > 0 {
		c.Gaps = slices.Delete(c.Gaps, 0, extra)
	}
	return c
}

// wants filters a listing to what is still to be read, ascending.
func (c cursor) wants(listed []uint32) []uint32 {
	var out []uint32
	for _, uid := range listed {
		missed := slices.ContainsFunc(c.Gaps, func(g gap) bool { return g.UID == uid })
		if uid > c.UID || missed {
			out = append(out, uid)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
