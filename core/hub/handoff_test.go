package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/store"
)

func TestTheHumanButtonWorksWithABotThatIgnoresIt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.deliver(r.event("ann", canon.Action{Kind: canon.ActionButton, Value: orchestrate.HumanAsk}))
		c := r.owned("ann", core.StatusQueue)
		if c.Reason.Code != "asked" {
			t.Fatalf("reason %+v", c.Reason)
		}
		for _, text := range r.said("ann") {
			if strings.Contains(text, "parley:") {
				t.Fatalf("our own word is shown: %q", text)
			}
		}
		// Pressing it again changes nothing.
		r.deliver(r.event("ann", canon.Action{Kind: canon.ActionButton, Value: orchestrate.HumanAsk, Label: "A person please"}))
		eventually(t, "it is handled", func() bool { return r.waiting() == 0 })
		if after := r.the("ann"); after.Lease != c.Lease {
			t.Fatalf("lease %d, was %d", after.Lease, c.Lease)
		}
	})
}

func TestTheHandoffLineTellsThePlace(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		for i, want := range []string{
			"正在为您转接人工客服，您当前排在第 1 位。",
			"正在为您转接人工客服，您当前排在第 2 位。",
		} {
			peer := fmt.Sprintf("z%d", i)
			e := r.says(peer, "human")
			e.From.Locale = "zh-CN"
			r.deliver(e)
			r.seesText(peer, want)
		}
		r.settings(func(v *core.Tenant) { v.Settings.HandoffLine = "Please hold." })
		r.send("e1", "human")
		r.seesText("e1", "Please hold. You are number 3 in the queue.")
		r.settings(func(v *core.Tenant) { v.Settings.HandoffLine = "Hold, {place} before you." })
		r.send("e2", "human")
		r.seesText("e2", "Hold, 4 before you.")
	})
}

func TestABotThatDiesAtTheWelcomeCallsNobody(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", func(r *rig) {
			r.act = func(_ context.Context, q orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
				if q.Cause == orchestrate.CauseOpened {
					panic("no welcome")
				}
				return says("hello " + q.Text), nil
			}
		})
		r.deliver(r.event("ann", canon.Membership{Kind: canon.MemberOpened}))
		r.send("ann", "ann")
		r.seesText("ann", "hello ann")
		if c := r.the("ann"); c.Owner.Kind != core.StatusBot {
			t.Fatalf("owner %+v", c.Owner)
		}
	})
}

func TestABotThatIsGoneHandsOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("ann", "hello")
		r.seesText("ann", "you said hello")
		// The next version is one this build cannot run.
		r.write(func(tx *store.Tx) error {
			b, err := tx.SaveDraft(t.Context(), r.bot, json.RawMessage(`{"broken":true}`), 1, canon.ID{})
			if err != nil {
				return err
			}
			_, err = tx.PublishBot(t.Context(), r.bot, b.DraftRev, "", canon.ID{})
			return err
		})
		r.hub.Changed(r.tenant)
		r.send("ann", "anybody?")
		if c := r.owned("ann", core.StatusQueue); c.Reason.Code != "bot_gone" {
			t.Fatalf("reason %+v", c.Reason)
		}
	})
}

// A bot's farewell goes out; what it had queued before somebody took over does
// not.
func TestBotAndPersonNeverBothSpeak(t *testing.T) {
	for _, idempotent := range []bool{true, false} {
		t.Run(fmt.Sprintf("idempotent=%v", idempotent), func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, url string) {
				r := newRigWith(t, url, "acted", func(r *rig) {
					r.p.idempotent = idempotent
					r.act = func(_ context.Context, q orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
						if q.Text == "human" {
							a := says("goodbye")
							a.Handoff = &orchestrate.Handoff{Reason: "asked"}
							return a, nil
						}
						first := canon.Message{Parts: []canon.Part{canon.Text{Body: "one"}, canon.Text{Body: "and a half"}}}
						return orchestrate.Answer{Messages: []canon.Message{first, canon.TextMessage("two"), canon.TextMessage("three")}}, nil
					}
				})
				lin := r.agent("Lin", core.AgentAway, 5)
				var stuck atomic.Bool
				stuck.Store(true)
				entered := make(chan struct{}, 10)
				release := make(chan struct{})
				r.p.when(func(q connector.Request) error {
					if stuck.Load() && q.Message.Fallback() == "one" {
						entered <- struct{}{}
						<-release
						// It surely did not leave: tried again, had the bot still the word.
						return &connector.Error{Class: connector.Transient, Code: "503"}
					}
					return nil
				})
				r.send("ann", "hello")
				<-entered
				c := r.the("ann")
				if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, lin); err != nil {
					t.Fatal(err)
				}
				stuck.Store(false)
				close(release)
				r.post(c.ID, lin, "Lin here")
				r.seesText("ann", "Lin here")
				for _, text := range []string{"one\nand a half", "two", "three"} {
					r.inState("ann", text, canon.Cancelled)
				}
				// The farewell of a bot that hands over is part of handing over.
				r.send("bob", "human")
				r.seesText("bob", "goodbye", "I am passing you on to a person. You are number 1 in the queue.")
			})
		})
	}
}

func nineToFive(zone string) core.Calendar {
	k := core.Calendar{Name: "Office", TimeZone: zone, Holidays: []core.Holiday{}}
	for i := range 5 {
		k.Week[i] = []core.Period{{From: 9 * 60, To: 17 * 60}}
	}
	for i := range k.Week {
		if k.Week[i] == nil {
			k.Week[i] = []core.Period{}
		}
	}
	return k
}

// at puts the hub's clock to an instant.
func (r *rig) at(when time.Time) { r.ahead.Store(int64(time.Until(when))) }

func TestOffHoursTheCustomerIsToldAndServedWhenItOpens(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		sunday := time.Date(2030, 6, 2, 12, 0, 0, 0, time.UTC)
		r.at(sunday)
		var hours core.Calendar
		r.write(func(tx *store.Tx) (err error) {
			hours, err = tx.SaveCalendar(nineToFive("UTC"), canon.ID{})
			return err
		})
		r.settings(func(v *core.Tenant) { v.Hours = hours.ID })
		r.agent("Lin", core.AgentOnline, 5)
		r.send("ann", "human")
		r.seesText("ann", "Our team is away right now. Your message is kept, and a person will answer it after Mon 09:00.")
		zh := r.says("zoe", "human")
		zh.From.Locale = "zh"
		r.deliver(zh)
		r.seesText("zoe", "当前不在人工服务时间，您的留言已保存，我们会在 6月3日 09:00 之后尽快回复您。")
		// Nobody is called before it opens, whoever is online.
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil {
			t.Fatal(err)
		}
		if c := r.the("ann"); c.Owner.Kind != core.StatusQueue {
			t.Fatalf("owner %+v off hours", c.Owner)
		}
		r.at(sunday.Add(22 * time.Hour))
		r.owned("ann", core.StatusAgent)
	})
}

func TestALeftMessageBecomesAQueuedConversationWithDetails(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		form := canon.Action{Kind: canon.ActionForm, Value: "leave", Fields: []canon.Field{
			{Name: "name", Label: "Name", Value: "Ann Lee"}, {Name: "email", Label: "E-mail", Value: "ann@example.com"},
			{Name: "phone", Label: "Phone", Value: "+1 555 0100"}, {Name: "message", Label: "Message", Value: "Call me"}}}
		open := r.event("ann", canon.Membership{Kind: canon.MemberOpened}) // the chat was opened before: the visitor is known
		open.From.Name = ""
		r.deliver(open)
		r.seesText("ann", "welcome")
		for _, peer := range []string{"ann", "new"} {
			e := r.event(peer, form)
			e.From.Name = ""
			r.deliver(e)
			c := r.owned(peer, core.StatusQueue)
			if c.Reason.Code != "left_message" {
				t.Fatalf("%s: reason %+v", peer, c.Reason)
			}
			who, err := r.scope().Contact(t.Context(), c.Contact)
			if err != nil || who.Name != "Ann Lee" || who.Email != "ann@example.com" || who.Phone != "+1 555 0100" {
				t.Fatalf("%s: contact %+v %v", peer, who, err)
			}
			if _, ok := r.line(peer, "Name: Ann Lee\nE-mail: ann@example.com\nPhone: +1 555 0100\nMessage: Call me"); !ok {
				t.Fatalf("%s: said %q", peer, r.said(peer))
			}
		}
	})
}
