package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
)

// link makes a link for somebody and returns what stands behind its #.
func (c *caller) link(agent canon.ID) (auth.PasswordLink, string) {
	c.r.t.Helper()
	var l auth.PasswordLink
	c.do("POST", "/agents/"+agent.String()+"/password-link", nil).want(201).into(&l)
	page, token, ok := strings.Cut(l.URL, "#")
	if !ok || page != c.r.http.URL+"/password" || len(token) < 40 {
		c.r.t.Fatalf("the link is %s", l.URL)
	}
	return l, token
}

const chosen = "chosen horse 4 battery"

func (r *rig) use(token, password string) reply {
	r.t.Helper()
	return r.nobody().do("POST", "/password-link/use", map[string]string{"token": token, "password": password})
}

func (r *rig) look(token string) reply {
	r.t.Helper()
	return r.nobody().do("POST", "/password-link/open", map[string]string{"token": token})
}

func TestX10_PasswordLinksCountOnceAndShortly(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		owner, _ := r.person(core.RoleOwner)
		admin, _ := r.person(core.RoleAdmin)
		c, v := r.person(core.RoleAgent)
		socket := c.follow("")
		next(t, socket, of("ready"))
		before := r.audits(r.home())

		l, token := admin.link(v.ID)
		if l.Invitation || !l.Expires.Equal(r.store.Now().Add(30*time.Minute)) {
			t.Errorf("%+v", l)
		}
		var whose auth.LinkedPerson
		r.look(token).want(200).into(&whose)
		if whose.Email != v.Email || whose.Name != v.Name || whose.Invitation || !whose.Expires.Equal(l.Expires) {
			t.Errorf("%+v", whose)
		}
		c.do("GET", "/session", nil).want(200) // until it is used, nothing changes
		// What is no password leaves the link as it is.
		for _, bad := range []string{"short", "password1", strings.ToUpper(v.Email)} {
			if p := r.use(token, bad); p.status != 422 {
				t.Errorf("%q was taken: %d", bad, p.status)
			}
		}
		browser := r.nobody()
		browser.do("POST", "/password-link/use", map[string]string{"token": token, "password": chosen}).want(204)
		if browser.cookies["parley"] != "" || browser.cookies["parley-device"] == "" {
			t.Errorf("the browser holds %v; want to be known, and not signed in", browser.cookies)
		}
		c.do("GET", "/session", nil).want(401)
		if code := closed(t, socket); code != closeSignedOut {
			t.Errorf("the socket ends with %d", code)
		}
		r.signIn(r.nobody(), v.Email, testPassword, "").want(403)
		r.signIn(browser, v.Email, chosen, "").want(200)
		if got := r.acts(before); !slices.Equal(got, []string{"password.link", "password.chosen", "session.refused password", "session.created"}) {
			t.Errorf("the audit has %v", got)
		}

		// Who holds a link that counts no more is told why; what was never made is
		// answered alike.
		_, replaced := admin.link(v.ID)
		_, late := admin.link(v.ID)
		r.clock.pass(30*time.Minute - time.Second)
		r.look(late).want(200)
		r.clock.pass(time.Second)
		_, hers := admin.link(v.ID)
		browser.do("POST", "/me/password", map[string]string{"old": chosen, "new": "another horse 9 battery"}).want(204)
		_, theirs := admin.link(v.ID)
		admin.do("PATCH", "/agents/"+v.ID.String(), map[string]any{"disabled": true}).want(200)
		if p := admin.do("POST", "/agents/"+v.ID.String()+"/password-link", nil).want(409).problem(); p.Code != "agent_disabled" {
			t.Errorf("for somebody who may not sign in: %+v", p)
		}
		admin.do("PATCH", "/agents/"+v.ID.String(), map[string]any{"disabled": false}).want(200)
		_, taken := admin.link(v.ID)
		admin.do("DELETE", "/agents/"+v.ID.String()+"/password-link", nil).want(204)
		admin.do("DELETE", "/agents/"+v.ID.String()+"/password-link", nil).want(404)
		_, rests := admin.link(v.ID)
		r.clock.pass(time.Hour)
		for want, tokens := range map[string][]string{"link_used": {token}, "link_replaced": {replaced}, "link_expired": {late, rests}, "link_changed": {hers}, "link_revoked": {theirs, taken}} {
			for _, token := range tokens {
				for _, p := range []reply{r.use(token, chosen), r.look(token)} {
					if got := p.want(404).problem(); got.Code != want || got.Remedy == "" {
						t.Errorf("want %s, have %+v", want, got)
					}
				}
			}
		}
		fresh := token[:len(token)-4] + "AAAA"
		foreign := strings.Repeat("A", 22) + token[22:]
		want := unlike(r.use(fresh, chosen).want(404))
		for why, token := range map[string]string{"never made": fresh, "of a tenant that is not": foreign, "no link": "hello"} {
			for _, p := range []reply{r.use(token, chosen), r.look(token)} {
				if p.status != 404 || unlike(p) != want || !strings.Contains(want, "link_unknown") {
					t.Errorf("a link that is %s: %d %s", why, p.status, p.body)
				}
			}
		}
		for _, token := range []string{token, late, hers} {
			if everywhere := r.logged() + allText(t, r); strings.Contains(everywhere, token) || strings.Contains(everywhere, token[23:]) {
				t.Error("a link is kept open")
			}
		}
		// Nobody makes one for somebody above, or for themselves.
		admin.do("POST", "/agents/"+owner.agent.String()+"/password-link", nil).want(403)
		for _, own := range []*caller{admin, owner} {
			if p := own.do("POST", "/agents/"+own.agent.String()+"/password-link", nil).want(403).problem(); p.Code != "own_sign_in" {
				t.Errorf("%+v", p)
			}
			if p := own.do("PATCH", "/agents/"+own.agent.String(), map[string]any{"password": chosen}).want(403).problem(); p.Code != "own_sign_in" || p.Field != "body.password" {
				t.Errorf("one's own password, without the old: %+v", p)
			}
		}
		// Repeated, a request does not show a link again.
		again := admin.with("Idempotency-Key", word())
		again.do("POST", "/agents/"+v.ID.String()+"/password-link", nil).want(201)
		again.do("POST", "/agents/"+v.ID.String()+"/password-link", nil).want(409)
	})
}

func TestX10_ALinkUsedTwiceAtOnceCountsOnce(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		admin, _ := r.person(core.RoleAdmin)
		_, v := r.person(core.RoleAgent)
		_, token := admin.link(v.ID)
		in := make(chan int)
		for range 4 {
			go func() { in <- r.use(token, chosen).status }()
		}
		got := []int{<-in, <-in, <-in, <-in}
		if slices.Sort(got); !slices.Equal(got, []int{204, 404, 404, 404}) {
			t.Errorf("one link four times at once: %v", got)
		}
	})
}

func TestX10_LinksAreNotGuessedAndSecondFactorsStay(t *testing.T) {
	r := newRig(t, sqliteURL)
	r.clock.pass(0)
	admin, _ := r.person(core.RoleAdmin)
	c, v := r.person(core.RoleAgent)
	app, _ := c.enrol()
	r.clock.pass(5 * time.Minute)
	// Guesses at the password put the account off; a link ends that.
	for range 7 {
		r.signIn(r.nobody(), v.Email, "wrong horse", "")
	}
	_, token := admin.link(v.ID)
	r.use(token, chosen).want(204)
	if p := r.signIn(r.nobody(), v.Email, chosen, "").want(403).problem(); p.Code != "second_factor" {
		t.Errorf("after choosing a password: %+v", p)
	}
	r.signIn(r.nobody(), v.Email, chosen, app.code(0)).want(200)
	// Wrong links from one address are slowed, right ones wait with them.
	_, token = admin.link(v.ID)
	statuses := map[int]int{}
	for range 40 {
		statuses[r.look("A"+token[1:len(token)-1]+"x").status]++
	}
	if statuses[404] < 25 || statuses[429] < 5 {
		t.Errorf("forty guesses: %v", statuses)
	}
	r.look(token).want(429)
	// And so is making them.
	last := 0
	for range 64 {
		last = admin.do("POST", "/agents/"+v.ID.String()+"/password-link", nil).status
	}
	if last != 429 {
		t.Errorf("the 64th link in a row: %d", last)
	}
}

func TestX10_Invitations(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		admin, _ := r.person(core.RoleAdmin)
		var v core.Agent
		admin.do("POST", "/agents", map[string]any{"name": "Wen", "email": "wen@example.com", "role": "agent"}).want(201).into(&v)
		// Without a password there is no way in, and it is answered like a wrong one.
		want := unlike(r.signIn(r.nobody(), "nobody@example.com", "wrong horse", ""))
		for _, password := range []string{"", "wrong horse", testPassword} {
			if got := unlike(r.signIn(r.nobody(), v.Email, password, "").want(403)); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		access := func() (found Access) {
			t.Helper()
			var all list[Access]
			admin.do("GET", "/access", nil).want(200).into(&all)
			for _, a := range all.Items {
				if a.Agent == v.ID {
					found = a
				}
			}
			return found
		}
		if a := access(); a.Password || !a.Link.IsZero() || a.Agent != v.ID {
			t.Errorf("%+v", a)
		}
		l, token := admin.link(v.ID)
		if !l.Invitation || !l.Expires.Equal(r.store.Now().Add(72*time.Hour)) {
			t.Errorf("%+v", l)
		}
		if a := access(); a.Password || !a.Link.Equal(l.Expires) {
			t.Errorf("%+v", a)
		}
		r.clock.pass(48 * time.Hour)
		var whose auth.LinkedPerson
		if r.look(token).want(200).into(&whose); !whose.Invitation || whose.Name != "Wen" || whose.Business == "" {
			t.Errorf("%+v", whose)
		}
		r.use(token, chosen).want(204)
		wen := r.nobody()
		r.signIn(wen, v.Email, chosen, "").want(200)
		wen.enrolWith(chosen)
		if a := access(); !a.Password || !a.Link.IsZero() || !a.SecondFactor.Equal(r.store.Now()) {
			t.Errorf("%+v", a)
		}
		// The next link is one for a password that was forgotten.
		if l, _ = admin.link(v.ID); l.Invitation {
			t.Errorf("%+v", l)
		}
		// A person who goes takes all of it along.
		admin.do("DELETE", "/agents/"+v.ID.String(), nil).want(204)
		if a := access(); !a.Agent.IsZero() {
			t.Errorf("%+v", a)
		}
	})
}

func TestX10_ResetFromTheCommandLine(t *testing.T) {
	r := newRig(t, sqliteURL)
	c, v := r.person(core.RoleOwner)
	if _, err := r.auth.Reset(t.Context(), r.home(), auth.Reset{Email: "nobody@example.com", Password: chosen}); err == nil {
		t.Error("somebody who is not was reset")
	}
	if _, err := r.auth.Reset(t.Context(), r.home(), auth.Reset{Email: v.Email, Password: "short"}); err == nil {
		t.Error("a short password was taken")
	}
	l, err := r.auth.Reset(t.Context(), r.home(), auth.Reset{Email: strings.ToUpper(v.Email), PublicURL: "https://desk.example.com"})
	if err != nil || !strings.HasPrefix(l.URL, "https://desk.example.com/password#") || l.Invitation {
		t.Fatalf("%+v, %v", l, err)
	}
	c.do("GET", "/session", nil).want(200)
	_, token, _ := strings.Cut(l.URL, "#")
	r.use(token, chosen).want(204)
	c.do("GET", "/session", nil).want(401)
	r.signIn(c, v.Email, chosen, "").want(200)
	if _, err := r.auth.Reset(t.Context(), r.home(), auth.Reset{Email: v.Email, Password: "another horse 9 battery"}); err != nil {
		t.Fatal(err)
	}
	c.do("GET", "/session", nil).want(401)
	r.signIn(c, v.Email, "another horse 9 battery", "").want(200)
}
