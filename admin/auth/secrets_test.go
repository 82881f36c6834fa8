package auth

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

func TestTokensCarryTheirTenant(t *testing.T) {
	tenant := canon.NewID()
	seen := map[string]bool{}
	for range 200 {
		text, hash, mark := NewToken(tenant)
		if !regexp.MustCompile(`^plk_[0-9A-Za-z]{65}$`).MatchString(text) || !strings.HasPrefix(text, mark) || len(mark) != 10 {
			t.Fatalf("token %q, prefix %q", text, mark)
		}
		if seen[text] || seen[mark] {
			t.Fatalf("%q came twice", text)
		}
		seen[text], seen[mark] = true, true
		got, again, ok := readToken(text)
		if !ok || got != tenant || string(again) != string(hash) {
			t.Fatalf("readToken(%q) = %v, %t", text, got, ok)
		}
	}
}

func TestStrangeCredentials(t *testing.T) {
	text, _, _ := NewToken(canon.NewID())
	for _, s := range []string{"", "plk_", text[:len(text)-1], text + "0", "x" + text[1:], text[:40] + "!" + text[41:], text[:len(text)-22] + strings.Repeat("z", 22)} {
		if _, _, ok := readToken(s); ok {
			t.Errorf("%q was read as a token", s)
		}
	}
	secret, hash := newSecret(canon.NewID())
	if _, again, ok := readSecret(secret); !ok || string(again) != string(hash) {
		t.Error("a session's secret is not read back")
	}
	for _, s := range []string{"", ".", secret[1:], secret + "x", strings.Replace(secret, ".", "", 1), "!" + secret[1:]} {
		if _, _, ok := readSecret(s); ok {
			t.Errorf("%q was read as a session's secret", s)
		}
	}
}

func TestX09_TicketsCountOnceAndShortly(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	k := &tickets{open: map[string]openTicket{}}
	who := Identity{Name: "Lin"}
	text, _ := k.issue(who, now)
	if got, ok := k.redeem(text, now.Add(TicketLife)); !ok || got.Name != "Lin" {
		t.Error("a fresh ticket was refused")
	}
	if _, ok := k.redeem(text, now); ok {
		t.Error("a ticket counted twice")
	}
	late, _ := k.issue(who, now)
	if _, ok := k.redeem(late, now.Add(TicketLife+time.Millisecond)); ok {
		t.Error("a ticket counted after 30 seconds")
	}
	for range maxTickets {
		k.issue(who, now)
	}
	if _, ok := k.issue(who, now); ok {
		t.Error("more tickets than the limit were open")
	}
	if _, ok := k.issue(who, now.Add(time.Minute)); !ok {
		t.Error("expired tickets keep new ones out")
	}
}
