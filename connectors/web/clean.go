package web

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words cleans text of several lines: what no reader can see and no database
// takes (NUL, other controls, broken UTF-8) goes, line breaks and tabs stay.
func words(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError, unicode.Is(unicode.Cc, r):
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n"))
}

// line cleans text of one line and cuts it to at most most runes. Marks that
// turn the direction of writing go too: they make "exe.gpj" of a name.
func line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cc, r) || r == '\u2028' || r == '\u2029':
			return ' '
		case r == utf8.RuneError, r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimSpace(string(runes[:most]))
	}
	return s
}

// webURL returns an http or https address of at most 2,000 bytes, without
// user information, or "".
func webURL(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 2000 {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User = nil
	return line(u.String(), 2000)
}

// link returns an address a visitor may be sent to by a press: the web, mail or
// a telephone; anything else, script above all, gives "".
func link(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto", "tel":
	default:
		return ""
	}
	return u.String()
}
