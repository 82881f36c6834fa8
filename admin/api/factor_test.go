package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
)

// phone is an authenticator app with one secret in it.
type phone struct {
	r      *rig
	secret string
}

// code is what the app shows, so many steps of 30 seconds from now.
func (p phone) code(steps int64) string {
	p.r.t.Helper()
	code, err := hotp.GenerateCodeCustom(p.secret, uint64(p.r.store.Now().Unix()/30+steps), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	p.r.must(err)
	return code
}

// enrol gives a person with testPassword a second factor.
func (c *caller) enrol() (phone, []string) { return c.enrolWith(testPassword) }

func (c *caller) enrolWith(password string) (phone, []string) {
	c.r.t.Helper()
	var e auth.Enrolment
	c.do("POST", "/me/second-factor", map[string]string{"password": password}).want(201).into(&e)
	p := phone{c.r, e.Secret}
	var codes RecoveryCodes
	c.do("POST", "/me/second-factor/confirm", map[string]string{"code": p.code(0)}).want(200).into(&codes)
	return p, codes.Codes
}

func (r *rig) signIn(c *caller, email, password, code string) reply {
	r.t.Helper()
	return c.do("POST", "/session", map[string]string{"email": email, "password": password, "code": code})
}

// person adds somebody with testPassword and signs them in.
func (r *rig) person(role core.Role) (*caller, core.Agent) {
	r.t.Helper()
	v := r.agentWith(role, word()+"@example.com")
	c := r.nobody()
	c.agent = v.ID
	r.signIn(c, v.Email, testPassword, "").want(200)
	return c, v
}

// acts are the acts in the audit since a line, oldest first.
func (r *rig) acts(since int64) []string {
	var out []string
	for _, a := range r.auditsSince(r.home(), since) {
		out = append(out, strings.TrimSpace(a.Action+" "+a.Detail))
	}
	slices.Reverse(out)
	return out
}

func TestX10_SecondFactorIsSetUp(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		c, v := r.person(core.RoleAgent)
		elsewhere := r.nobody()
		r.signIn(elsewhere, v.Email, testPassword, "").want(200)
		elsewhere.agent = v.ID
		socket := elsewhere.follow("")
		next(t, socket, of("ready"))
		before := r.audits(r.home())

		if p := c.do("POST", "/me/second-factor", map[string]string{"password": "wrong horse"}).want(422).problem(); p.Field != "body.password" || p.Code != "password_wrong" {
			t.Errorf("%+v", p)
		}
		var e auth.Enrolment
		p := c.do("POST", "/me/second-factor", map[string]string{"password": testPassword}).want(201).into(&e)
		u, err := url.Parse(e.URI)
		if err != nil || u.Query().Get("secret") != e.Secret || !strings.Contains(u.Path, v.Email) || !e.Expires.Equal(r.store.Now().Add(30*time.Minute)) {
			t.Errorf("%s, %v", p.body, err)
		}
		// Until it is confirmed nothing is asked for.
		r.signIn(r.nobody(), v.Email, testPassword, "").want(200)
		app := phone{r, e.Secret}
		if p := c.do("POST", "/me/second-factor/confirm", map[string]string{"code": "000000"}).want(422).problem(); p.Code != "second_factor_wrong" || p.Field != "body.code" {
			t.Errorf("%+v", p)
		}
		var codes RecoveryCodes
		first := app.code(0)
		c.do("POST", "/me/second-factor/confirm", map[string]string{"code": first[:3] + " " + first[3:]}).want(200).into(&codes)
		if len(codes.Codes) != 10 {
			t.Errorf("%d recovery codes", len(codes.Codes))
		}
		c.do("POST", "/me/second-factor/confirm", map[string]string{"code": app.code(1)}).want(409)
		// This browser goes on, with a new secret; others and their sockets end.
		var f auth.SecondFactor
		c.do("GET", "/me/second-factor", nil).want(200).into(&f)
		if !f.On || f.RecoveryCodes != 10 || f.Required || !f.Since.Equal(r.store.Now()) {
			t.Errorf("%+v", f)
		}
		elsewhere.do("GET", "/session", nil).want(401)
		if code := closed(t, socket); code != closeSignedOut {
			t.Errorf("the other browser's socket ends with %d", code)
		}
		if got := r.acts(before); !slices.Equal(got, []string{"second_factor.started", "session.created", "second_factor.added"}) {
			t.Errorf("the audit has %v", got)
		}
		// Nothing of it is to be read anywhere.
		everywhere := r.logged() + allText(t, r)
		for _, s := range append(codes.Codes, e.Secret, strings.ReplaceAll(codes.Codes[0], "-", "")) {
			if strings.Contains(everywhere, s) {
				t.Errorf("%q is kept open", s)
			}
		}
		if !strings.Contains(everywhere, v.Email) {
			t.Error("the search finds nothing, not even what must be there")
		}
		// The first code was spent on confirming.
		if p := r.signIn(r.nobody(), v.Email, testPassword, first).want(403).problem(); p.Code != "second_factor_wrong" {
			t.Errorf("%+v", p)
		}
		r.signIn(r.nobody(), v.Email, testPassword, app.code(1)).want(200)
	})
}

func TestX10_SecondFactorIsReplacedAndRemoved(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		c, v := r.person(core.RoleAgent)
		old, codes := c.enrol()
		r.clock.pass(5 * time.Minute)
		// A new phone: the old one counts until the new one is confirmed.
		var e auth.Enrolment
		c.do("POST", "/me/second-factor", map[string]string{"password": testPassword}).want(201).into(&e)
		r.signIn(r.nobody(), v.Email, testPassword, old.code(0)).want(200)
		r.clock.pass(31 * time.Minute)
		app := phone{r, e.Secret}
		if p := c.do("POST", "/me/second-factor/confirm", map[string]string{"code": app.code(0)}).want(409).problem(); p.Code != "nothing_to_confirm" {
			t.Errorf("after half an hour: %+v", p)
		}
		app, _ = c.enrol()
		r.clock.pass(5 * time.Minute)
		r.signIn(r.nobody(), v.Email, testPassword, old.code(0)).want(403)
		r.signIn(r.nobody(), v.Email, testPassword, codes[0]).want(403)
		r.signIn(r.nobody(), v.Email, testPassword, app.code(0)).want(200)
		// Removed, with the password alone.
		c.do("POST", "/me/second-factor/remove", map[string]string{"password": "wrong horse"}).want(422)
		c.do("POST", "/me/second-factor/remove", map[string]string{"password": testPassword}).want(204)
		c.do("POST", "/me/second-factor/remove", map[string]string{"password": testPassword}).want(409)
		r.signIn(r.nobody(), v.Email, testPassword, "").want(200)

		// By an administrator, for whoever lost everything.
		c.enrol()
		admin, _ := r.person(core.RoleAdmin)
		owner, _ := r.person(core.RoleOwner)
		owner.enrol()
		admin.enrol()
		before := r.audits(r.home())
		admin.do("DELETE", "/agents/"+v.ID.String()+"/second-factor", nil).want(204)
		c.do("GET", "/session", nil).want(401)
		r.signIn(r.nobody(), v.Email, testPassword, "").want(200)
		all := r.auditsSince(r.home(), before)
		if a := all[len(all)-1]; a.Action != "second_factor.removed" || a.Actor != admin.agent || a.Target != v.ID.String() {
			t.Errorf("%+v", a)
		}
		admin.do("DELETE", "/agents/"+v.ID.String()+"/second-factor", nil).want(409)
		admin.do("DELETE", "/agents/"+owner.agent.String()+"/second-factor", nil).want(403)
		if p := admin.do("DELETE", "/agents/"+admin.agent.String()+"/second-factor", nil).want(403).problem(); p.Code != "own_sign_in" {
			t.Errorf("one's own, without the password: %+v", p)
		}
		// From the command line, for the last owner.
		if _, err := r.auth.Reset(t.Context(), r.home(), auth.Reset{Email: r.email(owner), SecondFactor: true}); err != nil {
			t.Error(err)
		}
		owner.do("GET", "/session", nil).want(401)
		r.signIn(r.nobody(), r.email(owner), testPassword, "").want(200)
	})
}

func (r *rig) email(c *caller) string {
	v, err := r.store.For(r.home()).Agent(context.Background(), c.agent)
	r.must(err)
	return v.Email
}

func TestX10_EverybodyMustHaveASecondFactor(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		owner, _ := r.person(core.RoleOwner)
		c, v := r.person(core.RoleAgent)
		require := func(on bool) map[string]any {
			return map[string]any{"settings": map[string]any{"require_second_factor": on}}
		}
		if p := owner.do("PATCH", "/tenant", require(true)).want(409).problem(); p.Code != "own_second_factor" {
			t.Errorf("asked of all by somebody without: %+v", p)
		}
		owner.enrol()
		socket := c.follow("")
		next(t, socket, of("ready"))
		owner.do("PATCH", "/tenant", require(true)).want(200)
		if code := closed(t, socket); code != closeSignedOut {
			t.Errorf("the socket of somebody without ends with %d", code)
		}
		ops := operations(t, r.api.Document())
		held := func(c *caller, why string) {
			t.Helper()
			var s Session
			if c.do("GET", "/session", nil).want(200).into(&s); !s.Bare {
				t.Errorf("%s: the session is free", why)
			}
			refused := 0
			for _, op := range ops {
				if op.Authz == "public" || op.ID == "get-live" || r.api.routes[op.ID].bare {
					continue
				}
				p := c.do(op.Method, pathParam.ReplaceAllString(op.Path, canon.NewID().String()), nil)
				if p.status != 403 {
					t.Errorf("%s: %s is answered %d", why, op.ID, p.status)
				} else if p.problem().Code == "second_factor_required" {
					refused++
				}
			}
			if refused < 30 {
				t.Errorf("%s: only %d operations are held", why, refused)
			}
		}
		held(c, "signed in before")
		fresh := r.nobody()
		fresh.agent = v.ID
		r.signIn(fresh, v.Email, testPassword, "").want(200)
		held(fresh, "signed in since")
		var f auth.SecondFactor
		if fresh.do("GET", "/me/second-factor", nil).want(200).into(&f); !f.Required || f.On {
			t.Errorf("%+v", f)
		}
		app, _ := fresh.enrol()
		var s Session
		if fresh.do("GET", "/session", nil).want(200).into(&s); s.Bare {
			t.Error("somebody with a second factor is held")
		}
		fresh.do("GET", "/teams", nil).want(200)
		next(t, fresh.follow(""), of("ready"))
		if p := fresh.do("POST", "/me/second-factor/remove", map[string]string{"password": testPassword}).want(403).problem(); p.Code != "second_factor_kept" {
			t.Errorf("%+v", p)
		}
		r.clock.pass(time.Minute)
		r.signIn(r.nobody(), v.Email, testPassword, app.code(0)).want(200)
		// Programs are not people.
		r.program(r.home(), core.RoleBot).do("GET", "/teams", nil).want(200)
		// Lifted, it is lifted at once.
		free, w := r.person(core.RoleAgent)
		held(free, "of somebody new")
		owner.do("PATCH", "/tenant", require(false)).want(200)
		free.do("GET", "/teams", nil).want(200)
		r.signIn(r.nobody(), w.Email, testPassword, "").want(200)
	})
}

// allText is every cell of the home tenant's rows.
func allText(t *testing.T, r *rig) string {
	t.Helper()
	var out strings.Builder
	eachRow(t, r, r.home(), func(_ string, cells []any) {
		for _, c := range cells {
			if b, ok := c.([]byte); ok {
				c = string(b)
			}
			fmt.Fprintln(&out, c)
		}
	})
	return out.String()
}
