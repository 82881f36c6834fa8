package api

import (
	"strings"
	"testing"

	"parley/core"
	"parley/core/canon"
)

func (c *caller) mentions() (rows []MentionRow, unread int64) {
	c.r.t.Helper()
	var l list[MentionRow]
	var n Tallies
	c.do("GET", "/mentions", nil).want(200).into(&l)
	c.do("GET", "/conversations/tallies", nil).want(200).into(&n)
	return l.Items, n.Mentions
}

// A colleague is named in a note: they are told live, by themselves, and have it
// in a list until they read it.
func TestU08_AMentionIsToldToWhomItNames(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, wen, other := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent)
		ids := r.world(r.home(), lin.agent)
		at := "/conversations/" + ids["conversation"]
		told, silent := wen.follow(""), other.follow("")
		next(t, told, of("ready"))
		next(t, silent, of("ready"))
		note := func(text string, whom ...canon.ID) (m core.Message) {
			t.Helper()
			lin.do("POST", at+"/messages", map[string]any{"text": text, "note": true, "client_id": word(), "mentions": whom}).want(201).into(&m)
			return m
		}
		m := note("@Wen look", wen.agent, wen.agent, lin.agent)
		if len(m.Mentions) != 1 || m.Mentions[0] != wen.agent {
			t.Errorf("each once, and never oneself: %v", m.Mentions)
		}
		if f := next(t, told, of("mention")); f.Conversation.String() != ids["conversation"] || !strings.Contains(string(f.Data), m.ID.String()) {
			t.Errorf("%+v", f)
		}
		rows, n := wen.mentions()
		if n != 1 || len(rows) != 1 || !rows[0].Unread || rows[0].Message != m.ID || rows[0].By != lin.agent || rows[0].Text != "@Wen look" || rows[0].Conversation == nil || rows[0].Conversation.Contact.Name == "" {
			t.Fatalf("%d unread, %+v", n, rows)
		}
		// Nobody else has it, nor who wrote it.
		last := note("never mind")
		next(t, silent, func(f anyFrame) bool {
			if f.Kind == "mention" {
				t.Error("somebody who is not named is told")
			}
			return strings.Contains(string(f.Data), last.ID.String())
		})
		for _, c := range []*caller{lin, other} {
			if rows, n := c.mentions(); n != 0 || len(rows) != 0 {
				t.Errorf("%d, %+v", n, rows)
			}
		}
		// It stands in the thread, for everybody and after a restart.
		var page MessagePage
		other.do("GET", at+"/messages", nil).want(200).into(&page)
		if got := page.Items[1]; got.ID != m.ID || len(got.Mentions) != 1 {
			t.Errorf("%+v", got)
		}
		// Read in one conversation, then all; other windows of theirs are told.
		note("again", wen.agent)
		wen.do("POST", "/conversations/"+r.world(r.home(), lin.agent)["conversation"]+"/mentions/read", nil).want(204)
		if _, n := wen.mentions(); n != 2 {
			t.Errorf("%d unread after reading elsewhere", n)
		}
		wen.do("POST", at+"/mentions/read", nil).want(204)
		next(t, told, of("mention.read"))
		if rows, n := wen.mentions(); n != 0 || len(rows) != 2 || rows[0].Unread || rows[0].Text != "again" {
			t.Errorf("%d, %+v", n, rows)
		}
		note("and again", wen.agent)
		wen.do("POST", "/mentions/read", nil).want(204)
		if _, n := wen.mentions(); n != 0 {
			t.Errorf("%d unread", n)
		}
		// Sent twice, it counts once.
		body := map[string]any{"text": "once", "note": true, "client_id": word(), "mentions": []canon.ID{wen.agent}}
		lin.do("POST", at+"/messages", body).want(201)
		lin.do("POST", at+"/messages", body).want(201)
		if _, n := wen.mentions(); n != 1 {
			t.Errorf("%d unread", n)
		}
		// The customer's messages name nobody.
		lin.do("POST", at+"/messages", map[string]any{"text": "@Wen", "mentions": []canon.ID{wen.agent}}).want(422)
		lin.do("POST", at+"/notes", map[string]any{"text": "@nobody", "mentions": []canon.ID{canon.NewID()}}).want(404)
	})
}

// A mention shows nobody more than they may see.
func TestU08_AMentionGrantsNoSight(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, limited := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleLimited)
		ids := r.world(r.home(), lin.agent)
		at := "/conversations/" + ids["conversation"]
		body := map[string]any{"text": "look", "mentions": []canon.ID{limited.agent}}
		p := lin.do("POST", at+"/notes", body).want(409).problem()
		if p.Code != "mention_unseen" || p.Field != "body.mentions[0]" || p.Remedy == "" {
			t.Errorf("%+v", p)
		}
		if rows, n := limited.mentions(); n != 0 || len(rows) != 0 {
			t.Errorf("a refused note mentions: %+v", rows)
		}
		// Added to it they see it, and may be named; taken off, nothing of it is shown.
		lin.do("POST", at+"/colleagues", map[string]any{"agent": limited.agent}).want(204)
		lin.do("POST", at+"/notes", body).want(201)
		if rows, n := limited.mentions(); n != 1 || rows[0].Text != "look" {
			t.Errorf("%d, %+v", n, rows)
		}
		lin.do("DELETE", at+"/colleagues/"+limited.agent.String(), nil).want(204)
		rows, n := limited.mentions()
		if n != 1 || len(rows) != 1 || rows[0].Text != "" || rows[0].Conversation != nil || rows[0].Name != "" {
			t.Errorf("out of sight: %d, %+v", n, rows)
		}
		limited.do("POST", at+"/mentions/read", nil).want(404)
		limited.do("POST", "/mentions/read", nil).want(204)
	})
}
