package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// CheckURL says what is wrong with an address before anything is resolved or
// dialled: for a form that wants to answer at once. A name that passes may still
// resolve to an address that is refused.
func (c *Client) CheckURL(class Class, raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return errors.New("not a web address") // the parser's words would repeat the address, secrets and all
	}
	return c.policy.checkURL(class, u)
}

func (p Policy) checkURL(class Class, u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return &blockedError{fmt.Sprintf("scheme %q is neither http nor https", u.Scheme)}
	}
	if u.User != nil {
		return &blockedError{"the address carries a user name"}
	}
	host := u.Hostname()
	if host == "" {
		return &blockedError{"the address has no host"}
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		port := uint16(443)
		if u.Scheme == "http" {
			port = 80
		}
		if u.Port() != "" {
			ap, err := netip.ParseAddrPort("0.0.0.0:" + u.Port())
			if err != nil {
				return &blockedError{"the port is not a number up to 65535"}
			}
			port = ap.Port()
		}
		return p.Check(class, netip.AddrPortFrom(addr, port))
	}
	if numeric(host) {
		return &blockedError{fmt.Sprintf("host %q is a number written as a name", host)}
	}
	return nil
}

// numeric tells hosts that some resolvers read as an IPv4 address though they
// are not written as one: 2130706433, 0x7f.1, 0177.0.0.1, 127.1. As in the
// WHATWG URL standard, the last label decides.
func numeric(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return false
	}
	if strings.Trim(last, "0123456789") == "" {
		return true
	}
	hex, ok := strings.CutPrefix(strings.ToLower(last), "0x")
	return ok && strings.Trim(hex, "0123456789abcdef") == ""
}
