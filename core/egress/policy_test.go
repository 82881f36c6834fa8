package egress

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestX04_Addresses(t *testing.T) {
	blocked := []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200",
		"127.0.0.1", "127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
		"198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254", "::127.0.0.1", "::7f00:1",
		"64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1",
		"2001:db8::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fd00:ec2::254",
		"fd20:ce::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1%eth0", "4000::1",
	}
	for _, text := range blocked {
		for _, class := range []Class{Fetch, API} {
			err := Policy{}.Check(class, netip.AddrPortFrom(netip.MustParseAddr(text), 443))
			if err == nil {
				t.Errorf("%s is reachable by %s", text, class)
			}
		}
	}
	public := []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
		"172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2606:4700:4700::1111", "2400:3200::1", "2001:4860:4860::8888", "::ffff:8.8.8.8",
	}
	for _, text := range public {
		if err := (Policy{}).Check(Fetch, netip.AddrPortFrom(netip.MustParseAddr(text), 80)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if (Policy{}).Check(API, netip.AddrPort{}) == nil {
		t.Error("no address at all is reachable")
	}
	if err := (Policy{}).Check(Infra, netip.MustParseAddrPort("127.0.0.1:9000")); err != nil {
		t.Errorf("what the operator configured is checked: %v", err)
	}
}

func TestX04_Ports(t *testing.T) {
	for _, c := range []struct {
		class Class
		to    string
		ok    bool
	}{
		{Fetch, "1.1.1.1:80", true}, {Fetch, "1.1.1.1:443", true}, {Fetch, "1.1.1.1:22", false}, {Fetch, "1.1.1.1:8080", false},
		{Fetch, "10.1.0.5:8080", true}, {API, "1.1.1.1:8443", true}, {API, "1.1.1.1:993", true}, {API, "10.2.0.5:443", false},
	} {
		p := Policy{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
		if err := p.Check(c.class, netip.MustParseAddrPort(c.to)); (err == nil) != c.ok {
			t.Errorf("%s %s: %v", c.class, c.to, err)
		}
	}
}

func TestX04_Allow(t *testing.T) {
	for _, c := range []struct {
		allow, to string
		ok        bool
	}{
		{"10.0.0.0/8", "10.9.9.9", true},
		{"10.0.0.0/8", "::ffff:10.9.9.9", true},
		{"10.0.0.0/8", "11.0.0.1", true}, // public anyway
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.2", false},
		{"0.0.0.0/0", "192.168.1.1", true},
		{"0.0.0.0/0", "169.254.169.254", false},
		{"169.254.0.0/16", "169.254.169.254", false},
		{"169.254.169.254", "169.254.169.254", true},
		{"0.0.0.0/0", "168.63.129.16", false},
		{"fd00::/8", "fd12::1", true},
		{"fd00::/8", "fd00:ec2::254", false},
		{"64:ff9b::/96", "64:ff9b::8.8.8.8", true},
		{"64:ff9b::/96", "64:ff9b::10.0.0.1", false},
		{"64:ff9b::/96,10.0.0.0/8", "64:ff9b::10.0.0.1", true},
		{"::/0", "64:ff9b::169.254.169.254", false},
		{"2002::/16", "2002:7f00:1::", false},
		{"fe80::/10", "fe80::1%eth0", false},
	} {
		allow, err := ParseAllow(c.allow)
		if err != nil {
			t.Fatal(err)
		}
		err = Policy{Allow: allow}.Check(Fetch, netip.AddrPortFrom(netip.MustParseAddr(c.to), 443))
		if (err == nil) != c.ok {
			t.Errorf("allow %s, to %s: %v", c.allow, c.to, err)
		}
	}
}

func TestParseAllow(t *testing.T) {
	got, err := ParseAllow(" 10.1.2.3/16, 192.168.1.5\nfd00::/8 ")
	if err != nil || len(got) != 3 || got[0].String() != "10.1.0.0/16" || got[1].String() != "192.168.1.5/32" || got[2].String() != "fd00::/8" {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"10.0.0.0/33", "lan", "10.0.0.0-10.0.0.9", "fe80::1%eth0"} {
		if _, err := ParseAllow("10.0.0.0/8," + bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if got, err := ParseAllow(" "); err != nil || got != nil {
		t.Errorf("nothing: %v, %v", got, err)
	}
}

func TestX04_URLs(t *testing.T) {
	bad := []string{
		"ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "javascript:alert(1)", "//example.com/", "example.com", "",
		"data:text/html,x", "unix:///run/docker.sock", "http://", "http:///path", "https://:443/",
		"http://user@example.com/", "http://user:pw@example.com/", "http://example.com@127.0.0.1/", "http://127.0.0.1:80\\@example.com/",
		"http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::]/", "http://0/", "http://0.0.0.0/",
		"http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/",
		"http://0X7F.1/", "http://127.0.0.1./", "http://[fe80::1%25eth0]/", "http://[64:ff9b::7f00:1]/", "http://[fd00:ec2::254]/",
		"http://169.254.169.254/latest/meta-data/", "http://100.100.100.200/", "http://1.1.1.1:22/", "http://1.1.1.1:99999/",
	}
	for _, raw := range bad {
		u, err := url.Parse(raw)
		if err == nil {
			err = Policy{}.checkURL(Fetch, u)
		}
		if err == nil {
			t.Errorf("%q passes", raw)
		}
	}
	for _, raw := range []string{"http://example.com/a?b=c", "https://example.com:8443/", "https://例子.中国/", "http://1.1.1.1/", "https://[2606:4700::1111]/", "http://a.x0/", "http://7eleven/", "http://3com.com/", "http://0xcafe.dev/"} {
		u, err := url.Parse(raw)
		if err == nil {
			err = Policy{}.checkURL(Fetch, u)
		}
		if err != nil {
			t.Errorf("%q: %v", raw, err)
		}
	}
	c := client(t, Options{})
	if err := c.CheckURL(Fetch, "http://secret\x7f@h/"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("an address that does not parse: %v", err)
	}
}
