package fake

import (
	nethttp "net/http"
	"testing"
	"time"
)

// The known answer of Standard Webhooks, as docs/http-connector.md gives it.
func TestTheKnownAnswer(t *testing.T) {
	k, err := readKeys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"test": 2432232314}`
	now := time.Unix(1614265330, 0)
	h := nethttp.Header{}
	k.sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", now, []byte(body))
	if got := h.Get("webhook-signature"); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %s", got)
	}
	for name, ok := range map[string]bool{
		"as signed":  k.fits(h, now.Add(299*time.Second), []byte(body)),
		"another":    !k.fits(h, now, []byte(body+" ")),
		"too late":   !k.fits(h, now.Add(301*time.Second), []byte(body)),
		"unsigned":   !k.fits(nethttp.Header{}, now, []byte(body)),
		"other keys": !keys{[]byte("another-secret")}.fits(h, now, []byte(body)),
		"either key": keys{[]byte("another-secret"), k[0]}.fits(h, now, []byte(body)),
	} {
		if !ok {
			t.Errorf("%s: not as it should be", name)
		}
	}
	for _, bad := range []string{"", "whsec_!"} {
		if _, err := readKeys(bad); err == nil {
			t.Errorf("%q is a secret", bad)
		}
	}
}
