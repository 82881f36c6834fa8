package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

type kind struct{ name string }

func (k kind) Spec() Spec                                    { return Spec{Kind: k.name} }
func (k kind) Open(context.Context, Link, Env) (Conn, error) { return nil, nil }

func TestRegistry(t *testing.T) {
	r, err := NewRegistry(kind{"web"}, kind{"email"})
	if err != nil || !slices.Equal(r.Kinds(), []string{"web", "email"}) {
		t.Fatalf("kinds %v, %v", r, err)
	}
	if _, ok := r.Driver("email"); !ok {
		t.Error("email was not found")
	}
	if _, ok := r.Driver("fax"); ok {
		t.Error("fax was found")
	}
	if _, err := NewRegistry(kind{"web"}, kind{"web"}); err == nil || !strings.Contains(err.Error(), `"web"`) {
		t.Errorf("two of a kind: %v", err)
	}
	if _, err := NewRegistry(kind{}); err == nil {
		t.Error("a driver without a kind was taken")
	}
}

func TestDecodeNeedsAVerifiedBody(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a body nobody verified could be read")
		}
	}()
	_ = Verified{}.Body()
}

func TestSealKeepsTheOpenedBody(t *testing.T) {
	v := Seal(Raw{Path: "/x", Body: []byte("sealed")}, Opened{Body: []byte("open")})
	if string(v.Body()) != "open" || v.Raw().Path != "/x" {
		t.Errorf("verified %q of %q", v.Body(), v.Raw().Path)
	}
}

func TestPartKeys(t *testing.T) {
	keys := PartKeys()
	for _, p := range []canon.Part{
		canon.Text{}, canon.Media{Kind: canon.MediaImage}, canon.Media{Kind: canon.MediaVoice}, canon.Media{Kind: canon.MediaAudio},
		canon.Media{Kind: canon.MediaVideo}, canon.Media{Kind: canon.MediaAnimation}, canon.Media{Kind: canon.MediaFile},
		canon.Location{}, canon.Sticker{}, canon.Contact{}, canon.Choices{Style: canon.ChoiceQuick}, canon.Choices{Style: canon.ChoiceButtons},
		canon.Choices{Style: canon.ChoiceList}, canon.Template{}, canon.Card{Kind: canon.CardProduct}, canon.Card{Kind: canon.CardOrder},
		canon.Card{Kind: canon.CardLink}, canon.Card{Kind: canon.CardApp}, canon.Card{Kind: canon.CardArticle}, canon.Opaque{},
	} {
		i := slices.Index(keys, PartKey(p))
		if i < 0 {
			t.Errorf("%s is missing", PartKey(p))
			continue
		}
		keys = slices.Delete(keys, i, i+1)
	}
	if len(keys) > 0 {
		t.Errorf("no part has the keys %v", keys)
	}
}

func TestLevels(t *testing.T) {
	c := Capabilities{
		Parts: map[string]Level{"text": Full, "location": Drop},
		Ops:   map[Operation]Level{OpsEdit: Full, OpsRevoke: Partial, OpsReact: Degrade},
	}
	if c.Part(canon.Text{}) != Full || c.Part(canon.Location{}) != Drop || c.Part(canon.Sticker{}) != Degrade {
		t.Error("levels of parts are wrong")
	}
	if !c.Can(OpsEdit) || !c.Can(OpsRevoke) || c.Can(OpsReact) || c.Can(OpsTyping) {
		t.Error("abilities are wrong")
	}
	if got := (Length{4096, UTF16}).String(); got != "4096 utf16" {
		t.Errorf("a limit reads %q", got)
	}
}

func TestAsError(t *testing.T) {
	if AsError(nil) != nil {
		t.Error("no error became one")
	}
	gone := &Error{Class: Gone, Code: "403", Shown: Text{EN: "The customer left."}}
	if got := AsError(fmt.Errorf("sending: %w", gone)); got != gone {
		t.Errorf("wrapped: %v", got)
	}
	if got := AsError(io.ErrUnexpectedEOF); got.Class != Uncertain || !errors.Is(got, io.ErrUnexpectedEOF) || got.Retryable() {
		t.Errorf("an error that says nothing: %+v", got)
	}
	for class, want := range map[Class]bool{Internal: true, Transient: true, RateLimited: true, Uncertain: false, NeedsLogin: false, WindowClosed: false, Gone: false, Unsupported: false, Invalid: false} {
		if got := (&Error{Class: class}).Retryable(); got != want {
			t.Errorf("%s: retryable %v", class, got)
		}
	}
	if got := gone.Error(); got != "gone (403): The customer left." {
		t.Errorf("reads %q", got)
	}
}

// certain is what the hub's own client returns.
type certain struct {
	error
	nothing, blocked bool
}

func (c certain) WroteNothing() bool { return c.nothing }
func (c certain) Blocked() bool      { return c.blocked }

func TestNetworkErrorCertainty(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		wrote bool
		want  Class
	}{
		{"before the first byte", io.EOF, false, Transient},
		{"after it", io.EOF, true, Uncertain},
		{"the client knows nothing left", certain{io.EOF, true, false}, true, Transient},
		{"the client does not know", certain{io.EOF, false, false}, false, Uncertain},
		{"the policy forbids the address", certain{io.EOF, true, true}, false, NeedsLogin},
		{"already classed", &Error{Class: Gone}, true, Gone},
	} {
		if got := NetworkError(&url.Error{Op: "Post", URL: "https://example.com/bot123:secret", Err: c.err}, c.wrote); got.Class != c.want || strings.Contains(got.Error(), "secret") {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestDoTellsWhetherTheRequestBegan(t *testing.T) {
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	}))
	defer cut.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + closed.Addr().String() + "/token-in-path"
	_ = closed.Close()
	for address, want := range map[string]Class{cut.URL + "/token-in-path": Uncertain, nobody: Transient} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", address, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := Do(http.DefaultClient, req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if got := AsError(err); got == nil || got.Class != want || strings.Contains(got.Error(), "token-in-path") {
			t.Errorf("%s: %v, want %s", address, err, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for v, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-5": 0, "soon": 0, "99999999999999999999": 0,
		"Sun, 01 Mar 2026 09:01:00 GMT": time.Minute, "Sun, 01 Mar 2026 08:00:00 GMT": 0,
		"9000000000000": 366 * 24 * time.Hour,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {v}}, now); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
}
