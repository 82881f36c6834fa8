package auth

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestX10_DelaysGrow(t *testing.T) {
	l, now := newLimiter(), time.Unix(1_700_000_000, 0)
	let, waits := 0, []time.Duration{}
	for range 1000 {
		wait := l.take("account", rateAccount, now)
		if wait == 0 {
			let++
			continue
		}
		waits = append(waits, wait)
		now = now.Add(wait)
	}
	if let > 510 || len(waits) == 0 {
		t.Fatalf("%d of 1000 tries were let through", let)
	}
	if waits[0] != time.Second || waits[1] != 2*time.Second || waits[len(waits)-1] != rateAccount.most {
		t.Errorf("waits %v … %v: want 1 s, 2 s, … %v", waits[:3], waits[len(waits)-1], rateAccount.most)
	}
	if at := now.Sub(time.Unix(1_700_000_000, 0)); at < 24*time.Hour {
		t.Errorf("1000 tries took %v of waiting, want more than a day", at)
	}
}

func TestX10_RestIsForgiven(t *testing.T) {
	l, now := newLimiter(), time.Unix(1_700_000_000, 0)
	for range rateAccount.free {
		l.take("account", rateAccount, now)
	}
	if l.take("account", rateAccount, now) == 0 {
		t.Fatal("a try more was let through")
	}
	if l.take("account", rateAccount, now.Add(time.Hour)) != 0 {
		t.Error("an hour later a try was refused")
	}
	if l.take("another", rateAccount, now) != 0 {
		t.Error("another account was slowed down too")
	}
}

func TestX10_LimiterIsBounded(t *testing.T) {
	l, now := newLimiter(), time.Unix(1_700_000_000, 0)
	for range 10 {
		l.take("victim", rateAccount, now)
	}
	for i := range maxKeys + 10 {
		l.take(fmt.Sprint(i), rateAccount, now)
	}
	if len(l.keys) > maxKeys {
		t.Errorf("%d keys are kept", len(l.keys))
	}
	if l.take("victim", rateAccount, now) == 0 {
		t.Error("a flood of names freed one that waits")
	}
}

func TestAddressesOfOneNetworkCountTogether(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true}, {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"203.0.113.7", "::ffff:203.0.113.7", true}, {"203.0.113.7", "203.0.113.8", false},
	} {
		if same := network(netip.MustParseAddr(c.a)) == network(netip.MustParseAddr(c.b)); same != c.same {
			t.Errorf("%s and %s: same is %t", c.a, c.b, same)
		}
	}
}
