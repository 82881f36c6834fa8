package api

import (
	"slices"
	"strings"
	"testing"

	"parley/core"
)

// TestTestingAnAccountSetsItUpAgain: the first line of a test is the platform's
// set-up, the rest is the credentials.
func TestTestingAnAccountSetsItUpAgain(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.program(r.home(), core.RoleOwner)
	var made struct {
		ID   string `json:"id"`
		Link string `json:"link_id"`
	}
	owner.do("POST", "/accounts", map[string]any{"connector": "played", "name": "Played", "config": map[string]string{"secret": "of-the-platform"}}).want(201).into(&made)
	var v Verdict
	owner.do("POST", "/accounts/"+made.ID+"/test", nil).want(200).into(&v)
	if !v.OK || len(v.Checks) < 2 || v.Checks[0].Name.EN != "Set up" {
		t.Errorf("the test found %+v", v)
	}
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if !slices.Contains(r.hub.calls, "install "+made.Link) {
		t.Errorf("the hub was asked for %s", strings.Join(r.hub.calls, ", "))
	}
}
