package email

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"parley/connectors/email/letter"
	"parley/core/canon"
)

// place is where a mail belongs.
type place struct {
	thread canon.ThreadKey
	// sealed: one of our own mails, which it answers, says so.
	sealed bool
}

// find finds the thread of a mail: by an id of ours among those it answers, by
// an id seen lately, by the first id of its References, and when it answers
// nothing it begins a thread of its own. Never by its subject.
func (c *conn) find(ctx context.Context, l *letter.Letter, peer letter.Address, fingerprint string) place {
	key := canon.ThreadKey{Account: c.account, Peer: canon.RemoteID(peer.Addr)}
	ids := append(append([]string{}, l.References...), l.InReplyTo...)
	for i := len(ids) - 1; i >= 0; i-- {
		if thread, owner, ok := c.threads.open(ids[i]); ok {
			key.Thread = thread
			if owner != "" {
				key.Peer = owner
			}
			return place{key, true}
		}
	}
	// Some programs name only the mail they answer, not the whole chain.
	for i := len(ids) - 1; i >= max(0, len(ids)-5); i-- {
		if thread, ok := c.recall(ctx, "mail:"+string(threadOf(ids[i]))+":"+string(key.Peer)); ok {
			key.Thread = canon.RemoteID(thread)
			return place{key, false}
		}
	}
	switch {
	case len(ids) > 0:
		key.Thread = threadOf(ids[0])
	case l.MessageID != "":
		key.Thread = threadOf(l.MessageID)
	default:
		key.Thread = threadOf(fingerprint)
	}
	return place{key, false}
}

// last is what the next mail of ours on a thread needs to know of the one it
// answers.
type last struct {
	ID         string   `json:"id"`
	References []string `json:"refs,omitempty"`
	Subject    string   `json:"subject,omitempty"`
}

// rememberFor is how long the cache keeps a thread's last mail. What it loses
// costs a mail program's threading at most: our own is sealed in the ids.
const rememberFor = 60 * 24 * time.Hour

func (c *conn) remember(ctx context.Context, at canon.ThreadKey, l *letter.Letter) {
	if c.env.Cache == nil || l.MessageID == "" {
		return
	}
	raw, err := json.Marshal(last{ID: l.MessageID, References: chain(append(l.References, l.InReplyTo...)), Subject: l.Subject})
	if err != nil {
		return
	}
	// A cache that is away is not worth stopping for.
	_ = c.env.Cache.Set(ctx, lastKey(at), string(raw), rememberFor)
	_ = c.env.Cache.Set(ctx, "mail:"+string(threadOf(l.MessageID))+":"+string(at.Peer), string(at.Thread), rememberFor)
}

func (c *conn) lastOn(ctx context.Context, at canon.ThreadKey) last {
	var l last
	if raw, ok := c.recall(ctx, lastKey(at)); ok && json.Unmarshal([]byte(raw), &l) != nil {
		return last{}
	}
	return l
}

func lastKey(at canon.ThreadKey) string { return "last:" + string(at.Peer) + ":" + string(at.Thread) }

func (c *conn) recall(ctx context.Context, key string) (string, bool) {
	if c.env.Cache == nil {
		return "", false
	}
	v, ok, err := c.env.Cache.Get(ctx, key)
	return v, ok && err == nil
}

// chain shortens References to the root and the latest: a header line has an
// end, and programs look at both ends.
func chain(ids []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] && id != "" {
			seen[id] = true
			out = append(out, id)
		}
	}
	if len(out) > 12 {
		out = append(out[:1:1], out[len(out)-11:]...)
	}
	return out
}

func bracketed(ids []string) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = "<" + id + ">"
	}
	return strings.Join(out, " ")
}
