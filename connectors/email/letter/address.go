package letter

import (
	"encoding/hex"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Address is a mail address with the name written beside it.
type Address struct {
	Name string
	Addr string // lower case; "" when there is none
}

// bare finds an address in what no parser accepts.
var bare = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~\x80-\x{10FFFF}-]+@[A-Za-z0-9\x80-\x{10FFFF}](?:[A-Za-z0-9.\x80-\x{10FFFF}-]*[A-Za-z0-9\x80-\x{10FFFF}])?`)

// NewAddress reads one address as people type it.
func NewAddress(s string) Address {
	if list := parseAddresses(s); len(list) > 0 {
		return list[0]
	}
	return Address{}
}

// Same reports whether two addresses reach the same mailbox as far as anybody
// outside can tell: equal but for case and a +tag.
func Same(a, b string) bool { return untag(a) == untag(b) && a != "" }

func untag(addr string) string {
	addr = strings.ToLower(strings.TrimSpace(addr))
	local, domain, ok := cutLast(addr, '@')
	if !ok {
		return addr
	}
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// Domain is the part of an address behind its @.
func Domain(addr string) string {
	_, domain, _ := cutLast(addr, '@')
	return domain
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func addresses(h textproto.MIMEHeader, name string) []Address {
	var out []Address
	for _, v := range h[textproto.CanonicalMIMEHeaderKey(name)] {
		if out = append(out, parseAddresses(v)...); len(out) > 200 {
			return out[:200]
		}
	}
	return out
}

func firstAddress(h textproto.MIMEHeader, names ...string) Address {
	for _, name := range names {
		for _, a := range addresses(h, name) {
			if a.Addr != "" {
				return a
			}
		}
	}
	return Address{}
}

// parseAddresses reads a list of addresses, however it is written.
func parseAddresses(v string) []Address {
	v = cut(v, 64<<10)
	var out []Address
	if !utf8.ValidString(v) {
		v = toUTF8([]byte(v), "")
	}
	// The parser must see the words still encoded: a decoded name may hold
	// commas and brackets.
	parser := mail.AddressParser{}
	if list, err := parser.ParseList(neutral(v)); err == nil {
		for _, a := range list {
			out = append(out, address(a.Name, a.Address))
		}
		return out
	}
	if m := inAngles.FindAllStringIndex(v, 2); len(m) == 1 {
		// One address in brackets, with whatever as a name, often itself.
		a := address(strings.Trim(neutral(v[:m[0][0]]), " \t\"'<"), strings.Trim(v[m[0][0]:m[0][1]], "<> "))
		if a.Addr != "" {
			return []Address{a}
		}
	}
	// What an encoded word holds is a name, never an address.
	text := neutral(strings.ToValidUTF8(v, "\uFFFD"))
	last := 0
	for _, m := range bare.FindAllStringIndex(text, 50) {
		name := strings.Trim(text[last:m[0]], " \t\"'<>,;:()")
		out = append(out, address(name, text[m[0]:m[1]]))
		last = m[1]
	}
	return out
}

// neutral hides encoded words from the parser, so that their decoding stays
// ours: as quoted strings without a character it could read anything into.
func neutral(v string) string {
	v = strings.ReplaceAll(v, hiddenWord, "")
	// Programs put encoded words between quotes, where the rules have none.
	v = quotedWord.ReplaceAllString(v, "$1 ")
	return encodedWord.ReplaceAllStringFunc(v, func(w string) string {
		return `"` + hiddenWord + hex.EncodeToString([]byte(w)) + `" `
	})
}

const hiddenWord = "word.of.2047."

var (
	inAngles   = regexp.MustCompile(`<[^<>\s]+@[^<>\s]+>`)
	quotedWord = regexp.MustCompile(`"\s*((?:=\?[A-Za-z0-9_.:*-]+\?[bBqQ]\?[^?"]*\?=\s*)+)"`)
	hidden2047 = regexp.MustCompile(regexp.QuoteMeta(hiddenWord) + `([0-9a-f]+)`)
)

func unhide(name string) string {
	return hidden2047.ReplaceAllStringFunc(name, func(w string) string {
		raw, err := hex.DecodeString(w[len(hiddenWord):])
		if err != nil {
			return ""
		}
		return string(raw)
	})
}

func address(name, addr string) Address {
	name = oneLine(decodeWords(unhide(name)), 200)
	addr = strings.ToLower(oneLine(addr, 320))
	if !strings.Contains(addr, "@") || strings.ContainsAny(addr, " <>\"(),;:\\") {
		addr = ""
	}
	if strings.EqualFold(name, addr) {
		name = ""
	}
	return Address{Name: name, Addr: addr}
}

func returnPath(h textproto.MIMEHeader) string {
	v := strings.TrimSpace(h.Get("Return-Path"))
	if v == "" || v == "<>" {
		return v
	}
	return strings.ToLower(strings.Trim(v, "<>"))
}
