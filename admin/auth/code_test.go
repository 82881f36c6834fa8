package auth

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestX10_CodesAreThoseOfTheRFC(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, ok := stepOf(secret, code, time.Unix(at, 0))
		if !ok || step != at/30 {
			t.Errorf("at %d %s is of step %d, %t", at, code, step, ok)
		}
		for skew, want := range map[int64]bool{-60: false, -30: true, 30: true, 60: false} {
			if at+skew < 0 {
				continue
			}
			if _, ok := stepOf(secret, code, time.Unix(at+skew, 0)); ok != want {
				t.Errorf("%s with a clock %d seconds ahead: %t", code, skew, ok)
			}
		}
	}
	for _, code := range []string{"", "28708", "2870820", "287O82", "287081"} {
		if _, ok := stepOf(secret, code, time.Unix(59, 0)); ok {
			t.Errorf("%q was taken", code)
		}
	}
}

func TestX10_SecretsForApps(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		secret, uri, err := newFactor("Parley 茶铺: 一号", "lin@example.com")
		if err != nil || !regexp.MustCompile(`^[A-Z2-7]{32}$`).MatchString(secret) || seen[secret] {
			t.Fatalf("%q, %v", secret, err)
		}
		seen[secret] = true
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Parley 茶铺  一号:lin@example.com" {
			t.Fatalf("%s, %v", uri, err)
		}
		q := u.Query()
		if q.Get("secret") != secret || q.Get("digits") != "6" || q.Get("period") != "30" || q.Get("algorithm") != "SHA1" || q.Get("issuer") != "Parley 茶铺  一号" {
			t.Errorf("%v", q)
		}
	}
}

func TestX10_RecoveryCodes(t *testing.T) {
	tenant, agent := canon.NewID(), canon.NewID()
	codes, hashes := newRecoveryCodes(tenant, agent)
	if len(codes) != 10 || len(hashes) != 10 {
		t.Fatalf("%d codes, %d hashes", len(codes), len(hashes))
	}
	seen := map[string]bool{}
	for i, code := range codes {
		if !regexp.MustCompile(`^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$`).MatchString(code) || seen[code] || isCode(tidyCode(code)) {
			t.Errorf("code %q", code)
		}
		seen[code] = true
		for _, typed := range []string{code, strings.ToUpper(code), " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(code, "-", ""), strings.NewReplacer("0", "O", "1", "l").Replace(code)} {
			if !bytes.Equal(recoveryHash(tenant, agent, typed), hashes[i]) {
				t.Errorf("%q is not taken for %q", typed, code)
			}
		}
		if bytes.Equal(recoveryHash(tenant, canon.NewID(), code), hashes[i]) || bytes.Equal(recoveryHash(canon.NewID(), agent, code), hashes[i]) {
			t.Error("a code is good for somebody else")
		}
	}
}

// Passwords tried once each at many accounts from one address are slowed down
// as well.
func TestX10_OneAddressAtManyAccounts(t *testing.T) {
	l, now := newLimiter(), time.Unix(1_700_000_000, 0)
	let := 0
	for range 1000 {
		wait := l.take("address 203.0.113.7", rateAddress, now)
		if wait == 0 {
			let++
			continue
		}
		now = now.Add(wait)
	}
	if spent := now.Sub(time.Unix(1_700_000_000, 0)); let > 530 || spent < 24*time.Hour {
		t.Errorf("%d of 1000 tries were let through in %v", let, spent)
	}
	if l.take("address 203.0.113.8", rateAddress, now) != 0 {
		t.Error("another address was slowed down too")
	}
}
