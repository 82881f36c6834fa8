package server

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// From returns a function that tells which address a request came from.
// Forwarded headers are believed only from trusted proxies, and read from the
// right: the first address that is no trusted proxy is the client's.
func From(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	isProxy := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) netip.Addr {
		ap, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil {
			return netip.Addr{}
		}
		from := ap.Addr().Unmap()
		if len(trusted) == 0 || !isProxy(from) {
			return from
		}
		chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(chain) {
			a, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				return from
			}
			from = a.Unmap()
			if !isProxy(from) {
				return from
			}
		}
		return from
	}
}
