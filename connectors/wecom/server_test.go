package wecom_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/core/connector"
)

// newServer answers callbacks at the address it returns.
func newServer(t *testing.T, serve func(http.ResponseWriter, connector.Raw)) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		serve(w, connector.Raw{Method: r.Method, Query: r.URL.RawQuery, Header: r.Header, Body: body})
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}
