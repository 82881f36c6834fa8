package played_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedline "parley/connectors/emulate/line"
	playedmeta "parley/connectors/emulate/meta"
	playedwechat "parley/connectors/emulate/wechat"
	playedwecom "parley/connectors/emulate/wecom"
	"parley/connectors/wechat"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/internal/played"
)

// amiss is a hub whose platform misbehaves, and two of its customers.
type amiss struct {
	*played.Hub
	a, b *played.Customer
	post *emulate.Postman
	call func(...emulate.Fault) // misbehaves on calls
	ends bool                   // tokens do
}

// misbehaving begins a platform of each kind that calls.
func misbehaving() map[string]func(*testing.T, *emulate.Postman) amiss {
	return map[string]func(*testing.T, *emulate.Postman) amiss{
		"line": func(t *testing.T, post *emulate.Postman) amiss {
			l := newLine(t, func(o *playedline.Options) {
				post.Base = o.Client.Transport
				o.Client = &http.Client{Transport: post}
			})
			all := l.p.Customers()
			// A token refused so young is the channel's fault; those that end of age are
			// in the connector's own tests.
			return amiss{l.Hub, l.Customer, l.Hub.Customer(l.p, all[1].ID), post, l.p.Misbehave, false}
		},
		"telegram": func(t *testing.T, post *emulate.Postman) amiss {
			w := newTelegramBy(t, "webhook", &http.Client{Transport: post})
			all := w.p.Customers()
			a, b := w.Customer(w.p, all[0].ID), w.Customer(w.p, all[1].ID)
			for _, who := range []*played.Customer{a, b} {
				who.Does(emulate.Act{Kind: emulate.ActFollow})
			}
			w.Until("both have begun", func() bool { return post.Carried() >= 2 })
			return amiss{w.Hub, a, b, post, w.p.Misbehave, false}
		},
		"wechat": func(t *testing.T, post *emulate.Postman) amiss {
			r := newWeChat(t, wechat.Official(), playedwechat.Options{Client: &http.Client{Transport: post}}, lilei, false)
			return amiss{r.Hub, r.Customer, r.Hub.Customer(r.p, han), post, r.p.Misbehave, true}
		},
		"wechatkf": func(t *testing.T, post *emulate.Postman) amiss {
			r := newWeComWith(t, wecom.KindKF, playedwecom.Options{Client: &http.Client{Transport: post}})
			all := r.p.KFPhone().Customers()
			return amiss{r.Hub, r.Customer, r.Hub.Customer(r.p.KFPhone(), all[1].ID), post, r.p.Misbehave, true}
		},
		"wecom": func(t *testing.T, post *emulate.Postman) amiss {
			r := newWeComWith(t, wecom.KindApp, playedwecom.Options{Client: &http.Client{Transport: post}})
			all := r.p.AppPhone().Customers()
			return amiss{r.Hub, r.Customer, r.Hub.Customer(r.p.AppPhone(), all[1].ID), post, r.p.Misbehave, true}
		},
		"whatsappcloud": func(t *testing.T, post *emulate.Postman) amiss {
			c := metaChannels()["whatsapp"]
			r := newMetaAt(t, c, &played.Clock{}, playedmeta.Options{Delivery: emulate.Delivery{Client: &http.Client{Transport: post}, Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
			all := r.p.Phone(c.product).Customers()
			return amiss{r.Hub, r.Customer, r.Hub.Customer(r.p.Phone(c.product), all[1].ID), post, r.p.Misbehave, false}
		},
	}
}

// said counts how often the hub has words of customers.
func (x amiss) said(words string) (n int) {
	for _, c := range x.Conversations() {
		for _, m := range x.Lines(c) {
			if m.From == core.FromCustomer && strings.Contains(m.Content.Fallback(), words) {
				n++
			}
		}
	}
	return n
}

// TestAPlatformMisbehaves: what comes twice is there once, what comes late is
// there, and a token that ended keeps nothing from being sent once.
func TestAPlatformMisbehaves(t *testing.T) {
	for name, begin := range misbehaving() {
		t.Run(name, func(t *testing.T) {
			x := begin(t, &emulate.Postman{})
			before := x.post.Carried()
			x.post.Misdeliver(emulate.Redeliver)
			x.a.Says("told twice")
			x.Until("it was told twice", func() bool { return x.post.Carried() >= before+2 && x.said("told twice") > 0 })
			x.post.Misdeliver(emulate.Reorder)
			var both sync.WaitGroup
			for _, who := range []*played.Customer{x.a, x.b} {
				both.Go(func() { who.Says("overtaken") })
			}
			x.Until("both are heard", func() bool { return x.said("overtaken") >= 2 })
			both.Wait()
			if n, m := x.said("told twice"), x.said("overtaken"); n != 1 || m != 2 {
				t.Errorf("what was told twice is there %d times, what two said %d times", n, m)
			}
			if !x.ends {
				return
			}
			c, ok := x.a.Talk()
			if !ok {
				t.Fatal("there is no conversation")
			}
			x.call(emulate.Fault{Kind: emulate.ExpiredToken})
			x.Sends(x.Take(c), canon.Text{Body: "with a token that ended"})
			x.a.Sees("with a token that ended")
			if n := len(slices.DeleteFunc(x.a.Theirs(), func(b emulate.Bubble) bool { return !strings.Contains(played.Words(b), "with a token that ended") })); n != 1 {
				t.Errorf("the customer sees it %d times", n)
			}
		})
	}
}
