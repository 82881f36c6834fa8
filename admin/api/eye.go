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
	// seen says of conversations the follower was told of whether it may see them.
	// That one leaves its sight is told once, without content; also of one not told
	// of before, which it may hold from an earlier connection.
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
		sees := visible.Sees(*it.Conversation)
		if known, told := y.seen[id]; !sees && (told && !known || !told && !leaves(e.Kind)) {
			return core.FeedEntry{}, false, false
		}
		if len(y.seen) >= maxSeen {
			clear(y.seen)
		}
		if y.seen[id] = sees; sees {
			return e, true, true
		}
		return core.FeedEntry{Seq: e.Seq, Kind: e.Kind, At: e.At, Conversation: id}, false, true
	case e.Kind == core.FeedErased:
		return e, true, true // there is nothing in it, and who holds it must let go
	case !e.Conversation.IsZero():
		return e, true, y.who.Visible() == nil
	case strings.HasPrefix(string(e.Kind), "contact."):
		if y.who.Can(auth.ContactList) {
			return e, true, true
		}
		// Who sees some of the contacts asks for those they hold.
		return core.FeedEntry{Seq: e.Seq, Kind: e.Kind, At: e.At, Subject: e.Subject}, false, y.who.Can(auth.ContactRead)
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

// leaves reports whether a conversation may leave somebody's sight by what an entry
// tells.
func leaves(kind core.FeedKind) bool {
	switch kind {
	case core.FeedAssigned, core.FeedTransferred, core.FeedClosed, core.FeedConversation:
		return true
	}
	return false
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

// agent shows of somebody what the follower may know.
func (y *eye) agent(data json.RawMessage) json.RawMessage {
	if len(data) == 0 {
		return data
	}
	var v core.Agent
	if err := json.Unmarshal(data, &v); err != nil {
		return nil
	}
	shown := masked(v, y.who)
	if shown.State == v.State && shown.Load == v.Load {
		return data
	}
	out, err := json.Marshal(shown)
	if err != nil {
		return nil
	}
	return out
}
