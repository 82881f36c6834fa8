package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/admin/auth"
	"parley/core"
	"parley/core/connector"
	"parley/core/store"
)

func TestSetupIsDoneOnce(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		c := r.nobody()
		var state setupState
		if c.do("GET", "/setup", nil).want(200).into(&state); !state.Needed {
			t.Fatal("an empty installation does not ask to be set up")
		}
		send := map[string]any{"tenant_name": "茶铺", "language": "zh", "name": "林", "email": "Lin@Example.com", "password": testPassword}
		for field, bad := range map[string]string{"password": "password1", "email": "nobody", "name": "a\nb", "tenant_name": " "} {
			worse := map[string]any{}
			for k, v := range send {
				worse[k] = v
			}
			worse[field] = bad
			if p := c.do("POST", "/setup", worse).want(422).problem(); p.Field != "body."+field {
				t.Errorf("%s: %+v", field, p)
			}
		}
		var s Session
		c.do("POST", "/setup", send).want(201).into(&s)
		if s.Agent.Role != core.RoleOwner || s.Agent.Email != "lin@example.com" || s.Tenant.Name != "茶铺" || s.Tenant.Language != "zh" || !slices.Contains(s.Permissions, string(auth.OwnerWrite)) {
			t.Errorf("%+v", s)
		}
		c.do("GET", "/session", nil).want(200)
		work := r.hash.Work()
		if p := r.nobody().do("POST", "/setup", send).want(409).problem(); p.Code != "set_up_already" {
			t.Errorf("%+v", p)
		}
		if r.hash.Work() != work {
			t.Error("setting up again computes a hash: anybody could have the hub compute many")
		}
		if c.do("GET", "/setup", nil).want(200).into(&state); state.Needed {
			t.Error("it still asks to be set up")
		}
	})
}

func TestX10_GuessingIsSlowedAndHarmless(t *testing.T) {
	r := newRig(t, sqliteURL)
	lin := r.agentWith(core.RoleAgent, "lin@example.com")
	sign := func(c *caller, email, password string) reply {
		return c.do("POST", "/session", map[string]string{"email": email, "password": password})
	}
	known := r.nobody()
	sign(known, lin.Email, testPassword).want(200)
	known.do("DELETE", "/session", nil).want(204)
	answers := map[string][]string{}
	for _, email := range []string{lin.Email, "nobody@example.com"} {
		work := r.hash.Work()
		statuses := []string{}
		for range 20 {
			p := sign(r.nobody(), email, "guess number one")
			statuses = append(statuses, fmt.Sprint(p.status, p.problem().Code, p.header.Get("Retry-After") != "", p.problem().Detail))
		}
		answers[email] = append(statuses, fmt.Sprint(r.hash.Work()-work, " hashes"))
	}
	if a, b := answers[lin.Email], answers["nobody@example.com"]; !slices.Equal(a, b) {
		t.Errorf("a known and an unknown address are answered differently:\n%v\n%v", a, b)
	}
	if first, last := answers[lin.Email][0], answers[lin.Email][19]; !strings.HasPrefix(first, "403") || !strings.HasPrefix(last, "429") || !strings.Contains(last, "true") {
		t.Errorf("twenty guesses: first %q, last %q", first, last)
	}
	// The owner of the account goes on from a browser they used before.
	sign(known, lin.Email, testPassword).want(200)
	// From elsewhere even the right password waits.
	sign(r.nobody(), lin.Email, testPassword).want(429)
	// A known browser gives no free guesses either.
	thief := &caller{r: r, cookies: map[string]string{"parley-device": known.cookies["parley-device"]}}
	for range 12 {
		sign(thief, lin.Email, "guess number two")
	}
	if p := sign(thief, lin.Email, testPassword); p.status != 429 {
		t.Errorf("guessing from a known browser is not slowed: %d", p.status)
	}
	// Nor does it make another person's account known.
	wen := r.agentWith(core.RoleAgent, "wen@example.com")
	for range 8 {
		sign(r.nobody(), wen.Email, "guess number three")
	}
	if p := sign(&caller{r: r, cookies: map[string]string{"parley-device": known.cookies["parley-device"]}}, wen.Email, testPassword); p.status != 429 {
		t.Errorf("one person's browser is known for another: %d", p.status)
	}
}

// agentWith adds somebody whose password is testPassword.
func (r *rig) agentWith(role core.Role, email string) core.Agent {
	r.t.Helper()
	v := core.Agent{Email: email, Name: "Somebody", Role: role, Language: "en", MaxLoad: 10}
	r.must(r.store.For(r.home()).Write(context.Background(), func(t *store.Tx) error {
		var err error
		v, err = t.AddAgent(context.Background(), v, r.password(), r.home())
		return err
	}))
	return v
}

func TestX11_SessionsEnd(t *testing.T) { dialects(t, sessionsEnd) }

func sessionsEnd(t *testing.T, r *rig) {
	r.agentWith(core.RoleOwner, "owner@example.com")
	admin := r.signedIn(r.home(), core.RoleOwner)
	lin := r.agentWith(core.RoleAgent, "lin@example.com")
	sign := func(password string) *caller {
		c := r.nobody()
		c.agent = lin.ID
		c.do("POST", "/session", map[string]string{"email": lin.Email, "password": password}).want(200)
		return c
	}
	signedOut := func(c *caller, why string) {
		t.Helper()
		if p := c.do("GET", "/session", nil); p.status != 401 {
			t.Errorf("%s: the session still counts: %d", why, p.status)
		}
	}
	// Signing in again in the same browser makes a new secret and ends the old.
	one := sign(testPassword)
	old := &caller{r: r, cookies: map[string]string{"parley": one.cookies["parley"]}}
	one.do("POST", "/session", map[string]string{"email": lin.Email, "password": testPassword}).want(200)
	signedOut(old, "after signing in again")
	// A sign-out ends it on the server, not only in the browser.
	old = &caller{r: r, cookies: map[string]string{"parley": one.cookies["parley"]}}
	p := one.do("DELETE", "/session", nil).want(204)
	if !strings.Contains(p.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie stays: %q", p.header.Get("Set-Cookie"))
	}
	signedOut(old, "after signing out")
	// A new password ends all others, and gives this one a new secret.
	here, there := sign(testPassword), sign(testPassword)
	old = &caller{r: r, cookies: map[string]string{"parley": here.cookies["parley"]}}
	here.do("POST", "/me/password", map[string]string{"old": "wrong horse", "new": "another horse 9 battery"}).want(422)
	here.do("POST", "/me/password", map[string]string{"old": testPassword, "new": "short"}).want(422)
	here.do("POST", "/me/password", map[string]string{"old": testPassword, "new": "another horse 9 battery"}).want(204)
	here.do("GET", "/session", nil).want(200)
	signedOut(there, "another browser after a new password")
	signedOut(old, "the old secret after a new password")
	// One's own browsers are listed, and ended one by one.
	there = sign("another horse 9 battery")
	var all list[OwnSession]
	here.do("GET", "/sessions", nil).want(200).into(&all)
	for _, s := range all.Items {
		if !s.Current {
			here.do("DELETE", "/sessions/"+s.ID.String(), nil).want(204)
		}
	}
	signedOut(there, "ended from another browser")
	here.do("GET", "/session", nil).want(200)
	// A new role, a reset password, disabling: by somebody else.
	for _, change := range []map[string]any{{"role": "limited"}, {"password": "a third horse 7 battery"}, {"disabled": true}} {
		here = sign2(r, lin.Email, "another horse 9 battery", "a third horse 7 battery")
		admin.do("PATCH", "/agents/"+lin.ID.String(), change).want(200)
		signedOut(here, fmt.Sprint("after ", change))
	}
	if p := r.nobody().do("POST", "/session", map[string]string{"email": lin.Email, "password": "a third horse 7 battery"}); p.status != 403 {
		t.Errorf("somebody disabled signs in: %d", p.status)
	}
	// A token ends at once when it is deleted.
	var made NewToken
	admin.do("POST", "/tokens", map[string]string{"name": "Script", "role": "agent"}).want(201).into(&made)
	script := &caller{r: r, token: made.Secret}
	script.do("GET", "/teams", nil).want(200)
	admin.do("DELETE", "/tokens/"+made.ID.String(), nil).want(204)
	script.do("GET", "/teams", nil).want(401)
}

// sign2 signs in with whichever password is the present one.
func sign2(r *rig, email string, passwords ...string) *caller {
	r.t.Helper()
	for _, password := range passwords {
		c := r.nobody()
		if c.do("POST", "/session", map[string]string{"email": email, "password": password}).status == 200 {
			return c
		}
	}
	r.t.Fatal("nobody could sign in")
	return nil
}

func TestX11_Cookies(t *testing.T) {
	r := newRig(t, sqliteURL)
	r.agentWith(core.RoleAgent, "lin@example.com")
	send := map[string]string{"email": "lin@example.com", "password": testPassword}
	for _, c := range r.nobody().do("POST", "/session", send).want(200).header.Values("Set-Cookie") {
		if !strings.HasPrefix(c, "parley") || !strings.Contains(c, "; HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") || strings.Contains(c, "Secure") {
			t.Errorf("without https: %s", c)
		}
	}
	secure, err := New(Config{Store: r.store, Box: r.box, Auth: auth.New(auth.Config{Store: r.store, Devices: r.box.Signer("d"), Hasher: r.hash, Secure: true}),
		Desk: r.hub, Links: r.hub, Feed: r.hub.feed, Files: r.hub, Connectors: mustRegistry(t), PublicURL: "https://desk.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	defer secure.Close()
	r.http.Config.Handler = secure
	for _, c := range r.nobody().do("POST", "/session", send).want(200).header.Values("Set-Cookie") {
		if !strings.HasPrefix(c, "__Host-parley") || !strings.Contains(c, "; Secure") || !strings.Contains(c, "; HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/;") || strings.Contains(c, "Domain") {
			t.Errorf("with https: %s", c)
		}
	}
}

func mustRegistry(t *testing.T) *connector.Registry {
	t.Helper()
	out, err := connector.NewRegistry(playedDriver{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestX12_OtherSitesAreKeptOut(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.signedIn(r.home(), core.RoleOwner)
	for _, h := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		unsafe := 0
		for _, op := range operations(t, r.api.Document()) {
			if op.Method == http.MethodGet {
				continue
			}
			unsafe++
			if p := owner.with(h[0], h[1]).do(op.Method, pathParam.ReplaceAllString(op.Path, owner.agent.String()), `{}`).want(403).problem(); p.Code != "cross_site" {
				t.Errorf("%v %s: %+v", h, op.ID, p)
			}
		}
		if unsafe < 60 {
			t.Errorf("only %d operations change something", unsafe)
		}
	}
	owner.with("Origin", r.http.URL).do("POST", "/teams", `{"name":"Ours"}`).want(201)
	for _, path := range []string{"/session", "/api/docs", "/api/openapi.json", "/nothing"} {
		p := owner.with("Origin", "https://evil.example").do("GET", path, nil)
		for name, want := range map[string]string{"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
			if got := p.header.Get(name); !strings.Contains(got, want) {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if got := p.header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s allows %s", path, got)
		}
	}
	if p := owner.with("Origin", "https://evil.example").do(http.MethodOptions, "/teams", nil); p.header.Get("Access-Control-Allow-Origin") != "" || p.status < 400 {
		t.Errorf("a preflight is answered %d", p.status)
	}
}

func TestX14_AuditKeepsOneLineAnAct(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.signedIn(r.home(), core.RoleOwner)
		owner.do("POST", "/agents", map[string]any{"name": "Wen", "email": "wen@example.com", "role": "agent", "password": testPassword}).want(201)
		var all list[core.Audit]
		owner.do("GET", "/audit", nil).want(200).into(&all)
		if a := all.Items[0]; a.Action != "agent.created" || a.Actor != owner.agent || !strings.Contains(a.Target, "wen@example.com") || a.Address != "127.0.0.1" {
			t.Errorf("%+v", a)
		}
		r.must(r.store.For(r.home()).Write(context.Background(), func(t *store.Tx) error {
			return t.Audit(core.Audit{Name: "a\r\n\x1b[31mfake", Action: "x", Target: "b\u202egpj"})
		}))
		owner.do("GET", "/audit", nil).want(200).into(&all)
		if a := all.Items[0]; strings.ContainsAny(a.Name+a.Target, "\r\n\x1b\u202e") || !strings.Contains(a.Name, `\u000d\u000a\u001b`) {
			t.Errorf("control characters stay: %q %q", a.Name, a.Target)
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			if p := owner.do(method, "/audit", `{}`); p.status != 405 {
				t.Errorf("%s of the audit is answered %d", method, p.status)
			}
		}
	})
}
