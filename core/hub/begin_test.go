package hub_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"parley/core/connector"
)

// page is a connector of our own that answers everything.
type page struct{ *played }

func (page) Routes() []connector.Route { return nil }
func (page) Serve(w http.ResponseWriter, _ *http.Request, _ connector.Sink) {
	w.WriteHeader(http.StatusNoContent)
}

func TestX16_OneAddressBeginsOnlySoManyChats(t *testing.T) {
	r := newRig(t, "sqlite", false)
	r.p.wrap = func(c *played) connector.Conn { return page{c} }
	r.from = netip.MustParseAddr("203.0.113.7")
	if err := r.hub.Reload(t.Context(), r.tenant, r.link); err != nil {
		t.Fatal(err)
	}
	ask := func(path string, from netip.Addr) int {
		r.from = from
		w := httptest.NewRecorder()
		r.hub.Handler().ServeHTTP(w, httptest.NewRequest("POST", "/chat/"+r.account.String()+path, nil))
		return w.Code
	}
	flood, other := netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("203.0.113.8")
	refused := false
	for range 400 {
		refused = refused || ask("/session", flood) == http.StatusTooManyRequests
	}
	if !refused {
		t.Fatal("400 chats at once were begun from one address")
	}
	if code := ask("/session", other); code != http.StatusNoContent {
		t.Fatalf("another address was answered %d", code)
	}
	if code := ask("/messages", flood); code != http.StatusNoContent {
		t.Fatalf("a chat already begun was answered %d", code)
	}
}
