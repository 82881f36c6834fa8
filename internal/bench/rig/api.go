package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core"
)

// API speaks to /api/v1. Safe for concurrent use.
type API struct {
	Base  string // …/api/v1
	Token string
	HTTP  *http.Client
}

// Refusal is an answer that is no success.
type Refusal struct {
	Status int
	Header http.Header
	Body   string
}

func (r *Refusal) Error() string { return fmt.Sprintf("answered %d: %.500s", r.Status, r.Body) }

// Call makes one request; in is sent as JSON unless nil, the answer is read
// into out unless nil.
func (a *API) Call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.Base+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if a.Token != "" { // otherwise its cookies tell who asks
		req.Header.Set("Authorization", "Bearer "+a.Token)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := a.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %w", method, path, &Refusal{resp.StatusCode, resp.Header, string(raw)})
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w: %.200s", method, path, err, raw)
	}
	return nil
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// List reads all pages of a list, at most max items.
func List[T any](ctx context.Context, a *API, path string, max int) ([]T, error) {
	var all []T
	cursor := ""
	for len(all) < max {
		at := path
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		at += sep + "limit=200"
		if cursor != "" {
			at += "&cursor=" + url.QueryEscape(cursor)
		}
		var page Page[T]
		if err := a.Call(ctx, http.MethodGet, at, nil, &page); err != nil {
			return all, err
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, nil
		}
		cursor = page.Next
	}
	return all, nil
}

// Linked is an account as the API made it.
type Linked struct {
	ID      string `json:"id"`
	LinkID  string `json:"link_id"`
	HookURL string `json:"hook_url"`
}

// HookPath is the path of the callback address.
func (l Linked) HookPath() string {
	u, err := url.Parse(l.HookURL)
	if err != nil {
		return l.HookURL
	}
	return u.Path
}

// Link makes an account of a connector. bot may be empty.
func (a *API) Link(ctx context.Context, connector, name string, config map[string]string, bot string) (Linked, error) {
	in := map[string]any{"connector": connector, "name": name, "config": config}
	if bot != "" {
		in["bot"] = bot
	}
	var out Linked
	return out, a.Call(ctx, http.MethodPost, "/accounts", in, &out)
}

// Bot makes a bot of a kind, gives it content and publishes it.
func (a *API) Bot(ctx context.Context, kind, name string, content any) (string, error) {
	var made struct {
		ID       string `json:"id"`
		DraftRev int64  `json:"draft_rev"`
	}
	if err := a.Call(ctx, http.MethodPost, "/bots", map[string]any{"kind": kind, "name": name, "language": "zh"}, &made); err != nil {
		return "", err
	}
	if err := a.Call(ctx, http.MethodPut, "/bots/"+made.ID+"/draft", map[string]any{"content": content, "draft_rev": made.DraftRev}, nil); err != nil {
		return "", err
	}
	return made.ID, a.Call(ctx, http.MethodPost, "/bots/"+made.ID+"/publish", map[string]any{"note": "first"}, nil)
}

// Conversation is what a list shows of a conversation, as far as rigs look.
type Conversation struct {
	ID       core.ID    `json:"id"`
	Thread   core.ID    `json:"thread"`
	Owner    core.Owner `json:"owner"`
	Trouble  bool       `json:"trouble"`
	LastText string     `json:"last_text"`
	Contact  struct {
		ID   core.ID `json:"id"`
		Name string  `json:"name"`
	} `json:"contact"`
}

// Conversations lists conversations of a filter such as "status=open".
func (a *API) Conversations(ctx context.Context, filter string, max int) ([]Conversation, error) {
	return List[Conversation](ctx, a, "/conversations?"+filter, max)
}

// Messages reads the whole thread of a conversation, oldest first.
func (a *API) Messages(ctx context.Context, conversation string) ([]core.Message, error) {
	var all []core.Message
	path := "/conversations/" + conversation + "/messages?limit=200"
	before := int64(0)
	for {
		at := path
		if before > 0 {
			at += fmt.Sprintf("&before=%d", before)
		}
		var page Page[core.Message]
		if err := a.Call(ctx, http.MethodGet, at, nil, &page); err != nil {
			return nil, err
		}
		if len(page.Items) == 0 {
			break
		}
		for _, m := range page.Items { // newest first
			all = append(all, m)
			before = m.Pos
		}
		if len(page.Items) < 200 || before <= 1 {
			break
		}
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all, nil
}

// Until polls a condition until it holds or the time has passed.
func Until(ctx context.Context, within time.Duration, holds func() (bool, error)) error {
	deadline := time.Now().Add(within)
	wait := 5 * time.Millisecond
	for {
		ok, err := holds()
		if ok {
			return nil
		}
		if time.Now().After(deadline) {
			if err != nil {
				return fmt.Errorf("after %s still: %w", within, err)
			}
			return fmt.Errorf("it did not come about within %s", within)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait = min(2*wait, 200*time.Millisecond)
	}
}
