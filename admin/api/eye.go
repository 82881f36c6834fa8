package api

import (
	"encoding/json"
	"slices"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/feed"
)

// eye decides what of the feed one follower sees. It is not safe for
// concurrent use.
type eye struct {
	who auth.Identity
	// seen are conversations the follower was told of: that one leaves its
	// sight is told once, without content.
	seen map[canon.ID]bool
}

// maxSeen bounds what an eye remembers.
const maxSeen = 10_000

func newEye(who auth.Identity) *eye { return &eye{who: who, seen: map[canon.ID]bool{}} }

// entry returns the entry as the follower sees it, or false; whole says that
// nothing was left out of it.
func (y *eye) entry(it *feed.Item) (e core.FeedEntry, whole, ok bool) {
	e = *it.Entry
	switch {
	case e.Kind == core.FeedMention && (it.Message == nil || !slices.Contains(it.Message.Mentions, y.who.Agent)):
		return core.FeedEntry{}, false, false
	case it.Conversation != nil:
		id, visible := it.Conversation.ID, y.who.Visible()
		if visible == nil {
			return e, true, true
		}
		if visible.Sees(*it.Conversation) {
			if len(y.seen) >= maxSeen {
				clear(y.seen)
			}
			y.seen[id] = true
			return e, true, true
		}
		if y.seen[id] {
			delete(y.seen, id)
			return core.FeedEntry{Seq: e.Seq, Kind: e.Kind, At: e.At, Conversation: id}, false, true
		}
		return core.FeedEntry{}, false, false
	case !e.Conversation.IsZero():
		return e, true, y.who.Visible() == nil
	case strings.HasPrefix(string(e.Kind), "contact."):
		return e, true, y.who.Can(auth.ContactList)
	case e.Kind == core.FeedBulk, e.Kind == core.FeedMentionsRead, e.Kind == core.FeedPreferences:
		return e, true, e.Actor == y.who.Who()
	case e.Kind == core.FeedSettings && !y.who.Can(auth.BotRead):
		e.Data = nil
		return e, false, true
	case strings.HasPrefix(string(e.Kind), "agent."):
		e.Data = y.agent(e.Data)
		return e, false, true
	}
	return e, true, true
}

// frame is the frame of an entry for the follower, the same bytes for all who
// see the whole of it; false when the follower does not see it.
func (y *eye) frame(it *feed.Item) ([]byte, bool) {
	e, whole, ok := y.entry(it)
	switch {
	case !ok:
		return nil, false
	case whole:
		return it.Wire(func() []byte { return entryBytes(e) }), true
	}
	return entryBytes(e), true
}

// entryBytes is an entry as a frame.
func entryBytes(e core.FeedEntry) []byte {
	raw, err := frame(entryFrame{"entry", e})
	if err != nil { // its data was written by us and is valid
		raw, _ = frame(entryFrame{"entry", core.FeedEntry{Seq: e.Seq, Kind: e.Kind, At: e.At, Conversation: e.Conversation, Subject: e.Subject}})
	}
	return raw
}

// agent shows who is invisible as offline.
func (y *eye) agent(data json.RawMessage) json.RawMessage {
	if len(data) == 0 {
		return data
	}
	var v core.Agent
	if err := json.Unmarshal(data, &v); err != nil {
		return nil
	}
	if v.State != core.AgentInvisible {
		return data
	}
	out, err := json.Marshal(masked(v, y.who))
	if err != nil {
		return nil
	}
	return out
}
