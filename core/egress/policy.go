package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// Class says whose word an address is.
type Class int

const (
	// Fetch is for addresses a customer or a platform's message names: avatars,
	// attachments, link previews. Ports 80 and 443 only.
	Fetch Class = iota
	// API is for an address in an account's settings: api_base, webhook, mail
	// server. Any port of a public address.
	API
	// Infra is for addresses the operator wrote in the settings of the
	// installation (object storage). It is not checked; never give it an address
	// that a tenant can set.
	Infra
)

func (c Class) String() string {
	return [...]string{"fetch", "api", "infra"}[c]
}

// Policy decides which addresses may be reached. The zero value allows public
// unicast addresses.
type Policy struct {
	// Allow lists further prefixes (PARLEY_EGRESS_ALLOW), on any port. A cloud's
	// metadata address must be listed on its own: a wider prefix does not open it.
	Allow []netip.Prefix
}

// ParseAllow reads a list of prefixes or addresses separated by commas or space.
func ParseAllow(text string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, item := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
		prefix, err := netip.ParsePrefix(item)
		if addr, addrErr := netip.ParseAddr(item); addrErr == nil && addr.Zone() == "" {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a prefix such as 10.1.0.0/16", item)
		}
		out = append(out, prefix.Masked())
	}
	return out, nil
}

// Check says why an address must not be reached, or nil.
func (p Policy) Check(class Class, to netip.AddrPort) error {
	if class == Infra {
		return nil
	}
	addr := to.Addr()
	if addr.Is4In6() {
		addr = addr.Unmap()
	}
	if p.allowed(addr) {
		return nil
	}
	if reason := inside(addr); reason != "" {
		return &blockedError{fmt.Sprintf("%s is %s", addr, reason)}
	}
	if class == Fetch && to.Port() != 80 && to.Port() != 443 {
		return &blockedError{fmt.Sprintf("port %d is not a web port", to.Port())}
	}
	return nil
}

func (p Policy) allowed(addr netip.Addr) bool {
	if addr.Zone() != "" {
		return false
	}
	listed, exact := false, false
	for _, prefix := range p.Allow {
		if prefix.Contains(addr) {
			listed = true
			exact = exact || prefix.IsSingleIP()
		}
	}
	if !listed || metadata[addr] && !exact {
		return false
	}
	if inner, ok := translated(addr); ok {
		// Allowing a translator must not open what lies behind it.
		return inside(inner) == "" || p.allowed(inner)
	}
	return true
}

// blockedError is a refusal by policy, before anything was written.
type blockedError struct{ reason string }

func (e *blockedError) Error() string { return e.reason }
