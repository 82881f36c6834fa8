package http

import (
	"encoding/base64"
	nethttp "net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The vector published with Standard Webhooks.
const (
	VectorSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	VectorID     = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	VectorAt     = 1614265330
	VectorBody   = `{"test": 2432232314}`
	VectorSign   = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func signer(t *testing.T, secrets string) *Signer {
	t.Helper()
	s, err := NewSigner(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSignsAsStandardWebhooks(t *testing.T) {
	s := signer(t, VectorSecret)
	for range 3 { // a state taken from the pool again must be clean
		if got := s.Sign(VectorID, VectorAt, []byte(VectorBody)); got != VectorSign {
			t.Fatalf("signed %s, want %s", got, VectorSign)
		}
	}
}

func TestX03_Signature(t *testing.T) {
	now := time.Unix(VectorAt, 0)
	other := signer(t, "another-secret")
	good := func() nethttp.Header {
		return nethttp.Header{HeaderID: {VectorID}, HeaderTimestamp: {strconv.Itoa(VectorAt)}, HeaderSignature: {VectorSign}}
	}
	with := func(name string, values ...string) nethttp.Header {
		h := good()
		h[name] = values
		return h
	}
	for _, c := range []struct {
		name   string
		header nethttp.Header
		now    time.Time
		body   string
		ok     bool
	}{
		{"as sent", good(), now, VectorBody, true},
		{"five minutes late", good(), now.Add(5 * time.Minute), VectorBody, true},
		{"five minutes early", good(), now.Add(-5 * time.Minute), VectorBody, true},
		{"too old", good(), now.Add(5*time.Minute + time.Second), VectorBody, false},
		{"from the future", good(), now.Add(-5*time.Minute - time.Second), VectorBody, false},
		{"another body", good(), now, VectorBody + " ", false},
		{"no header at all", nethttp.Header{}, now, VectorBody, false},
		{"no signature", with(HeaderSignature), now, VectorBody, false},
		{"empty signature", with(HeaderSignature, ""), now, VectorBody, false},
		{"signature twice", with(HeaderSignature, VectorSign, VectorSign), now, VectorBody, false},
		{"id twice", with(HeaderID, VectorID, VectorID), now, VectorBody, false},
		{"another id", with(HeaderID, "msg_x"), now, VectorBody, false},
		{"no time", with(HeaderTimestamp, "soon"), now, VectorBody, false},
		{"another time within the tolerance", with(HeaderTimestamp, strconv.Itoa(VectorAt+1)), now, VectorBody, false},
		{"the same time in another spelling", with(HeaderTimestamp, "0"+strconv.Itoa(VectorAt)), now, VectorBody, false},
		{"an unknown version", with(HeaderSignature, "v2"+VectorSign[2:]), now, VectorBody, false},
		{"cut short", with(HeaderSignature, VectorSign[:20]), now, VectorBody, false},
		{"another spelling of the same base64", with(HeaderSignature, strings.TrimSuffix(VectorSign, "E=")+"F="), now, VectorBody, false},
		{"among others", with(HeaderSignature, other.Sign(VectorID, VectorAt, []byte(VectorBody))+" v1a,xyz "+VectorSign), now, VectorBody, true},
		{"behind too many others", with(HeaderSignature, strings.Repeat("v1,x ", maxSignatures)+VectorSign), now, VectorBody, false},
		{"of another secret", with(HeaderSignature, other.Sign(VectorID, VectorAt, []byte(VectorBody))), now, VectorBody, false},
	} {
		if err := signer(t, VectorSecret).Verify(c.header, c.now, []byte(c.body)); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSecretsDuringRotation(t *testing.T) {
	old, fresh, now := "the-old-secret", "whsec_"+base64.StdEncoding.EncodeToString([]byte("the fresh secret")), time.Unix(VectorAt, 0)
	both := signer(t, fresh+"\n"+old)
	for _, secret := range []string{old, fresh} {
		h := nethttp.Header{}
		signer(t, secret).SetHeaders(h, "id", now, []byte("x"))
		if err := both.Verify(h, now, []byte("x")); err != nil {
			t.Errorf("%s is not accepted: %v", secret, err)
		}
	}
	h := nethttp.Header{}
	both.SetHeaders(h, "id", now, []byte("x"))
	if signer(t, fresh).Verify(h, now, []byte("x")) != nil || signer(t, old).Verify(h, now, []byte("x")) == nil {
		t.Error("the hub does not sign with the first secret")
	}
	for _, unusable := range []string{"", " ", "short", "whsec_!!", "whsec_c2hvcnQ=", "long-enough-here other"} {
		if _, err := NewSigner(unusable); err == nil {
			t.Errorf("%q was taken for a secret", unusable)
		} else if len(unusable) > 6 && strings.Contains(err.Error(), unusable) {
			t.Errorf("the error quotes the secret: %v", err)
		}
	}
}
