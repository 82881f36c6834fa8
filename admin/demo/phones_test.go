package demo_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"parley/admin/demo"
	"parley/core/connector"
)

// toy is a platform of one customer whose screen is what they said last.
type toy struct {
	mu      sync.Mutex
	said    string
	watcher func(string)
}

func (y *toy) phone() demo.Phone {
	return demo.Phone{
		Kind: "toy", Name: connector.Text{EN: "Toy", ZH: "玩具"},
		Customers: func() any { return []map[string]string{{"id": "ann@1#2", "name": "Ann"}} },
		Screen: func(customer string) any {
			y.mu.Lock()
			defer y.mu.Unlock()
			return map[string]string{customer: y.said}
		},
		Do: func(_ context.Context, customer string, act json.RawMessage) error {
			y.mu.Lock()
			defer y.mu.Unlock()
			if string(act) == `"no"` {
				return errors.New("the toy does not want to")
			}
			y.said = string(act)
			y.watcher(customer)
			return nil
		},
		Watch: func(changed func(string)) func() {
			y.mu.Lock()
			defer y.mu.Unlock()
			y.watcher = changed
			return func() {}
		},
		Files: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "file "+r.URL.Path) }),
	}
}

func newPhones(t *testing.T, y *toy) (*httptest.Server, func()) {
	t.Helper()
	ends := make(chan struct{})
	p := &demo.Phones{All: []demo.Phone{y.phone()}, Language: "zh", Log: slog.New(slog.DiscardHandler), Ends: ends}
	srv := httptest.NewServer(p.Handler())
	t.Cleanup(srv.Close)
	return srv, func() { close(ends) }
}

func ask(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(raw))
}

// TestPhonePassesOnWhatACustomerDoes and streams that the screen changed.
func TestPhonePassesOnWhatACustomerDoes(t *testing.T) {
	srv, end := newPhones(t, &toy{})
	resp, err := http.Get(srv.URL + "/demo/phones/live")
	must(t, err)
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	if first, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(first, ":") { // the stream watches from here on
		t.Fatalf("the stream began with %q: %v", first, err)
	}
	who := "?customer=ann%401%232"
	if status, body := ask(t, "POST", srv.URL+"/demo/phones/toy/acts"+who, `{"kind":"text"}`); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, body)
	}
	for {
		line, err := lines.ReadString('\n')
		must(t, err)
		if strings.HasPrefix(line, "data: ") {
			if strings.TrimSpace(line) != `data: {"phone":"toy","customer":"ann@1#2"}` {
				t.Errorf("the stream told %q", line)
			}
			break
		}
	}
	if _, body := ask(t, "GET", srv.URL+"/demo/phones/toy/screen"+who, ""); !strings.Contains(body, `\"kind\":\"text\"`) || !strings.Contains(body, "ann@1#2") {
		t.Errorf("the screen is %s", body)
	}
	end()
	if _, err := io.ReadAll(lines); err != nil {
		t.Errorf("the stream does not end with the demo: %v", err)
	}
}

// TestPhonesRefuseWhatIsNotTheirs: other sites, what the platform does not let a
// customer do, and the emulator's own API.
func TestPhonesRefuseWhatIsNotTheirs(t *testing.T) {
	y := &toy{watcher: func(string) {}}
	srv, _ := newPhones(t, y)
	acts := srv.URL + "/demo/phones/toy/acts?customer=ann"
	for _, c := range []struct {
		name, method, url, body string
		header                  []string
		status                  int
		says                    string
	}{
		{"another site", "POST", acts, `{}`, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden, "own page"},
		{"the platform's refusal", "POST", acts, `"no"`, nil, http.StatusConflict, "the toy does not want to"},
		{"no act", "POST", acts, `{`, nil, http.StatusBadRequest, ""},
		{"too large", "POST", acts, `"` + strings.Repeat("x", 29<<20) + `"`, nil, http.StatusBadRequest, ""},
		{"no such phone", "POST", srv.URL + "/demo/phones/else/acts", `{}`, nil, http.StatusNotFound, ""},
		{"a file", "GET", srv.URL + "/demo/phones/toy/files/media/a%20b", "", nil, http.StatusOK, "file /media/a b"},
		{"the emulator's API", "GET", srv.URL + "/demo/phones/toy/files/bot1:x/deleteWebhook", "", nil, http.StatusNotFound, ""},
		{"the page", "GET", srv.URL + "/demo/phones?lang=en", "", nil, http.StatusOK, "phones"},
	} {
		if status, body := ask(t, c.method, c.url, c.body, c.header...); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %.200s", c.name, status, body)
		}
	}
	if y.said != "" {
		t.Errorf("something was done: %s", y.said)
	}
	resp, err := http.Get(srv.URL + "/demo/phones")
	must(t, err)
	resp.Body.Close()
	if csp := resp.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
}
