package api

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// round begins another conversation of owner on a thread, with what the customer
// says in it.
func (r *rig) round(tenant canon.ID, thread string, owner core.Owner, said ...string) (conversation canon.ID, messages []canon.ID) {
	r.t.Helper()
	id, err := canon.ParseID(thread)
	r.must(err)
	r.must(r.store.For(tenant).Write(context.Background(), func(t *store.Tx) error {
		l, err := t.LaneOfThread(context.Background(), id)
		if err != nil {
			return err
		}
		now := r.store.Now()
		l.Round = nil
		ch := store.Began(l)
		l.Round = &store.Round{Conversation: core.Conversation{ID: canon.NewID(), Thread: id, Account: l.Thread.Account, Contact: l.Thread.Contact, Owner: owner, Lease: 1, LastAt: now, Created: now}}
		if conversation, ch.Opened = l.Round.ID, true; owner.Kind != core.StatusClosed {
			l.Thread.Conversation = conversation
		}
		for _, text := range said {
			l.Thread.Pos, l.Thread.Rev = l.Thread.Pos+1, l.Thread.Rev+1
			m := core.Message{ID: canon.NewID(), Thread: id, Conversation: conversation, Pos: l.Thread.Pos, Rev: l.Thread.Rev, From: core.FromCustomer, Sender: l.Thread.Contact, Name: "Mei", At: now, Content: canon.TextMessage(text)}
			m.Content.ID = m.ID
			ch.Messages, messages = append(ch.Messages, m), append(messages, m.ID)
		}
		return t.Apply(ch)
	}))
	return conversation, messages
}

// A thread goes on over many conversations. Who may see only some of them is
// shown those on it, and told that the rest is left out; nothing else tells of it
// either.
func TestX01_OfAThreadIsShownWhatIsOfConversationsOneMaySee(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, limited := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleLimited)
		ids := r.world(r.home(), lin.agent)
		mine := core.Owner{Kind: core.StatusAgent, ID: limited.agent}
		first, _ := r.round(r.home(), ids["thread"], core.Owner{Kind: core.StatusClosed, ID: limited.agent}, "long ago, to me")
		r.round(r.home(), ids["thread"], core.Owner{Kind: core.StatusClosed, ID: lin.agent}, make([]string, 4200)...)
		last, said := r.round(r.home(), ids["thread"], mine, "now, to me", "and this")
		at := "/conversations/" + last.String()
		page := func(c *caller, query string) (p MessagePage) {
			t.Helper()
			c.do("GET", at+"/messages?limit=200"+query, nil).want(200).into(&p)
			for _, m := range p.Items {
				if c == limited && m.Conversation != first && m.Conversation != last {
					t.Fatalf("%s: a message of somebody else's conversation: %+v", query, m)
				}
			}
			return p
		}

		// Page by page, each at a bounded cost; and by revision.
		var shown []string
		for cursor, pages := "", 0; ; pages++ {
			p := page(limited, cursor)
			for _, m := range p.Items {
				shown = append(shown, m.Content.Fallback())
			}
			if !p.Hidden || pages > 3 {
				t.Errorf("page %d: hidden %v, %d items", pages, p.Hidden, len(p.Items))
			}
			if p.Next == nil {
				break
			}
			cursor = "&cursor=" + *p.Next
		}
		if got := strings.Join(shown, "; "); got != "and this; now, to me; long ago, to me" {
			t.Errorf("shown: %s", got)
		}
		shown = nil
		for rev, more := int64(0), true; more; {
			p := page(limited, "&after_rev="+fmt.Sprint(rev))
			for _, m := range p.Items {
				shown = append(shown, m.Content.Fallback())
			}
			rev, more = p.Rev, p.More
		}
		if got := strings.Join(shown, "; "); got != "long ago, to me; now, to me; and this" {
			t.Errorf("by revision: %s", got)
		}
		if p := page(lin, ""); p.Hidden || len(p.Items) != 200 || p.Next == nil {
			t.Errorf("who sees all: hidden %v, %d items", p.Hidden, len(p.Items))
		}

		// Nor by notes, by an answer to it, or by what a colleague said there.
		var notes list[core.Message]
		limited.do("GET", at+"/notes", nil).want(200).into(&notes)
		if len(notes.Items) != 0 {
			t.Errorf("a note of somebody else's conversation: %+v", notes.Items)
		}
		if p := limited.do("POST", at+"/messages", map[string]any{"text": "as I said", "reply_to": ids["message"]}); p.status != 422 {
			t.Errorf("an answer to what is not seen: %d %s", p.status, p.body)
		}
		if p := limited.do("POST", at+"/preview", map[string]any{"text": "as I said", "reply_to": ids["message"]}); p.status != 422 {
			t.Errorf("an answer to what is not seen, looked at: %d %s", p.status, p.body)
		}
		limited.do("POST", at+"/messages", map[string]any{"text": "to this", "reply_to": said[0]}).want(201)
		limited.do("POST", at+"/messages", map[string]any{"text": "whatever was said", "seen": 1}).want(201)
		if p := lin.do("POST", "/conversations/"+ids["conversation"]+"/messages", map[string]any{"text": "mine", "seen": 1}); p.status != 409 {
			t.Errorf("who sees all is not told of a colleague's answer: %d %s", p.status, p.body)
		}

		// Which conversation is open on the thread is told to who sees it.
		var detail ConversationDetail
		limited.do("POST", at+"/close", map[string]any{}).want(200)
		open, _ := r.round(r.home(), ids["thread"], core.Owner{Kind: core.StatusAgent, ID: lin.agent}, "back again")
		limited.do("GET", at, nil).want(200).into(&detail)
		if !detail.Thread.Conversation.IsZero() {
			t.Error("told which conversation of somebody else's is open")
		}
		lin.do("GET", at, nil).want(200).into(&detail)
		if detail.Thread.Conversation != open {
			t.Errorf("open is %s", detail.Thread.Conversation)
		}
	})
}
