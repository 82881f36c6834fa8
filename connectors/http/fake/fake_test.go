package fake_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/connectors/http/fake"
	"parley/core/canon"
)

const secret = "whsec_Y2FuYXJ5LW9mLXRoZS1odHRwLWtpdC0wMQ=="

func TestPostsAreSignedAndRepeated(t *testing.T) {
	p, err := fake.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	var bodies, ids []string
	hub := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + string(body)))
		if !hmac.Equal([]byte(r.Header.Get("webhook-signature")), []byte("v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))) {
			w.WriteHeader(nethttp.StatusUnauthorized)
			return
		}
		bodies, ids = append(bodies, string(body)), append(ids, r.Header.Get("webhook-id"))
		w.WriteHeader(nethttp.StatusNoContent)
	}))
	defer hub.Close()
	ctx := t.Context()
	one := p.Says("u1", "你好")
	if a, err := p.Post(ctx, hub.URL, one); err != nil || !a.Accepted() {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err := p.Post(ctx, hub.URL, p.Says("u1", "a"), p.Does("u2", canon.Membership{Kind: canon.MemberOpened})); err != nil || !a.Accepted() {
		t.Fatalf("%+v, %v", a, err)
	}
	answers, err := p.Redeliver(ctx)
	if err != nil || len(answers) != 2 || !answers[0].Accepted() {
		t.Fatalf("%+v, %v", answers, err)
	}
	if len(bodies) != 4 || bodies[0] != bodies[2] || bodies[1] != bodies[3] || ids[0] == ids[2] {
		t.Errorf("posted %q under %v", bodies, ids)
	}
	var back canon.Envelope
	if err := back.UnmarshalJSON([]byte(bodies[0])); err != nil || back.EventID != one.EventID || back.Thread.Peer != "u1" {
		t.Errorf("posted %+v, %v", back, err)
	}
}

func TestUnsignedCallsAreRefused(t *testing.T) {
	p, err := fake.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	srv := p.Start()
	defer srv.Close()
	for _, path := range []string{"/messages", "/files/x", "/else"} {
		method := nethttp.MethodPost
		want := map[string]int{"/messages": 401, "/files/x": 401, "/else": 404}[path]
		if path == "/files/x" {
			method = nethttp.MethodGet
		}
		req, err := nethttp.NewRequestWithContext(t.Context(), method, srv.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	if len(p.Seen("")) > 0 {
		t.Error("a customer saw something")
	}
}
