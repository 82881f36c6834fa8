package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
)

func TestSessionResumesByItsTokenAlone(t *testing.T) {
	r := newRig(t, Limits{})
	first, thread := r.session(sessionRequest{Lang: "zh-CN"})
	r.hub.Say(thread, fakehub.Bot, canon.Text{Body: "您好"})

	again, same := r.session(sessionRequest{Token: first.Token, Lang: "zh-CN"})
	if same != thread {
		t.Errorf("resumed as %q, want %q", same.Peer, thread.Peer)
	}
	if len(again.Lines.Items) != 1 || again.Lines.Items[0].Parts[0].Text != "您好" {
		t.Errorf("resumed without its lines: %+v", again.Lines)
	}
	if !again.Keep || again.Now != r.now().UnixMilli() {
		t.Errorf("keep %v, now %d", again.Keep, again.Now)
	}

	flipped := first.Token[:len(first.Token)-2] + "AA"
	for name, in := range map[string]sessionRequest{
		"no token": {}, "changed token": {Token: flipped}, "ticket as token": {Token: first.Ticket}, "noise": {Token: strings.Repeat("x", 9000)},
	} {
		if _, who := r.session(in); who.Peer == thread.Peer {
			t.Errorf("%s resumed the visitor", name)
		}
	}
	r.pass(visitorLife + time.Second)
	if _, who := r.session(sessionRequest{Token: first.Token}); who.Peer == thread.Peer {
		t.Error("an outlived token resumed the visitor")
	}
}

func TestX11_TokensCountForTheirAccountAndUseOnly(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	foreign, err := r.conn.sign(forVisitor, r.other, newVisitor("en"), time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	otherKey := fakehub.Signer{Key: "another installation"}
	raw, _ := r.conn.options.Signer.OpenToken(s.Token)
	for name, token := range map[string]string{
		"none": "", "noise": "abc", "of another account": foreign, "a ticket": s.Ticket, "of another installation": otherKey.Token(raw),
	} {
		for _, rt := range routes {
			if rt.open {
				continue
			}
			res := r.do(rt.method, rt.path, token, map[string]string{"id": "abcdefgh", "text": "x"})
			if res.status != http.StatusUnauthorized || res.code() != "session" {
				t.Errorf("%s %s with token %s: %d %s", rt.method, rt.path, name, res.status, res.raw)
			}
		}
	}
	if n := len(r.hub.Commits()); n != 0 {
		t.Errorf("%d events stored", n)
	}
}

func TestBlockedVisitorIsRefusedBeforeStorage(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("hello")
	r.hub.Block(thread.Peer)

	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/session", sessionRequest{Token: s.Token}},
		{"POST", "/messages", postRequest{ID: "abcdefgh", Text: "hi"}},
		{"POST", "/open", openRequest{Key: "abcdefgh"}},
		{"POST", "/form", leaveRequest{ID: "abcdefgh", Email: "a@b.cn", Text: "hi"}},
		{"POST", "/marks", markRequest{Read: "x"}},
		{"POST", "/files", "bytes"},
		{"GET", "/lines?since=0", nil},
	} {
		res := r.do(c.method, c.path, s.Token, c.body)
		if res.status != http.StatusForbidden || res.code() != "unavailable" {
			t.Errorf("%s: %d %s", c.path, res.status, res.raw)
		}
		if strings.Contains(strings.ToLower(string(res.raw)), "block") {
			t.Errorf("%s tells that it is a block: %s", c.path, res.raw)
		}
	}
	l.send(map[string]string{"t": "post", "id": "ijklmnop", "text": "hi"})
	if n := l.next("nack"); n.ID != "ijklmnop" || n.Code != "unavailable" {
		t.Errorf("socket answered %+v", n.frame)
	}
	if got := r.hub.Commits(); len(got) != 0 {
		t.Errorf("stored %d events of a blocked visitor", len(got))
	}
	if r.hub.Refusals() != 8 {
		t.Errorf("%d refusals counted, want 8", r.hub.Refusals())
	}
}

func TestStoreAwayIsSaidAndKeepsNothing(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	r.hub.SetAway(true)
	res := r.do("POST", "/messages", s.Token, postRequest{ID: "abcdefgh", Text: "hi"})
	if res.status != 503 || res.header.Get("Retry-After") == "" {
		t.Errorf("away: %d, Retry-After %q", res.status, res.header.Get("Retry-After"))
	}
	if res := r.do("POST", "/session", "", sessionRequest{}); res.status != 503 {
		t.Errorf("session while away: %d", res.status)
	}
	r.hub.SetAway(false)
	for range 3 { // the browser tries again with the same id
		if res := r.do("POST", "/messages", s.Token, postRequest{ID: "abcdefgh", Text: "hi"}); res.status != 200 {
			t.Fatalf("after: %d %s", res.status, res.raw)
		}
	}
	if lines := r.hub.Lines(thread); len(lines) != 1 {
		t.Errorf("%d lines, want 1", len(lines))
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	r := newRig(t, Limits{})
	base := r.server.URL
	for path, want := range map[string]int{
		"/chat/": 404, "/chat/nobody": 404, "/chat/" + canon.NewID().String(): 404,
		"/chat/" + r.account.String() + "/": 404, "/chat/" + r.account.String() + "/nothing": 404,
		"/chat/" + strings.ToUpper(r.account.String()) + "/launcher": 200,
	} {
		res, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("GET %s: %d, want %d", path, res.StatusCode, want)
		}
	}
	res := r.do("DELETE", "/messages", "", nil)
	if res.status != 405 || res.header.Get("Allow") != "POST" {
		t.Errorf("DELETE: %d, Allow %q", res.status, res.header.Get("Allow"))
	}
}

func TestProblemsSpeakTheVisitorsLanguage(t *testing.T) {
	r := newRig(t, Limits{})
	zh, _ := r.session(sessionRequest{Lang: "zh-TW"})
	if res := r.do("POST", "/messages", zh.Token, postRequest{ID: "abcdefgh"}, "Accept-Language", "en"); !strings.Contains(string(res.raw), "消息内容为空") {
		t.Errorf("zh visitor read %s", res.raw)
	}
	if res := r.do("POST", "/messages", "", postRequest{}, "Accept-Language", "fr, zh;q=0.5"); !strings.Contains(string(res.raw), "请重新打开") {
		t.Errorf("zh browser read %s", res.raw)
	}
}
