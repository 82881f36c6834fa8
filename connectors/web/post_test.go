package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
)

func TestPostIsStoredOnceHoweverOftenItArrives(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{Lang: "zh-CN"})
	l := r.live(s.Ticket, 0)
	l.next("hello")
	body := postRequest{ID: "client-key-1", Text: "你好\r\n\x00😀👩‍👩‍👧 مرحبا"}
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			if res := r.do("POST", "/messages", s.Token, body); res.status != 200 {
				t.Errorf("post: %d %s", res.status, res.raw)
			}
		})
	}
	wait.Wait()
	l.send(map[string]string{"t": "post", "id": body.ID, "text": body.Text})
	l.next("ack")
	lines := r.hub.Lines(thread)
	if len(lines) != 1 || lines[0].Message.ClientID != body.ID {
		t.Fatalf("%d lines of one message: %+v", len(lines), lines)
	}
	if got := lines[0].Message.Plain(); got != "你好\n😀👩‍👩‍👧 مرحبا" {
		t.Errorf("stored %q", got)
	}
	e := r.hub.Commits()[0]
	if e.EventID != string(thread.Peer)+"/post:"+body.ID || e.Thread != thread || e.Account != thread.Account || e.From.ID != thread.Peer || e.From.Verified {
		t.Errorf("envelope %+v", e)
	}
	if len(e.Raw) != 64 || e.From.Locale != "zh-CN" || !e.Time.Equal(r.now()) {
		t.Errorf("raw %q, locale %q, time %v", e.Raw, e.From.Locale, e.Time)
	}
}

// Browsers make the keys, so one visitor's must not swallow another's.
func TestKeysCountWithinTheirVisitor(t *testing.T) {
	r := newRig(t, Limits{})
	for range 2 {
		s, _ := r.session(sessionRequest{})
		if res := r.do("POST", "/messages", s.Token, postRequest{ID: "same-key", Text: "hi"}); res.status != 200 {
			t.Fatal(res.status)
		}
	}
	if n := len(r.hub.Commits()); n != 2 {
		t.Errorf("%d messages of two visitors stored", n)
	}
}

func TestSameKeyWithOtherWordsIsTellable(t *testing.T) {
	one := postRequest{ID: "same-key", Text: "a"}
	same, other := one, one
	other.Text = "b"
	if one.sum() != same.sum() || one.sum() == other.sum() {
		t.Error("the sum must follow the words alone")
	}
}

func TestPostRefusesInWords(t *testing.T) {
	r := newRig(t, Limits{TextRunes: 10, FilesAMsg: 1})
	s, _ := r.session(sessionRequest{})
	for _, c := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"nothing", ``, 400, "json"},
		{"no object", `"x"`, 400, "json"},
		{"two objects", `{"id":"abcdefgh","text":"x"}{}`, 400, "json"},
		{"wrong type", `{"id":"abcdefgh","text":5}`, 400, "json"},
		{"no id", `{"text":"x"}`, 422, "invalid_id"},
		{"id with a line break", `{"id":"abc\ndefgh","text":"x"}`, 422, "invalid_id"},
		{"id too long", `{"id":"` + strings.Repeat("a", 65) + `","text":"x"}`, 422, "invalid_id"},
		{"only controls", `{"id":"abcdefgh","text":"\u0000\u0007"}`, 422, "invalid_text"},
		{"eleven characters", `{"id":"abcdefgh","text":"一二三四五六七八九十零"}`, 422, "invalid_text"},
		{"ten characters", `{"id":"abcdefgh","text":"一二三四五六七八九十"}`, 200, ""},
		{"unknown field", `{"id":"abcdefgi","text":"x","of a newer panel":1}`, 200, ""},
		{"forged file", `{"id":"abcdefgj","files":["abc.def"]}`, 422, "invalid_files"},
		{"two files", `{"id":"abcdefgj","files":["a","b"]}`, 422, "invalid_files"},
		{"no place", `{"id":"abcdefgj","place":{"lat":0,"lon":181}}`, 422, "invalid_place"},
		{"a place", `{"id":"abcdefgk","place":{"lat":31.2,"lon":121.4}}`, 200, ""},
		{"64 KiB and more", `{"id":"abcdefgl","text":"` + strings.Repeat("x", 64<<10) + `"}`, 413, "too_large"},
	} {
		res := r.do("POST", "/messages", s.Token, c.body)
		if res.status != c.status || res.code() != c.code {
			t.Errorf("%s: %d %s, want %d %s", c.name, res.status, res.raw, c.status, c.code)
		}
		if c.status >= 400 && res.header.Get("Content-Type") != "application/problem+json; charset=utf-8" {
			t.Errorf("%s: %s", c.name, res.header.Get("Content-Type"))
		}
	}
}

func TestTenMegabytesAreCutOffEarly(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	res := r.do("POST", "/messages", s.Token, `{"id":"abcdefgh","text":"`+strings.Repeat("x", 10<<20)+`"}`)
	if res.status != http.StatusRequestEntityTooLarge || len(r.hub.Commits()) != 0 {
		t.Errorf("10 MB: %d", res.status)
	}
}

func TestX16_PostsOfOneVisitorHaveALimit(t *testing.T) {
	r := newRig(t, Limits{PostBurst: 3, PostRate: 1})
	s, _ := r.session(sessionRequest{})
	post := func(id string) reply {
		return r.do("POST", "/messages", s.Token, postRequest{ID: id, Text: "x"})
	}
	for _, id := range []string{"client-1", "client-2", "client-3"} {
		if res := post(id); res.status != 200 {
			t.Fatalf("%s: %d", id, res.status)
		}
	}
	if res := post("client-4"); res.status != 429 || res.header.Get("Retry-After") != "1" {
		t.Errorf("fourth: %d, Retry-After %q", res.status, res.header.Get("Retry-After"))
	}
	again, _ := r.session(sessionRequest{Token: s.Token})
	l := r.live(again.Ticket, 0) // a socket is no way around
	l.send(postRequestFrame("client-4", "x"))
	if n := l.next("nack"); n.Code != "too_fast" || n.Wait != 1000 {
		t.Errorf("socket: %+v", n.frame)
	}
	other, _ := r.session(sessionRequest{})
	if res := r.do("POST", "/messages", other.Token, postRequest{ID: "client-1", Text: "x"}); res.status != 200 {
		t.Errorf("another visitor: %d", res.status)
	}
	r.pass(1e9)
	if res := post("client-4"); res.status != 200 {
		t.Errorf("a second later: %d", res.status)
	}
}

func TestPressTellsWhatWasTakenAndWhere(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	asked := r.hub.Say(thread, fakehub.Bot, canon.Choices{Style: canon.ChoiceQuick, Prompt: "?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "查订单", Value: "order"}}})
	l := r.live(s.Ticket, 0)
	l.send(map[string]any{"t": "post", "id": "press-01", "action": pressRequest{Target: string(asked.Message.RemoteID), Value: "order", Label: "查订单"}})
	l.next("ack")
	a, ok := r.hub.Commits()[0].Event.(canon.Action)
	if !ok || a.Kind != canon.ActionButton || a.Value != "order" || a.Label != "查订单" || a.Target != asked.Message.RemoteID {
		t.Errorf("action %+v", a)
	}
	for {
		items := l.next("lines").Items
		if len(items) > 0 && len(items[0].Parts) > 0 && items[0].Parts[0].Taken == "order" {
			break
		}
	}
	res := r.do("POST", "/messages", s.Token, map[string]any{"id": "press-02", "action": pressRequest{Target: "x", Value: "1", Label: "1", Menu: true}})
	if res.status != 200 || r.hub.Commits()[1].Event.(canon.Action).Kind != canon.ActionMenu {
		t.Errorf("menu: %d %+v", res.status, r.hub.Commits())
	}
}

func TestMarksAreReceiptsThroughALine(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	sent := r.hub.Say(thread, fakehub.Agent, canon.Text{Body: "x"})
	for range 2 {
		if res := r.do("POST", "/marks", s.Token, markRequest{Delivered: string(sent.Message.RemoteID)}); res.status != 200 {
			t.Fatalf("mark: %d %s", res.status, res.raw)
		}
	}
	if res := r.do("POST", "/marks", s.Token, markRequest{Read: "a\nb"}); res.status != 422 {
		t.Errorf("mark of two lines: %d", res.status)
	}
	if got := r.hub.Commits(); len(got) != 1 || got[0].Event.(canon.Receipt).State != canon.Delivered {
		t.Errorf("receipts %+v", got)
	}
	if st := r.hub.Lines(thread)[0].State; st != canon.Delivered {
		t.Errorf("line is %s", st)
	}
}

func TestPollingAnswersWhatSocketsWould(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	got := make(chan linesAnswer, 1)
	go func() {
		res := r.do("GET", "/lines?wait=1&since=0", s.Token, nil)
		var a linesAnswer
		_ = json.Unmarshal(res.raw, &a)
		got <- a
	}()
	eventually(t, "the poll waits", func() bool { return r.hub.Watchers(thread) == 1 })
	r.hub.Say(thread, fakehub.Bot, canon.Text{Body: "x"})
	a := <-got
	if len(a.Lines.Items) != 1 || !a.Standing.Open || a.Now == 0 {
		t.Errorf("poll %+v", a)
	}
	eventually(t, "the watch ends", func() bool { return r.hub.Watchers(thread) == 0 })
	go func() {
		res := r.do("GET", "/lines?wait=1&since=1", s.Token, nil)
		var a linesAnswer
		_ = json.Unmarshal(res.raw, &a)
		got <- a
	}()
	eventually(t, "the second poll waits", func() bool { return r.hub.Watchers(thread) == 1 })
	r.hub.Type(thread, fakehub.Agent, true, "secret")
	if a := <-got; a.Typing == nil || !a.Typing.On || a.Typing.Text != "" {
		t.Errorf("typing %+v", a.Typing)
	}
	for range 60 {
		r.hub.Say(thread, fakehub.Bot, canon.Text{Body: "y"})
	}
	var page linesAnswer
	r.do("GET", "/lines?before=50&limit=5", s.Token, nil).into(t, &page)
	if n := len(page.Lines.Items); n != 5 || page.Lines.Items[0].Pos != 49 || !page.Lines.More {
		t.Errorf("history %d lines from %d, more %v", n, page.Lines.Items[0].Pos, page.Lines.More)
	}
}
