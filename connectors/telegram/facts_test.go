package telegram_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/telegram"
	"parley/connectors/telegram"
	"parley/core/canon"
	"parley/core/connector"
)

// bench is one conn on a played platform, without a hub.
type bench struct {
	*played.Platform
	connector.Conn
	t   *testing.T
	mu  sync.Mutex
	now time.Time
	lit []connector.State
	got []canon.Envelope
	at  connector.Cursors
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func (b *bench) states() []connector.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]connector.State(nil), b.lit...)
}

// Commit and Signal make the bench a sink.
func (b *bench) Commit(_ context.Context, all []canon.Envelope, at connector.Cursors) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, all...)
	for k, v := range at {
		b.at[k] = v
	}
	return nil
}

func (b *bench) Signal(context.Context, canon.ThreadKey, canon.Signal) {}

func (b *bench) heard() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

const hookURL = "https://hub.example.com/hooks/1"

func newBench(t *testing.T, o played.Options, config connector.Values) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), at: connector.Cursors{}}
	o.Clock, o.Token, o.Started = b.clock, token, true
	b.Platform = played.New(o)
	srv := httptest.NewServer(b.Platform)
	t.Cleanup(func() { b.Platform.Close(); srv.Close() })
	values := connector.Values{"token": token, "api_base": srv.URL, "local_server": strconv.FormatBool(o.Local)}
	hook := hookURL
	for k, v := range config {
		if k == "hook_url" {
			hook = v
			continue
		}
		values[k] = v
	}
	values, bad := telegram.New().Spec().Form.Complete(values)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	conn, err := telegram.New().Open(t.Context(), connector.Link{ID: canon.ID{1}, Config: values, HookURL: hook}, connector.Env{
		HTTP: &http.Client{}, Clock: b.clock, Log: slog.New(slog.DiscardHandler),
		State: func(s connector.State) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.lit = append(b.lit, s)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Conn = conn
	return b
}

// run runs the streamer until the returned function is called.
func (b *bench) run() (stop func() error) {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	from := connector.Cursors{}
	for k, v := range b.at {
		from[k] = v
	}
	go func() { done <- b.Conn.(connector.Streamer).Run(ctx, from, nil, b) }()
	return func() error {
		cancel()
		return <-done
	}
}

func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("not within 10 s: %s; states %+v", what, b.states())
		}
	}
}

func (b *bench) says(text string) {
	b.t.Helper()
	if err := b.Do(context.Background(), "501", emulate.Act{Kind: emulate.ActText, Text: text}); err != nil {
		b.t.Fatal(err)
	}
}

// TestAnOldOffsetForgetsNothing: after a quiet week the numbers of updates begin
// anew, and an offset of before would make the server forget all that is new.
func TestAnOldOffsetForgetsNothing(t *testing.T) {
	for _, restart := range []bool{true, false} {
		t.Run(fmt.Sprintf("restart=%v", restart), func(t *testing.T) {
			b := newBench(t, played.Options{}, nil)
			stop := b.run()
			b.says("before")
			b.until("it is heard", func() bool { return b.heard() == 1 })
			b.until("the platform is told", func() bool { return b.Confirmed() == 1 && b.Polling() })
			if restart {
				_ = stop()
				// A call that came to the platform a week late would confirm what is new.
				b.until("the last call is over", func() bool { return !b.Polling() })
			}
			b.pass(8 * 24 * time.Hour)
			if !restart {
				// The call that waits began before; its answer is the first of the new.
				b.says("wakes the call")
				b.until("it is heard", func() bool { return b.heard() == 2 })
			}
			b.says("after")
			if restart {
				stop = b.run()
			}
			want := 3
			if restart {
				want = 2
			}
			b.until("the new ones are heard", func() bool { return b.heard() >= want })
			_ = stop()
			if got := b.got[len(b.got)-1].Event.(canon.Posted).Message.Plain(); got != "after" || b.heard() != want {
				t.Errorf("the last of %d is %q", b.heard(), got)
			}
		})
	}
}

// TestAPollerShowsWhyItStops: each with its remedy, and a red light where a
// person must act.
func TestAPollerShowsWhyItStops(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  emulate.Fault
		health connector.Health
		code   string
	}{
		{"token revoked", emulate.Fault{Op: "getUpdates", Status: 401, Body: []byte(`{"ok":false,"error_code":401,"description":"Unauthorized"}`)}, connector.HealthBad, "unauthorized"},
		{"another program", emulate.Fault{Op: "getUpdates", Status: 409, Body: []byte(`{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`)}, connector.HealthPoor, "conflict"},
		{"server away", emulate.Fault{Op: "getUpdates", Status: 502, Body: []byte("bad gateway")}, connector.HealthPoor, "502"},
		{"nothing that is an update", emulate.Fault{Op: "getUpdates", Status: 200, Body: []byte(`{"ok":true,"result":[{"update":1},{"update_id":"x"}]}`)}, connector.HealthPoor, "no_update"},
		{"connection cut", emulate.Fault{Op: "getUpdates", Kind: emulate.HangUp}, connector.HealthPoor, "network"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, played.Options{}, nil)
			b.Misbehave(c.fault)
			err := b.Conn.(connector.Streamer).Run(t.Context(), nil, nil, b)
			var e *connector.Error
			if !errors.As(err, &e) {
				t.Fatalf("it ended with %v", err)
			}
			lit := b.states()
			if last := lit[len(lit)-1]; last.Health != c.health || last.Code != c.code || last.Remedy.EN == "" || last.Remedy.ZH == "" {
				t.Errorf("the light is %+v", lit)
			}
		})
	}
}

// TestAForeignWebhookIsTakenOff while the hub pulls: it goes on by itself.
func TestAForeignWebhookIsTakenOff(t *testing.T) {
	b := newBench(t, played.Options{}, nil)
	stop := b.run()
	b.until("it waits", b.Polling)
	b.Platform.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/bot"+token+"/setWebhook?url=https://other.example.com/", nil))
	b.says("hello")
	b.until("it is heard", func() bool { return b.heard() == 1 })
	_ = stop()
	if lit := b.states(); len(lit) != 3 || lit[1].Code != "webhook_taken" || lit[2].Code != "ok" {
		t.Errorf("the lights were %+v", lit)
	}
	if b.Webhook() != "" {
		t.Errorf("the webhook is %q", b.Webhook())
	}
}

// TestTheWebhookIsLookedAfter: set again when another program took it, red when
// Telegram cannot deliver, and no longer once it can.
func TestTheWebhookIsLookedAfter(t *testing.T) {
	b := newBench(t, played.Options{}, connector.Values{"receive": "webhook", "commands": "help - Help\n/order — 查订单"})
	telegram.LookAfter(b.Conn, time.Millisecond)
	stop := b.run()
	defer func() { _ = stop() }()
	last := func(code string) func() bool {
		return func() bool {
			lit := b.states()
			return len(lit) > 0 && lit[len(lit)-1].Code == code
		}
	}
	b.until("it is set and good", last("ok"))
	if b.Webhook() != hookURL || len(b.Commands()) != 2 {
		t.Errorf("the webhook is %q, the menu %v", b.Webhook(), b.Commands())
	}
	b.TakeWebhook("https://other.example.com/")
	b.until("it is set again", func() bool { return b.Webhook() == hookURL })
	b.until("it was shown, and is over", func() bool { return len(b.states()) == 3 && last("ok")() })
	var codes []string
	for _, s := range b.states() {
		codes = append(codes, s.Code)
	}
	if got := strings.Join(codes, " "); got != "ok webhook_taken ok" {
		t.Errorf("the lights were %s", got)
	}
	b.Hold()
	b.says("waits")
	b.pass(time.Second)
	b.FailWebhook("SSL error {error:1416F086:certificate verify failed}")
	b.until("it is red", last("webhook_fails"))
	if s := b.states()[len(b.states())-1]; s.Health != connector.HealthBad || !strings.Contains(s.Remedy.EN, "certificate") || !strings.Contains(s.Text.ZH, "SSL") {
		t.Errorf("the light is %+v", s)
	}
}

// kept is a cache of one conn.
type kept struct {
	connector.Cache
	all map[string]string
}

func (k kept) Get(_ context.Context, key string) (string, bool, error) {
	v, ok := k.all[key]
	return v, ok, nil
}

func (k kept) Set(_ context.Context, key, value string, _ time.Duration) error {
	k.all[key] = value
	return nil
}

func (k kept) Delete(_ context.Context, key string) error {
	delete(k.all, key)
	return nil
}

// TestAMenuThatWasEmptiedIsTakenOff, and one that somebody else set stays.
func TestAMenuThatWasEmptiedIsTakenOff(t *testing.T) {
	p := played.New(played.Options{Token: token, Started: true})
	srv := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); srv.Close() })
	cache := kept{all: map[string]string{}}
	install := func(commands string) {
		t.Helper()
		values, bad := telegram.New().Spec().Form.Complete(connector.Values{"token": token, "api_base": srv.URL, "commands": commands})
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		conn, err := telegram.New().Open(t.Context(), connector.Link{ID: canon.ID{1}, Config: values, HookURL: hookURL}, connector.Env{HTTP: &http.Client{}, Cache: cache, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = conn.(connector.Installer).Install(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	install("help - Help\norder - Orders")
	if len(p.Commands()) != 2 {
		t.Fatalf("the menu is %v", p.Commands())
	}
	install("")
	if len(p.Commands()) != 0 {
		t.Errorf("after it was emptied the menu is %v", p.Commands())
	}
	p.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/bot"+token+`/setMyCommands?commands=[{"command":"theirs","description":"x"}]`, nil))
	install("")
	if len(p.Commands()) != 1 {
		t.Errorf("somebody else's menu is %v", p.Commands())
	}
}

// TestAHubWithoutAPublicAddressSaysSo and asks nothing of Telegram.
func TestAHubWithoutAPublicAddressSaysSo(t *testing.T) {
	for _, address := range []string{"http://localhost:8080/hooks/1", "http://hub.example.com/hooks/1", "https://hub.example.com:8080/hooks/1"} {
		b := newBench(t, played.Options{}, connector.Values{"receive": "webhook", "hook_url": address})
		stop := b.run()
		b.until("it is shown", func() bool { return len(b.states()) == 1 })
		_ = stop()
		if s := b.states()[0]; s.Health != connector.HealthBad || s.Code != "bad_webhook" || s.Remedy.ZH == "" {
			t.Errorf("%s: %+v", address, s)
		}
		if n := len(b.Calls()); n != 0 {
			t.Errorf("%s: %d calls were made", address, n)
		}
		failed := 0
		_ = b.Conn.(connector.Prober).Probe(t.Context(), func(c connector.Check) {
			if !c.OK {
				failed++
			}
		})
		if failed != 1 {
			t.Errorf("%s: %d lines of the test fail", address, failed)
		}
	}
}

// TestFilesUpToTheLimitOfTheServer: 20 MB from the public one, any size from one
// in local mode, which names a path on its own disk.
func TestFilesUpToTheLimitOfTheServer(t *testing.T) {
	for _, local := range []bool{false, true} {
		b := newBench(t, played.Options{Local: local}, nil)
		fetch := func(id string) (string, error) {
			body, _, err := b.Conn.(connector.Fetcher).Fetch(t.Context(), connector.Account{}, canon.Media{RemoteID: canon.RemoteID(id)})
			if err != nil {
				return "", err
			}
			defer body.Close()
			raw, err := io.ReadAll(body)
			return string(raw), err
		}
		if got, err := fetch(b.AddFile("document", "a.txt", "text/plain", []byte("small"), 20<<20)); got != "small" || err != nil {
			t.Errorf("local %v: a file within the limit: %q, %v", local, got, err)
		}
		got, err := fetch(b.AddFile("document", "b.txt", "text/plain", []byte("large"), 20<<20+1))
		if local && (got != "large" || err != nil) {
			t.Errorf("a large file of a local server: %q, %v", got, err)
		}
		if e := connector.AsError(err); !local && (e == nil || e.Class != connector.Invalid || e.Code != "too_large" || !strings.Contains(e.Shown.EN, "20 MB") || !strings.Contains(e.Shown.ZH, "20MB")) {
			t.Errorf("a large file of the public server: %v", err)
		}
		if _, err := fetch("AgACnever"); connector.AsError(err).Class != connector.Invalid {
			t.Errorf("a file nobody has: %v", err)
		}
		b.Misbehave(emulate.Fault{Op: "file", Status: 503})
		if _, err := fetch("AgACAgEmulated1"); connector.AsError(err).Class != connector.Transient {
			t.Errorf("a server that is busy: %v", err)
		}
		most := b.Conn.Capabilities(canon.ThreadKey{Peer: "501"}).Media[canon.MediaFile].Bytes
		if want := map[bool]int64{false: 50 << 20, true: 2000 << 20}[local]; most != want {
			t.Errorf("local %v: files of %d bytes may be sent, not %d", local, most, want)
		}
	}
}

// TestNoPathLeadsElsewhere: what a server names as a file's path is asked for
// below the token, or not at all.
func TestNoPathLeadsElsewhere(t *testing.T) {
	var asked []string
	path := ""
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			fmt.Fprintf(w, `{"ok":true,"result":{"file_id":"x","file_path":%q}}`, path)
			return
		}
		asked = append(asked, r.URL.EscapedPath())
	}))
	defer srv.Close()
	conn, err := telegram.New().Open(t.Context(), connector.Link{Config: connector.Values{"token": token, "api_base": srv.URL}}, connector.Env{HTTP: srv.Client()})
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"documents/file_1.pdf":                                "documents/file_1.pdf",
		"documents/a b#c?.pdf":                                "documents/a%20b%23c%3F.pdf",
		"/var/lib/telegram-bot-api/" + token + "/voice/1.oga": "voice/1.oga",
		"/etc/passwd":                                         "",
		"../../../etc/passwd":                                 "",
		"documents/../../getMe":                               "",
		"/srv/" + token + "/../x":                             "",
		"":                                                    "",
	} {
		path, asked = given, nil
		body, _, err := conn.(connector.Fetcher).Fetch(t.Context(), connector.Account{}, canon.Media{RemoteID: "x"})
		if err == nil {
			body.Close()
		}
		switch {
		case want == "" && (err == nil || len(asked) > 0):
			t.Errorf("%q was asked for as %v", given, asked)
		case want != "" && (len(asked) != 1 || asked[0] != "/file/bot"+token+"/"+want):
			t.Errorf("%q was asked for as %v", given, asked)
		}
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("the error tells the token: %v", err)
		}
	}
}

// TestEveryRefusalHasASentenceAndARemedy: of every rule of the played platform,
// and of every line of the catalogue, in both languages.
func TestEveryRefusalHasASentenceAndARemedy(t *testing.T) {
	for _, m := range telegram.Catalogue() {
		if m.Shown.EN == "" || m.Shown.ZH == "" {
			t.Errorf("%d %q says nothing", m.Code, m.Says)
		}
	}
	for _, rule := range played.Rules() {
		if rule.Code == "" {
			continue
		}
		b := newBench(t, played.Options{}, nil)
		code, says, _ := strings.Cut(rule.Code, " ")
		status, err := strconv.Atoi(code)
		if err != nil {
			t.Fatal(err)
		}
		b.Misbehave(emulate.Fault{Status: status, Body: []byte(fmt.Sprintf(`{"ok":false,"error_code":%d,"description":%q}`, status, says))})
		_, err = b.Send(t.Context(), connector.Request{Thread: canon.ThreadKey{Peer: "501"}, Message: canon.TextMessage("hi")})
		e := connector.AsError(err)
		if e == nil || e.Class == connector.Uncertain || e.Shown.EN == "" || e.Shown.ZH == "" {
			t.Errorf("%s: %v", rule.Code, err)
		}
	}
}

// TestBusinessChatsHaveTheirOwnLimits.
func TestBusinessChatsHaveTheirOwnLimits(t *testing.T) {
	b := newBench(t, played.Options{}, nil)
	business := b.Connect(502)
	key := canon.ThreadKey{Peer: "501", Thread: canon.RemoteID("b" + business)}
	caps := b.Conn.Capabilities(key)
	if caps.Window.For != 24*time.Hour || caps.Can(connector.OpsReact) || caps.EditWithin != 48*time.Hour {
		t.Errorf("the capabilities are %+v", caps)
	}
	if err := b.Do(t.Context(), "501@"+business, emulate.Act{Kind: emulate.ActText, Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Conn.(connector.Marker).MarkRead(t.Context(), key, "501:1"); err != nil || !b.Screen("501@" + business).Bubbles[0].Read {
		t.Errorf("it is not marked as read: %v", err)
	}
	send := func(op connector.Op, target canon.RemoteID) (connector.Receipt, *connector.Error) {
		r, err := b.Send(t.Context(), connector.Request{Thread: key, Op: op, Target: target, Emoji: "👍", Message: canon.TextMessage("for the business")})
		return r, connector.AsError(err)
	}
	if _, e := send(connector.OpReact, "501:1"); e == nil || e.Class != connector.Unsupported {
		t.Errorf("a reaction: %v", e)
	}
	posted, e := send(connector.OpPost, "")
	if e != nil {
		t.Fatal(e)
	}
	if _, e := send(connector.OpRevoke, posted.RemoteID); e != nil || !b.Screen("501@" + business).Bubbles[1].Recalled {
		t.Errorf("a recall: %v", e)
	}
	b.pass(24*time.Hour + time.Minute)
	if _, e := send(connector.OpPost, ""); e == nil || e.Class != connector.WindowClosed {
		t.Errorf("after a day: %v", e)
	}
}

// TestACustomersPictureComesWithoutItsAddress: the address holds the bot's token,
// so the bytes are brought, and what fails says nothing of it.
func TestACustomersPictureComesWithoutItsAddress(t *testing.T) {
	b := newBench(t, played.Options{}, nil)
	portrayer := b.Conn.(connector.Portrayer)
	if _, _, err := portrayer.Picture(t.Context(), connector.Account{}, "501"); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Gone {
		t.Errorf("somebody without a picture: %v", err)
	}
	if _, _, err := portrayer.Picture(t.Context(), connector.Account{}, "-4000001"); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Gone {
		t.Errorf("a group: %v", err)
	}
	b.Face(501, []byte("\xff\xd8\xff a face"))
	body, info, err := portrayer.Picture(t.Context(), connector.Account{}, "501")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	_ = body.Close()
	if err != nil || string(got) != "\xff\xd8\xff a face" || strings.Contains(info.Name, token) {
		t.Errorf("it is %q of %+v, %v", got, info, err)
	}
	if p, err := b.Conn.(connector.Profiler).Profile(t.Context(), connector.Account{}, "501"); err != nil || p.Avatar != "" {
		t.Errorf("the profile names an address: %+v, %v", p, err)
	}
	for _, fault := range []emulate.Fault{{Op: "file", Status: 404}, {Op: "file", Status: 503}, {Op: "getUserProfilePhotos", Status: 502}} {
		b.Misbehave(fault)
		_, _, err := portrayer.Picture(t.Context(), connector.Account{}, "501")
		e := connector.AsError(err)
		if e == nil || strings.Contains(e.Error()+e.Shown.EN+e.Shown.ZH, token) {
			t.Errorf("%+v: %v", fault, err)
		}
	}
}
