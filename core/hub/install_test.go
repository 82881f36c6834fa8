package hub_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// installing is a platform that is told where callbacks go.
type installing struct {
	mu      sync.Mutex
	answers []error // of the next calls, before they succeed
	on, off int
	leave   func(context.Context) error // what taking off does; nil: nothing
}

type installedConn struct {
	*played
	i *installing
}

func (c installedConn) Install(context.Context) error {
	c.i.mu.Lock()
	defer c.i.mu.Unlock()
	c.i.on++
	if len(c.i.answers) == 0 {
		return nil
	}
	err := c.i.answers[0]
	c.i.answers = c.i.answers[1:]
	return err
}

func (c installedConn) Uninstall(ctx context.Context) error {
	c.i.mu.Lock()
	c.i.off++
	leave := c.i.leave
	c.i.mu.Unlock()
	if leave == nil {
		return nil
	}
	return leave(ctx)
}

func (i *installing) times() (on, off int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.on, i.off
}

func (i *installing) fail(answers ...error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answers = answers
}

func newInstalling(t *testing.T, url string, answers ...error) (*rig, *installing) {
	i := &installing{answers: answers}
	r := newRigWith(t, url, "", func(r *rig) {
		r.p.wrap = func(p *played) connector.Conn { return installedConn{p, i} }
	})
	return r, i
}

func (r *rig) light() core.LinkState {
	r.t.Helper()
	l, err := r.scope().Link(r.t.Context(), r.link)
	if err != nil {
		r.t.Fatal(err)
	}
	return l.State
}

func (r *rig) lit(what string, ok func(core.LinkState) bool) core.LinkState {
	r.t.Helper()
	var s core.LinkState
	eventually(r.t, what, func() bool { s = r.light(); return ok(s) })
	return s
}

// TestPlatformIsSetUpWhenALinkIsSaved: when it is new and whenever it is saved,
// and not when the hub starts with nothing changed.
func TestPlatformIsSetUpWhenALinkIsSaved(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, i := newInstalling(t, url)
		r.lit("the link is green", func(s core.LinkState) bool { return s.Health == connector.HealthGood })
		if on, _ := i.times(); on != 1 {
			t.Fatalf("a new link was set up %d times", on)
		}
		r.reload()
		eventually(t, "a saved link is set up anew", func() bool { on, _ := i.times(); return on == 2 })
		r.lit("that it is set up is kept", func(core.LinkState) bool {
			_, ok, err := r.scope().Cached(t.Context(), r.link, "installed")
			return ok && err == nil
		})
		r.stop(10 * time.Second)
		r.openStore()
		r.start()
		r.send("ann", "hello") // the hub works
		eventually(t, "the message is handled", func() bool { return r.waiting() == 0 })
		if on, _ := i.times(); on != 2 {
			t.Errorf("a start of the hub set the link up again: %d times", on)
		}
	})
}

// TestRefusedSetUpTurnsTheLight: it says why and what to do, stays red although
// sending works, and turns green when a test of the account sets it up.
func TestRefusedSetUpTurnsTheLight(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		refusal := &connector.Error{Class: connector.Invalid, Code: "100", Shown: connector.Text{EN: "An HTTPS address is wanted.", ZH: "需要 HTTPS 地址。"}}
		r, i := newInstalling(t, url, refusal)
		red := func(s core.LinkState) bool { return s.Health == connector.HealthBad && s.Code == "not_set_up" }
		s := r.lit("the light is red", red)
		if !strings.Contains(s.Text.EN, refusal.Shown.EN) || !strings.Contains(s.Text.ZH, refusal.Shown.ZH) || !strings.Contains(s.Remedy.EN, "PARLEY_PUBLIC_URL") || s.Remedy.ZH == "" {
			t.Errorf("the light says %+v", s)
		}
		r.send("ann", "hello")
		eventually(t, "somebody wrote", func() bool { _, ok := r.find("ann"); return ok })
		agent := r.agent("mei", core.AgentOnline, 5)
		c, err := r.hub.Desk.Take(t.Context(), r.tenant, r.the("ann").ID, agent)
		if err != nil {
			t.Fatal(err)
		}
		r.post(c.ID, agent, "good day")
		r.inState("ann", "good day", canon.Sent)
		r.lit("the sending is noted", func(core.LinkState) bool {
			a, err := r.scope().Account(t.Context(), r.account)
			return err == nil && !a.State.LastOut.IsZero()
		})
		if s := r.light(); !red(s) {
			t.Errorf("a message that could be sent turned the light: %+v", s)
		}
		if on, _ := i.times(); on != 1 {
			t.Errorf("what was refused was tried %d times", on)
		}
		check, has := r.hub.Install(t.Context(), r.tenant, r.link)
		if !has || !check.OK {
			t.Errorf("setting up on demand: %t, %+v", has, check)
		}
		r.lit("the light is green", func(s core.LinkState) bool { return s.Health == connector.HealthGood })
		i.fail(refusal)
		if check, has := r.hub.Install(t.Context(), r.tenant, r.link); !has || check.OK || !strings.Contains(check.Detail.EN, refusal.Shown.EN) || check.Remedy.EN == "" {
			t.Errorf("a refusal on demand: %t, %+v", has, check)
		}
	})
}

// TestSetUpIsTriedAgain while it fails for reasons that pass.
func TestSetUpIsTriedAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, i := newInstalling(t, url, &connector.Error{Class: connector.Transient}, errors.New("no answer"))
		r.lit("the light is green", func(s core.LinkState) bool { return s.Health == connector.HealthGood })
		if on, _ := i.times(); on != 3 {
			t.Errorf("it took %d calls, not 3", on)
		}
	})
}

// TestDeletedLinkIsTakenOff its platform, and a platform that hangs holds up
// nobody.
func TestDeletedLinkIsTakenOff(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, i := newInstalling(t, url)
		asked, answer := make(chan struct{}), make(chan struct{})
		i.leave = func(ctx context.Context) error {
			close(asked)
			select {
			case <-answer:
			case <-ctx.Done():
			}
			return ctx.Err()
		}
		r.write(func(tx *store.Tx) error { return tx.DeleteLink(t.Context(), r.link, canon.ID{}) })
		r.reload() // returns though the platform does not answer
		<-asked
		if _, open := r.hub.Conn(r.tenant, r.link); open {
			t.Error("the deleted link is open")
		}
		close(answer)
		if _, off := i.times(); off != 1 {
			t.Errorf("it was taken off %d times", off)
		}
	})
}
