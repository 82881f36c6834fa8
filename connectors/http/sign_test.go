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
	vectorSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID     = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorAt     = 1614265330
	vectorBody   = `{"test": 2432232314}`
	vectorSign   = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
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
	s := signer(t, vectorSecret)
	for range 3 { // a state taken from the pool again must be clean
		if got := s.Sign(vectorID, vectorAt, []byte(vectorBody)); got != vectorSign {
			t.Fatalf("signed %s, want %s", got, vectorSign)
		}
	}
}

func TestX03_Signature(t *testing.T) {
	now := time.Unix(vectorAt, 0)
	other := signer(t, "another-secret")
	good := func() nethttp.Header {
		return nethttp.Header{HeaderID: {vectorID}, HeaderTimestamp: {strconv.Itoa(vectorAt)}, HeaderSignature: {vectorSign}}
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
		{"as sent", good(), now, vectorBody, true},
		{"five minutes late", good(), now.Add(5 * time.Minute), vectorBody, true},
		{"five minutes early", good(), now.Add(-5 * time.Minute), vectorBody, true},
		{"too old", good(), now.Add(5*time.Minute + time.Second), vectorBody, false},
		{"from the future", good(), now.Add(-5*time.Minute - time.Second), vectorBody, false},
		{"another body", good(), now, vectorBody + " ", false},
		{"no header at all", nethttp.Header{}, now, vectorBody, false},
		{"no signature", with(HeaderSignature), now, vectorBody, false},
		{"empty signature", with(HeaderSignature, ""), now, vectorBody, false},
		{"signature twice", with(HeaderSignature, vectorSign, vectorSign), now, vectorBody, false},
		{"id twice", with(HeaderID, vectorID, vectorID), now, vectorBody, false},
		{"another id", with(HeaderID, "msg_x"), now, vectorBody, false},
		{"no time", with(HeaderTimestamp, "soon"), now, vectorBody, false},
		{"another time within the tolerance", with(HeaderTimestamp, strconv.Itoa(vectorAt+1)), now, vectorBody, false},
		{"the same time in another spelling", with(HeaderTimestamp, "0"+strconv.Itoa(vectorAt)), now, vectorBody, false},
		{"an unknown version", with(HeaderSignature, "v2"+vectorSign[2:]), now, vectorBody, false},
		{"cut short", with(HeaderSignature, vectorSign[:20]), now, vectorBody, false},
		{"another spelling of the same base64", with(HeaderSignature, strings.TrimSuffix(vectorSign, "E=")+"F="), now, vectorBody, false},
		{"among others", with(HeaderSignature, other.Sign(vectorID, vectorAt, []byte(vectorBody))+" v1a,xyz "+vectorSign), now, vectorBody, true},
		{"behind too many others", with(HeaderSignature, strings.Repeat("v1,x ", maxSignatures)+vectorSign), now, vectorBody, false},
		{"of another secret", with(HeaderSignature, other.Sign(vectorID, vectorAt, []byte(vectorBody))), now, vectorBody, false},
	} {
		if err := signer(t, vectorSecret).Verify(c.header, c.now, []byte(c.body)); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSecretsDuringRotation(t *testing.T) {
	old, fresh, now := "the-old-secret", "whsec_"+base64.StdEncoding.EncodeToString([]byte("the fresh secret")), time.Unix(vectorAt, 0)
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
