package graph_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	emu "parley/connectors/emulate/meta"
	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

func TestEveryErrorThePlayedPlatformKnowsHasASentenceAndARemedy(t *testing.T) {
	for _, rule := range emu.Rules() {
		number, sub, _ := strings.Cut(rule.Code, "/")
		n, err := strconv.Atoi(number)
		if err != nil && strings.HasPrefix(rule.Name, "dialog ") {
			continue // said on the platform's own page
		}
		if err != nil {
			t.Fatal(err)
		}
		s, _ := strconv.Atoi(sub) // none is 0
		if e := graph.Meaning(n, s); rule.Name != "verification" && (e.Class == "" || e.Shown.EN == "" || e.Shown.ZH == "") {
			t.Errorf("%s (%s): nothing is said of it", rule.Code, rule.Name)
		}
	}
}

func TestAnAnswerSaysWhatItMeansForTheMessage(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		status int
		header http.Header
		body   string
		class  connector.Class
		scope  connector.Scope
		wait   time.Duration
		code   string
	}{
		{"pair rate", 429, nil, `{"error":{"code":131056}}`, connector.RateLimited, connector.ScopeThread, 6 * time.Second, "131056"},
		{"the platform's own wait wins", 429, http.Header{"Retry-After": {"40"}}, `{"error":{"code":131056}}`, connector.RateLimited, connector.ScopeThread, 40 * time.Second, "131056"},
		{"subcode", 403, nil, `{"error":{"code":10,"error_subcode":2018278}}`, connector.WindowClosed, "", 0, "10/2018278"},
		{"subcode nobody knows", 401, nil, `{"error":{"code":190,"error_subcode":463}}`, connector.NeedsLogin, connector.ScopeLink, 0, "190"},
		{"permission of two hundred and some", 403, nil, `{"error":{"code":299}}`, connector.NeedsLogin, connector.ScopeLink, 0, "299"},
		{"wrong app secret", 400, nil, `{"error":{"code":100,"message":"Invalid appsecret_proof provided in the API argument"}}`, connector.NeedsLogin, connector.ScopeLink, 0, "appsecret_proof"},
		{"unknown and passing", 400, nil, `{"error":{"code":99999,"is_transient":true}}`, connector.Transient, "", 0, "99999"},
		{"unknown at the server", 500, nil, `{"error":{"code":99999}}`, connector.Uncertain, "", 0, "99999"},
		{"no JSON", 502, nil, `<html>`, connector.Uncertain, "", 0, "502"},
	} {
		e := graph.Refusal(c.status, c.header, []byte(c.body), now)
		if e.Class != c.class || e.Scope != c.scope || e.RetryAfter != c.wait || e.Code != c.code || e.Shown.EN == "" || e.Shown.ZH == "" {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func TestWhatIsRememberedOfAWindow(t *testing.T) {
	var threads graph.Threads
	key := canon.ThreadKey{Account: "a", Peer: "p"}
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	closes := func() time.Time { return threads.Window(key, connector.Window{For: 24 * time.Hour}).Closes }
	if at := closes(); !at.IsZero() {
		t.Errorf("of somebody who never wrote it is said that the window closes at %s", at)
	}
	threads.Heard(key, "m2", now, now)
	threads.Heard(key, "m1", now.Add(-time.Hour), now) // delivered late
	if h, _ := threads.Last(key); h.ID != "m2" {
		t.Errorf("the newest message is %s", h.ID)
	}
	if at := closes(); !at.Equal(now.Add(24 * time.Hour)) {
		t.Errorf("the window closes at %s", at)
	}
	threads.Closed(key, now)
	if at := closes(); at.After(now) {
		t.Errorf("the platform has closed the window, and it is said to close at %s", at)
	}
	threads.Heard(key, "m3", now.Add(time.Minute), now)
	if at := closes(); !at.Equal(now.Add(24*time.Hour + time.Minute)) {
		t.Errorf("they wrote again, and the window closes at %s", at)
	}
}
