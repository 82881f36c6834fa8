package wecom_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

func TestNodesShareOneTokenWithoutAStampede(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Messages: 100})
	b.Wrote(played.Account, played.Customer)
	nodes := []connector.Conn{b.kf(), b.kf(), b.kf()}
	burst := func() {
		var all sync.WaitGroup
		for i := range 24 {
			all.Add(1)
			go func() {
				defer all.Done()
				if _, err := nodes[i%3].Send(t.Context(), post("你好")); err != nil {
					t.Error(err)
				}
			}()
		}
		all.Wait()
	}
	burst()
	if n := b.calls("gettoken"); n != 1 {
		t.Errorf("%d tokens were fetched for 24 messages", n)
	}
	// Refused before its time: fetched once more, and no message is lost.
	b.ExpireTokens()
	burst()
	if n := b.calls("gettoken"); n != 2 {
		t.Errorf("%d tokens were fetched; a refused one is replaced once", n)
	}
	if n := len(b.Seen(played.Account, played.Customer)); n != 48 {
		t.Errorf("the customer saw %d of 48 messages", n)
	}
	// Shortly before its end it is no longer used.
	b.clock.pass(7200*time.Second - time.Minute)
	if _, err := nodes[0].Send(t.Context(), post("你好")); err != nil || b.calls("gettoken") != 3 {
		t.Errorf("near the token's end: %v, %d fetched", err, b.calls("gettoken"))
	}
}

func TestACorporationIsLinkedOnce(t *testing.T) {
	same := func(corp, account string) string {
		return connector.SameOf(wecom.NewKF(), connector.Values{"corp_id": corp, "account": account, "api_base": "https://qyapi.weixin.qq.com/"})
	}
	if same("ww1", "wk1") != same("ww1", "wk2") || same("ww1", "wk1") == same("ww2", "wk1") {
		t.Error("two accounts of a corporation are two links, or two corporations one")
	}
}

// A pulse uses the token there is, and turns red once its Secret counts no more.
func TestAPulseFetchesNoTokenOfItsOwn(t *testing.T) {
	for _, kind := range []string{"wechatkf", "wecom"} {
		b := newTable(t, kind, played.Options{})
		open := func() connector.Pulse {
			if kind == "wecom" {
				return b.node(wecom.New()).(connector.Pulse)
			}
			return b.kf().(connector.Pulse)
		}
		p := open()
		for range 5 {
			if err := p.Pulse(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := b.calls("gettoken"); n != 1 {
			t.Errorf("%s: five pulses fetched %d tokens", kind, n)
		}
		b.ResetSecret(kind)
		if err := p.Pulse(t.Context()); class(err) != connector.NeedsLogin {
			t.Errorf("%s: with a Secret that was changed: %v", kind, err)
		}
		if err := open().Pulse(t.Context()); err != nil { // entered in the form
			t.Errorf("%s: with the new Secret: %v", kind, err)
		}
	}
}

func TestTokensOfApplicationAndCustomerServiceAreKeptApart(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{})
	b.Wrote(played.Account, played.Customer)
	a := &table{stage: &stage{Platform: b.Platform, kind: "wecom", srv: b.srv}, t: t, clock: b.clock, cache: b.cache} // even on one cache
	if _, err := b.kf().Send(t.Context(), post("你好")); err != nil {
		t.Fatal(err)
	}
	r := post("你好")
	r.Thread = canon.ThreadKey{Account: played.AgentID, Peer: played.Member}
	if _, err := a.node(wecom.New()).Send(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	for _, c := range b.Log.All() {
		if c.Code == "48002" {
			t.Errorf("%s was called with the other's token", c.Op)
		}
	}
}

func TestNoErrorTellsAToken(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{})
	b.Wrote(played.Account, played.Customer)
	conn := b.kf()
	if _, err := conn.Send(t.Context(), post("你好")); err != nil {
		t.Fatal(err)
	}
	token := ""
	for name, v := range b.cache.values {
		if strings.HasPrefix(name, "token:wechatkf:") {
			token = v
		}
	}
	if token == "" {
		t.Fatal("no token was kept")
	}
	f := played.Refuse("kf/send_msg", 40058)
	f.Body = []byte(`{"errcode":40058,"errmsg":"bad call with access_token=` + token + `"}`)
	b.Misbehave(f)
	if _, err := conn.Send(t.Context(), post("你好")); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("the error reads %v", err)
	}
}
