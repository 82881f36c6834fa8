package telegram_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/telegram"
)

// hub takes webhooks and answers as it is told.
type hub struct {
	*httptest.Server
	mu    sync.Mutex
	got   []map[string]any
	heads []http.Header
	say   func(n int) (int, http.Header, string) // the nth, from 1
}

func newHub(t *testing.T, say func(n int) (int, http.Header, string)) *hub {
	h := &hub{say: say}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var u map[string]any
		_ = json.Unmarshal(raw, &u)
		h.mu.Lock()
		h.got, h.heads = append(h.got, u), append(h.heads, r.Header)
		status, head, body := http.StatusOK, http.Header(nil), ""
		if h.say != nil {
			status, head, body = h.say(len(h.got))
		}
		h.mu.Unlock()
		for k, v := range head {
			w.Header()[k] = v
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(h.Close)
	return h
}

// texts are the words of the updates so far.
func (h *hub) texts() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, u := range h.got {
		m, _ := u["message"].(map[string]any)
		text, _ := m["text"].(string)
		out = append(out, text)
	}
	return out
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// behaves shows each rule that no error answers.
var behaves = map[string]func(t *testing.T){
	"secret sent": func(t *testing.T) {
		h := newHub(t, nil)
		r := start(t, telegram.Options{Local: true})
		r.call("setWebhook", "url", h.URL, "secret_token", "s3cret")
		r.says("501", hi)
		eventually(t, "it arrives", func() bool { return len(h.texts()) == 1 })
		if got := h.heads[0].Get("X-Telegram-Bot-Api-Secret-Token"); got != "s3cret" {
			t.Errorf("the header holds %q", got)
		}
	},
	"repeats": func(t *testing.T) {
		h := newHub(t, func(n int) (int, http.Header, string) {
			switch {
			case n == 4:
				return 503, http.Header{"Retry-After": {"9"}}, ""
			case n < 6:
				return 500, nil, ""
			}
			return 200, nil, ""
		})
		var mu sync.Mutex
		var waits []time.Duration
		r := start(t, telegram.Options{Local: true, Sleep: func(_ context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			waits = append(waits, d)
			return nil
		}})
		r.call("setWebhook", "url", h.URL)
		r.says("501", hi)
		eventually(t, "it is taken", func() bool { return r.Waiting() == 0 })
		mu.Lock()
		defer mu.Unlock()
		if want := []time.Duration{0, 2 * time.Second, 4 * time.Second, 9 * time.Second, 16 * time.Second}; !slices.Equal(waits, want) {
			t.Errorf("it waited %v, not %v", waits, want)
		}
	},
	"order": func(t *testing.T) {
		release := make(chan struct{})
		h := newHub(t, func(n int) (int, http.Header, string) {
			if n == 1 {
				return 500, nil, "" // the first of a chat holds up the others of it
			}
			return 200, nil, ""
		})
		r := start(t, telegram.Options{Local: true, Sleep: func(ctx context.Context, _ time.Duration) error {
			select {
			case <-release:
			case <-ctx.Done():
			}
			return ctx.Err()
		}})
		r.call("setWebhook", "url", h.URL)
		r.says("501", "a1")
		eventually(t, "the first is tried", func() bool { return len(h.texts()) == 1 })
		r.says("501", "a2")
		r.says("502", "b1")
		eventually(t, "another chat goes on", func() bool { return slices.Contains(h.texts(), "b1") })
		if slices.Contains(h.texts(), "a2") {
			t.Error("a later update of the chat overtook one that failed")
		}
		close(release)
		eventually(t, "all are taken", func() bool { return r.Waiting() == 0 })
		if got := h.texts(); !slices.Equal(got, []string{"a1", "b1", "a1", "a2"}) {
			t.Errorf("they came as %v", got)
		}
	},
	"kept": func(t *testing.T) {
		r := start(t, telegram.Options{})
		r.says("501", hi)
		r.now = r.now.Add(24*time.Hour + time.Second)
		if n := r.Waiting(); n != 0 {
			t.Errorf("%d updates are kept for more than a day", n)
		}
	},
	"offset": func(t *testing.T) {
		r := start(t, telegram.Options{})
		r.says("501", "one")
		r.says("501", "two")
		if n := len(r.updates()); n != 2 {
			t.Fatalf("%d updates", n)
		}
		if left := r.updates("offset", num(r.LastUpdate())); len(left) != 1 || r.Confirmed() != 1 {
			t.Errorf("%d updates are left, %d confirmed", len(left), r.Confirmed())
		}
		// After a quiet week numbers begin anew, below an offset of before: it
		// then forgets what was never read.
		old := num(r.LastUpdate() + 1)
		r.updates("offset", old)
		r.now = r.now.Add(7 * 24 * time.Hour)
		r.says("501", "three")
		if n := len(r.updates("offset", old)); n != 0 || r.Waiting() != 0 {
			t.Errorf("an old offset gave %d updates and left %d", n, r.Waiting())
		}
	},
	"allowed updates": func(t *testing.T) {
		r := start(t, telegram.Options{})
		r.says("501", hi)
		react := emulate.Act{Kind: emulate.ActReact, Target: "1", Value: "👍"}
		r.do("501", react)
		if n := r.Waiting(); n != 1 {
			t.Fatalf("%d updates wait; a reaction was not asked for", n)
		}
		r.updates("allowed_updates", `["message","message_reaction"]`)
		r.do("501", react)
		if n := r.Waiting(); n != 2 {
			t.Errorf("%d updates wait; a reaction was asked for", n)
		}
	},
	"answer in response": func(t *testing.T) {
		h := newHub(t, func(int) (int, http.Header, string) {
			return 200, http.Header{"Content-Type": {"application/json"}}, `{"method":"sendMessage","chat_id":"501","text":"at once"}`
		})
		r := start(t, telegram.Options{Local: true})
		r.call("setWebhook", "url", h.URL)
		r.says("501", hi)
		eventually(t, "the customer sees the answer", func() bool { return slices.Contains(r.Lines("501"), ">at once") })
	},
}

func (r *rig) updates(pairs ...string) (all []map[string]any) {
	r.t.Helper()
	if err := json.Unmarshal(r.call("getUpdates", pairs...).Result, &all); err != nil {
		r.t.Fatal(err)
	}
	return all
}
