package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"parley/admin/auth"
	"parley/core/canon"
)

// sweepEvery is how often open sockets are held against their sessions and
// tokens: what ended, here or in another process, closes within a second.
const sweepEvery = 400 * time.Millisecond

// maxSockets is how many sockets one session or token may have open.
const maxSockets = 20

// sockets are the live sockets of this process. Safe for concurrent use.
type sockets struct {
	api *API
	ctx context.Context
	mu  sync.Mutex
	all map[*socket]bool
	by  map[string]int // open ones by credential
	run bool
}

func newSockets(ctx context.Context, a *API) *sockets {
	return &sockets{api: a, ctx: ctx, all: map[*socket]bool{}, by: map[string]int{}}
}

// add takes a socket in; false when its credential has too many.
func (s *sockets) add(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := string(k.who.Credential)
	if s.by[key] >= maxSockets || s.ctx.Err() != nil {
		return false
	}
	s.by[key]++
	s.all[k] = true
	s.api.metrics.sockets.Set(float64(len(s.all)))
	if !s.run {
		s.run = true
		go s.sweep()
	}
	return true
}

func (s *sockets) remove(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.all[k] {
		return
	}
	delete(s.all, k)
	key := string(k.who.Credential)
	if s.by[key]--; s.by[key] == 0 {
		delete(s.by, key)
	}
	s.api.metrics.sockets.Set(float64(len(s.all)))
}

// sweep closes sockets whose session or token ended, until none is open.
func (s *sockets) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
		byTenant := map[canon.ID][]*socket{}
		s.mu.Lock()
		for k := range s.all {
			byTenant[k.who.Tenant] = append(byTenant[k.who.Tenant], k)
		}
		if len(byTenant) == 0 {
			s.run = false
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		for tenant, all := range byTenant {
			s.hold(tenant, all)
		}
	}
}

func (s *sockets) hold(tenant canon.ID, all []*socket) {
	hashes := make([][]byte, len(all))
	for i, k := range all {
		hashes[i] = k.who.Credential
	}
	alive, err := s.api.Store.For(tenant).Alive(s.ctx, hashes)
	if err != nil {
		return // the database is away: asked again in a moment
	}
	for _, k := range all {
		if !alive[string(k.who.Credential)] {
			k.end(closeSignedOut, "signed out")
		}
	}
}

// whoIs says who opens a socket: by ticket from our own pages, or by the token
// of a program.
func (a *API) whoIs(r *http.Request) (auth.Identity, error) {
	if ticket := r.URL.Query().Get("ticket"); ticket != "" {
		if !a.origins.Socket(r) {
			return auth.Identity{}, errOrigin()
		}
		return a.Auth.Redeem(r.Context(), ticket)
	}
	if r.Header.Get("Authorization") == "" {
		return auth.Identity{}, auth.ErrUnknown // a cookie alone opens nothing
	}
	if len(r.Header.Values("Origin")) > 0 && !a.origins.Socket(r) {
		return auth.Identity{}, errOrigin()
	}
	who, err := a.Auth.Identify(r)
	if err == nil {
		who, err = a.actor(r, who)
	}
	return who, err
}
