package email

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// TestOAuth signs in with a token made from the refresh token, shares it
// between sessions, makes a new one at once when it was refused, and asks for a
// new grant only when the provider says that the old one is void.
func TestOAuth(t *testing.T) {
	b := newBox(t)
	var asked atomic.Int32
	answer := func(w http.ResponseWriter) {
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, b.AccessToken(time.Hour))
	}
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.FormValue("grant_type") != "refresh_token" || r.FormValue("refresh_token") != "refresh-secret" || r.FormValue("client_id") != "client" {
			t.Errorf("asked with %v", r.Form)
		}
		answer(w)
	}))
	defer issuer.Close()
	delete(b.link.Config, "imap_password")
	for k, v := range map[string]string{"auth": "xoauth2", "oauth_client_id": "client", "oauth_refresh_token": "refresh-secret", "oauth_token_url": issuer.URL, "smtp_user": "-"} {
		b.link.Config[k] = v
	}
	b.Deliver(t, "jane@example.com", letterOf(1))
	h := newHub()
	b.receive(t, h, 1)
	if err := b.open(t).(connector.Marker).MarkRead(t.Context(), canon.ThreadKey{}, "n1@example.com"); err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("%d tokens were made for two sessions", n)
	}

	// A token the server refuses is dropped, and another made at once.
	must(t, b.memory.Set(t.Context(), tokenKey, "stale", 0))
	b.Deliver(t, "jane@example.com", letterOf(2))
	b.receive(t, h, 2)
	if n := asked.Load(); n != 2 {
		t.Errorf("%d tokens were made for a stale one", n)
	}
	run := func() error { return b.open(t).(connector.Streamer).Run(t.Context(), h.cursors(), nil, h) }
	var e *connector.Error

	for _, tc := range []struct {
		status int
		body   string
		class  connector.Class
	}{
		{400, `{"error":"invalid_grant","error_description":"refresh-secret expired"}`, connector.NeedsLogin},
		{500, "oops", connector.Transient},
		{429, "{}", connector.Transient},
		{200, "<html>", connector.Transient},
	} {
		answer = func(w http.ResponseWriter) { w.WriteHeader(tc.status); fmt.Fprint(w, tc.body) }
		must(t, b.memory.Delete(t.Context(), tokenKey))
		err := run()
		if !errors.As(err, &e) || e.Class != tc.class || strings.Contains(err.Error(), "refresh-secret") {
			t.Errorf("%d %s: %v, want %s", tc.status, tc.body, err, tc.class)
		}
	}
}
