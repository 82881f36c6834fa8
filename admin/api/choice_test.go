package api

import (
	"context"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
)

// listedConn is a channel whose platform tells which accounts the credentials
// serve.
type listedConn struct{ playedConn }

func (listedConn) List(context.Context) ([]connector.Account, error) {
	return []connector.Account{{RemoteID: "kf-1", Name: "Sales"}, {RemoteID: "kf-2", Name: "After sales"}, {RemoteID: "kf-3", Name: "Returns"}}, nil
}

// TestAccountsAreChosenOfThoseTheCredentialsServe: the account that was set up
// without a name is the first of them, the others join its link; none twice.
func TestAccountsAreChosenOfThoseTheCredentialsServe(t *testing.T) {
	a := newAway(t)
	a.owner.do("POST", "/accounts/"+a.id+"/choice", nil).want(409)
	a.r.hub.conn = listedConn{}
	offered := func() (got AccountChoice) {
		t.Helper()
		a.owner.do("POST", "/accounts/"+a.id+"/choice", nil).want(200).into(&got)
		return got
	}
	first := offered()
	if len(first.Accounts) != 3 || first.Accounts[0] != (OfferedAccount{RemoteID: "kf-1", Name: "Sales"}) {
		t.Fatalf("offered is %+v", first)
	}
	choose := func(state string, ids ...canon.RemoteID) reply {
		return a.owner.do("POST", "/authorisations/choice", map[string]any{"state": state, "accounts": ids})
	}
	var got Authorised
	choose(first.State, "kf-2", "kf-3", "strange").want(200).into(&got)
	if got.Account.ID.String() != a.id || got.Account.RemoteID != "kf-2" || len(got.More) != 1 || got.More[0].RemoteID != "kf-3" || got.More[0].LinkID != got.Account.LinkID || got.More[0].Name != "Returns" {
		t.Errorf("linked is %+v", got)
	}
	choose(first.State, "kf-1").want(404) // a list is good once
	again := offered()
	for i, linked := range []bool{false, true, true} {
		if again.Accounts[i].Linked != linked {
			t.Errorf("offered again is %+v", again.Accounts[i])
		}
	}
	var all list[LinkedAccount]
	choose(again.State, "kf-2").want(200)
	a.owner.do("GET", "/accounts", nil).want(200).into(&all)
	of := map[canon.RemoteID]int{}
	for _, v := range all.Items {
		if v.LinkID == got.Account.LinkID {
			of[v.RemoteID]++
		}
	}
	if len(of) != 2 || of["kf-2"] != 1 || of["kf-3"] != 1 {
		t.Errorf("on the link are %v", of)
	}
	if !all.Items[len(all.Items)-1].Lists {
		t.Error("the account does not say that its platform lists more")
	}
}

// TestAFormIsCheckedWhileItIsFilledIn: by the connector's own rules, and for a
// link that is there with what is stored.
func TestAFormIsCheckedWhileItIsFilledIn(t *testing.T) {
	a := newAway(t)
	var made LinkedAccount
	a.owner.do("GET", "/accounts/"+a.id, nil).want(200).into(&made)
	check := func(in map[string]any) []FormProblem {
		t.Helper()
		var got FormCheck
		in["connector"] = "played"
		a.owner.do("POST", "/accounts/check", in).want(200).into(&got)
		return got.Problems
	}
	if got := check(map[string]any{}); len(got) != 1 || got[0].Field != "secret" || got[0].Text.ZH == "" {
		t.Errorf("without a secret: %+v", got)
	}
	if got := check(map[string]any{"config": map[string]string{"secret": "of-the-platform"}}); len(got) != 0 {
		t.Errorf("with one: %+v", got)
	}
	if got := check(map[string]any{"link": made.LinkID}); len(got) != 0 {
		t.Errorf("what is stored: %+v", got)
	}
	a.owner.do("POST", "/accounts/check", map[string]any{"connector": "played", "link": canon.NewID()}).want(404)
}
