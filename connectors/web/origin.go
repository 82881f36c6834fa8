package web

import (
	"net/http"
	"net/url"
	"strings"

	"parley/core/connector"
)

// originError is a line of the allowed sites that cannot be read.
type originError string

func (e originError) Error() string { return "not a site: " + string(e) }

func (e originError) text() connector.Text {
	line := string(e)
	return connector.Text{
		EN: "“" + line + "” is not a site. Write scheme and host only, such as https://www.example.com or https://*.example.com.",
		ZH: "“" + line + "” 不是有效的网站。只填写协议和域名，例如 https://www.example.com 或 https://*.example.com。",
	}
}

// origins is the list of sites allowed to show the chat, in the form a
// Content-Security-Policy takes them too.
type origins []string

// parseOrigins reads one site a line: "https://host", "https://host:port",
// "https://*.host", or "*" for any.
func parseOrigins(list string) (origins, error) {
	var out origins
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		site, ok := normalOrigin(strings.TrimSuffix(line, "/"), true)
		if !ok {
			return nil, originError(line)
		}
		out = append(out, site)
	}
	return out, nil
}

// normalOrigin returns scheme and host in lower case without a default port.
func normalOrigin(s string, pattern bool) (string, bool) {
	if pattern && s == "*" {
		return s, true
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil ||
		u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return "", false
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	name := host
	if pattern {
		name = strings.TrimPrefix(name, "*.")
	}
	for _, c := range name {
		if c > 127 || strings.ContainsRune("*;,'\" \\", c) {
			return "", false // Unicode names belong here in their xn-- form
		}
	}
	if name == "" {
		return "", false
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && !(u.Scheme == "https" && port == "443") && !(u.Scheme == "http" && port == "80") {
		host += ":" + port
	}
	return u.Scheme + "://" + host, true
}

// allow reports whether origin is one of the sites. A star stands for one or
// more labels and never for the bare domain, as in a Content-Security-Policy.
func (o origins) allow(origin string) bool {
	site, ok := normalOrigin(origin, false)
	if !ok {
		return false
	}
	for _, p := range o {
		if p == "*" || p == site {
			return true
		}
		scheme, rest, found := strings.Cut(p, "://*")
		if found && strings.HasPrefix(site, scheme+"://") && strings.HasSuffix(site, rest) &&
			len(site) > len(scheme)+3+len(rest) {
			return true
		}
	}
	return false
}

// ours reports whether the request comes from a page of this chat or of an
// allowed site. A socket must name its origin; another request may leave it out
// (programs do, and it carries its token itself), unless the browser says that
// it crosses sites.
func (s *site) ours(r *http.Request, socket bool) bool {
	values := r.Header.Values("Origin")
	switch {
	case len(values) > 1:
		return false
	case len(values) == 0 || values[0] == "":
		from := r.Header.Get("Sec-Fetch-Site")
		return !socket && (from == "" || from == "same-origin" || from == "none")
	}
	origin, ok := normalOrigin(values[0], false)
	if !ok {
		return false
	}
	if origin == s.self || s.origins.allow(origin) {
		return true
	}
	// The page was opened under another name of this host; the browser sets
	// both headers, so a foreign site cannot make them agree.
	_, host, _ := strings.Cut(origin, "://")
	return strings.EqualFold(host, r.Host)
}
