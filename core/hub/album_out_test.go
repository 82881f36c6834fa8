package hub_test

import (
	"strings"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// albums are a channel that shows up to three pictures or films as one album.
func albums(r *rig) {
	r.p.tune = func(_ canon.ThreadKey, c *connector.Capabilities) {
		c.Albums = connector.AlbumLimit{Max: 3, Sets: [][]canon.MediaKind{{canon.MediaImage, canon.MediaVideo}, {canon.MediaFile}}}
		c.Caption = connector.Length{Max: 100, Unit: connector.Runes}
	}
}

// shows has an agent post media, by kind, with the words they fall back to.
func (r *rig) shows(c core.Conversation, agent canon.ID, kinds ...canon.MediaKind) core.Message {
	r.t.Helper()
	m := canon.TextMessage("look")
	for i, k := range kinds {
		m.Parts = append(m.Parts, canon.Media{Kind: k, File: canon.NewID(), Name: string(rune('a' + i)), Caption: string(rune('a' + i))})
	}
	out, err := r.hub.Desk.Post(r.t.Context(), r.tenant, c.ID, orchestrate.Post{Agent: agent, Content: m})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// reports has the platform report on one of its messages.
func (r *rig) reports(peer string, target canon.RemoteID, state canon.Delivery) {
	r.t.Helper()
	r.deliver(r.event(peer, canon.Receipt{Target: target, State: state, Reason: "too dark"}))
	r.quiet()
}

func (r *rig) stateOf(m core.Message) canon.Delivery {
	r.t.Helper()
	got, err := r.scope().Message(r.t.Context(), m.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.State
}

// TestPicturesGoAsAlbums: what may be in one album is one call, no more than fit;
// each of its messages is reported on, answered and taken back by its own id.
func TestPicturesGoAsAlbums(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "", albums)
		c, ada := r.serving("ann")
		m := r.shows(c, ada, canon.MediaImage, canon.MediaVideo, canon.MediaFile, canon.MediaFile, canon.MediaImage, canon.MediaImage, canon.MediaImage, canon.MediaImage)
		eventually(t, "all is sent", func() bool { return r.stateOf(m) == canon.Sent })
		var calls []string
		posts := r.p.posts("ann")[1:] // behind the hub's own word
		for _, s := range posts {
			calls = append(calls, strings.ReplaceAll(s.text, "\n", " "))
		}
		if got := strings.Join(calls, "|"); got != "look|[Image: a] a [Video: b] b|[File: c] c [File: d] d|[Image: e] e [Image: f] f [Image: g] g|[Image: h] h" {
			t.Errorf("the calls are %s", got)
		}

		first, album := posts[0], posts[3]
		// It has arrived when all of it has.
		for _, s := range posts {
			n := strings.Count(s.text, "[")
			for i := range max(1, n) {
				if s.key != album.key || i != 1 {
					r.reports("ann", itemOf(s.key, i), canon.Delivered)
				}
			}
		}
		if got := r.stateOf(m); got != canon.Sent {
			t.Errorf("with one picture missing it is %s", got)
		}
		r.reports("ann", itemOf(album.key, 1), canon.Delivered)
		if got := r.stateOf(m); got != canon.Delivered {
			t.Errorf("with all there it is %s", got)
		}

		r.deliver(r.event("ann", canon.Reacted{Target: itemOf(album.key, 2), Emoji: "👍"}))
		eventually(t, "a reaction to the third picture is seen", func() bool {
			got, err := r.scope().Message(t.Context(), m.ID)
			return err == nil && len(got.Reactions) == 1
		})
		if _, err := r.hub.Desk.Recall(t.Context(), r.tenant, m.ID, ada); err != nil {
			t.Fatal(err)
		}
		eventually(t, "all is taken back", func() bool { return len(r.p.ops("ann", connector.OpRevoke)) == 9 })
		gone := map[canon.RemoteID]bool{}
		for _, s := range r.p.ops("ann", connector.OpRevoke) {
			gone[s.target] = true
		}
		if !gone[remoteOf(first.key)] || !gone[itemOf(album.key, 0)] || !gone[itemOf(album.key, 1)] || !gone[itemOf(album.key, 2)] || len(gone) != 9 {
			t.Errorf("taken back: %v", gone)
		}
	})
}

// TestOfAnAlbumOnlyWhatFailedIsSentAgain: the agent is told how much is missing.
func TestOfAnAlbumOnlyWhatFailedIsSentAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "", albums)
		c, ada := r.serving("ann")
		m := r.shows(c, ada, canon.MediaImage, canon.MediaImage, canon.MediaImage)
		eventually(t, "all is sent", func() bool { return r.stateOf(m) == canon.Sent })
		album := r.p.posts("ann")[2]
		r.reports("ann", remoteOf(r.p.posts("ann")[1].key), canon.Delivered)
		r.reports("ann", itemOf(album.key, 0), canon.Failed)
		r.reports("ann", itemOf(album.key, 1), canon.Delivered)
		got, err := r.scope().Message(t.Context(), m.ID)
		if err != nil || got.State != canon.Failed || got.Failure == nil || got.Failure.Text != "1 of 3 did not arrive: too dark" {
			t.Fatalf("it is %s: %+v, %v", got.State, got.Failure, err)
		}
		if _, err := r.hub.Desk.Retry(t.Context(), r.tenant, m.ID, ada); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the missing one is sent", func() bool { return len(r.p.posts("ann")) == 4 && r.stateOf(m) == canon.Sent })
		again := r.p.posts("ann")[3]
		if again.text != "[Image: a] a" {
			t.Errorf("sent again: %q", again.text)
		}
		r.reports("ann", itemOf(album.key, 2), canon.Delivered)
		r.reports("ann", remoteOf(again.key), canon.Delivered)
		if got := r.stateOf(m); got != canon.Delivered {
			t.Errorf("with all there it is %s", got)
		}
		// Taken back is what stands there, by what each is called.
		if _, err := r.hub.Desk.Recall(t.Context(), r.tenant, m.ID, ada); err != nil {
			t.Fatal(err)
		}
		eventually(t, "all is taken back", func() bool { return len(r.p.ops("ann", connector.OpRevoke)) == 4 })
		for _, s := range r.p.ops("ann", connector.OpRevoke) {
			if s.target == itemOf(album.key, 0) {
				t.Error("what never arrived was taken back")
			}
		}
	})
}
