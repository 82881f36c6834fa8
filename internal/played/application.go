package played

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"parley/admin/api"
	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// application answers what the application asks, beside what the world does.
func (h *Hub) application() http.Handler {
	h.t.Helper()
	h.auth = auth.New(auth.Config{Store: h.Store, Box: h.box, Devices: h.box.Signer("devices")})
	h.api = must(api.New(api.Config{Store: h.Store, Box: h.box, Auth: h.auth, Desk: h.Core.Desk, Links: h.Core, Feed: h.Core.Feed, Files: h.Core, Presence: h.Core,
		Connectors: must(connector.NewRegistry(append([]connector.Driver{h.setup.Driver}, h.setup.Also...)...))(h.t), Bots: []orchestrate.BotKind{h.setup.Bot},
		PublicURL: h.URL, Log: h.log.logger()}))(h.t)
	h.t.Cleanup(h.api.Close)
	mux := http.NewServeMux()
	for _, p := range h.api.Paths() {
		mux.Handle(p, h.api)
	}
	mux.Handle("/", h.Core.Handler())
	return mux
}

// Caller asks the API with an owner's token. It may be used by one goroutine.
type Caller struct {
	t     testing.TB
	base  string
	token string
}

// Caller makes a token. The hub must serve the API.
func (h *Hub) Caller() *Caller {
	h.t.Helper()
	_, token, err := h.auth.CreateToken(h.t.Context(), h.Tenant, "test", core.RoleOwner, h.Store.Now().AddDate(1, 0, 0))
	if err != nil {
		h.t.Fatal(err)
	}
	return &Caller{h.t, h.URL + "/api/v1", token}
}

// Does asks as an agent, or as nobody in particular, and reads the answer into
// out unless it is nil. It reports whether the hub did it: what it refused, as
// somebody may be refused, is false; what it failed at ends the test.
func (c *Caller) Does(as canon.ID, method, path string, body, out any) bool {
	c.t.Helper()
	var in io.Reader
	if body != nil {
		in = bytes.NewReader(must(json.Marshal(body))(c.t))
	}
	req := must(http.NewRequestWithContext(c.t.Context(), method, c.base+path, in))(c.t)
	req.Header.Set("Authorization", "Bearer "+c.token)
	if !as.IsZero() {
		req.Header.Set("Parley-Agent", as.String())
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", canon.NewID().String())
	}
	res := must(http.DefaultClient.Do(req))(c.t)
	defer res.Body.Close()
	raw := must(io.ReadAll(res.Body))(c.t)
	switch {
	case res.StatusCode >= 500 || res.StatusCode == http.StatusBadRequest || res.StatusCode == http.StatusUnauthorized:
		c.t.Fatalf("%s %s answers %d: %s", method, path, res.StatusCode, raw)
	case res.StatusCode >= 400:
		return false
	case out != nil:
		if err := json.Unmarshal(raw, out); err != nil {
			c.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return true
}

// Must is Does where a refusal ends the test.
func (c *Caller) Must(as canon.ID, method, path string, body, out any) {
	c.t.Helper()
	if !c.Does(as, method, path, body, out) {
		c.t.Fatalf("%s %s was refused", method, path)
	}
}
