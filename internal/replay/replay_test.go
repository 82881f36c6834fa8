package replay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/connectors/all"
	connhttp "parley/connectors/http"
	"parley/core/connector"
	"parley/internal/house"
)

func registry(t *testing.T) *connector.Registry {
	t.Helper()
	r, err := connector.NewRegistry(all.Drivers(all.Options{})...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func driver(t *testing.T, kind string) connector.Driver {
	t.Helper()
	d, ok := registry(t).Driver(kind)
	if !ok {
		t.Fatalf("there is no %s", kind)
	}
	return d
}

// corpora are the captured callbacks of each kind.
var corpora = map[string]string{
	"http": "http/testdata/in", "telegram": "telegram/testdata/in", "line": "line/testdata/in",
	"wechat": "wechat/testdata/in", "wechatmini": "wechat/testdata/in-mini", "wecom": "wecom/testdata/in/app",
	"whatsappcloud": "meta/cloud/testdata/in", "messenger": "meta/messaging/testdata/messenger/in", "instagram": "meta/messaging/testdata/instagram/in",
}

func callbacks(t *testing.T, kind string) map[string][]byte {
	t.Helper()
	root, err := house.Root()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(root, "connectors", filepath.FromSlash(corpora[kind]), "*"))
	if err != nil || len(paths) < 10 {
		t.Fatalf("only %d callbacks of %s: %v", len(paths), kind, err)
	}
	out := map[string][]byte{}
	for _, path := range paths {
		if out[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestD01_EveryCapturedCallbackReplays shows all of every kind for itself and
// for the channel that carries least.
func TestD01_EveryCapturedCallbackReplays(t *testing.T) {
	for kind := range corpora {
		messages := 0
		for name, file := range callbacks(t, kind) {
			for _, to := range []string{"", "wecom"} {
				o := Options{Driver: driver(t, kind), File: file, At: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
				if to != "" {
					o.To = driver(t, to)
				}
				r, err := Run(t.Context(), o)
				if err != nil {
					t.Errorf("%s %s: %v", kind, name, err)
					continue
				}
				for _, f := range r.Facts {
					if f.Rendered != nil && len(f.Rendered.Calls) == 0 && f.Rendered.Refused == "" {
						t.Errorf("%s %s: a message renders to nothing, and nothing says why", kind, name)
					}
					if f.Rendered != nil {
						messages++
					}
				}
				var text, object bytes.Buffer
				if err := r.Print(&text); err != nil || !strings.HasPrefix(text.String(), "raw\n") {
					t.Errorf("%s %s: %v\n%s", kind, name, err, text.String())
				}
				if err := r.PrintJSON(&object); err != nil || !json.Valid(object.Bytes()) {
					t.Errorf("%s %s: %v", kind, name, err)
				}
			}
		}
		if messages < 8 {
			t.Errorf("only %d messages of %s were rendered", messages, kind)
		}
	}
}

// TestReplayShowsThreeSteps reads one replay as a person does.
func TestReplayShowsThreeSteps(t *testing.T) {
	r, err := Run(t.Context(), Options{Driver: driver(t, "http"), To: driver(t, "line"), File: callbacks(t, "http")["file.json"]})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"raw\n    {\n", "(taken as authentic: its signature was not checked)", "\ncanonical 1 of 1\n", `"kind": "file"`,
		"\nrendered for line\n    call 1: text\n", "https://hub.example.com/files/", "linked (media.file): Sent as a link",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, text.String())
		}
	}
}

// TestReplayChecksAndHidesWhatAuthenticates replays a whole request with the
// link's secret, a forged one, and one that a platform gave a token to answer by.
func TestReplayChecksAndHidesWhatAuthenticates(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	signer, err := connhttp.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(`{"event_id":"e-1","from":{"id":"u-1"},"event":{"type":"posted","message":{"parts":[{"type":"text","body":"my secret is ` + secret + `"}]}}}`)
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	h := http.Header{}
	signer.SetHeaders(h, "m-1", at, body)
	var file bytes.Buffer
	file.WriteString("POST /hooks/0190f3a2-7c1e-7000-8000-000000000001?token=abc HTTP/1.1\r\n")
	if err := h.Write(&file); err != nil {
		t.Fatal(err)
	}
	file.WriteString("\r\n")
	file.Write(body)
	o := Options{Driver: driver(t, "http"), Config: connector.Values{"secret": secret}, File: file.Bytes(), At: at}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var text, object bytes.Buffer
	if err := r.Print(&text); err != nil {
		t.Fatal(err)
	}
	if err := r.PrintJSON(&object); err != nil {
		t.Fatal(err)
	}
	if r.Authentic != "checked" || r.Raw.Path != "" || len(r.Facts) != 1 {
		t.Errorf("it became %+v", r)
	}
	for _, said := range []string{text.String(), object.String()} {
		if strings.Contains(said, "MfKQ9r8GKYqr") || strings.Contains(said, "v1,") || strings.Contains(said, "token=abc") || !strings.Contains(said, "my secret is "+hidden) {
			t.Errorf("it shows what authenticates:\n%s", said)
		}
	}
	o.File = bytes.Replace(file.Bytes(), []byte("my secret"), []byte("My secret"), 1)
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "not authentic") {
		t.Errorf("a changed body: %v", err)
	}

	r, err = Run(t.Context(), Options{Driver: driver(t, "line"), File: callbacks(t, "line")["text-chinese-emoji.json"]})
	if err != nil {
		t.Fatal(err)
	}
	var token struct {
		Events []struct {
			ReplyToken string `json:"replyToken"`
		} `json:"events"`
	}
	if err := json.Unmarshal(callbacks(t, "line")["text-chinese-emoji.json"], &token); err != nil || token.Events[0].ReplyToken == "" {
		t.Fatal("the callback has no reply token")
	}
	object.Reset()
	if err := r.PrintJSON(&object); err != nil || strings.Contains(object.String(), token.Events[0].ReplyToken) {
		t.Errorf("the reply token is shown: %v\n%s", err, object.String())
	}
}

// TestReplayOfANudgeSaysWhereToFetch: some callbacks hold nothing but a hint.
func TestReplayOfANudgeSaysWhereToFetch(t *testing.T) {
	r, err := Run(t.Context(), Options{Driver: driver(t, "wechatkf"), File: []byte(`<xml><ToUserName>ww5f1a2b3c4d5e6f70</ToUserName><CreateTime>1348831860</CreateTime><MsgType>event</MsgType><Event>kf_msg_or_event</Event><Token>ENCApHxnGDNAVNY4</Token><OpenKfId>wkAJ2GCAAASSm4</OpenKfId></xml>`)})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := r.Print(&text); err != nil || !strings.Contains(text.String(), `a nudge: what happened is fetched under "wkAJ2GCAAASSm4"`) || strings.Contains(text.String(), "ENCApHxnGDNAVNY4") {
		t.Errorf("%v\n%s", err, text.String())
	}
}

// TestReplaySaysWhatIsMissing: a kind without callbacks, a body that is none,
// and a value that is wrong.
func TestReplaySaysWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		kind, body string
		config     connector.Values
		want       string
	}{
		{"email", "x", nil, "receives no callbacks"},
		{"telegram", "{", nil, "decode the callback"},
		{"wechat", "x", connector.Values{"app_id": "nonsense"}, "app_id"},
	} {
		if _, err := Run(t.Context(), Options{Driver: driver(t, c.kind), Config: c.config, File: []byte(c.body)}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want words of %q", c.kind, err, c.want)
		}
	}
}
