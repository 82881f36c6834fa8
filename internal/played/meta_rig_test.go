package played_test

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	"parley/connectors/meta"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// metaChannel is one of the three with whom it is tried.
type metaChannel struct {
	driver   connector.Driver
	product  playedmeta.Product
	accounts []canon.RemoteID
	customer string
}

func metaChannels() map[string]metaChannel {
	return map[string]metaChannel{
		"whatsapp":  {meta.WhatsApp(), playedmeta.WhatsApp, []canon.RemoteID{playedmeta.Number, playedmeta.OtherNumber}, "16505551234"},
		"messenger": {meta.Messenger(), playedmeta.Messenger, []canon.RemoteID{playedmeta.Page, playedmeta.OtherPage}, "7061293847561023"},
		"instagram": {meta.Instagram(), playedmeta.Instagram, []canon.RemoteID{playedmeta.Account}, "1254477777772919"},
	}
}

// metaTale is a hub with one of Meta's channels on its other side.
type metaTale struct {
	*played.Hub
	*played.Customer
	t   *testing.T
	c   metaChannel
	p   *playedmeta.Platform
	api string
}

func newMeta(t *testing.T, c metaChannel) *metaTale {
	t.Helper()
	return newMetaAt(t, c, &played.Clock{}, playedmeta.Options{Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
}

// newMetaAt is by a clock, on a platform as asked for.
func newMetaAt(t *testing.T, c metaChannel, clock *played.Clock, o playedmeta.Options) *metaTale {
	t.Helper()
	p := playedmeta.New(o)
	api := httptest.NewServer(p)
	t.Cleanup(api.Close)
	p.Serving(api.Listener.Addr().String())
	r := &metaTale{t: t, c: c, p: p, api: api.URL}
	r.Hub = played.Start(t, played.Setup{Driver: c.driver, Values: r.values(c.accounts[0]), Accounts: c.accounts, Clock: clock.Now})
	r.Install()
	r.Customer = r.Hub.Customer(p.Phone(c.product), c.customer)
	return r
}

// values are the form of a link of an account.
func (r *metaTale) values(account canon.RemoteID) connector.Values {
	v := connector.Values{"account": string(account), "access_token": playedmeta.Token, "app_secret": playedmeta.AppSecret, "verify_token": "a-word-both-know", "api_base": r.api}
	if r.c.product == playedmeta.WhatsApp {
		v["waba_id"] = playedmeta.WABA
	} else {
		v["app_id"] = playedmeta.AppID
	}
	return v
}

// conversation is the customer's.
func (r *metaTale) conversation() core.Conversation {
	r.t.Helper()
	c, ok := r.Talk()
	if !ok {
		r.t.Fatal("there is no conversation")
	}
	return c
}

// alone checks that nothing opened another conversation.
func (r *metaTale) alone() {
	r.t.Helper()
	if all := r.Conversations(); len(all) != 1 {
		r.t.Errorf("there are %d conversations", len(all))
	}
}

// hears waits until the agent sees a message of the customer that is as asked.
func (r *metaTale) hears(what string, is func(core.Message) bool) core.Message {
	r.t.Helper()
	return r.Line(what, func(m core.Message) bool { return m.From == core.FromCustomer && is(m) })
}

// post has the agent write.
func (r *metaTale) post(replyTo canon.ID, parts ...canon.Part) core.Message {
	r.t.Helper()
	return r.Post(r.conversation(), replyTo, parts...)
}
