package server

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestForwardedHeadersAreBelievedOnlyFromTrustedProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for name, c := range map[string]struct {
		trusted   []netip.Prefix
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                 {nil, "203.0.113.9:5", nil, "203.0.113.9"},
		"header without trust":     {nil, "203.0.113.9:5", []string{"1.2.3.4"}, "203.0.113.9"},
		"header from a stranger":   {trusted, "203.0.113.9:5", []string{"1.2.3.4"}, "203.0.113.9"},
		"one proxy":                {trusted, "10.0.0.1:5", []string{"198.51.100.7"}, "198.51.100.7"},
		"two proxies":              {trusted, "10.0.0.1:5", []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"forged first":             {trusted, "10.0.0.1:5", []string{"1.1.1.1, 198.51.100.7"}, "198.51.100.7"},
		"forged in another header": {trusted, "10.0.0.1:5", []string{"1.1.1.1", "198.51.100.7"}, "198.51.100.7"},
		"nonsense":                 {trusted, "10.0.0.1:5", []string{"not an address"}, "10.0.0.1"},
		"only proxies":             {trusted, "10.0.0.1:5", []string{"10.0.0.3"}, "10.0.0.3"},
		"four in six":              {trusted, "[::ffff:10.0.0.1]:5", []string{"198.51.100.7"}, "198.51.100.7"},
		"trusted but says nothing": {trusted, "10.0.0.1:5", nil, "10.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.forwarded}}
			if got := From(c.trusted)(r).String(); got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
		})
	}
}
