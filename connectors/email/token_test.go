package email

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

func TestToken(t *testing.T) {
	s := newThreadSecret(canon.NewID(), canon.NewID())
	key := canon.NewID()
	for _, at := range []canon.ThreadKey{
		{Peer: "jane@example.com", Thread: threadOf("root@example.com")},
		{Peer: "jane@example.com"},
		{Peer: "j", Thread: "Some Other Name"},
		{Thread: threadOf("x")},
	} {
		id := s.messageID(key, at, "shop.example")
		if id != s.messageID(key, at, "shop.example") || !strings.HasPrefix(id, key.String()+".") || !strings.HasSuffix(id, "@shop.example") {
			t.Errorf("id %q", id)
		}
		for _, variant := range []string{id, strings.ToUpper(id), strings.Replace(id, "shop.example", "relay.example", 1)} {
			if thread, peer, ok := s.open(variant); !ok || thread != at.Thread || peer != at.Peer {
				t.Errorf("%+v comes back as %q, %q, %v", at, thread, peer, ok)
			}
		}
		// Any other character anywhere before the domain, or another link's
		// secret, is a forgery.
		local, _, _ := strings.Cut(id, "@")
		for i := range local {
			for _, c := range "a2-" {
				if byte(c) == local[i] {
					continue
				}
				forged := local[:i] + string(c) + local[i+1:]
				if thread, peer, ok := s.open(forged + "@shop.example"); ok && (thread != at.Thread || peer != at.Peer) {
					t.Fatalf("forged %q opens as %q, %q", forged, thread, peer)
				}
			}
		}
		if _, _, ok := newThreadSecret(canon.NewID(), canon.NewID()).open(id); ok {
			t.Error("another link opens it")
		}
	}
	for _, junk := range []string{"", "@", "a@b", "x.y@z", key.String() + ".@z", key.String() + "." + strings.Repeat("a", 5000) + "@z"} {
		if _, _, ok := s.open(junk); ok {
			t.Errorf("%q opens", junk)
		}
	}
}

func TestCursor(t *testing.T) {
	now := time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)
	c := readCursor("", now)
	if c.UID != 0 || !c.Since.Equal(now) {
		t.Fatalf("first cursor %+v", c)
	}
	c = c.renumbered(7)
	c = c.listed([]uint32{40, 50})
	if c.Old != 0 {
		t.Error("a first listing is taken for a renumbered mailbox")
	}
	c = c.advance([]uint32{40, 50}, now)
	c = c.advance([]uint32{53}, now) // 51 and 52 are not there yet
	if got := readCursor(c.String(), time.Time{}); got.String() != c.String() {
		t.Errorf("%s comes back as %s", c, got)
	}
	// What a "53:*" search lists although it is behind us is not read again;
	// what was missing is.
	if got := c.wants([]uint32{53, 52, 54, 54}); !slices.Equal(got, []uint32{52, 53 + 1}) {
		t.Errorf("wants %v", got)
	}
	c = c.advance([]uint32{52, 54}, now.Add(time.Minute))
	if got := c.wants([]uint32{51, 52}); !slices.Equal(got, []uint32{51}) {
		t.Errorf("wants %v", got)
	}
	c = c.advance([]uint32{55}, now.Add(time.Hour))
	if got := c.wants([]uint32{51}); got != nil {
		t.Errorf("after an hour it still wants %v", got)
	}
	c = c.advance([]uint32{4_000_000_000}, now)
	if len(c.Gaps) > maxGaps {
		t.Errorf("%d gaps", len(c.Gaps))
	}
	if again := c.renumbered(8).listed([]uint32{3, 9}); again.UID != 0 || again.Old != 9 || !again.Since.Equal(c.Since) {
		t.Errorf("renumbered: %+v", again)
	}
	if broken := readCursor("{", now); broken.UID != 0 || !broken.Since.Equal(now) {
		t.Errorf("a cursor nobody can read: %+v", broken)
	}
}
