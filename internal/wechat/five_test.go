package wechat

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
)

// TestFiveSeconds: the platform waits five seconds for an answer. Whatever the
// bot takes, the customer sees one answer, and never that the service is out of
// order. The bot answers while the callback is held, or after it was let go.
func TestFiveSeconds(t *testing.T) {
	for _, c := range []struct {
		takes string
		late  bool
	}{{"0.1 s", false}, {"4 s", false}, {"6 s", true}, {"12 s", true}, {"20 s", true}} {
		t.Run("the bot takes "+c.takes, func(t *testing.T) {
			t.Parallel()
			r := start(t, wechat.Official(), played.Options{}, "gated")
			ended := make(chan error, 1)
			if !c.late {
				r.answers <- "您的订单已发货"
			}
			go func() {
				ended <- r.p.Do(context.Background(), lilei, emulate.Act{Kind: emulate.ActText, Text: "订单到哪了"})
			}()
			must(t, <-ended) // within the platform's patience, at the first try
			if c.late {
				if got := r.sees(lilei); len(got) != 0 {
					t.Fatalf("before the bot answered: %q", got)
				}
				r.answers <- "您的订单已发货"
			}
			r.waits(lilei, "您的订单已发货")
			r.heard("the answer as sent", sent("您的订单已发货"))
			if got := r.sees(lilei); len(got) != 1 {
				t.Errorf("the customer sees %q", got)
			}
			calls := r.p.All()
			passive := slices.ContainsFunc(calls, func(c emulate.Call) bool { return c.Op == "passive" })
			custom := slices.ContainsFunc(calls, func(c emulate.Call) bool { return c.Op == "message/custom/send" })
			if passive == c.late || custom != c.late {
				t.Errorf("in the response: %v, as a message: %v", passive, custom)
			}
		})
	}
}

// TestTheHandlerReturnsInTime: what is held is let go before the platform cuts.
func TestTheHandlerReturnsInTime(t *testing.T) {
	if hold := (wechat.OfficialConn{}).Hold(); hold > 4500*time.Millisecond {
		t.Errorf("callbacks are held for %s", hold)
	}
}

// post makes one try of a callback and returns what was answered.
func (r *rig) post(body []byte) string {
	req, err := r.p.Request(body)
	if err != nil {
		return err.Error()
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(got)
}

// TestThreeTriesAtOnce: three tries of one message, each with a nonce of its
// own, are open at the same time. One carries the answer, the others success.
func TestThreeTriesAtOnce(t *testing.T) {
	r := start(t, wechat.Official(), played.Options{}, "gated")
	body, err := r.p.Act(lilei, emulate.Act{Kind: emulate.ActText, Text: "在吗"})
	must(t, err)
	var mu sync.Mutex
	var got []string
	var all sync.WaitGroup
	for range 3 {
		all.Add(1)
		go func() {
			defer all.Done()
			text := r.post(body)
			mu.Lock()
			defer mu.Unlock()
			got = append(got, text)
		}()
	}
	r.heard("the question", func(m core.Message) bool { return m.Content.Fallback() == "在吗" })
	r.answers <- "在的"
	all.Wait()
	carried := 0
	for _, text := range got {
		must(t, r.p.Receive(lilei, []byte(text)))
		if text != "success" {
			carried++
		}
	}
	r.heard("the answer as sent", sent("在的"))
	if seen := r.sees(lilei); len(seen) != 1 || carried > 1 {
		t.Errorf("%d tries carried the answer, the customer sees %q", carried, seen)
	}
}

// TestARepetitionAfterTheAnswerCarriesNothing: the platform did not hear the
// first answer and repeats; the answer is not told twice.
func TestARepetitionAfterTheAnswerCarriesNothing(t *testing.T) {
	r := start(t, wechat.Official(), played.Options{}, "gated")
	body, err := r.p.Act(lilei, emulate.Act{Kind: emulate.ActText, Text: "在吗"})
	must(t, err)
	r.answers <- "在的"
	if first := r.post(body); !strings.HasPrefix(first, "<xml>") {
		t.Fatalf("the first try was answered %q", first)
	}
	if again := r.post(body); again != "success" {
		t.Errorf("the second try was answered %q", again)
	}
	r.heard("one line", sent("在的"))
	if n := len(r.lines()); n != 2 {
		t.Errorf("the thread has %d lines", n)
	}
}

// TestAClosedWindowIsSaid: 45015 comes back as a failure that says why.
func TestAClosedWindowIsSaid(t *testing.T) {
	r := start(t, wechat.Official(), played.Options{}, "gated")
	r.p.Misbehave(emulate.Fault{Op: "message/custom/send", Status: 200, Body: []byte(`{"errcode":45015,"errmsg":"response out of time limit or subscription is canceled"}`)})
	must(t, r.p.Do(context.Background(), lilei, emulate.Act{Kind: emulate.ActText, Text: "在吗"}))
	r.answers <- "在的"
	m := r.heard("the failure", func(m core.Message) bool { return m.State == canon.Failed })
	rows, err := r.store.For(r.tenant).RowsOf(context.Background(), m.ID)
	must(t, err)
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	line, ok := r.LineOf(r.tenant, r.account)
	if !ok {
		t.Fatal("the account is not linked")
	}
	key := canon.ThreadKey{Account: "gh_3f7badc0771f", Peer: lilei}
	if w := line.Conn.Capabilities(key).Window; w.Left != 0 || w.Closes.IsZero() || time.Now().Before(w.Closes) {
		t.Errorf("the window still shows %+v", w)
	}
}
