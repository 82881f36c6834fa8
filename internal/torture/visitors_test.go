package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"parley/internal/bench/rig"
)

// visitors are browsers with the web chat of one site open.
type visitors struct {
	chat string // full address

	mu     sync.Mutex
	tokens map[string]string
}

// linkWeb makes a site's account. bot may be empty.
func linkWeb(t *testing.T, h *rig.Hub, api *rig.API, bot string) *visitors {
	t.Helper()
	linked, err := api.Link(t.Context(), "web", "site", map[string]string{"name": "site"}, bot)
	if err != nil {
		t.Fatal(err)
	}
	return &visitors{chat: h.URL() + "/chat/" + linked.ID, tokens: map[string]string{}}
}

// token is who a visitor is: made at their first visit, kept by the browser.
func (v *visitors) token(ctx context.Context, peer string) (string, error) {
	v.mu.Lock()
	known := v.tokens[peer]
	v.mu.Unlock()
	if known != "" {
		return known, nil
	}
	var session struct {
		Token string `json:"token"`
	}
	if err := askJSON(ctx, http.MethodPost, v.chat+"/session", "", map[string]string{"lang": "zh"}, &session); err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.tokens[peer] == "" {
		v.tokens[peer] = session.Token
	}
	return v.tokens[peer], nil
}

// post sends a message as the panel does, once.
func (v *visitors) post(ctx context.Context, id, peer, words string) error {
	who, err := v.token(ctx, peer)
	if err != nil {
		return err
	}
	return askJSON(ctx, http.MethodPost, v.chat+"/messages", who, map[string]string{"id": id, "text": words}, nil)
}

// line is one line of the chat as the panel shows it.
type line struct {
	ID   string `json:"id"`
	From string `json:"from"`
}

// lines reads what came since a revision; with wait it is held open for a while
// until something comes.
func (v *visitors) lines(ctx context.Context, peer string, since int64, wait bool) (all []line, rev int64, err error) {
	who, err := v.token(ctx, peer)
	if err != nil {
		return nil, since, err
	}
	address := fmt.Sprintf("%s/lines?since=%d&limit=100", v.chat, since)
	if wait {
		address += "&wait=1"
	}
	var out struct {
		Lines struct {
			Items []line `json:"items"`
			Rev   int64  `json:"rev"`
		} `json:"lines"`
	}
	if err := askJSON(ctx, http.MethodGet, address, who, nil, &out); err != nil {
		return nil, since, err
	}
	return out.Lines.Items, out.Lines.Rev, nil
}

// askJSON asks as a browser does, on a connection of its own.
func askJSON(ctx context.Context, method, url, bearer string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := eachItsOwn.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("answered %d: %s", resp.StatusCode, raw)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}
