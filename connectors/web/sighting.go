package web

import (
	"net/url"
	"sync"
	"time"

	"parley/core/connector"
)

const (
	sightEvery = time.Minute // of one site, from one node
	sightsMost = 200         // sites remembered: anybody can name any
)

// sights keeps a page that is loaded often from being written down as often.
type sights struct {
	mu  sync.Mutex
	all map[string]time.Time
}

// first reports whether a sighting is worth a write.
func (s *sights) first(key string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.all[key]) < sightEvery {
		return false
	}
	if len(s.all) >= sightsMost {
		for k, at := range s.all {
			if now.Sub(at) >= sightEvery {
				delete(s.all, k)
			}
		}
		if len(s.all) >= sightsMost {
			return false
		}
	}
	if s.all == nil {
		s.all = map[string]time.Time{}
	}
	s.all[key] = now
	return true
}

// sighted notes which page the launcher was asked for from. The chat's own page
// and the preview are no site's.
func (x *exchange) sighted() {
	keeps, can := x.env.Chat.(connector.Sighter)
	site, ok := normalOrigin(x.r.Header.Get("Origin"), false)
	if !can || !ok || site == x.site.self {
		return
	}
	page := site + "/"
	if u, err := url.Parse(x.r.Referer()); err == nil {
		u.RawQuery, u.Fragment, u.User = "", "", nil
		if from, ok := normalOrigin(u.Scheme+"://"+u.Host, false); ok && from == site {
			page = webURL(u.String())
		}
	}
	if !x.sights.first(x.account.ID.String()+" "+site, x.now()) {
		return
	}
	keeps.Sighted(x.r.Context(), x.account.ID, connector.Sighting{
		Site: line(site, 300), Page: line(page, 1000), Allowed: x.site.origins.allow(site),
	})
}
