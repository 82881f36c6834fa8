package line_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/line"
	"parley/connectors/line"
	"parley/core/canon"
	"parley/core/connector"
)

// shelf is a cache that keeps what it is given until its time.
type shelf struct {
	mu   sync.Mutex
	now  func() time.Time
	kept map[string]string
	ends map[string]time.Time
}

func (s *shelf) Get(_ context.Context, key string) (string, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.kept[key]
	return v, ok && s.now().Before(s.ends[key]), nil
}

func (s *shelf) Set(_ context.Context, key, value string, ttl time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key], s.ends[key] = value, s.now().Add(ttl)
	return nil
}

func (s *shelf) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, key)
	return nil
}

func (s *shelf) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	if v, ok, _ := s.Get(ctx, key); ok {
		return v, nil
	}
	v, ttl, err := fill(ctx)
	if err != nil {
		return "", err
	}
	return v, s.Set(ctx, key, v, ttl)
}

// pair is a conn and the platform it speaks to, on one clock.
type pair struct {
	t    *testing.T
	p    *played.Platform
	conn connector.Conn
	now  time.Time
	url  string
	held connector.Files // what the hub lends; nil: nothing
}

// files has the hub lend other files from now on.
func (x *pair) files(f connector.Files) { x.held = f }

// Open and Link make the pair the files it was given last.
func (x *pair) Open(ctx context.Context, id canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	return x.held.Open(ctx, id)
}

func (x *pair) Link(ctx context.Context, id canon.ID, life time.Duration) (string, error) {
	return x.held.Link(ctx, id, life)
}

// told is what one event of the platform is to the hub.
func (x *pair) told(e played.Event) canon.Event {
	x.t.Helper()
	body, err := json.Marshal(map[string]any{"destination": x.p.BotID(), "events": []played.Event{e}})
	if err != nil {
		x.t.Fatal(err)
	}
	raw := sign(connector.Link{Config: x.p.Config()}, x.now, body)
	hook := x.conn.(connector.Webhook)
	opened, err := hook.Unseal(raw)
	if err != nil {
		x.t.Fatal(err)
	}
	batch, err := hook.Decode(x.t.Context(), connector.Seal(raw, opened))
	if err != nil || len(batch.Envelopes) != 1 {
		x.t.Fatalf("%+v, %v", batch, err)
	}
	return batch.Envelopes[0].Event
}

func newPair(t *testing.T, values connector.Values) *pair {
	x := &pair{t: t, now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	clock := func() time.Time { return x.now }
	x.p = played.New(played.Options{Clock: clock, Client: &http.Client{Transport: nobody{}}})
	srv := httptest.NewServer(x.p)
	t.Cleanup(srv.Close)
	x.url = srv.URL
	config := connector.Values{"api_base": srv.URL, "channel_secret": x.p.Config()["channel_secret"]}
	for k, v := range values {
		config[k] = v
	}
	if len(values) == 0 {
		config["channel_id"] = x.p.Config()["channel_id"]
	}
	var err error
	x.conn, err = line.New().Open(t.Context(), connector.Link{Config: config, HookURL: "https://hub.example.com/hooks/1", Accounts: []connector.Account{{RemoteID: "a"}}},
		connector.Env{HTTP: srv.Client(), Clock: clock, Files: x, Cache: &shelf{now: clock, kept: map[string]string{}, ends: map[string]time.Time{}}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *pair) send() *connector.Error {
	x.t.Helper()
	_, err := x.conn.Send(x.t.Context(), connector.Request{Key: canon.NewID(), Attempt: 1, Thread: canon.ThreadKey{Peer: canon.RemoteID(x.p.Customers()[0].ID)}, Message: canon.TextMessage("hi")})
	return connector.AsError(err)
}

func (x *pair) tokens() int {
	n := 0
	for _, c := range x.p.Calls() {
		if c.Op == "token" && c.Status == http.StatusOK {
			n++
		}
	}
	return n
}

func TestAccessTokensAreReplacedBeforeTheirEndAndOnRefusal(t *testing.T) {
	x := newPair(t, nil)
	for range 3 {
		if e := x.send(); e != nil {
			t.Fatal(e)
		}
	}
	if x.tokens() != 1 {
		t.Errorf("%d tokens for three sends", x.tokens())
	}
	x.now = x.now.Add(14*time.Minute + 30*time.Second) // it still lives, for half a minute
	if e := x.send(); e != nil || x.tokens() != 2 {
		t.Errorf("%v after %d tokens; one is replaced before its end", e, x.tokens())
	}
	x.now = x.now.Add(5 * time.Minute)
	x.p.ExpireTokens()
	if e := x.send(); e == nil || e.Class != connector.Transient {
		t.Errorf("a token that ended early: %v; the call surely did not happen", e)
	}
	if e := x.send(); e != nil || x.tokens() != 3 {
		t.Errorf("%v after %d tokens", e, x.tokens())
	}
	// One refused as soon as it was issued says that the channel is at fault.
	x.p.ExpireTokens()
	if e := x.send(); e == nil || e.Class != connector.NeedsLogin || e.Shown.ZH == "" {
		t.Errorf("a fresh token that is refused: %v", e)
	}
}

func TestALongLivedTokenNeedsNoChannelID(t *testing.T) {
	x := newPair(t, connector.Values{"access_token": "long-lived-token-of-the-channel-0042/abcdefghijklmnopqrstuvwxyz=="})
	if e := x.send(); e != nil || x.tokens() != 0 {
		t.Errorf("%v; %d tokens were issued", e, x.tokens())
	}
	x = newPair(t, connector.Values{"access_token": "another-token-that-nobody-issued"})
	if e := x.send(); e == nil || e.Class != connector.NeedsLogin || e.Scope != connector.ScopeLink {
		t.Errorf("a token that is not the channel's: %v", e)
	}
	for name, v := range map[string]connector.Values{"neither id nor token": {"channel_secret": strings.Repeat("a", 32)}, "no secret": {"channel_id": "1657000042"}} {
		if _, bad := line.New().Spec().Form.Complete(v); len(bad) == 0 {
			t.Errorf("the form takes %s", name)
		}
	}
}

func TestContentIsFetchedWhenLINEHasPreparedIt(t *testing.T) {
	x := newPair(t, nil)
	f := x.conn.(connector.Fetcher)
	x.p.Keep("100", "video/mp4", []byte("film"), 2)
	film := canon.Media{Kind: canon.MediaVideo, RemoteID: "100"}
	for range 2 {
		if _, _, err := f.Fetch(t.Context(), connector.Account{}, film); connector.AsError(err) == nil || !connector.AsError(err).Retryable() || connector.AsError(err).RetryAfter == 0 {
			t.Errorf("in preparation: %v; it is asked for again", err)
		}
	}
	body, info, err := f.Fetch(t.Context(), connector.Account{}, film)
	if err != nil || info.MIME != "video/mp4" {
		t.Fatal(info, err)
	}
	_ = body.Close()
	x.p.Forget("100")
	if _, _, err := f.Fetch(t.Context(), connector.Account{}, film); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Gone {
		t.Errorf("what LINE deleted: %v", err)
	}
	x.p.Misbehave(emulate.Fault{Op: "content", Status: http.StatusServiceUnavailable})
	x.p.Keep("101", "image/jpeg", []byte("jpeg"), 0)
	picture := canon.Media{Kind: canon.MediaImage, RemoteID: "101"}
	if _, _, err := f.Fetch(t.Context(), connector.Account{}, picture); err == nil || connector.AsError(err).Class == connector.Gone {
		t.Errorf("a host that is away: %v; the file is not given up", err)
	}
	if _, _, err := f.Fetch(t.Context(), connector.Account{}, canon.Media{Kind: canon.MediaImage, RemoteID: "../info"}); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Invalid {
		t.Errorf("an id that leaves its place in the address: %v", err)
	}
}

func TestThePosterIsServedToPhonesAndNothingElseIs(t *testing.T) {
	x := newPair(t, nil)
	hook := x.conn.(connector.Webhook)
	opened, err := hook.Unseal(connector.Raw{Method: http.MethodGet, Path: "/poster.png"})
	if err != nil || opened.Answer == nil || http.DetectContentType(opened.Answer.Body) != "image/png" || len(opened.Answer.Body) > 1<<20 {
		t.Fatalf("%+v %v", opened, err)
	}
	for _, raw := range []connector.Raw{{Method: http.MethodPost, Path: "/poster.png"}, {Method: http.MethodGet}} {
		if got, err := hook.Unseal(raw); err == nil {
			t.Errorf("%s %s: %+v", raw.Method, raw.Path, got)
		}
	}
}

func TestProfilesOfFriendsAndGroups(t *testing.T) {
	x := newPair(t, nil)
	f := x.conn.(connector.Profiler)
	who := x.p.Customers()[0]
	got, err := f.Profile(t.Context(), connector.Account{}, canon.RemoteID(who.ID))
	if err != nil || got.Name != who.Name || got.Locale != who.Lang || got.Avatar == "" {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := f.Profile(t.Context(), connector.Account{}, canon.RemoteID(x.p.Group("茶道部", who.ID))); err != nil || got.Name != "茶道部" {
		t.Errorf("%+v %v", got, err)
	}
	room := x.p.Room(who.ID)
	if got, err := f.Profile(t.Context(), connector.Account{}, canon.RemoteID(room)); err != nil || got.Name != "" {
		t.Errorf("a room, which has no name: %+v %v", got, err)
	}
	for _, group := range []string{room, x.p.Group("茶道部", who.ID)} {
		key := canon.ThreadKey{Peer: canon.RemoteID(group)}
		if got, err := x.conn.(connector.MemberProfiler).Member(t.Context(), connector.Account{}, key, canon.RemoteID(who.ID)); err != nil || got.Name != who.Name {
			t.Errorf("who speaks in %s…: %+v %v", group[:1], got, err)
		}
	}
	if _, err := f.Profile(t.Context(), connector.Account{}, "U00000000000000000000000000000000"); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Gone {
		t.Errorf("a stranger: %v", err)
	}
}

// TestGroupsAndRoomsAreGroups: ids of users begin with U, of groups with C, of
// rooms with R.
func TestGroupsAndRoomsAreGroups(t *testing.T) {
	x := newPair(t, nil)
	for first, group := range map[string]bool{"U": false, "C": true, "R": true} {
		if got := x.conn.Capabilities(canon.ThreadKey{Peer: canon.RemoteID(first + strings.Repeat("0a", 16))}).Group; got != group {
			t.Errorf("%s…: a group is %v", first, got)
		}
	}
}

// TestAnEmojiOfLINEIsFetchedFromItsShop, and nothing else is by its name.
func TestAnEmojiOfLINEIsFetchedFromItsShop(t *testing.T) {
	f := newPair(t, nil).conn.(connector.Fetcher)
	body, info, err := f.Fetch(t.Context(), connector.Account{}, canon.Media{Kind: canon.MediaImage, RemoteID: "emoji:5ac1bfd5040ab15980c9b435/001"})
	if err != nil || info.MIME != "image/png" {
		t.Fatal(info, err)
	}
	_ = body.Close()
	for _, id := range []canon.RemoteID{"emoji:", "emoji:5ac1", "emoji:../001", "emoji:5ac1/../x"} {
		if _, _, err := f.Fetch(t.Context(), connector.Account{}, canon.Media{Kind: canon.MediaImage, RemoteID: id}); connector.AsError(err) == nil || connector.AsError(err).Class != connector.Invalid {
			t.Errorf("%s: %v", id, err)
		}
	}
}
