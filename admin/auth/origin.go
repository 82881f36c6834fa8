package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Origins knows the pages that may talk to the hub with a person's cookie.
type Origins struct {
	own  string
	csrf *http.CrossOriginProtection
}

// NewOrigins reads the public address, such as https://desk.example.com.
func NewOrigins(public string) (*Origins, error) {
	u, err := url.Parse(public)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("public address %q: want scheme and host, such as https://desk.example.com", public)
	}
	o := &Origins{own: origin(u), csrf: http.NewCrossOriginProtection()}
	if err := o.csrf.AddTrustedOrigin(o.own); err != nil {
		return nil, fmt.Errorf("public address %q: %w", public, err)
	}
	return o, nil
}

// origin writes an origin as browsers do: lower case, no default port.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	} else {
		host = strings.TrimSuffix(host, ":80")
	}
	return u.Scheme + "://" + host
}

// Secure reports whether people come over https.
func (o *Origins) Secure() bool { return strings.HasPrefix(o.own, "https://") }

// Check refuses a request that changes something and comes from a page of
// another site, by Sec-Fetch-Site or else Origin.
func (o *Origins) Check(r *http.Request) error { return o.csrf.Check(r) }

// Socket reports whether a browser's socket comes from one of our own pages:
// its Origin is exactly ours. On a hub without https a page on this very
// machine may also use the name it reached the hub by.
func (o *Origins) Socket(r *http.Request) bool {
	given := r.Header.Values("Origin")
	if len(given) != 1 {
		return false
	}
	if given[0] == o.own {
		return true
	}
	if o.Secure() {
		return false
	}
	u, err := url.Parse(given[0])
	return err == nil && u.Scheme == "http" && given[0] == "http://"+r.Host && loopback(r.Host)
}

func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
