package wecom_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// TestAnApplicationsMenuKeepsWhatOurModelHasNoWordFor: what the console set beside
// what we know survives being read and set again, under the name it is given here.
func TestAnApplicationsMenuKeepsWhatOurModelHasNoWordFor(t *testing.T) {
	b := newTable(t, "wecom", played.Options{})
	m, account := b.node(wecom.New()).(connector.Menuer), connector.Account{RemoteID: played.AgentID}
	set := connector.Menu{Items: []connector.MenuItem{
		{Label: "扫码", Raw: json.RawMessage(`{"type":"scancode_waitmsg","name":"扫码","key":"track"}`)},
		{Label: "更多", Items: []connector.MenuItem{
			{Label: "商城", Kind: canon.OptionApp, AppID: "wx1234567890abcdef", Path: "pages/index"},
			{Label: "人工", Kind: canon.OptionHuman},
		}},
	}}
	for range 2 {
		if err := m.SetMenu(t.Context(), account, set); err != nil {
			t.Fatal(err)
		}
		got, err := m.Menu(t.Context(), account)
		if err != nil || len(got.Items) != 2 || !strings.Contains(string(got.Items[0].Raw), "scancode_waitmsg") {
			t.Fatalf("%+v, %v", got, err)
		}
		if below := got.Items[1].Items; len(below) != 2 || below[0].Kind != canon.OptionApp || below[0].Path != "pages/index" || below[1].Kind != canon.OptionHuman {
			t.Errorf("below it stands %+v", below)
		}
		set = got
		set.Items[0].Label = "扫一扫"
	}
	if row := b.AppPhone().Screen(played.Member).Menu; len(row) != 2 || row[0][0].Label != "扫一扫" || row[0][0].Value != "track" || len(row[1]) != 3 {
		t.Errorf("the member sees %+v", row)
	}
	err := m.SetMenu(t.Context(), account, connector.Menu{Items: []connector.MenuItem{{Label: "一个非常长的名字", Kind: canon.OptionReply, Value: "x"}}})
	if e := connector.AsError(err); e == nil || e.Class != connector.Invalid || e.Shown.ZH == "" {
		t.Errorf("a name over the limit: %v", err)
	}
}

// TestATappedEntryComesBackAsItsValue: the member taps, the hub is told.
func TestATappedEntryComesBackAsItsValue(t *testing.T) {
	b := newTable(t, "wecom", played.Options{})
	conn := b.node(wecom.New())
	hook := conn.(connector.Webhook)
	told := make(chan canon.Event, 1)
	at := newServer(t, func(w http.ResponseWriter, raw connector.Raw) {
		o, err := hook.Unseal(raw)
		if err != nil {
			t.Error(err)
			return
		}
		if o.Answer != nil {
			_, _ = w.Write(o.Answer.Body)
			return
		}
		batch, err := hook.Decode(t.Context(), connector.Seal(raw, o))
		if err != nil || len(batch.Envelopes) != 1 {
			t.Errorf("%+v, %v", batch, err)
			return
		}
		told <- batch.Envelopes[0].Event
	})
	if err := b.SetCallback(t.Context(), "wecom", at); err != nil {
		t.Fatal(err)
	}
	if err := conn.(connector.Menuer).SetMenu(t.Context(), connector.Account{}, connector.Menu{Items: []connector.MenuItem{{Label: "查订单", Kind: canon.OptionReply, Value: "orders"}}}); err != nil {
		t.Fatal(err)
	}
	if err := b.AppPhone().Do(t.Context(), played.Member, emulate.Act{Kind: emulate.ActPress, Value: "orders"}); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-told:
		if a, ok := e.(canon.Action); !ok || a.Kind != canon.ActionMenu || a.Value != "orders" {
			t.Errorf("the hub was told %#v", e)
		}
	case <-time.After(10 * time.Second):
		t.Error("the hub was told nothing")
	}
}

// TestNoKindOffersAMenuItCannotSet: what the platform lets set by its own
// application alone is offered by no other.
func TestNoKindOffersAMenuItCannotSet(t *testing.T) {
	for _, d := range []connector.Driver{wecom.NewKF(), wecom.NewSuite()} {
		if s := d.Spec(); s.Ceiling.Can(connector.OpsMenu) || s.Ceiling.Menu.Top != 0 {
			t.Errorf("%s offers %+v", s.Kind, s.Ceiling.Menu)
		}
	}
	group := canon.ThreadKey{Account: played.AgentID, Peer: "group:" + played.Group}
	if caps := newTable(t, "wecom", played.Options{}).node(wecom.New()).Capabilities(group); caps.Can(connector.OpsMenu) {
		t.Errorf("a customer group offers %+v", caps.Menu)
	}
}
