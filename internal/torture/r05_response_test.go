package torture

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/emulate"
	playedwechat "parley/connectors/emulate/wechat"
	"parley/core/canon"
	"parley/internal/bench/rig"
)

// An answer that rides on the response to a callback is shown once, although the
// hub is killed at the moment the platform has read it: what the hub knows of it
// then is the machine's to say, and it says no more than that.
func TestR05_AnAnswerInAResponseIsShownOnce(t *testing.T) {
	h := rest(t)
	api := start(t, h)
	kills := long(100, 4)
	a := lay(h, chance(t), kills, 1)
	var rode atomic.Int64
	road := &responses{read: func(body []byte) {
		if bytes.HasPrefix(body, []byte("<xml>")) && a.strike(t) {
			rode.Add(1)
		}
	}}
	p := playedwechat.New(playedwechat.Options{Client: &http.Client{Transport: road}})
	o := &outside{kind: p.Platform(), phone: p, customer: p.Customers()[0].ID, api: p, calls: p.All, values: p.Config(),
		enter: func(_ context.Context, hook string) error { p.SetHook(hook); return nil }}
	serve(t, o)
	o.link(t, h, api, answerer(t, api))
	asked := 0
	a.during(t, func() {
		for ; a.left.Load() > 0 && t.Context().Err() == nil; asked++ {
			if err := o.phone.Do(t.Context(), o.customer, emulate.Act{Kind: emulate.ActText, Text: theQuestion}); err != nil {
				t.Errorf("question %d: %v", asked+1, err)
				return
			}
			if err := rig.Until(t.Context(), time.Minute, func() (bool, error) { return a.up.Load() && o.answers() > asked, nil }); err != nil {
				t.Errorf("question %d: %v", asked+1, err)
				return
			}
		}
	})
	var doubt int
	for _, m := range bots(t, api, []*outside{o}, asked)[o.kind] {
		if m.State == canon.Unconfirmed {
			doubt++
		}
	}
	eachSaw(t, []*outside{o}, asked)
	t.Logf("%d questions, %d kills after an answer in a response, %d of them unconfirmed", asked, rode.Load(), doubt)
	if rode.Load() == 0 {
		t.Error("no answer rode on a response: the kills hit nothing")
	}
}

// responses calls read with every answer a hub gave, whole, before the platform
// sees it; each on a connection of its own.
type responses struct {
	read func([]byte)
	one  sync.Mutex
}

func (r *responses) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := eachItsOwn.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	r.one.Lock()
	defer r.one.Unlock()
	r.read(body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
