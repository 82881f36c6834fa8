package torture

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
	"parley/internal/bench/rig"
)

// Retry really sends again: a new call, a new id of the platform, and the old
// attempt stays readable.
func TestR06_RetryReallySendsAgain(t *testing.T) {
	h := rest(t)
	api := start(t, h)
	p := linkHTTP(t, h, api, answerer(t, api))
	p.Misbehave(fake.Status(http.StatusUnprocessableEntity))
	if err := p.postHTTP(t.Context(), "q", "peer", theQuestion); err != nil {
		t.Fatal(err)
	}
	message := func(want canon.Delivery) core.Message {
		t.Helper()
		var found core.Message
		until(t, 20*time.Second, fmt.Sprintf("the answer is not %s", want), func() (bool, error) {
			all, err := threads(t.Context(), api)
			if err != nil {
				return false, err
			}
			for _, thread := range all {
				for _, m := range thread {
					if m.From == core.FromBot {
						found = m
					}
				}
			}
			return found.State == want, fmt.Errorf("it is %q (%+v)", found.State, found.Failure)
		})
		return found
	}
	failed := message(canon.Failed)
	if failed.Failure == nil || failed.Failure.Text == "" {
		t.Errorf("the failure has no words: %+v", failed.Failure)
	}
	calls := len(p.Calls())
	if err := api.Call(t.Context(), http.MethodPost, "/messages/"+failed.ID.String()+"/retry", struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	sent := message(canon.Sent)
	if n := len(p.Calls()) - calls; n != 1 {
		t.Errorf("retry made %d calls, want 1", n)
	}
	seen := p.Seen("peer")
	if len(seen) != 1 || seen[0].Message.Fallback() != theAnswer {
		t.Fatalf("the customer saw %+v", seen)
	}
	if sent.Content.RemoteID != "" && sent.Content.RemoteID != seen[0].RemoteID {
		t.Errorf("the message is known as %q, the platform calls it %q", sent.Content.RemoteID, seen[0].RemoteID)
	}
	var trace rig.Page[store.Attempt]
	if err := api.Call(t.Context(), http.MethodGet, "/messages/"+failed.ID.String()+"/trace", nil, &trace); err != nil {
		t.Fatal(err)
	}
	states := map[canon.Delivery]int{}
	for _, a := range trace.Items {
		states[a.State]++
	}
	if len(trace.Items) != 2 || states[canon.Failed] != 1 || states[canon.Sent] != 1 {
		t.Errorf("the attempts are %v, want one failed and one sent", states)
	}
	// What was sent cannot be sent again by the same button.
	err := api.Call(t.Context(), http.MethodPost, "/messages/"+failed.ID.String()+"/retry", struct{}{}, nil)
	var no *rig.Refusal
	if !errors.As(err, &no) || no.Status/100 != 4 {
		t.Errorf("retry of a sent message: %v, want a refusal", err)
	}
	if n := len(p.Seen("peer")); n != 1 {
		t.Errorf("the customer saw %d answers", n)
	}
}
