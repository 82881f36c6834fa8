package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// ndjson reads the lines of a streamed answer.
func ndjson[T any](p reply) []T {
	p.t.Helper()
	var out []T
	for line := range bytes.Lines(p.body) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			p.t.Fatalf("%v in %s", err, line)
		}
		out = append(out, v)
	}
	return out
}

// TestVerifyingTellsEachStep: before linking and after, every step is a line of
// its own, and the last one says whether all is well.
func TestVerifyingTellsEachStep(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.program(r.home(), core.RoleOwner)
	config := map[string]any{"connector": "played", "config": map[string]string{"secret": "of-the-platform"}}
	all := ndjson[VerifyLine](owner.do("POST", "/accounts/verify", config).want(200))
	if len(all) != 2 || all[0].Check == nil || all[0].Check.Name.EN != "Reached" || !all[1].Done || !all[1].OK {
		t.Errorf("before linking: %+v", all)
	}
	w := r.world(r.home(), r.signedIn(r.home(), core.RoleAgent).agent)
	all = ndjson[VerifyLine](owner.do("POST", "/accounts/"+w["account"]+"/verify", nil).want(200))
	if len(all) != 3 || all[0].Check.Name.EN != "Set up" || !all[2].Done || !all[2].OK {
		t.Errorf("after linking: %+v", all)
	}
}

// TestATestMessageIsFollowed: it goes to the customer in the hub's own name, and
// each station is told in order.
func TestATestMessageIsFollowed(t *testing.T) {
	r := newRig(t, sqliteURL)
	r.hub.box.Start()
	t.Cleanup(func() { r.hub.box.Stop(context.Background()) })
	owner := r.program(r.home(), core.RoleOwner)
	agent := r.signedIn(r.home(), core.RoleAgent)
	w := r.world(r.home(), agent.agent)
	body := map[string]string{"conversation": w["conversation"], "text": "A test, no need to answer"}
	all := ndjson[HopLine](owner.do("POST", "/accounts/"+w["account"]+"/test-message", body).want(200))
	var names []string
	for i, l := range all[:len(all)-1] {
		names = append(names, l.Hop.Name)
		if i > 0 && l.Hop.At.Before(all[i-1].Hop.At) {
			t.Errorf("%s is before %s", l.Hop.Name, all[i-1].Hop.Name)
		}
	}
	if got := strings.Join(names, " "); got != "accepted committed handled sent taken" || !all[len(all)-1].OK {
		t.Errorf("the stations were %q, %+v", got, all[len(all)-1])
	}
	var messages struct{ Items []core.Message }
	owner.do("GET", "/conversations/"+w["conversation"]+"/messages", nil).want(200).into(&messages)
	if !slices.ContainsFunc(messages.Items, func(m core.Message) bool {
		return m.From == core.FromSystem && m.Content.Fallback() == "A test, no need to answer"
	}) {
		t.Errorf("the conversation does not show it: %+v", messages.Items)
	}
	other := r.world(r.home(), agent.agent)
	owner.do("POST", "/accounts/"+other["account"]+"/test-message", body).want(404)
}

// TestHealthCountsWhatPassed on both databases: what passed in the last hour and
// day, what waits, what is dead, and when the credentials run out.
func TestHealthCountsWhatPassed(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.program(r.home(), core.RoleOwner)
		w := r.world(r.home(), r.signedIn(r.home(), core.RoleAgent).agent)
		scope, ctx := r.store.For(r.home()), context.Background()
		account, link := mustID(t, w["account"]), mustID(t, w["link"])
		count := func(c store.Count) {
			t.Helper()
			r.must(scope.Write(ctx, func(tx *store.Tx) error { return tx.Count(account, c) }))
		}
		r.clock.pass(0)
		count(store.Count{Came: 5, Went: 2})
		r.clock.pass(3 * time.Hour)
		count(store.Count{Came: 1})
		count(store.Count{Came: 1, Went: 3, Failed: 1})
		ends := r.store.Now().Add(3 * 24 * time.Hour).Truncate(time.Millisecond)
		r.must(scope.Write(ctx, func(tx *store.Tx) error { return tx.LinkEnds(ctx, link, ends) }))
		var h AccountHealth
		owner.do("GET", "/accounts/"+w["account"]+"/health", nil).want(200).into(&h)
		if h.Hour.In != 2 || h.Hour.Out != 3 || h.Hour.Failed != 1 || h.Day.In != 7 || h.Day.Out != 5 {
			t.Errorf("the last hour %+v, the last day %+v", h.Hour, h.Day)
		}
		if last := h.Hours[len(h.Hours)-1]; len(h.Hours) != 24 || last.In != 2 {
			t.Errorf("hour by hour: %+v", h.Hours)
		}
		if h.Waiting.Dead != 1 || h.Waiting.Unsent != 3 || !h.Expires.Equal(ends) {
			t.Errorf("waiting %+v, expires %s", h.Waiting, h.Expires)
		}
		r.clock.pass(72 * time.Hour)
		count(store.Count{Came: 1})
		left, err := scope.Counts(ctx, account, time.Unix(0, 0))
		r.must(err)
		if len(left) != 1 {
			t.Errorf("after three days %d slots are kept", len(left))
		}
	})
}

// TestTheSameCredentialsAreLinkedOnce: the refusal names the account that has
// them, also when a link is changed to them.
func TestTheSameCredentialsAreLinkedOnce(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.program(r.home(), core.RoleOwner)
		link := func(name, secret string) reply {
			return owner.do("POST", "/accounts", map[string]any{"connector": "played", "name": name, "config": map[string]string{"secret": secret}})
		}
		link("Shop", "known-as:1").want(201)
		if p := link("Shop again", "known-as:1").want(409).problem(); p.Code != "linked_already" || !strings.Contains(p.Detail, "“Shop”") {
			t.Errorf("the second link was refused with %+v", p)
		}
		var made struct {
			Link string `json:"link_id"`
		}
		link("Other", "known-as:2").want(201).into(&made)
		change := func(secret string) reply {
			return owner.do("PATCH", "/links/"+made.Link, map[string]any{"config": map[string]string{"secret": secret}})
		}
		change("known-as:1").want(409)
		change("known-as:2").want(200)
		link("Elsewhere", "known-as:3").want(201)
		other := r.program(r.second(), core.RoleOwner)
		other.do("POST", "/accounts", map[string]any{"connector": "played", "name": "Theirs", "config": map[string]string{"secret": "known-as:1"}}).want(201)
	})
}

// TestReplayHandlesOnlyWhatNeedsIt: the dead and the not understood are handled
// again, once; what was handled stays.
func TestReplayHandlesOnlyWhatNeedsIt(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		ctx, scope := context.Background(), r.store.For(r.home())
		owner := r.program(r.home(), core.RoleOwner)
		w := r.world(r.home(), r.signedIn(r.home(), core.RoleAgent).agent)
		link, account := mustID(t, w["link"]), mustID(t, w["account"])
		remote := canon.RemoteID(w["account"])
		arrive := func(event string, ev canon.Event, raw string) canon.Envelope {
			e := canon.Envelope{ID: canon.NewID(), Account: remote, EventID: event, Thread: canon.ThreadKey{Account: remote, Peer: "p"}, From: canon.Peer{ID: "p", Name: "Peer"}, Time: r.store.Now(), Event: ev}
			r.must(scope.Accept(ctx, link, []store.Arrival{{Link: link, Account: account, Envelope: e, Raw: []byte(raw)}}, nil))
			return e
		}
		known := `{"learned":true,"event":"e-learned","account":"` + w["account"] + `"}`
		arrive("e-learned", canon.Unknown{Name: "new kind", Raw: json.RawMessage(`{}`)}, known)
		arrive("e-still", canon.Unknown{Name: "newer kind", Raw: json.RawMessage(`{}`)}, `{}`)
		arrive("e-fine", canon.Posted{Message: canon.TextMessage("handled")}, `{"learned":true}`)
		r.must(scope.Refuse(ctx, link, []byte(`{"learned":true,"event":"e-refused","account":"`+w["account"]+`"}`), "unexpected end of JSON input"))
		r.must(scope.Refuse(ctx, link, []byte(`nonsense`), "invalid character"))
		waiting, err := scope.Waiting(ctx, 0, 100)
		r.must(err)
		var ns []int64
		for _, a := range waiting {
			ns = append(ns, a.N)
		}
		r.must(scope.Write(ctx, func(tx *store.Tx) error { return tx.Handled(ns, store.InboxHandled) }))

		ask := func(dry bool) (out Replayed) {
			owner.do("POST", "/accounts/"+w["account"]+"/callbacks/replay", map[string]any{"days": 7, "dry": dry}).want(200).into(&out)
			return out
		}
		var shown list[Callback]
		owner.do("GET", "/accounts/"+w["account"]+"/callbacks", nil).want(200).into(&shown)
		if k := shown.Items[0]; k.State != "refused" || k.Body != "nonsense" || k.Trouble != "invalid character" {
			t.Errorf("the newest callback is shown as %+v", k)
		}
		if p := owner.do("POST", fmt.Sprintf("/accounts/%s/callbacks/%d/replay", w["account"], shown.Items[0].N), nil).want(409).problem(); p.Code != "still_refused" {
			t.Errorf("what still cannot be read: %+v", p)
		}
		want := Replayed{Dead: 1, Unknown: 2, Refused: 2, Again: 3, Still: 2}
		if got := ask(true); got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		if got := ask(false); got != want {
			t.Errorf("replayed %+v, want %+v", got, want)
		}
		if left, err := scope.RefusedOf(ctx, link, 0); err != nil || len(left) != 1 || string(left[0].Raw) != "nonsense" {
			t.Errorf("left are %+v, %v", left, err)
		}
		if got := ask(false); got.Again != 0 {
			t.Errorf("once more handled again: %+v", got)
		}
		// The platform repeats what it sent: as it is understood now, it is known.
		e := arrive("e-learned", canon.Posted{Message: canon.TextMessage("now understood")}, known)
		all, err := scope.Callbacks(ctx, link, 0, 100)
		r.must(err)
		times := 0
		for _, c := range all {
			if string(c.Raw) == known {
				times++
			}
		}
		if times != 1 {
			t.Errorf("the repeat %s was stored: %d times", e.EventID, times)
		}
	})
}

// TestAlertSettings: a webhook gets a secret that is shown once; a test alert
// goes to everybody and stands in the list.
func TestAlertSettings(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.program(r.home(), core.RoleOwner)
		put := func(body map[string]any) reply { return owner.do("PUT", "/alerts/settings", body) }
		put(map[string]any{"mail": []string{"not an address"}}).want(422)
		put(map[string]any{"mail": []string{"ops@example.com"}}).want(422) // nobody writes
		put(map[string]any{"mail": []string{}, "webhook": "ftp://example.com"}).want(422)
		var s ShownAlertSettings
		put(map[string]any{"mail": []string{}, "webhook": "https://hooks.example/alerts"}).want(200).into(&s)
		if !strings.HasPrefix(s.Secret, "whsec_") {
			t.Errorf("the webhook's secret is %q", s.Secret)
		}
		var again ShownAlertSettings
		owner.do("GET", "/alerts/settings", nil).want(200).into(&again)
		if again.Secret != "" || !again.Signed || again.Webhook != "https://hooks.example/alerts" {
			t.Errorf("read back: %+v", again)
		}
		owner.do("POST", "/alerts/test", nil).want(201)
		var listed struct{ Items []core.Alert }
		owner.do("GET", "/alerts", nil).want(200).into(&listed)
		if len(listed.Items) != 1 || listed.Items[0].Kind != core.AlertTest || len(listed.Items[0].Sends) != 1 || listed.Items[0].Sends[0].State != "waiting" {
			t.Errorf("the list is %+v", listed.Items)
		}
		r.program(r.home(), core.RoleAgent).do("GET", "/alerts", nil).want(200).into(&listed)
		if len(listed.Items[0].Sends) != 0 {
			t.Errorf("an agent reads whom alerts go to: %+v", listed.Items[0].Sends)
		}
	})
}

// TestALightThatTurnsIsToldOnce, whatever flickers between: one alert when it
// turns red, one when it has been green for two minutes, one for a token.
func TestALightThatTurnsIsToldOnce(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		ctx, scope := context.Background(), r.store.For(r.home())
		w := r.world(r.home(), r.signedIn(r.home(), core.RoleAgent).agent)
		link := mustID(t, w["link"])
		r.clock.pass(0)
		turn := func(h connector.Health) {
			t.Helper()
			r.must(scope.Write(ctx, func(tx *store.Tx) error {
				return tx.SetLinkState(ctx, link, core.LinkState{Health: h, Code: string(h), Text: connector.Text{EN: "It is " + string(h)}, At: tx.Now()})
			}))
			r.must(scope.AlertsDue(ctx))
		}
		told := func(want string) {
			t.Helper()
			all, err := scope.Alerts(ctx, canon.ID{}, 50)
			r.must(err)
			var kinds []string
			for _, a := range slices.Backward(all) {
				kinds = append(kinds, string(a.Kind))
			}
			if got := strings.Join(kinds, " "); got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		turn(connector.HealthGood)
		told("")
		turn(connector.HealthBad)
		turn(connector.HealthBad)
		told("red")
		for range 5 { // it flickers
			r.clock.pass(time.Minute)
			turn(connector.HealthGood)
			r.clock.pass(time.Minute)
			turn(connector.HealthBad)
		}
		told("red")
		turn(connector.HealthGood)
		r.clock.pass(store.GreenAfter)
		turn(connector.HealthGood)
		turn(connector.HealthGood)
		told("red green")
		turn(connector.HealthBad)
		told("red green red")

		ends := r.store.Now().Add(10 * 24 * time.Hour)
		set := func(at time.Time) {
			r.must(scope.Write(ctx, func(tx *store.Tx) error { return tx.LinkEnds(ctx, link, at) }))
			r.must(scope.AlertsDue(ctx))
		}
		set(ends)
		told("red green red")
		r.clock.pass(4 * 24 * time.Hour)
		set(ends)
		set(ends)
		told("red green red token")
		set(ends.Add(60 * 24 * time.Hour)) // renewed
		told("red green red token")
	})
}

func mustID(t *testing.T, text string) canon.ID {
	t.Helper()
	id, err := canon.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
