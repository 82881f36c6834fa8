package setting

import (
	"fmt"
	"net/url"
	"strings"
)

// Problem is one value that cannot be used. Its text names setting, value,
// origin, what is wrong and the remedy; the value of a secret is masked.
type Problem struct {
	Key    string
	Value  string // as written, masked if secret
	Origin Origin
	Err    error // what is wrong and what to write instead
}

func (p *Problem) Error() string {
	if p.Value == "" {
		return fmt.Sprintf("setting %s (%s) %v", p.Key, p.Origin, p.Err)
	}
	return fmt.Sprintf("setting %s: %q (%s) %v", p.Key, p.Value, p.Origin, p.Err)
}

func (p *Problem) Unwrap() error { return p.Err }

func problemOf(row Setting, value given, err error) *Problem {
	problem := &Problem{Key: row.Key, Value: row.shown(value.text), Origin: value.origin, Err: err}
	if value.origin == FromDefault {
		problem.Origin = Origin(fmt.Sprintf("%s, or %s in %s", row.Env(), row.Key, defaultFile))
	}
	return problem
}

// mask stands for what must not be shown.
const mask = "••••"

// shown is a value as people may see it: of an address all but its passwords,
// of another secret nothing.
func (s Setting) shown(text string) string {
	if !s.Secret || text == "" || text == s.Default {
		return text
	}
	address, err := url.Parse(text)
	if err != nil || address.Scheme == "" || address.Host == "" {
		return mask
	}
	// Written by hand: url.URL would percent-encode the mask, and passwords may
	// hide in options as well. A user alone may be a password put in the wrong place.
	var user string
	if address.User != nil {
		user = mask + "@"
		if _, has := address.User.Password(); has {
			user = address.User.Username() + ":" + user
		}
	}
	var options []string
	for name, values := range address.Query() {
		value := values[len(values)-1]
		if lower := strings.ToLower(name); strings.Contains(lower, "pass") || strings.Contains(lower, "secret") || strings.Contains(lower, "key") {
			value = mask
		}
		options = append(options, name+"="+value)
	}
	return address.Scheme + "://" + user + address.Host + address.EscapedPath() + query(options)
}
