//go:build !nogpl

package torture

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	playedwhatsapp "parley/connectors/emulate/whatsapp"
	"parley/internal/bench/rig"
)

// On WhatsApp's linked device the same is done over a socket: a phone shows a
// message with a known id once, so that what is in doubt is sent again under its
// id, and nothing is doubled or left unconfirmed. It is judged alone: its device
// signs in anew after every kill, and the other channels would wait for it.
func TestR05_OnALinkedDeviceWhatIsInDoubtIsSentAgainAndSeenOnce(t *testing.T) {
	o := &outside{kind: "whatsapp", values: map[string]string{"accept_risk": "true", "pace": "600"}, unasked: true, keyed: func(int) bool { return true }}
	o.door = &door{o: o}
	p := playedwhatsapp.New(playedwhatsapp.Options{Took: func() { o.door.took() }})
	server := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); server.Close() })
	o.phone, o.customer, o.calls = p, p.Customers()[0].ID, p.Calls
	h := at(t, rigged(t))
	h.Env = append(h.Env, "PARLEY_TEST_WHATSAPP="+server.URL)
	api := start(t, h)
	o.link(t, h, api, answerer(t, api))
	if err := scan(t.Context(), api, o.account, p); err != nil {
		t.Fatal(err)
	}
	all := []*outside{o}
	kills := long(100, 4)
	var asking sync.WaitGroup
	t.Cleanup(asking.Wait)
	ask := func(o *outside) { o.asks(t.Context(), &asking) }
	for round := range kills {
		killedBetweenSendAndRecord(t, h, all, round, ask)
	}
	judgeDoubt(t, api, o, bots(t, api, all, kills)[o.kind], kills)
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ask(o)
	bots(t, api, all, kills+1)
	eachSaw(t, all, kills+1)
	again := 0
	for _, c := range p.Calls() {
		if c.Op == "message" && c.Status == http.StatusOK && !c.Visible {
			again++
		}
	}
	if again < kills {
		t.Errorf("after %d kills only %d messages were sent again", kills, again)
	}
}

// scan has the phone scan the code of an account, and waits until its device is
// signed in.
func scan(ctx context.Context, api *rig.API, account string, p *playedwhatsapp.Platform) error {
	type step struct {
		Txn, Kind string
		Display   struct{ Data string }
	}
	var now step
	at := "/accounts/" + account + "/login"
	if err := api.Call(ctx, http.MethodPost, at, map[string]string{"flow": "qr"}, &now); err != nil {
		return err
	}
	if err := p.Scan(now.Display.Data); err != nil {
		return err
	}
	for txn := now.Txn; now.Kind != "done"; {
		if err := api.Call(ctx, http.MethodPost, at+"/"+txn, struct{}{}, &now); err != nil {
			return err
		}
	}
	return rig.Until(ctx, 30*time.Second, func() (bool, error) {
		if !p.Online() {
			return false, errors.New("the device is not signed in")
		}
		return true, nil
	})
}
