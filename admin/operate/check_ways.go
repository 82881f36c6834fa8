package operate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/core/egress"
	"parley/core/setting"
)

// patience bounds one question to an address.
const patience = 5 * time.Second

func checkListen(ctx context.Context, v *visit) []Finding {
	const name = "listen address"
	s := v.in.Settings
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Listen)
	switch {
	case err == nil:
		l.Close()
		if v.served {
			return []Finding{warn(name, "Give doctor the settings the hub was started with.", "%s is free, yet a hub runs on this data folder", s.Listen)}
		}
		return []Finding{ok(name, "%s is free", s.Listen)}
	case errors.Is(err, syscall.EADDRINUSE):
		if v.served || v.alive(ctx, localURL(s)) == nil {
			return []Finding{ok(name, "%s is held by a running hub", s.Listen)}
		}
		return []Finding{fail(name, "Stop the other program (`ss -ltnp` names it), or set PARLEY_LISTEN.", "%s is taken by something that is not Parley", s.Listen)}
	case errors.Is(err, syscall.EACCES):
		return []Finding{fail(name, "Use a port above 1023 behind a proxy, or give the program CAP_NET_BIND_SERVICE.", "%s may not be used by this user", s.Listen)}
	}
	return []Finding{fail(name, "Set PARLEY_LISTEN to an address of this machine.", "%v", err)}
}

// localURL is the hub's own listener as this machine reaches it.
func localURL(s setting.Settings) string {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return s.PublicURL
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if s.TLS.Mode != setting.TLSOff {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// alive asks an address whether a hub lives there.
func (v *visit) alive(ctx context.Context, base string) error {
	_, _, err := v.ask(ctx, base)
	return err
}

// ask returns the clock of who answers, and how long the answer took.
func (v *visit) ask(ctx context.Context, base string) (clock time.Time, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/livez", nil)
	if err != nil {
		return clock, 0, err
	}
	began := v.machine.now()
	resp, err := v.in.Egress.Do(ctx, egress.Infra, req)
	if err != nil {
		return clock, 0, err
	}
	defer resp.Body.Close()
	took = v.machine.now().Sub(began)
	if resp.StatusCode != http.StatusOK {
		return clock, took, fmt.Errorf("/livez answers %s there", resp.Status)
	}
	clock, _ = http.ParseTime(resp.Header.Get("Date")) // zero: it tells none
	return clock, took, nil
}

func checkTLS(_ context.Context, v *visit) []Finding {
	const name = "certificate"
	s := v.in.Settings
	host := hostOf(s.PublicURL)
	switch s.TLS.Mode {
	case setting.TLSAuto:
		if _, port, err := net.SplitHostPort(s.Listen); err == nil && port != "443" {
			return []Finding{warn(name, "Listen on port 443, or forward port 443 of the public address to it.", "certificates are obtained by port 443, the hub listens on %s", port)}
		}
		return []Finding{ok(name, "obtained by ACME for %s", host)}
	case setting.TLSFiles:
	default:
		return []Finding{ok(name, "TLS is not ended here")}
	}
	const renew = "Renew the certificate and start the hub again."
	pair, err := tls.LoadX509KeyPair(s.TLS.CertFile, s.TLS.KeyFile)
	if err != nil {
		return []Finding{fail(name, "Set PARLEY_TLS to cert.pem,key.pem that belong together.", "%v", err)}
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return []Finding{fail(name, renew, "%v", err)}
	}
	left := leaf.NotAfter.Sub(v.machine.now())
	switch {
	case left <= 0:
		return []Finding{fail(name, renew, "expired on %s", leaf.NotAfter.Format(time.DateOnly))}
	case v.machine.now().Before(leaf.NotBefore):
		return []Finding{fail(name, "Correct the clock, or wait.", "valid from %s only", leaf.NotBefore.Format(time.DateTime))}
	case leaf.VerifyHostname(host) != nil:
		return []Finding{fail(name, "Use a certificate for the host of PARLEY_PUBLIC_URL.", "not for %s but for %s", host, strings.Join(leaf.DNSNames, ", "))}
	case left < 14*24*time.Hour:
		return []Finding{warn(name, renew, "expires on %s", leaf.NotAfter.Format(time.DateOnly))}
	}
	return []Finding{ok(name, "valid until %s", leaf.NotAfter.Format(time.DateOnly))}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// local reports whether a host is this machine: no platform can reach it.
func local(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && a.IsLoopback()
}

func checkDNS(ctx context.Context, v *visit) []Finding {
	const name = "name lookup"
	host := hostOf(v.in.Settings.PublicURL)
	if _, err := netip.ParseAddr(host); err == nil || local(host) {
		return []Finding{ok(name, "%s needs none", host)}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := v.machine.lookup(ctx, host)
	if err != nil || len(found) == 0 {
		return []Finding{fail(name, "Make a DNS record for the host of PARLEY_PUBLIC_URL, and look at /etc/resolv.conf.", "%s is not found: %v", host, err)}
	}
	return []Finding{ok(name, "%s is %s", host, strings.Join(found, ", "))}
}

func checkPublicURL(ctx context.Context, v *visit) []Finding {
	const name, clockName = "public address", "clock"
	address := v.in.Settings.PublicURL
	began := v.machine.now()
	clock, took, err := v.ask(ctx, address)
	if err != nil {
		if !v.served && v.alive(ctx, localURL(v.in.Settings)) != nil {
			return []Finding{
				warn(name, "Start the hub and run doctor again beside it.", "no hub runs here, and %s does not answer", address),
				skip(clockName, "nobody answers at the public address"),
			}
		}
		return []Finding{
			fail(name, "Look at the proxy, the firewall and DNS between the public address and this machine.", "the hub runs, but %s does not lead to it: %v", address, err),
			skip(clockName, "nobody answers at the public address"),
		}
	}
	found := []Finding{ok(name, "%s leads to a hub", address)}
	if clock.IsZero() {
		return append(found, skip(clockName, "the answer tells no time"))
	}
	// The header has whole seconds.
	skew := clock.Sub(began.Add(took / 2)).Round(time.Second)
	const fix = "Run a time service (systemd-timesyncd, chrony): signatures and tokens are judged by the time."
	switch {
	case skew.Abs() > 30*time.Second:
		return append(found, fail(clockName, fix, "%s differs by %s", hostOf(address), skew.Abs()))
	case skew.Abs() > 3*time.Second:
		return append(found, warn(clockName, fix, "%s differs by %s", hostOf(address), skew.Abs()))
	}
	return append(found, ok(clockName, "as that of %s", hostOf(address)))
}

func checkHTTPS(_ context.Context, v *visit) []Finding {
	const name = "https"
	s := v.in.Settings
	if s.Secure() {
		return []Finding{ok(name, "the public address is https")}
	}
	if local(hostOf(s.PublicURL)) {
		return []Finding{ok(name, "not needed on this machine alone; platforms cannot call %s", s.PublicURL)}
	}
	return []Finding{warn(name, "Set PARLEY_PUBLIC_URL to an https address, with PARLEY_TLS or a proxy that ends TLS.",
		"passwords and messages travel unprotected to %s, and many platforms refuse it", s.PublicURL)}
}

func checkProxies(_ context.Context, v *visit) []Finding {
	const name = "trusted proxies"
	s := v.in.Settings
	for _, p := range s.TrustedProxies {
		if p.Bits() == 0 {
			return []Finding{fail(name, "Set PARLEY_TRUSTED_PROXIES to the proxy's own address.", "%s is everybody: any visitor can claim any address", p)}
		}
	}
	if len(s.TrustedProxies) == 0 && s.Secure() && s.TLS.Mode == setting.TLSOff {
		return []Finding{warn(name, "Set PARLEY_TRUSTED_PROXIES to the address of the proxy that ends TLS.", "none, so every visitor appears with the proxy's address")}
	}
	return []Finding{ok(name, "%d", len(s.TrustedProxies))}
}

func checkEgress(_ context.Context, v *visit) []Finding {
	const name = "way out"
	metadata := netip.MustParseAddr("169.254.169.254")
	for _, p := range v.in.Settings.EgressAllow {
		switch {
		case p.Bits() == 0:
			return []Finding{fail(name, "Set PARLEY_EGRESS_ALLOW to the few addresses that are needed.", "%s lets customers' links reach your whole network", p)}
		case p.IsSingleIP() && p.Contains(metadata):
			return []Finding{warn(name, "Take it off PARLEY_EGRESS_ALLOW unless it is meant.", "%s gives out the credentials of a cloud machine", p)}
		}
	}
	return []Finding{ok(name, "public addresses and %d exceptions", len(v.in.Settings.EgressAllow))}
}

func checkRedis(ctx context.Context, v *visit) []Finding {
	const name = "redis"
	address := v.in.Settings.RedisURL
	if address.Empty() {
		return []Finding{ok(name, "not set: wake-ups, presence and limits are kept in process")}
	}
	o, err := redis.ParseURL(address.Reveal())
	if err != nil {
		return []Finding{fail(name, "Set PARLEY_REDIS_URL like redis://:password@host:6379/0.", "the address cannot be read")}
	}
	o.DialTimeout, o.ReadTimeout, o.MaxRetries, o.DialerRetries = patience, patience, -1, 1
	redis.SetLogger(quiet{}) // the finding says it; this process does nothing else with Redis
	client := redis.NewClient(o)
	defer client.Close()
	began := time.Now()
	if err := client.Ping(ctx).Err(); err != nil {
		return []Finding{fail(name, "Start it, open the way to it, or correct PARLEY_REDIS_URL.", "%s does not answer: %v", o.Addr, err)}
	}
	return []Finding{ok(name, "%s answers within %s; this version runs on one node and does not use it yet", o.Addr, time.Since(began).Round(time.Millisecond))}
}

// quiet takes what the library would print.
type quiet struct{}

// Printf prints nothing.
func (quiet) Printf(context.Context, string, ...any) {}
