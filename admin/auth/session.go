package auth

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

const (
	// idleLife ends a session nobody uses, fullLife any session.
	idleLife = 7 * 24 * time.Hour
	fullLife = 30 * 24 * time.Hour
	// deviceLife is how long a browser stays known.
	deviceLife = 400 * 24 * time.Hour
)

func expiry(created, now time.Time) time.Time {
	idle, full := now.Add(idleLife), created.Add(fullLife)
	if idle.Before(full) {
		return idle
	}
	return full
}

// ErrWrong is the one answer to a sign-in that fails, whatever the reason.
func ErrWrong() error {
	return &core.Fault{Kind: core.FaultForbidden, Code: "sign_in",
		Text:   connector.Text{EN: "Address or password is not right.", ZH: "邮箱或密码不正确。"},
		Remedy: connector.Text{EN: "Try again, or ask an administrator for a new password.", ZH: "请重试，或联系管理员重置密码。"}}
}

// SignIn checks a password, and the code of a second factor where there is one,
// and starts a session; the answer carries its cookie. A wrong address and a
// wrong password cost and say the same.
func (a *Auth) SignIn(w http.ResponseWriter, r *http.Request, slug, email, password, code string) (Identity, error) {
	ctx := r.Context()
	if slug == "" {
		slug = store.DefaultSlug
	}
	tenant, ok, err := a.store.TenantBySlug(ctx, slug)
	if err != nil {
		return Identity{}, err
	}
	email = strings.ToLower(strings.TrimSpace(email))
	var v core.Agent
	var hash string
	if ok {
		if v, ok, err = a.store.For(tenant.ID).AgentByEmail(ctx, email); err != nil {
			return Identity{}, err
		}
	}
	if ok && v.Disabled.IsZero() {
		if hash, err = a.store.For(tenant.ID).PasswordHash(ctx, v.ID); err != nil {
			return Identity{}, err
		}
	}
	device := a.knownDevice(r, tenant.ID, v.ID, hash)
	key := account(slug, email)
	giveBack, err := a.try("", device, key, a.address(r))
	if err != nil {
		return Identity{}, err
	}
	fits, err := a.hasher.Check(ctx, hash, password)
	if err != nil {
		return Identity{}, err
	}
	if !fits {
		a.refused(ctx, tenant.ID, v, a.address(r), "password")
		return Identity{}, ErrWrong()
	}
	giveBack()
	if err := a.second(r, a.store.For(tenant.ID), v, device, key, code); err != nil {
		return Identity{}, err
	}
	who, err := a.Begin(w, r, tenant.ID, v, "session.created")
	if err != nil {
		return Identity{}, err
	}
	a.rememberDevice(w, tenant.ID, v.ID, hash)
	return who, nil
}

// account is what guesses at one person's way in are counted under, whether
// there is such a person or not.
func account(slug, email string) string { return slug + "/" + email }

// try counts a try; what sets tries of different kinds apart. From a known
// browser only its own tries count, so nobody can lock its owner out.
func (a *Auth) try(what, device, account string, from netip.Addr) (giveBack func(), err error) {
	now := a.store.Now()
	if device != "" {
		key := what + "device " + device
		if wait := a.guesses.take(key, rateDevice, now); wait > 0 {
			return nil, &SlowDown{wait}
		}
		return func() { a.guesses.forget(key) }, nil
	}
	address := what + "address " + network(from)
	if wait := a.guesses.take(address, rateAddress, now); wait > 0 {
		return nil, &SlowDown{wait}
	}
	if wait := a.guesses.take(what+"account "+account, rateAccount, now); wait > 0 {
		return nil, &SlowDown{wait}
	}
	return func() {
		a.guesses.giveBack(address)
		a.guesses.forget(what + "account " + account)
	}, nil
}

// refused writes a failed sign-in down. That it could not is no reason to
// answer differently.
func (a *Auth) refused(ctx context.Context, tenant canon.ID, v core.Agent, from netip.Addr, what string) {
	if tenant.IsZero() {
		return
	}
	_ = a.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		return t.Audit(core.Audit{Actor: v.ID, Name: v.Name, Action: "session.refused", Detail: what, Address: from.String()})
	})
}

// Begin starts a session for a person and sets its cookie. A session the
// browser had before ends: its secret is never used for another sign-in.
func (a *Auth) Begin(w http.ResponseWriter, r *http.Request, tenant canon.ID, v core.Agent, act string) (Identity, error) {
	text, hash := newSecret(tenant)
	scope := a.store.For(tenant)
	now := scope.Now()
	s := store.Session{Hash: hash, Agent: v.ID, Created: now, Seen: now, Expires: expiry(now, now), Address: a.address(r).String(), Browser: r.UserAgent()}
	var old []byte
	if c, err := r.Cookie(a.cookieName()); err == nil {
		if was, h, ok := readSecret(c.Value); ok && was == tenant {
			old = h
		}
	}
	err := scope.Write(r.Context(), func(t *store.Tx) error {
		if old != nil {
			if _, err := t.EndSession(r.Context(), v.ID, old); err != nil {
				return err
			}
		}
		var err error
		if s, err = t.AddSession(r.Context(), s); err != nil {
			return err
		}
		return t.Audit(core.Audit{Actor: v.ID, Name: v.Name, Action: act, Address: a.address(r).String()})
	})
	if err != nil {
		return Identity{}, err
	}
	http.SetCookie(w, a.cookie(a.cookieName(), text, fullLife))
	who := a.person(tenant, v, hash, r)
	who.Bare = s.Bare
	return who, nil
}

// SignOut ends the session of a request and clears its cookie.
func (a *Auth) SignOut(w http.ResponseWriter, r *http.Request, who Identity) error {
	http.SetCookie(w, a.cookie(a.cookieName(), "", 0))
	return a.store.For(who.Tenant).Write(r.Context(), func(t *store.Tx) error {
		if _, err := t.EndSession(r.Context(), who.Agent, who.Credential); err != nil {
			return err
		}
		return t.Audit(core.Audit{Actor: who.Agent, Name: who.Name, Action: "session.ended", Address: who.Address.String()})
	})
}

func (a *Auth) cookieName() string {
	if a.secure {
		return "__Host-parley"
	}
	return "parley"
}

func (a *Auth) deviceName() string { return a.cookieName() + "-device" }

func (a *Auth) cookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(life.Seconds())}
	if life == 0 {
		c.MaxAge = -1
	}
	return c
}

// rememberDevice makes the browser known for this person and password.
func (a *Auth) rememberDevice(w http.ResponseWriter, tenant, agent canon.ID, hash string) {
	var mark [12]byte
	_, _ = rand.Read(mark[:]) // never fails
	payload := append(mark[:], deviceOf(tenant, agent, hash)...)
	http.SetCookie(w, a.cookie(a.deviceName(), a.devices.Token(payload), deviceLife))
}

// knownDevice names the browser if this person signed in from it with the
// present password; else "".
func (a *Auth) knownDevice(r *http.Request, tenant, agent canon.ID, hash string) string {
	c, err := r.Cookie(a.deviceName())
	if err != nil || hash == "" {
		return ""
	}
	payload, err := a.devices.OpenToken(c.Value)
	if err != nil || len(payload) < 12 || string(payload[12:]) != string(deviceOf(tenant, agent, hash)) {
		return ""
	}
	return string(payload)
}

func deviceOf(tenant, agent canon.ID, hash string) []byte {
	return hashOf(tenant.String() + "\n" + agent.String() + "\n" + hash)[:16]
}
