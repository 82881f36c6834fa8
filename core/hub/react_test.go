package hub_test

import (
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// reactor is a conn that takes reactions.
type reactor struct{ *played }

func (reactor) Reacts() {}

// TestAnAgentReacts: a reaction reaches the customer's message at the platform,
// one takes the place of another, and one the platform refuses comes off again.
func TestAnAgentReacts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.wrap = func(p *played) connector.Conn { return reactor{p} }
			r.p.tune = func(key canon.ThreadKey, c *connector.Capabilities) {
				if key.Peer != "plain" {
					c.Ops[connector.OpsReact] = connector.Full
				}
			}
			r.p.on = func(q connector.Request) error {
				if q.Op == connector.OpReact && q.Emoji == "🧋" {
					return &connector.Error{Class: connector.Unsupported, Code: "no_such_emoji"}
				}
				return nil
			}
		})
		c, ada := r.serving("ann")
		e := r.says("ann", "thank you")
		p := e.Event.(canon.Posted)
		p.Message.RemoteID = "m-1"
		e.Event = p
		r.deliver(e)
		eventually(t, "it is there", func() bool { _, ok := r.line("ann", "thank you"); return ok })
		said, _ := r.line("ann", "thank you")
		react := func(emoji string) error {
			_, err := r.hub.Desk.React(t.Context(), r.tenant, said.ID, ada, emoji)
			return err
		}
		shows := func(want string) {
			t.Helper()
			eventually(t, "it wears "+want, func() bool {
				m, err := r.scope().Message(t.Context(), said.ID)
				got := ""
				for _, x := range m.Reactions {
					got += x.Emoji
				}
				return err == nil && got == want
			})
		}
		puts := func(n int) []connector.Request {
			t.Helper()
			var all []connector.Request
			eventually(t, "the platform hears of it", func() bool {
				r.p.mu.Lock()
				defer r.p.mu.Unlock()
				all = nil
				for _, q := range r.p.calls {
					if q.Op == connector.OpReact {
						all = append(all, q)
					}
				}
				return len(all) == n
			})
			return all
		}
		r.deliver(r.event("ann", canon.Reacted{Target: "m-1", Emoji: "🎉"}))
		shows("🎉")
		for i, emoji := range []string{"👍", "❤️", ""} {
			if err := react(emoji); err != nil {
				t.Fatal(err)
			}
			shows("🎉" + emoji)
			if q := puts(i + 1)[i]; q.Target != "m-1" || q.Emoji != emoji || q.Sender.ID != ada {
				t.Errorf("the platform is told %+v", q)
			}
		}
		if err := react("🧋"); err != nil {
			t.Fatal(err)
		}
		puts(4)
		shows("🎉") // what the platform has not is not shown
		if now := r.the("ann"); now.Trouble {
			t.Error("a refused reaction troubles the conversation")
		}

		for emoji, code := range map[string]string{"thanks": "emoji", "👍👍": "emoji"} {
			if f, ok := core.AsFault(react(emoji)); !ok || f.Code != code {
				t.Errorf("%q: %v", emoji, f)
			}
		}
		lin := r.agent("Lin", core.AgentOnline, 5)
		if _, err := r.hub.Desk.React(t.Context(), r.tenant, said.ID, lin, "👍"); err == nil {
			t.Error("somebody who does not serve them reacts")
		}
		own := r.post(c.ID, ada, "you are welcome")
		if f, ok := core.AsFault(func() error { _, err := r.hub.Desk.React(t.Context(), r.tenant, own.ID, ada, "👍"); return err }()); !ok || f.Code != "react_target" {
			t.Errorf("to our own words: %v", f)
		}
		_, bob := r.serving("plain")
		plain, _ := r.line("plain", "hello")
		if f, ok := core.AsFault(func() error { _, err := r.hub.Desk.React(t.Context(), r.tenant, plain.ID, bob, "👍"); return err }()); !ok || f.Code != "react_unsupported" && f.Code != "react_target" {
			t.Errorf("where there are none: %v", f)
		}
	})
}

// TestWhatAChannelCannotDoIsSaidInWords: where nothing can be changed an edit
// sends a correction that points at its message, and where there are no reactions
// the emoji is an answer; both as the author was shown, by those who may write
// alone, and only about what the customer has.
func TestWhatAChannelCannotDoIsSaidInWords(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.tune = func(key canon.ThreadKey, c *connector.Capabilities) {
				c.Ops[connector.OpsEdit], c.Ops[connector.OpsReact], c.Ops[connector.OpsReply] = connector.Degrade, connector.Degrade, connector.Drop
			}
		})
		c, lin := r.serving("ann")
		ctx, desk := t.Context(), r.hub.Desk
		m := r.post(c.ID, lin, "it costs 12")
		r.inState("ann", "it costs 12", canon.Sent)
		correction, ok, err := desk.Correction(ctx, r.tenant, m.ID, "it costs 13")
		if err != nil || !ok || correction.Fallback() != "Correction: it costs 13" {
			t.Fatalf("shown is %q, %v, %v", correction.Fallback(), ok, err)
		}
		sent, err := desk.Edit(ctx, r.tenant, m.ID, lin, "it costs 13")
		if err != nil || sent.ID == m.ID {
			t.Fatalf("%+v, %v", sent, err)
		}
		eventually(t, "the customer reads which is corrected", func() bool {
			p := r.p.texts("ann")
			return p[len(p)-1] == "“it costs 12”\nCorrection: it costs 13"
		})
		if was, err := r.scope().Message(ctx, m.ID); err != nil || !was.Edited.IsZero() || was.State != canon.Sent {
			t.Errorf("the message that stays became %+v, %v", was, err)
		}
		hello, _ := r.line("ann", "hello")
		if sent, err = desk.React(ctx, r.tenant, hello.ID, lin, "👍"); err != nil || sent.ID == hello.ID {
			t.Fatalf("%+v, %v", sent, err)
		}
		eventually(t, "the customer reads the emoji", func() bool { p := r.p.texts("ann"); return p[len(p)-1] == "“hello”\n👍" })
		if n := len(r.p.ops("ann", connector.OpEdit)) + len(r.p.ops("ann", connector.OpReact)); n != 0 {
			t.Errorf("%d calls for what the platform has not", n)
		}

		bob := r.agent("Bob", core.AgentOnline, 5)
		refused := func(what, code string, do func() error) {
			t.Helper()
			if f, ok := core.AsFault(do()); !ok || f.Code != code {
				t.Errorf("%s: %v", what, f)
			}
		}
		refused("somebody else's words", "not_yours", func() error { _, err := desk.Edit(ctx, r.tenant, m.ID, bob, "x"); return err })
		refused("nothing", "empty", func() error { _, err := desk.Edit(ctx, r.tenant, m.ID, lin, " "); return err })
		refused("taking it off", "emoji", func() error { _, err := desk.React(ctx, r.tenant, hello.ID, lin, ""); return err })
		refused("an emoji of somebody who does not serve", "not_owner", func() error { _, err := desk.React(ctx, r.tenant, hello.ID, bob, "👍"); return err })
		refused("to our own words", "react_target", func() error { _, err := desk.React(ctx, r.tenant, m.ID, lin, "👍"); return err })
		r.p.when(func(connector.Request) error { return &connector.Error{Class: connector.Invalid, Code: "no"} })
		lost := r.post(c.ID, lin, "never there")
		r.inState("ann", "never there", canon.Failed)
		refused("what the customer never got", "edit_unsent", func() error { _, err := desk.Edit(ctx, r.tenant, lost.ID, lin, "x"); return err })
	})
}
