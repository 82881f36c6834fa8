package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/alert"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/ingest"
	"parley/core/secret"
	"parley/core/store"
)

// watched is a channel that has a pulse and can rehearse a callback.
type watched struct {
	*played
	w *watching
}

type watching struct {
	mu  sync.Mutex
	bad error
}

func (w *watching) set(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bad = err
}

func (c watched) Pulse(context.Context) error {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	return c.w.bad
}

func (c watched) Rehearse() (connector.Raw, error) {
	return connector.Raw{Method: http.MethodPost, Body: []byte(`{}`), Header: http.Header{"X-Secret": {"right"}}}, nil
}

// front is what stands before a hub: it passes on what spoil did not answer.
type front struct {
	mu    sync.Mutex
	to    http.Handler
	spoil func(http.ResponseWriter, *http.Request) (answered bool)
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	to, spoil := f.to, f.spoil
	f.mu.Unlock()
	if spoil == nil || !spoil(w, r) {
		to.ServeHTTP(w, r)
	}
}

func newWatched(t *testing.T, url string) (*rig, *watching, *front) {
	t.Helper()
	w, f := &watching{}, &front{}
	outside := httptest.NewServer(f)
	t.Cleanup(outside.Close)
	r := newRigWith(t, url, "", func(r *rig) {
		r.public, r.pulse = outside.URL, 5*time.Millisecond
		r.p.wrap = func(p *played) connector.Conn { return watched{p, w} }
	})
	f.to = r.hub.Handler()
	return r, w, f
}

// verify is what verifying says, a word for each step.
func verify(t *testing.T, r *rig) (steps []connector.Check, ok bool) {
	t.Helper()
	ok, open := r.hub.Verify(t.Context(), r.tenant, r.link, func(k connector.Check) { steps = append(steps, k) })
	if !open {
		t.Fatal("the link is not open")
	}
	return steps, ok
}

// TestVerifyGoesThroughTheOwnDoor: from outside, with and without what the
// platform proves itself by; nothing of it is stored.
func TestVerifyGoesThroughTheOwnDoor(t *testing.T) {
	t.Parallel()
	r, _, f := newWatched(t, "sqlite")
	steps, ok := verify(t, r)
	if !ok || len(steps) != 4 {
		t.Fatalf("all is well, and it said %v %+v", ok, steps)
	}
	spoil := func(how func(http.ResponseWriter, *http.Request) bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.spoil = how
	}
	spoil(func(_ http.ResponseWriter, req *http.Request) bool { // a proxy that eats a header
		req.Header.Del("X-Secret")
		return false
	})
	if steps, ok = verify(t, r); ok || !steps[0].OK || steps[2].OK || !strings.Contains(steps[2].Remedy.EN, "headers") || steps[2].Remedy.ZH == "" {
		t.Errorf("a header was lost on the way, and it said %v %+v", ok, steps)
	}
	spoil(func(w http.ResponseWriter, _ *http.Request) bool { // something else has the address
		w.WriteHeader(http.StatusOK)
		return true
	})
	if steps, ok = verify(t, r); ok || steps[0].OK || !strings.Contains(steps[0].Detail.EN, "Something else") {
		t.Errorf("something else answered, and it said %v %+v", ok, steps)
	}
	if all, err := r.scope().Callbacks(t.Context(), r.link, 0, 10); err != nil || len(all) != 0 {
		t.Errorf("%d callbacks were stored, %v", len(all), err)
	}
}

// TestVerifyKnocksAtEveryAddress: where a platform is given several, each is
// called from outside, and the one that does not lead here is named.
func TestVerifyKnocksAtEveryAddress(t *testing.T) {
	t.Parallel()
	r, _, f := newWatched(t, "sqlite")
	r.p.callbacks = []connector.Callback{{Name: connector.Text{EN: "Tickets", ZH: "票据"}}, {Path: "/$NAME$", Name: connector.Text{EN: "Messages", ZH: "消息"}}}
	steps, ok := verify(t, r)
	if !ok || len(steps) != 5 || steps[0].Name.EN != "Tickets leads to this hub" || steps[1].Name.ZH != "消息可以到达本系统" || !strings.HasSuffix(steps[1].Detail.EN, "/$NAME$") {
		t.Fatalf("all is well, and it said %v %+v", ok, steps)
	}
	f.mu.Lock()
	f.spoil = func(w http.ResponseWriter, req *http.Request) bool { // a proxy that passes one address on alone
		if !strings.HasSuffix(req.URL.Path, "$") {
			return false
		}
		w.WriteHeader(http.StatusNotFound)
		return true
	}
	f.mu.Unlock()
	if steps, ok = verify(t, r); ok || !steps[0].OK || steps[1].OK || !strings.Contains(steps[1].Detail.EN, "/$NAME$") {
		t.Errorf("one address does not lead here, and it said %v %+v", ok, steps)
	}
}

// TestX03_AForeignKnockIsACallback: only the hub's own knocks are answered, at the
// link they were made for.
func TestX03_AForeignKnockIsACallback(t *testing.T) {
	t.Parallel()
	r, _, _ := newWatched(t, "sqlite")
	for _, knock := range []string{"nonsense", "bm9uc2Vuc2U.AAAA", ingest.NewKnock(secret.NewBox(secret.NewMasterKey()).Signer("knock"), r.link, time.Now()),
		ingest.NewKnock(r.box.Signer("knock"), canon.NewID(), time.Now()), ingest.NewKnock(r.box.Signer("knock"), r.link, time.Now().Add(-time.Hour))} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.srv.URL+"/hooks/"+r.link.String(), strings.NewReader(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Parley-Knock", knock)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("Parley-Knock") != "" {
			t.Errorf("the knock %q was answered %d %q", knock, resp.StatusCode, resp.Header.Get("Parley-Knock"))
		}
	}
}

// hook is who is told by webhook.
type hook struct {
	mu     sync.Mutex
	status int
	got    []alert.Told
	ids    []string
	forged int
	secret string
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	var told alert.Told
	if json.Unmarshal(body, &told) != nil || r.Header.Get("webhook-signature") != alert.Sign(h.secret, r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), body) {
		h.forged++
	}
	h.got, h.ids = append(h.got, told), append(h.ids, r.Header.Get("webhook-id"))
	w.WriteHeader(h.status)
}

func (h *hook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *hook) told() (types []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, x := range h.got {
		types = append(types, x.Type)
	}
	return types
}

// TestALinkThatGivesNoPulseTurnsRedAndIsTold, though nobody writes: the light
// turns, one alert is sent, again after a crash under the same id, and another
// when it is well again.
func TestALinkThatGivesNoPulseTurnsRedAndIsTold(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, w, f := newWatched(t, url)
		told := &hook{status: http.StatusInternalServerError, secret: connector.NewSecret()}
		to := httptest.NewServer(told)
		t.Cleanup(to.Close)
		key, err := r.scope().DataKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := r.box.Seal(key, alert.SecretScope(r.tenant), []byte(told.secret))
		if err != nil {
			t.Fatal(err)
		}
		r.write(func(tx *store.Tx) error {
			return tx.SaveAlertSettings(t.Context(), core.AlertSettings{Mail: []string{}, Webhook: to.URL}, sealed)
		})

		w.set(errors.New("the platform hangs up"))
		eventually(t, "the light turns red", func() bool { return r.light().Health == connector.HealthBad && r.light().Remedy.ZH != "" })
		eventually(t, "the webhook is told", func() bool { return len(told.told()) == 1 })
		r.crash()
		f.mu.Lock()
		f.to = r.hub.Handler()
		f.mu.Unlock()
		told.answer(http.StatusOK)
		r.later(10 * time.Minute)
		sent := func(kind core.AlertKind) bool {
			all, err := r.scope().Alerts(t.Context(), canon.ID{}, 10)
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(all, func(a core.Alert) bool { return a.Kind == kind && a.Sends[0].State == "sent" })
		}
		eventually(t, "the webhook is told again", func() bool { return sent(core.AlertRed) })

		w.set(nil)
		eventually(t, "the light turns green", func() bool { return r.light().Health == connector.HealthGood })
		r.later(store.GreenAfter + time.Second)
		eventually(t, "the webhook is told that it is well", func() bool { return sent(core.AlertGreen) })
		told.mu.Lock()
		defer told.mu.Unlock()
		if n := len(told.got); n != 3 || told.got[0].Type != "account.red" || told.got[2].Type != "account.green" || told.ids[0] != told.ids[1] || told.ids[1] == told.ids[2] || told.forged > 0 {
			t.Errorf("told %v under %v, %d forged", told.got, told.ids, told.forged)
		}
		if !strings.HasSuffix(told.got[0].URL, "/channels/a/"+r.account.String()) || told.got[0].Data.Text.ZH == "" {
			t.Errorf("the webhook read %+v", told.got[0])
		}
	})
}
