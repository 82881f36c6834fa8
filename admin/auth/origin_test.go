package auth

import (
	"net/http/httptest"
	"testing"
)

func TestX09_SocketOrigins(t *testing.T) {
	for _, c := range []struct {
		public, host string
		origin       []string
		want         bool
	}{
		{"https://desk.example.com", "desk.example.com", []string{"https://desk.example.com"}, true},
		{"https://desk.example.com:443", "desk.example.com", []string{"https://desk.example.com"}, true},
		{"https://Desk.Example.com", "desk.example.com", []string{"https://desk.example.com"}, true},
		{"https://desk.example.com:8443", "desk.example.com:8443", []string{"https://desk.example.com:8443"}, true},
		{"https://desk.example.com", "desk.example.com", []string{"https://evil.desk.example.com"}, false},
		{"https://desk.example.com", "desk.example.com", []string{"https://example.com"}, false},
		{"https://desk.example.com", "desk.example.com", []string{"http://desk.example.com"}, false},
		{"https://desk.example.com", "desk.example.com", []string{"https://desk.example.com:8443"}, false},
		{"https://desk.example.com", "desk.example.com", []string{"https://desk.example.com.evil.example"}, false},
		{"https://desk.example.com", "desk.example.com", []string{"https://DESK.example.com"}, false}, // no browser writes it so
		{"https://desk.example.com", "desk.example.com", []string{"null"}, false},
		{"https://desk.example.com", "desk.example.com", nil, false},
		{"https://desk.example.com", "desk.example.com", []string{"https://desk.example.com", "https://evil.example"}, false},
		{"https://desk.example.com", "localhost:8080", []string{"http://localhost:8080"}, false},
		{"http://127.0.0.1:8080", "localhost:8080", []string{"http://localhost:8080"}, true},
		{"http://127.0.0.1:8080", "[::1]:8080", []string{"http://[::1]:8080"}, true},
		{"http://127.0.0.1:8080", "rebound.evil.example:8080", []string{"http://rebound.evil.example:8080"}, false},
		{"http://127.0.0.1:8080", "localhost:8080", []string{"http://localhost:9090"}, false},
	} {
		o, err := NewOrigins(c.public)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "http://"+c.host+"/api/v1/live", nil)
		for _, v := range c.origin {
			r.Header.Add("Origin", v)
		}
		if got := o.Socket(r); got != c.want {
			t.Errorf("%s, Host %s, Origin %q: %t, want %t", c.public, c.host, c.origin, got, c.want)
		}
	}
}

func TestX12_RequestsOfOtherSites(t *testing.T) {
	o, err := NewOrigins("https://desk.example.com")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, site, origin string
		ok                   bool
	}{
		{"POST", "same-origin", "https://desk.example.com", true}, {"POST", "cross-site", "https://evil.example", false}, {"POST", "same-site", "https://shop.example.com", false},
		{"DELETE", "cross-site", "", false}, {"GET", "cross-site", "https://evil.example", true}, {"POST", "none", "", true}, {"PUT", "", "https://evil.example", false},
		{"PATCH", "", "https://desk.example.com", true}, {"POST", "", "null", false}, {"POST", "", "", true},
	} {
		r := httptest.NewRequest(c.method, "http://10.0.0.7/api/v1/teams", nil) // behind a proxy, Host may be anything
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if err := o.Check(r); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for _, s := range []string{"", "desk.example.com", "ftp://desk.example.com", "https://", "://"} {
		if _, err := NewOrigins(s); err == nil {
			t.Errorf("%q was taken as a public address", s)
		}
	}
}
