package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// How long a platform may take to set a link up, and to let go of one that was
// deleted.
const (
	installTime   = 30 * time.Second
	uninstallTime = 10 * time.Second
)

// installedName is the kept value that tells how a link was set up last;
// installedFor is how long it is believed.
const (
	installedName = "installed"
	installedFor  = 365 * 24 * time.Hour
)

// setUp is the state of a link's business with its platform's settings.
type setUp struct {
	installer connector.Installer
	mark      string // stands for everything the platform is told
}

// markOf changes when a platform must be told anew: another address of ours,
// another form, other accounts.
func markOf(link connector.Link) string {
	told, _ := json.Marshal(struct { // strings and ids: it cannot fail
		Hook     string
		Config   connector.Values
		Accounts []connector.Account
	}{link.HookURL, link.Config, link.Accounts})
	sum := sha256.Sum256(told)
	return hex.EncodeToString(sum[:])
}

// keepInstalled sets a link up at its platform, and tries again while it fails
// for reasons that pass. Unless it was saved, a link that was set up just so is
// left alone: a start of the hub changes nothing at the platform.
func (l *openLink) keepInstalled(ctx context.Context, saved bool) {
	if !saved {
		mark, ok, err := l.kept.Get(ctx, installedName)
		if err == nil && ok && mark == l.setUp.mark {
			return
		}
	}
	for fails := 0; ctx.Err() == nil && !l.installed.Load(); fails++ {
		e := l.install(ctx)
		if e == nil || ctx.Err() != nil || !passing(e) {
			return
		}
		l.hub.o.Log.Warn("a link could not be set up at its platform, trying again", "link", l.id, "kind", l.kind, "err", e)
		wait := min(time.Second<<min(fails, 6), time.Minute)
		t := time.NewTimer(max(wait/2+rand.N(wait/2+1), e.RetryAfter))
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

// passing tells whether asking again may help. To set up twice does no harm, so
// an uncertain answer is no reason to stop.
func passing(e *connector.Error) bool { return e.Retryable() || e.Class == connector.Uncertain }

// install asks the platform once and turns the light by what comes of it.
func (l *openLink) install(ctx context.Context) *connector.Error {
	unlock := l.hub.filling.lock("install " + l.id.String())
	defer unlock()
	err := connector.AsError(guarded(ctx, installTime, l.setUp.installer.Install))
	if ctx.Err() != nil {
		return err // nobody waits for it any more: the link was closed, or the hub ends
	}
	l.installed.Store(err == nil)
	mark := l.setUp.mark
	if err != nil {
		mark = ""
	}
	if kept := l.kept.Set(ctx, installedName, mark, installedFor); kept != nil {
		l.hub.o.Log.Warn("that a link was set up is not kept", "link", l.id, "err", kept)
	}
	l.hub.noteInstalled(l, err)
	return err
}

// guarded bounds a call of a connector in time and turns a panic into an error.
func guarded(ctx context.Context, most time.Duration, do func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &connector.Error{Class: connector.Invalid, Code: "panic", Err: fmt.Errorf("panic in the connector: %v", r)}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return do(ctx)
}

// Install sets a link up at its platform now and tells how it went; the light
// follows. has is false where there is nothing to set up: the link is not open,
// is paused, or its channel cannot.
func (h *Hub) Install(ctx context.Context, tenant, link canon.ID) (check connector.Check, has bool) {
	h.mu.RLock()
	l := h.links[link]
	h.mu.RUnlock()
	if l == nil || l.tenant != tenant || l.paused || l.setUp.installer == nil {
		return connector.Check{}, false
	}
	began := time.Now()
	err := l.install(ctx)
	check = connector.Check{OK: err == nil, Took: time.Since(began),
		Name: connector.Text{EN: "The platform is set up for this account", ZH: "平台侧已完成设置"}}
	if err != nil {
		s := l.notSetUp(err)
		check.Detail, check.Remedy = s.Text, s.Remedy
	}
	return check, true
}

// notSetUp is the light of a link whose platform was not set up.
func (l *openLink) notSetUp(e *connector.Error) connector.State {
	s := connector.State{Health: connector.HealthBad, Code: "not_set_up", At: l.hub.o.Store.Now(),
		Text: connector.Text{EN: "The callback could not be set up at the platform.", ZH: "未能在平台设置回调。"}}
	if e.Shown.EN != "" {
		s.Text.EN += " " + e.Shown.EN
		s.Text.ZH += e.Shown.ZH
	}
	switch {
	case passing(e):
		s.Health = connector.HealthPoor
		s.Remedy = connector.Text{EN: "Nothing to do yet: it is tried again by itself.", ZH: "暂不需要处理，系统会自动重试。"}
	case e.Class == connector.NeedsLogin:
		s.Remedy = connector.Text{EN: "Check the credentials of this account and save.", ZH: "请检查该账号的凭据并重新保存。"}
	case !strings.HasPrefix(l.hub.o.PublicURL, "https://"):
		s.Remedy = connector.Text{EN: "Give the hub a public https address (PARLEY_PUBLIC_URL), then test the account again.",
			ZH: "请为系统配置公网 https 地址（PARLEY_PUBLIC_URL），然后重新测试该账号。"}
	default:
		s.Remedy = connector.Text{EN: "Put right what the platform names, then test the account again.", ZH: "请按平台提示修正，然后重新测试该账号。"}
	}
	return s
}

// letGo takes a deleted link off its platform, as far as that is possible in
// good time, and closes it. Nobody waits for it.
func (h *Hub) letGo(l *openLink) {
	l.gone.Store(true)
	h.work.Add(1)
	go func() {
		defer h.work.Done()
		leave := func(context.Context) error { return nil }
		if l.setUp.installer != nil {
			leave = l.setUp.installer.Uninstall
		} else if v, ok := l.conn.(connector.Leaver); ok {
			leave = v.Leave
		}
		if err := guarded(h.ctx, uninstallTime, leave); err != nil {
			h.o.Log.Warn("a deleted link was not taken off its platform", "link", l.id, "kind", l.kind, "err", err)
		}
		h.inherit(l)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), uninstallTime)
		defer cancel()
		if err := l.conn.Close(ctx); err != nil {
			h.o.Log.Warn("a link did not close", "link", l.id, "err", err)
		}
	}()
}

// inherit sets up anew the links that shared their callback with one that was
// deleted: the platform may still call its address, or nobody's. They are those
// that find its callbacks authentic.
func (h *Hub) inherit(gone *openLink) {
	r, ok := gone.conn.(connector.Rehearser)
	if !ok || gone.setUp.installer == nil {
		return
	}
	raw, err := r.Rehearse()
	if err != nil {
		return // nothing can be told of who shares it
	}
	h.mu.RLock()
	var heirs []*openLink
	for _, l := range h.links {
		hook, ok := l.conn.(connector.Webhook)
		if !ok || l.tenant != gone.tenant || l.kind != gone.kind || l.paused || l.setUp.installer == nil {
			continue
		}
		if _, err := hook.Unseal(raw); err == nil {
			heirs = append(heirs, l)
		}
	}
	h.mu.RUnlock()
	for _, l := range heirs {
		if e := l.install(h.ctx); e != nil {
			h.o.Log.Warn("a link that shared its callback with a deleted one could not be set up anew", "link", l.id, "kind", l.kind, "err", e)
		}
	}
}
