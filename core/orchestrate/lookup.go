package orchestrate

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

const (
	// lookupTime bounds asking a platform for one profile.
	lookupTime = 15 * time.Second
	// lookupAgain is how long somebody without a name is not asked for anew.
	lookupAgain = 10 * time.Minute
	// lookupsKept bounds how many are remembered to have been asked for.
	lookupsKept = 10_000
)

// lookups remembers whose profile was asked for. The zero value is empty.
type lookups struct {
	mu    sync.Mutex
	asked map[canon.ID]time.Time // by identity
}

// begin reports whether an identity is to be asked for now.
func (l *lookups) begin(identity canon.ID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.asked[identity]) < lookupAgain {
		return false
	}
	if l.asked == nil || len(l.asked) >= lookupsKept {
		l.asked = map[canon.ID]time.Time{}
	}
	l.asked[identity] = now
	return true
}

// lookUp asks the platform, beside everything else, who a customer without a
// name is. What stops it is made up for at their next message.
func (o *Orchestrator) lookUp(s *scene) {
	l := s.ch.Lane
	if !s.ch.Seen || l.Identity.Name != "" || l.Identity.ID.IsZero() || o.ctx.Err() != nil {
		return
	}
	line, ok := o.lines.LineOf(s.tenant, l.Thread.Account)
	if !ok {
		return
	}
	profiler, can := line.Conn.(connector.Profiler)
	if !can || !o.lookups.begin(l.Identity.ID, s.now) {
		return
	}
	identity, key := l.Identity, l.Thread.Key
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		ctx, cancel := context.WithTimeout(o.ctx, lookupTime)
		defer cancel()
		peer, err := profile(ctx, profiler, line.Account, key.Peer, line.Conn.Capabilities(key))
		if err == nil {
			err = o.introduce(ctx, s.tenant, identity, peer)
		}
		if err != nil {
			o.log.Debug("a customer's profile cannot be had", "kind", line.Kind, "identity", identity.ID, "err", err)
		}
	}()
}

// profile survives a connector's panic.
func profile(ctx context.Context, p connector.Profiler, account connector.Account, peer canon.RemoteID, caps connector.Capabilities) (out canon.Peer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in the connector: %v", r)
		}
	}()
	if !caps.Can(connector.OpsProfile) {
		return out, nil
	}
	return p.Profile(ctx, account, peer)
}

// introduce keeps what a platform tells of a person, where nothing is known yet.
func (o *Orchestrator) introduce(ctx context.Context, tenant canon.ID, identity core.Identity, peer canon.Peer) error {
	if peer.Name == "" && peer.Locale == "" {
		return nil
	}
	err := o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		if err := t.Introduce(identity, peer); err != nil {
			return err
		}
		t.Feed(core.FeedEntry{Kind: core.FeedContact, Subject: identity.Contact})
		return nil
	})
	if err == nil {
		o.poke(tenant)
	}
	return err
}
