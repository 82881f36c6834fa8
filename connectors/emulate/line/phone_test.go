package line_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/line"
)

// heard collects the events a hub is told.
func heard(t *testing.T) (*bench, func() map[string]any) {
	var events []map[string]any
	hub := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var in struct{ Events []map[string]any }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		events = append(events, in.Events...)
	}))
	t.Cleanup(hub.Close)
	b := newBench(t, func(o *line.Options) { o.Hook = hub.URL })
	return b, func() map[string]any {
		t.Helper()
		if len(events) == 0 {
			t.Fatal("the hub was told nothing")
		}
		e := events[len(events)-1]
		events = nil
		return e
	}
}

func TestAPersonCanPlayTheCustomer(t *testing.T) {
	b, last := heard(t)
	do := func(a emulate.Act) {
		t.Helper()
		if err := b.p.Do(t.Context(), b.who(), a); err != nil {
			t.Fatal(err)
		}
	}
	bubbles := func() []emulate.Bubble { return b.p.Screen(b.who()).Bubbles }
	newest := func() emulate.Bubble { all := bubbles(); return all[len(all)-1] }

	do(emulate.Act{Kind: emulate.ActText, Text: "hello"})
	if e := last(); e["replyToken"] == nil || newest().Text != "hello" {
		t.Errorf("event %v, screen %+v", e, bubbles())
	}
	b.push("", quick(2, `{"type":"postback","label":"Yes","data":"y"}`))
	menu := b.p.Screen(b.who()).Menu
	if len(menu) != 1 || menu[0][0].Label != "Yes" {
		t.Fatalf("quick replies %+v", menu)
	}
	do(emulate.Act{Kind: emulate.ActPress, Value: menu[0][0].Value})
	if e := last(); e["type"] != "postback" || e["postback"].(map[string]any)["data"] != "y" || newest().Text != "Yes" || b.p.Screen(b.who()).Menu != nil {
		t.Errorf("event %v, screen %+v", e, b.p.Screen(b.who()))
	}
	b.push("", button(`{"type":"message","label":"Tea","text":"tea please"}`))
	card := newest()
	do(emulate.Act{Kind: emulate.ActPress, Target: card.ID, Value: card.Buttons[0][0].Value})
	if e := last(); e["message"].(map[string]any)["text"] != "tea please" {
		t.Errorf("event %v", e)
	}
	do(emulate.Act{Kind: emulate.ActReply, Target: card.ID, Text: "this one"})
	if e := last(); e["message"].(map[string]any)["quotedMessageId"] != card.ID {
		t.Errorf("event %v", e)
	}
	do(emulate.Act{Kind: emulate.ActMedia, Media: "image", MIME: "image/jpeg", File: []byte("jpeg")})
	e := last()
	picture := newest()
	if e["message"].(map[string]any)["type"] != "image" || len(picture.Media) != 1 {
		t.Errorf("event %v, bubble %+v", e, picture)
	}
	do(emulate.Act{Kind: emulate.ActRecall, Target: picture.ID})
	if e := last(); e["type"] != "unsend" || !newest().Recalled {
		t.Errorf("event %v, bubble %+v", e, newest())
	}
	if status, _ := b.ask("GET", "/v2/bot/message/"+picture.ID+"/content", b.p.Token(), "", ""); status != http.StatusNotFound {
		t.Errorf("what was unsent can still be fetched: %d", status)
	}
	b.ask("POST", "/v2/bot/chat/loading/start", b.p.Token(), "", `{"chatId":"`+b.who()+`","loadingSeconds":20}`)
	if !b.p.Screen(b.who()).Typing {
		t.Error("the loading animation does not run")
	}
	b.push("", hello)
	if b.p.Screen(b.who()).Typing {
		t.Error("the loading animation runs on after the message")
	}
	do(emulate.Act{Kind: emulate.ActLeave})
	if e := last(); e["type"] != "unfollow" {
		t.Errorf("event %v", e)
	}
	n := len(bubbles())
	if status, _ := b.push("", hello); status != http.StatusOK || len(bubbles()) != n {
		t.Errorf("who blocked the account sees it, or LINE says so: %d", status)
	}
	if err := b.p.Do(t.Context(), b.who(), emulate.Act{Kind: emulate.ActText, Text: "x"}); err == nil || !strings.Contains(err.Error(), "blocked") {
		t.Errorf("writing to a blocked account: %v", err)
	}
	do(emulate.Act{Kind: emulate.ActFollow})
	if e := last(); e["follow"].(map[string]any)["isUnblocked"] != true {
		t.Errorf("event %v", e)
	}
	for _, kind := range []string{emulate.ActReact, emulate.ActEdit} {
		if slices.Contains(b.p.Screen(b.who()).Can, kind) || b.p.Do(t.Context(), b.who(), emulate.Act{Kind: kind}) == nil {
			t.Errorf("LINE has no %s for accounts", kind)
		}
	}
}
