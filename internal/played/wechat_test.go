package played_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedwechat "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core"
	"parley/core/canon"
)

// TestWeChat_TheHandlerReturnsInTime: what is held is let go before the platform cuts.
func TestWeChat_TheHandlerReturnsInTime(t *testing.T) {
	t.Parallel()
	if hold := (wechat.OfficialConn{}).Hold(); hold > 4500*time.Millisecond {
		t.Errorf("callbacks are held for %s", hold)
	}
}

// post makes one try of a callback and returns what was answered.
func (r *wechatTale) post(body []byte) string {
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

// TestWeChat_ThreeTriesAtOnce: three tries of one message, each with a nonce of its
// own, are open at the same time. One carries the answer, the others success.
func TestWeChat_ThreeTriesAtOnce(t *testing.T) {
	t.Parallel()
	r := newWeChat(t, wechat.Official(), playedwechat.Options{}, lilei, true)
	body, err := r.p.Act(lilei, emulate.Act{Kind: emulate.ActText, Text: "在吗"})
	if err != nil {
		t.Fatal(err)
	}
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
	r.Line("the question", func(m core.Message) bool { return m.Content.Fallback() == "在吗" })
	r.bot.Say("在的")
	all.Wait()
	carried := 0
	for _, text := range got {
		if err := r.p.Receive(lilei, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if text != "success" {
			carried++
		}
	}
	r.Line("the answer as sent", sent("在的"))
	if seen := r.seen(); len(seen) != 1 || carried > 1 {
		t.Errorf("%d tries carried the answer, the customer sees %q", carried, seen)
	}
}

// TestWeChat_ARepetitionAfterTheAnswerCarriesNothing: the platform did not hear the
// first answer and repeats; the answer is not told twice.
func TestWeChat_ARepetitionAfterTheAnswerCarriesNothing(t *testing.T) {
	t.Parallel()
	r := newWeChat(t, wechat.Official(), playedwechat.Options{}, lilei, true)
	body, err := r.p.Act(lilei, emulate.Act{Kind: emulate.ActText, Text: "在吗"})
	if err != nil {
		t.Fatal(err)
	}
	r.bot.Say("在的")
	if first := r.post(body); !strings.HasPrefix(first, "<xml>") {
		t.Fatalf("the first try was answered %q", first)
	}
	if again := r.post(body); again != "success" {
		t.Errorf("the second try was answered %q", again)
	}
	r.Line("one line", sent("在的"))
	if n := len(r.Customer.Lines()); n != 2 {
		t.Errorf("the thread has %d lines", n)
	}
}

// TestWeChat_AClosedWindowIsSaid: 45015 comes back as a failure that says why.
func TestWeChat_AClosedWindowIsSaid(t *testing.T) {
	t.Parallel()
	r := newWeChat(t, wechat.Official(), playedwechat.Options{}, lilei, true)
	r.p.Misbehave(emulate.Fault{Op: "message/custom/send", Status: 200, Body: []byte(`{"errcode":45015,"errmsg":"response out of time limit or subscription is canceled"}`)})
	r.Does(emulate.Act{Kind: emulate.ActText, Text: "在吗"})
	r.bot.Say("在的")
	m := r.Line("the failure", func(m core.Message) bool { return m.State == canon.Failed })
	rows, err := r.Store.For(r.Tenant).RowsOf(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 {
		t.Fatalf("%d rows", len(rows))
	}
	line, ok := r.Core.LineOf(r.Tenant, r.Account)
	if !ok {
		t.Fatal("the account is not linked")
	}
	key := canon.ThreadKey{Account: "gh_3f7badc0771f", Peer: lilei}
	if w := line.Conn.Capabilities(key).Window; w.Left != 0 || w.Closes.IsZero() || time.Now().Before(w.Closes) {
		t.Errorf("the window still shows %+v", w)
	}
}
