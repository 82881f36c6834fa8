package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"parley/core"
)

func TestOperations(t *testing.T) {
	r := newRig(t, sqliteURL)
	c := r.nobody()
	c.do("GET", "/readyz", nil).want(200)
	c.do("GET", "/teams", nil).want(401)
	metrics := string(c.do("GET", "/metrics", nil).want(200).body)
	for _, want := range []string{`parley_http_requests_total{method="GET",route="/api/v1/teams",status="4xx"} 1`, "parley_live_sockets 0", "go_goroutines"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	for range 3 {
		c.do("GET", "/made/up/"+word(), nil).want(404)
	}
	if metrics = string(c.do("GET", "/metrics", nil).body); strings.Contains(metrics, "made") {
		t.Error("addresses that are made up become labels")
	}
	r.api.Config.Ready = []ReadyCheck{{"storage", func(context.Context) error { return errors.New("postgres://user:pass@db/x is away") }}}
	p := c.do("GET", "/readyz", nil).want(503)
	if !strings.Contains(string(p.body), `"storage"`) || strings.Contains(string(p.body), "pass") {
		t.Errorf("%s", p.body)
	}
	r.must(r.closeStore())
	c.do("GET", "/livez", nil).want(200)
	if p := c.do("GET", "/readyz", nil).want(503); !strings.Contains(string(p.body), `"database"`) {
		t.Errorf("%s", p.body)
	}
}

func TestStoreAwayIsSaid(t *testing.T) {
	r := newRig(t, postgresURL)
	owner := r.signedIn(r.home(), core.RoleOwner)
	r.must(r.closeStore())
	p := owner.do("GET", "/teams", nil)
	if p.status != http.StatusServiceUnavailable && p.status != http.StatusInternalServerError {
		t.Errorf("status %d", p.status)
	}
	if got := p.problem(); strings.Contains(got.Detail, "sql") || strings.Contains(got.Detail, "connection") {
		t.Errorf("%+v", got)
	}
}

func TestD09_DocsNeedNothingFromElsewhere(t *testing.T) {
	r := newRig(t, sqliteURL)
	c := r.nobody()
	page := c.do("GET", "/api/docs", nil).want(200)
	if got := page.header.Get("Content-Security-Policy"); !strings.Contains(got, "script-src 'self'") || strings.Contains(got, "unsafe") {
		t.Errorf("policy %q", got)
	}
	for _, part := range []string{"/api/docs", "/api/docs?part=script", "/api/docs?part=style", "/api/openapi.json"} {
		p := c.do("GET", part, nil).want(200)
		if text := string(p.body); part != "/api/openapi.json" && (strings.Contains(text, "https://") || strings.Contains(text, "innerHTML") || strings.Contains(text, "<script>")) {
			t.Errorf("%s reaches elsewhere or writes HTML", part)
		}
	}
	if ct := c.do("GET", "/api/docs?part=script", nil).header.Get("Content-Type"); ct != "text/javascript; charset=utf-8" {
		t.Errorf("the script comes as %s", ct)
	}
}

func TestTokensActAsAgents(t *testing.T) {
	r := newRig(t, sqliteURL)
	agent := r.signedIn(r.home(), core.RoleAgent)
	ids := r.world(r.home(), agent.agent)
	owner, bot := r.program(r.home(), core.RoleOwner), r.program(r.home(), core.RoleBot)
	at := "/conversations/" + ids["conversation"]
	if p := owner.do("POST", at+"/take", nil).want(422).problem(); p.Field != "header.Parley-Agent" {
		t.Errorf("%+v", p)
	}
	var m core.Message
	owner.with("Parley-Agent", agent.agent.String()).do("POST", at+"/messages", `{"text":"as the agent"}`).want(201).into(&m)
	if m.Sender != agent.agent || m.From != core.FromAgent {
		t.Errorf("%+v", m)
	}
	if p := bot.with("Parley-Agent", agent.agent.String()).do("GET", at, nil).want(403).problem(); p.Code != "act" {
		t.Errorf("%+v", p)
	}
	agent.with("Parley-Agent", ids["agent"]).do("GET", at, nil).want(403)
	foreign := r.world(r.second(), agent.agent)
	owner.with("Parley-Agent", foreign["agent"]).do("GET", at, nil).want(404)
	owner.with("Parley-Agent", "me").do("GET", at, nil).want(422)
	admin := r.program(r.home(), core.RoleAdmin)
	boss := r.signedIn(r.home(), core.RoleOwner)
	admin.with("Parley-Agent", boss.agent.String()).do("GET", at, nil).want(404)
}

func TestX02_NobodyRisesAboveThemselves(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner, admin := r.signedIn(r.home(), core.RoleOwner), r.signedIn(r.home(), core.RoleAdmin)
	for _, c := range []struct{ method, path, send string }{
		{"POST", "/agents", `{"name":"x","email":"x@example.com","role":"owner","password":"correct horse 8 battery"}`},
		{"PATCH", "/agents/" + admin.agent.String(), `{"role":"owner"}`},
		{"PATCH", "/agents/" + owner.agent.String(), `{"password":"correct horse 9 battery"}`},
		{"PATCH", "/agents/" + owner.agent.String(), `{"disabled":true}`},
		{"DELETE", "/agents/" + owner.agent.String(), ""},
		{"POST", "/tokens", `{"name":"x","role":"owner"}`},
	} {
		var send any
		if c.send != "" {
			send = c.send
		}
		admin.do(c.method, c.path, send).want(403).problem()
	}
	for _, send := range []string{`{"role":"admin"}`, `{"disabled":true}`} {
		owner.do("PATCH", "/agents/"+owner.agent.String(), send).want(403)
	}
	if p := owner.do("DELETE", "/agents/"+owner.agent.String(), nil).want(409).problem(); p.Code != "last_owner" {
		t.Errorf("%+v", p)
	}
	// Own phrases are nobody else's.
	var v core.Canned
	admin.do("POST", "/canned", `{"shortcut":"hi","title":"Hi","body":"Hello","own":true}`).want(201).into(&v)
	owner.do("GET", "/canned/"+v.ID.String(), nil).want(404)
	agent := r.signedIn(r.home(), core.RoleAgent)
	agent.do("POST", "/canned", `{"shortcut":"hi","title":"Hi","body":"Hello"}`).want(403)
	owner.do("POST", "/canned", `{"shortcut":"/hi","title":"Hi","body":"Hello"}`).want(201).into(&v)
	agent.do("GET", "/canned/"+v.ID.String(), nil).want(200)
	agent.do("DELETE", "/canned/"+v.ID.String(), nil).want(403)
}
