package web

import (
	"net/http"
	"testing"
)

func TestX09_OriginPatterns(t *testing.T) {
	list, err := parseOrigins(" https://Shop.Example.com \n\nhttps://*.example.org/\nhttp://localhost:3000\nhttps://plain.example:443\n")
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]bool{
		"https://shop.example.com":            true,
		"https://SHOP.example.com":            true,
		"https://shop.example.com:443":        true,
		"https://plain.example":               true,
		"http://localhost:3000":               true,
		"https://a.example.org":               true,
		"https://a.b.example.org":             true,
		"https://example.org":                 false, // the star needs a label
		"http://a.example.org":                false,
		"https://evilexample.org":             false,
		"https://a.example.org.evil.test":     false,
		"https://a.example.org:8443":          false,
		"http://shop.example.com":             false,
		"https://shop.example.com:444":        false,
		"https://shop.example.com.evil.test":  false,
		"https://evil.test/shop.example.com":  false,
		"https://shop.example.com@evil.test":  false,
		"https://evil.test#.example.org":      false,
		"https://sub.shop.example.com":        false,
		"http://localhost":                    false,
		"http://localhost:30000":              false,
		"null":                                false,
		"":                                    false,
		"*":                                   false,
		"file://":                             false,
		"chrome-extension://shop.example.com": false,
		"https://*.example.org":               false,
	} {
		if got := list.allow(origin); got != want {
			t.Errorf("allow(%q) = %v", origin, got)
		}
	}
	if any, _ := parseOrigins("*"); !any.allow("https://any.example") || any.allow("null") {
		t.Error("a star must allow every site and never null")
	}
	for _, bad := range []string{
		"shop.example.com", "https://", "https://a/b", "https://a?x", "ftp://a", "https://*", "https://a*b.c", "https://商店.cn",
		"https://a;script-src *", "https://a b", "https://u:p@a", "javascript:alert(1)", "https://a,https://b",
	} {
		if _, err := parseOrigins(bad); err == nil {
			t.Errorf("took %q as a site", bad)
		}
		if errs := form(Limits{}).Check(map[string]string{"origins": bad}); len(errs) != 1 || errs[0].Field != "origins" {
			t.Errorf("form check of %q: %v", bad, errs)
		}
	}
}

func TestX09_SocketAcceptsOnlyOurPages(t *testing.T) {
	r := newRig(t, Limits{})
	for origin, ok := range map[string]bool{
		r.server.URL: true, "https://chat.example.net": true, "https://shop.example.com": true, "https://x.example.org": true,
		"": false, "null": false, "https://evil.test": false, "https://example.org": false, "http://chat.example.net": false,
		"https://chat.example.net:8443": false, "https://chat.example.net.evil.test": false,
	} {
		s, _ := r.session(sessionRequest{})
		l, res, err := r.dial(s.Ticket, 0, origin)
		switch {
		case ok && err != nil:
			t.Errorf("origin %q refused: %v", origin, err)
		case ok:
			l.next("hello")
		case err == nil:
			t.Errorf("origin %q accepted", origin)
		case res == nil || res.StatusCode != http.StatusForbidden:
			t.Errorf("origin %q: %v", origin, res)
		}
	}
}

func TestX12_UnsafeRequestsFromOtherSitesAreRefused(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	body := postRequest{ID: "abcdefgh", Text: "hi"}
	for _, c := range []struct {
		name, header, value string
		status              int
	}{
		{"a program", "X-Nothing", "x", 200},
		{"our page", "Origin", r.server.URL, 200},
		{"allowed site", "Origin", "https://shop.example.com", 200},
		{"other site", "Origin", "https://evil.test", 403},
		{"sandbox", "Origin", "null", 403},
		{"other site without origin", "Sec-Fetch-Site", "cross-site", 403},
		{"sibling without origin", "Sec-Fetch-Site", "same-site", 403},
	} {
		for _, path := range []string{"/messages", "/session", "/open", "/files", "/marks", "/form", "/typing"} {
			res := r.do("POST", path, s.Token, body, c.header, c.value)
			if (res.status == 403) != (c.status == 403) {
				t.Errorf("%s, %s: %d %s", path, c.name, res.status, res.raw)
			}
		}
	}
}
