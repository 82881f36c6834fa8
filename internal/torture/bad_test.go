package torture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/rig"
)

// badRequest is one bad request to a running hub.
type badRequest struct {
	name, method, path string
	token              string
	body               []byte
	header             map[string]string // besides

	status int
	field  string // what the answer must name
	words  string // and what it must say to do
}

// Whatever is sent to a hub by whomever, the answer names what is wrong and what
// to do, nothing of it is kept, and the hub goes on.
func TestBadInputIsAnsweredInWords(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		api := start(t, h)
		p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
		site := linkWeb(t, h, api, "")
		visitor, err := site.token(t.Context(), "visitor")
		if err != nil {
			t.Fatal(err)
		}
		hook, chat := strings.TrimPrefix(p.hook, h.URL()), strings.TrimPrefix(site.chat, h.URL())
		nobody := canon.NewID().String()
		jsonType := map[string]string{"Content-Type": "application/json"}
		big := bytes.Repeat([]byte("x"), 10<<20)
		bigText := append(append([]byte(`{"id":"abcdefgh","text":"`), big...), `"}`...)
		for _, c := range []badRequest{
			{"malformed JSON to the API", "POST", "/api/v1/teams", api.Token, []byte(`{"name":`), jsonType, 400, "body", ""},
			{"a text of 10 MB to the API", "POST", "/api/v1/teams", api.Token, append(append([]byte(`{"name":"`), big...), `"}`...), jsonType, 413, "body", ""},
			{"a cursor that was made up", "GET", "/api/v1/conversations?cursor=abc", api.Token, nil, nil, 400, "query.cursor", "leave cursor out"},
			{"a place in the feed that is none", "GET", "/api/v1/events?since=-1", api.Token, nil, nil, 422, "query.since", ""},
			{"an account that is not there", "GET", "/api/v1/accounts/" + nobody, api.Token, nil, nil, 404, "account", "Check the id"},
			{"a foreign or forgotten conversation", "POST", "/api/v1/conversations/" + nobody + "/messages", api.Token, []byte(`{"text":"hello"}`), jsonType, 404, "conversation", "Check the id"},
			{"a token that is none", "GET", "/api/v1/teams", "parley_nonsense", nil, nil, 401, "signed in", "Authorization"},

			{"a callback to a link that is not there", "POST", "/hooks/" + nobody, "", []byte(`{}`), jsonType, 404, "path", "Copy the address"},
			{"a callback by another method", "PUT", hook, "", []byte(`{}`), jsonType, 404, "path", "the method"},
			{"a callback of 10 MB", "POST", hook, "", big, jsonType, 413, "body", "fewer events"},

			{"a chat of an account that is not there", "POST", "/chat/" + nobody + "/session", "", []byte(`{}`), jsonType, 404, "chat", "address anew"},
			{"malformed JSON to the chat", "POST", chat + "/messages", visitor, []byte(`{"id":`), jsonType, 400, "json", ""},
			{"a text of 10 MB to the chat", "POST", chat + "/messages", visitor, bigText, jsonType, 413, "too_large", "内容过大"},
			{"a text over the limit", "POST", chat + "/messages", visitor, []byte(`{"id":"abcdefgh","text":"` + strings.Repeat("长", 20_001) + `"}`), jsonType, 422, "invalid_text", "一次最多发送"},
			{"a visitor's token that is none", "POST", chat + "/messages", "abc.def", []byte(`{"id":"abcdefgh","text":"x"}`), jsonType, 401, "session", "open the chat again"},
			{"a file that is too large", "POST", chat + "/files", visitor, bytes.Repeat([]byte("x"), 40<<20), map[string]string{"X-Parley-Name": "a.bin"}, 413, "too_large", "25 MB"},
		} {
			t.Run(c.name, func(t *testing.T) { c.isAnswered(t, h) })
		}

		// What is signed is told where its mistake is; a forger is told nothing.
		broken := []byte(`{"event_id":"e","from":{"id":"u"},"event":{"type":"posted","message":{"parts":[{"type":"text","body":7}]}}}`)
		if a, err := p.PostBody(t.Context(), p.hook, broken); err != nil || a.Status != 400 || !strings.Contains(string(a.Body), "event.message.parts[0]") {
			t.Errorf("a callback with a mistake: %v, %d %s", err, a.Status, a.Body)
		}
		forger, err := fake.New("whsec_"+strings.Repeat("QUJD", 8), fake.WithClient(eachItsOwn))
		if err != nil {
			t.Fatal(err)
		}
		if a, err := forger.Post(t.Context(), p.hook, forger.Says("mallory", "let me in")); err != nil || a.Status != 401 || len(a.Body) > 0 {
			t.Errorf("a callback with a wrong signature: %v, %d %q", err, a.Status, a.Body)
		}

		// For an account nobody linked: kept where an operator finds it.
		lost := p.Says("peer", "for somebody else")
		lost.Account, lost.Thread.Account = "elsewhere", "elsewhere"
		if a, err := p.Post(t.Context(), p.hook, lost); err != nil || !a.Accepted() {
			t.Errorf("a callback for an unknown account: %v, %d %s", err, a.Status, a.Body)
		}
		var unrouted rig.Page[struct {
			Account string `json:"remote_id"`
		}]
		if err := api.Call(t.Context(), http.MethodGet, "/unrouted", nil, &unrouted); err != nil || len(unrouted.Items) != 1 {
			t.Errorf("unrouted: %v %+v", err, unrouted.Items)
		}

		// A name that would leave its folder or its line comes out harmless.
		hostile := strings.Repeat("../", 20) + "etc\r\nX-Evil: 1\r\n" + strings.Repeat("长", 280) + ".txt"
		badName(t, h, site, visitor, hostile)

		// Nothing of all this was kept but the file, and the hub goes on.
		if err := p.postHTTP(t.Context(), "good", "peer", "still here?"); err != nil {
			t.Error(err)
		}
		until(t, 20*time.Second, "what is right is no longer taken", func() (bool, error) {
			found, err := fromCustomers(t.Context(), api, func(m core.Message) string { return m.Content.Plain() })
			var said []string
			for _, m := range found {
				said = append(said, m.words)
			}
			slices.Sort(said)
			return err == nil && slices.Equal(said, []string{"", "still here?"}), fmt.Errorf("%q %v", said, err)
		})
		if log := h.Log(); strings.Contains(log, "panic") {
			t.Errorf("something panicked: %s", h.Tail())
		}
	})
}

// isAnswered sends the request and judges the answer.
func (c badRequest) isAnswered(t *testing.T, h *rig.Hub) {
	for _, lang := range []string{"en", "zh-CN"} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, h.URL()+c.path, bytes.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", lang)
		if c.token != "" {
			req.Header.Set("Authorization", "Bearer "+c.token)
		}
		for k, v := range c.header {
			req.Header.Set(k, v)
		}
		resp, err := eachItsOwn.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		var said struct{ Code, Field, Detail, Remedy string }
		if err := json.Unmarshal(raw, &said); err != nil || resp.StatusCode != c.status || said.Code == "" || said.Detail == "" {
			t.Fatalf("answered %d %.300s, want %d", resp.StatusCode, raw, c.status)
		}
		// The chat speaks the visitor's language, a callback is for programs.
		if lang != "en" {
			if strings.HasPrefix(c.path, "/api/") && !strings.ContainsFunc(said.Detail, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("in Chinese it says %q", said.Detail)
			}
			continue
		}
		if all := said.Field + " " + said.Code + " " + said.Detail + " " + said.Remedy; !strings.Contains(all, c.field) || !strings.Contains(all, c.words) {
			t.Errorf("it says %+v, want %q and %q", said, c.field, c.words)
		}
		if strings.HasPrefix(c.path, "/api/") && said.Remedy == "" {
			t.Errorf("no remedy in %s", raw)
		}
	}
}

// badName uploads and posts a file with a hostile name, and fetches it as the
// agent's browser does.
func badName(t *testing.T, h *rig.Hub, site *visitors, visitor, name string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.chat+"/files", strings.NewReader("some words"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+visitor)
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set("X-Parley-Name", url.PathEscape(name))
	resp, err := eachItsOwn.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var up struct {
		Handle string `json:"handle"`
		Part   struct {
			Title string `json:"title"`
			URL   string `json:"url"`
		} `json:"part"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&up); err != nil || resp.StatusCode/100 != 2 {
		t.Fatalf("upload: %d %v", resp.StatusCode, err)
	}
	if err := askJSON(t.Context(), http.MethodPost, site.chat+"/messages", visitor, map[string]any{"id": "file-with-a-name", "files": []string{up.Handle}}, nil); err != nil {
		t.Fatal(err)
	}
	got, err := http.Get(h.URL() + up.Part.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Disposition"))
	if err != nil {
		t.Fatalf("Content-Disposition %q: %v", got.Header.Get("Content-Disposition"), err)
	}
	for _, shown := range []string{up.Part.Title, params["filename"]} {
		if shown == "" || len([]rune(shown)) > 200 || strings.ContainsAny(shown, "/\\\r\n") || !strings.HasSuffix(shown, ".txt") {
			t.Errorf("a name of 300 characters with ../ and line breaks became %q", shown)
		}
	}
	if got.Header.Get("X-Evil") != "" {
		t.Error("the name wrote a header of its own")
	}
}
