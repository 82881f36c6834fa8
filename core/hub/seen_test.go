package hub_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// marking is a conn that is told what was read, and refreshed.
type marking struct {
	*played
	mu        sync.Mutex
	read      []string
	looked    []string
	refreshed int
}

func (m *marking) MarkRead(_ context.Context, thread canon.ThreadKey, through canon.RemoteID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read = append(m.read, string(thread.Peer)+" "+string(through))
	return nil
}

func (m *marking) Refresh(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refreshed++
	return nil
}

// Profile knows everybody but those who want to stay unknown.
func (m *marking) Profile(_ context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.looked = append(m.looked, string(peer))
	if peer == "unknown" {
		return canon.Peer{}, &connector.Error{Class: connector.Gone, Code: "404"}
	}
	return canon.Peer{ID: peer, Name: "結衣", Locale: "ja"}, nil
}

func (m *marking) told(want ...string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Equal(m.read, want)
}

func TestWhatAPlatformGaveForAMessageComesBackToIt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		m := &marking{}
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.wrap = func(p *played) connector.Conn { m.played = p; return m }
			r.p.tune = func(_ canon.ThreadKey, c *connector.Capabilities) { c.Ops[connector.OpsMarkRead] = connector.Full }
		})
		eventually(t, "the link is refreshed after it was opened", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.refreshed == 1 })
		c, lin := r.serving("ann")
		says := func(text, quote, read string) {
			e := r.says("ann", text)
			p := e.Event.(canon.Posted)
			p.Message.RemoteID = canon.RemoteID("id of " + text)
			for name, v := range map[string]string{canon.HeaderQuote: quote, canon.HeaderRead: read} {
				if v != "" {
					p.Message.Headers = append(p.Message.Headers, canon.Field{Name: name, Value: v})
				}
			}
			e.Event = p
			r.deliver(e)
			eventually(t, text+" is there", func() bool { _, ok := r.line("ann", text); return ok })
		}
		read := func() {
			if err := r.hub.Desk.MarkRead(t.Context(), r.tenant, c.ID, lin); err != nil {
				t.Fatal(err)
			}
		}
		says("one", "quote-1", "read-1")
		read()
		eventually(t, "the token is given back", func() bool { return m.told("ann read-1") })
		read() // nothing new: nobody is told
		says("two", "", "")
		question, _ := r.line("ann", "one")
		if _, err := r.hub.Desk.Post(t.Context(), r.tenant, c.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("answer"), ReplyTo: question.ID}); err != nil {
			t.Fatal(err)
		}
		eventually(t, "an answer says that all was read, by the id where there is no token", func() bool { return m.told("ann read-1", "ann id of two") })
		r.inState("ann", "answer", canon.Sent)
		r.p.mu.Lock()
		defer r.p.mu.Unlock()
		last := r.p.calls[len(r.p.calls)-1]
		if last.ReplyTo != "quote-1" || last.After != "id of two" {
			t.Errorf("quotes %q after %q", last.ReplyTo, last.After)
		}
	})
}

func TestAPlatformIsAskedWhoANamelessCustomerIs(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		m := &marking{}
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.wrap = func(p *played) connector.Conn { m.played = p; return m }
			r.p.tune = func(_ canon.ThreadKey, c *connector.Capabilities) { c.Ops[connector.OpsProfile] = connector.Full }
		})
		nameless := func(peer string) {
			e := r.says(peer, "hello")
			e.From.Name, e.From.Locale = "", ""
			r.deliver(e)
		}
		nameless("yui")
		eventually(t, "the customer has a name", func() bool {
			contact, ok, err := r.scope().ContactOfPeer(t.Context(), r.account, "yui")
			if err != nil || !ok {
				return false
			}
			c, err := r.scope().Contact(t.Context(), contact)
			return err == nil && c.Name == "結衣" && c.Locale == "ja"
		})
		nameless("unknown")
		eventually(t, "somebody else is asked for", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return slices.Contains(m.looked, "unknown") })
		nameless("unknown") // not again at once
		r.send("ann", "I have a name")
		eventually(t, "all of it is handled", func() bool { _, ok := r.line("ann", "I have a name"); return ok && r.waiting() == 0 })
		// Whoever has a name is asked for a picture, once.
		eventually(t, "nobody is asked for too often", func() bool {
			m.mu.Lock()
			defer m.mu.Unlock()
			return slices.Equal(m.looked, []string{"yui", "unknown", "ann"})
		})
	})
}
