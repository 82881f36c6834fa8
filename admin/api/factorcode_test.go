package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/admin/auth"
	"parley/core"
)

func TestX10_ACodeCountsOnce(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		c, v := r.person(core.RoleAgent)
		app, _ := c.enrol()
		r.clock.pass(5 * time.Minute)
		bare := r.nobody()
		if p := r.signIn(bare, v.Email, testPassword, "").want(403).problem(); p.Code != "second_factor" || p.Field != "body.code" {
			t.Errorf("%+v", p)
		}
		if len(bare.cookies) > 0 {
			t.Errorf("a password alone gets cookies: %v", bare.cookies)
		}
		try := func(code string, want int, why string) {
			t.Helper()
			if p := r.signIn(r.nobody(), v.Email, testPassword, code); p.status != want {
				t.Errorf("%s: %d, want %d: %s", why, p.status, want, p.body)
			}
		}
		try(app.code(-2), 403, "of a minute ago")
		try(app.code(2), 403, "of a minute on")
		try(app.code(-1), 200, "of the step before")
		try(app.code(-1), 403, "again")
		try(app.code(0), 200, "of now")
		try(app.code(-1), 403, "of before one that was taken")
		try(app.code(0), 403, "again")
		try(app.code(1), 200, "of the step after")
		r.clock.pass(30 * time.Second)
		try(app.code(0), 403, "the same, when its time has come")
		try(app.code(1), 200, "the next")
		// A wrong password says the same, code or not.
		a := r.signIn(r.nobody(), v.Email, "wrong horse", app.code(1)).want(403)
		b := r.signIn(r.nobody(), v.Email, "wrong horse", "").want(403)
		d := r.signIn(r.nobody(), "nobody@example.com", "wrong horse", "").want(403)
		if unlike(a) != unlike(b) || unlike(b) != unlike(d) || a.problem().Code != "sign_in" {
			t.Errorf("%s\n%s\n%s", a.body, b.body, d.body)
		}
		// Of many at once with the same code one gets in.
		r.clock.pass(5 * time.Minute)
		code, in := app.code(0), make(chan int)
		for range 4 {
			go func() { in <- r.signIn(r.nobody(), v.Email, testPassword, code).status }()
		}
		got := []int{<-in, <-in, <-in, <-in}
		if slices.Sort(got); !slices.Equal(got, []int{200, 403, 403, 403}) {
			t.Errorf("one code four times at once: %v", got)
		}
	})
}

func TestX10_GuessingCodesIsSlowed(t *testing.T) {
	r := newRig(t, sqliteURL)
	r.clock.pass(0)
	c, v := r.person(core.RoleAgent)
	app, recovery := c.enrol()
	r.clock.pass(5 * time.Minute)
	known := &caller{r: r, cookies: map[string]string{"parley-device": c.cookies["parley-device"]}}
	before := r.audits(r.home())
	statuses := []int{}
	for i := range 12 { // the thief has the password
		statuses = append(statuses, r.signIn(r.nobody(), v.Email, testPassword, fmt.Sprintf("%06d", i)).status)
	}
	if want := []int{403, 403, 403, 403, 403, 429, 429, 429, 429, 429, 429, 429}; !slices.Equal(statuses, want) {
		t.Errorf("twelve guesses: %v", statuses)
	}
	if p := r.signIn(r.nobody(), v.Email, testPassword, app.code(0)).want(429); p.header.Get("Retry-After") == "" {
		t.Error("nobody says how long to wait")
	}
	r.signIn(r.nobody(), v.Email, testPassword, recovery[0]).want(429)
	if acts := r.acts(before); len(acts) != 5 || acts[0] != "session.refused code" {
		t.Errorf("the audit has %v", acts)
	}
	// The owner goes on from a browser they used before.
	r.signIn(known, v.Email, testPassword, app.code(0)).want(200)
	// An hour later the waits are over, elsewhere too.
	r.clock.pass(time.Hour)
	r.signIn(r.nobody(), v.Email, testPassword, app.code(0)).want(200)
	// At confirming and at what asks for the password it is the same.
	c, _ = r.person(core.RoleAgent)
	var e auth.Enrolment
	c.do("POST", "/me/second-factor", map[string]string{"password": testPassword}).want(201).into(&e)
	last := 0
	for range 8 {
		last = c.do("POST", "/me/second-factor/confirm", map[string]string{"code": "000000"}).status
	}
	if last != 429 {
		t.Errorf("the eighth guess at confirming: %d", last)
	}
	for range 8 {
		last = c.do("POST", "/me/second-factor/remove", map[string]string{"password": "wrong horse"}).status
	}
	if last != 429 {
		t.Errorf("the eighth guess of one's own password: %d", last)
	}
}

func TestX10_RecoveryCodesCountOnce(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		c, v := r.person(core.RoleAgent)
		_, codes := c.enrol()
		before := r.audits(r.home())
		r.signIn(r.nobody(), v.Email, testPassword, strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))).want(200)
		r.signIn(r.nobody(), v.Email, testPassword, codes[3]).want(403)
		if got := r.acts(before); !slices.Equal(got, []string{"second_factor.recovered", "session.created", "session.refused code"}) {
			t.Errorf("the audit has %v", got)
		}
		var f auth.SecondFactor
		if c.do("GET", "/me/second-factor", nil).want(200).into(&f); f.RecoveryCodes != 9 {
			t.Errorf("%d are left", f.RecoveryCodes)
		}
		// Somebody else's are no good.
		other, w := r.person(core.RoleAgent)
		_, theirs := other.enrol()
		r.signIn(r.nobody(), v.Email, testPassword, theirs[0]).want(403)
		// New ones void the old.
		c.do("POST", "/me/second-factor/codes", map[string]string{"password": "wrong horse"}).want(422)
		var fresh RecoveryCodes
		c.do("POST", "/me/second-factor/codes", map[string]string{"password": testPassword}).want(200).into(&fresh)
		r.signIn(r.nobody(), v.Email, testPassword, codes[0]).want(403)
		r.signIn(r.nobody(), v.Email, testPassword, fresh.Codes[0]).want(200)
		r.signIn(r.nobody(), w.Email, testPassword, theirs[0]).want(200)
		// A repeated request does not show them again.
		again := c.with("Idempotency-Key", word())
		again.do("POST", "/me/second-factor/codes", map[string]string{"password": testPassword}).want(200)
		if p := again.do("POST", "/me/second-factor/codes", map[string]string{"password": testPassword}).want(409).problem(); p.Code != "answered_already" {
			t.Errorf("%+v", p)
		}
	})
}
