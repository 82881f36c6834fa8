package journey

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// api is the hub's HTTP interface as a program uses it.
type api struct {
	base  string
	token string // empty: nobody
	agent string // id of the agent a token speaks for
}

// problem is a refusal (RFC 9457).
type problem struct {
	Status    int    `json:"status"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	Field     string `json:"field"`
	Remedy    string `json:"remedy"`
	RequestID string `json:"request_id"`
	Errors    []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
		Remedy string `json:"remedy"`
	} `json:"errors"`
}

var client = &http.Client{Timeout: patience}

// raw sends bytes and returns status, headers and body.
func (a api) raw(t testing.TB, method, path, kind string, body io.Reader) (int, http.Header, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, a.base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if a.agent != "" {
		r.Header.Set("Parley-Agent", a.agent)
	}
	r.Header.Set("Accept-Language", "en")
	res, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return res.StatusCode, res.Header, out
}

// do sends JSON and reads JSON; anything but 2xx fails the test.
func (a api) do(t testing.TB, method, path string, body, out any) {
	t.Helper()
	status, text := a.ask(t, method, path, body)
	if status/100 != 2 {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
}

// ask sends JSON and returns whatever came.
func (a api) ask(t testing.TB, method, path string, body any) (int, []byte) {
	t.Helper()
	var in io.Reader
	kind := ""
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in, kind = bytes.NewReader(raw), "application/json"
	}
	status, _, text := a.raw(t, method, "/api/v1"+path, kind, in)
	return status, text
}

// refused sends JSON that must be refused and returns why.
func (a api) refused(t testing.TB, method, path string, body any) problem {
	t.Helper()
	status, text := a.ask(t, method, path, body)
	return readProblem(t, method+" "+path, status, text)
}

func readProblem(t testing.TB, what string, status int, text []byte) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(text, &p); err != nil || status/100 == 2 {
		t.Fatalf("%s: want a refusal, got %d %.300s", what, status, text)
	}
	if p.Status != status || p.Code == "" || p.Detail == "" {
		t.Errorf("%s: the refusal lacks status, code or detail: %d %s", what, status, text)
	}
	return p
}

// page is a list as the API answers it.
type page[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"`
}

func list[T any](t testing.TB, a api, path string) []T {
	t.Helper()
	var out page[T]
	a.do(t, "GET", path, nil, &out)
	return out.Items
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type conversation struct {
	ID      string `json:"id"`
	Account named  `json:"account"`
	Contact named  `json:"contact"`
	Owner   struct {
		Kind string `json:"kind"`
		ID   string `json:"id"`
		Team string `json:"team"`
	} `json:"owner"`
	Subject  string    `json:"subject"`
	LastText string    `json:"last_text"`
	Unread   int       `json:"unread"`
	Created  time.Time `json:"created"`
	Queued   time.Time `json:"queued"`
	Picked   time.Time `json:"picked"`
	Replied  time.Time `json:"replied"`
	Closed   time.Time `json:"closed"`
}

type message struct {
	ID           string          `json:"id"`
	Conversation string          `json:"conversation"`
	From         string          `json:"from"`
	State        string          `json:"state"`
	Recalled     time.Time       `json:"recalled"`
	Content      json.RawMessage `json:"content"`
	Failure      *struct {
		Class string `json:"class"`
		Text  string `json:"text"`
	} `json:"failure"`
}

func (m message) has(text string) bool {
	raw, _ := json.Marshal(text)
	return strings.Contains(string(m.Content), string(raw[1:len(raw)-1]))
}

// conversations lists what the query asks for, such as "status=open".
func (a api) conversations(t testing.TB, query string) []conversation {
	t.Helper()
	return list[conversation](t, a, "/conversations?"+query)
}

// messages are those of a conversation's thread, oldest first.
func (a api) messages(t testing.TB, conversation string) []message {
	t.Helper()
	got := list[message](t, a, "/conversations/"+conversation+"/messages?limit=200")
	for i, j := 0, len(got)-1; i < j; i, j = i+1, j-1 {
		got[i], got[j] = got[j], got[i]
	}
	return got
}

// conversationWith waits for the open conversation in which a customer said the
// text, and returns its id.
func (a api) conversationWith(t testing.TB, text string) string {
	t.Helper()
	id := ""
	until(t, "a conversation with "+text, func() (bool, string) {
		for _, c := range a.conversations(t, "status=open&limit=200") {
			for _, m := range a.messages(t, c.ID) {
				if m.From == "customer" && m.has(text) {
					id = c.ID
				}
			}
		}
		return id != "", ""
	})
	return id
}
