package orchestrate

import (
	"cmp"
	"context"
	"fmt"
	"io"
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
	// faceAgain is how long somebody without a picture is not.
	faceAgain = 24 * time.Hour
	// faceKept is how long a picture the hub brought is good for: after that it is
	// brought anew when a conversation opens.
	faceKept = 30 * 24 * time.Hour
	// lookupsKept bounds how many are remembered to have been asked for.
	lookupsKept = 10_000
)

// lookups remembers whose profile was asked for. The zero value is empty.
type lookups struct {
	mu    sync.Mutex
	asked map[canon.ID]time.Time // by identity
}

// begin reports whether an identity is to be asked for now, if the last time was
// longer ago than again.
func (l *lookups) begin(identity canon.ID, now time.Time, again time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.asked[identity]) < again {
		return false
	}
	if l.asked == nil || len(l.asked) >= lookupsKept {
		l.asked = map[canon.ID]time.Time{}
	}
	l.asked[identity] = now
	return true
}

// lookUp asks the platform, beside everything else, who a customer without a
// name is, and when a conversation opens, what they look like, as far as that is
// not known or was asked long ago.
// What stops it is made up for at their next message, or conversation.
func (o *Orchestrator) lookUp(s *scene) {
	l := s.ch.Lane
	identity := l.Identity
	if identity.ID.IsZero() { // somebody known: the lane holds no more of them than this
		identity = core.Identity{ID: l.Thread.Identity, Contact: l.Thread.Contact, Account: l.Thread.Account, RemoteID: l.Thread.Key.Peer, Name: l.Contact.Name}
	}
	nameless := identity.Name == ""
	faceless := o.picture != nil && s.ch.Opened && s.person
	if !s.ch.Seen || !nameless && !faceless || identity.ID.IsZero() || o.ctx.Err() != nil {
		return
	}
	line, ok := o.lines.LineOf(s.tenant, l.Thread.Account)
	if !ok {
		return
	}
	profiler, can := line.Conn.(connector.Profiler)
	if !can && (!faceless || s.face == "") {
		return
	}
	again := faceAgain
	if nameless && can {
		again = lookupAgain
	}
	if !o.lookups.begin(identity.ID, s.now, again) {
		return
	}
	thread, known := l.Thread, canon.Peer{Avatar: s.face}
	portrayer, brings := line.Conn.(connector.Portrayer)
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		ctx, cancel := context.WithTimeout(o.ctx, lookupTime)
		defer cancel()
		peer, err := known, error(nil)
		if can && (nameless || peer.Avatar == "") {
			peer, err = profile(ctx, profiler, line.Account, thread.Key.Peer, line.Conn.Capabilities(thread.Key))
			peer.Avatar = cmp.Or(known.Avatar, peer.Avatar)
		}
		if err == nil && nameless {
			err = o.introduce(ctx, s.tenant, identity, peer)
		}
		face := Face{Address: peer.Avatar}
		if face.Address == "" && can && brings {
			face.Bring = func(ctx context.Context) (io.ReadCloser, error) {
				return portrait(ctx, portrayer, line.Account, thread.Key.Peer)
			}
		}
		if err == nil && faceless && (face.Address != "" || face.Bring != nil) {
			err = o.portray(ctx, s.tenant, identity.Contact, thread.ID, face)
		}
		if err != nil {
			o.log.Debug("a customer's profile cannot be had", "kind", line.Kind, "identity", identity.ID, "err", err)
		}
	}()
}

// portray brings the picture of a contact that has none, or whose has grown old.
// One that an agent chose stays.
func (o *Orchestrator) portray(ctx context.Context, tenant, contact, thread canon.ID, face Face) error {
	scope := o.store.For(tenant)
	c, err := scope.Contact(ctx, contact)
	if err != nil {
		return err
	}
	if !c.Avatar.IsZero() {
		old, err := scope.ReadFile(ctx, c.Avatar)
		if err != nil || !old.Agent.IsZero() || old.Thread.IsZero() || o.store.Now().Sub(old.Created) < faceKept {
			return err
		}
	}
	file, err := o.picture(ctx, tenant, thread, face, c.Avatar)
	if err != nil || file == c.Avatar {
		return err
	}
	err = scope.Write(ctx, func(t *store.Tx) error { return t.Portray(ctx, contact, file, c.Avatar) })
	if err == nil {
		o.poke(tenant)
	}
	return err
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

// portrait survives a connector's panic.
func portrait(ctx context.Context, p connector.Portrayer, account connector.Account, peer canon.RemoteID) (body io.ReadCloser, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in the connector: %v", r)
		}
	}()
	body, _, err = p.Picture(ctx, account, peer)
	return body, err
}

// introduce keeps what a platform tells of a person, where nothing is known yet.
func (o *Orchestrator) introduce(ctx context.Context, tenant canon.ID, identity core.Identity, peer canon.Peer) error {
	if peer.Name == "" && peer.Locale == "" && store.PersonOf(peer) == "" {
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
