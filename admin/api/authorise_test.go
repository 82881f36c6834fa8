package api

import (
	"context"
	"net/url"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// authorisedConn is a channel whose accounts are authorised at its platform: the
// code it comes back with names the account.
type authorisedConn struct{ playedConn }

func (authorisedConn) Authorize(_ context.Context, account connector.Account, back connector.Back) (connector.Visit, error) {
	return connector.Visit{URL: "https://platform.example/agree?again=" + url.QueryEscape(string(account.RemoteID)) + "&to=" + url.QueryEscape(back.Whole())}, nil
}

func (authorisedConn) Authorized(_ context.Context, returned url.Values) (connector.Granted, error) {
	if returned.Get("code") == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Shown: connector.Text{EN: "It was not confirmed.", ZH: "授权未确认。"}}
	}
	return connector.Granted{Config: connector.Values{"secret": "granted-secret"},
		Accounts: []connector.Account{{RemoteID: canon.RemoteID(returned.Get("code")), Name: "Shop " + returned.Get("code")}}}, nil
}

// away is somebody who was sent to the platform.
type away struct {
	r     *rig
	owner *caller
	email string
	id    string
}

func newAway(t *testing.T) *away {
	r := newRig(t, sqliteURL)
	r.hub.conn = authorisedConn{}
	owner, who := r.person(core.RoleOwner)
	owner.tenant = r.home()
	var made struct {
		ID string `json:"id"`
	}
	owner.do("POST", "/accounts", map[string]any{"connector": "played", "name": "Tea", "config": map[string]string{"secret": "of-the-platform"}}).want(201).into(&made)
	return &away{r, owner, who.Email, made.ID}
}

// leaves begins an authorisation and returns the state it carries.
func (a *away) leaves(another bool) string {
	a.r.t.Helper()
	var page AuthorisationPage
	a.owner.do("POST", "/accounts/"+a.id+"/authorisation", map[string]any{"another": another}).want(200).into(&page)
	u, err := url.Parse(page.URL)
	if err != nil {
		a.r.t.Fatal(err)
	}
	to, err := url.Parse(u.Query().Get("to"))
	if err != nil || to.Path != "/channels/return" || page.Expires.IsZero() {
		a.r.t.Fatalf("the page is %+v", page)
	}
	return to.Query().Get("state")
}

func (c *caller) returns(state, code string) reply {
	return c.do("POST", "/authorisations", map[string]any{"state": state, "returned": map[string]string{"code": code}})
}

// TestAnAccountIsAuthorisedAtItsPlatform: the first account that is authorised is
// the one that was begun at, another is another, and one authorised again stays
// itself. Secrets are kept and not shown.
func TestAnAccountIsAuthorisedAtItsPlatform(t *testing.T) {
	a := newAway(t)
	var got Authorised
	a.owner.returns(a.leaves(false), "wx-1").want(200).into(&got)
	if got.Account.ID.String() != a.id || got.Account.RemoteID != "wx-1" || got.Account.Name != "Tea" || !got.Expected {
		t.Errorf("authorised %+v", got)
	}
	a.owner.returns(a.leaves(true), "wx-2").want(200).into(&got)
	if got.Account.ID.String() == a.id || got.Account.Name != "Shop wx-2" || !got.Expected {
		t.Errorf("another is %+v", got)
	}
	a.owner.returns(a.leaves(false), "wx-1").want(200).into(&got)
	if got.Account.ID.String() != a.id || !got.Expected {
		t.Errorf("again it is %+v", got)
	}
	a.owner.returns(a.leaves(false), "wx-2").want(200).into(&got)
	if got.Expected {
		t.Error("another account was authorised in place of the one asked for, and nothing says so")
	}
	link, err := a.r.store.For(a.owner.tenant).Link(t.Context(), got.Account.LinkID)
	if err != nil {
		t.Fatal(err)
	}
	key, err := a.r.store.For(a.owner.tenant).DataKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := link.Values(a.r.box, key, a.owner.tenant); err != nil || v["secret"] != "granted-secret" || link.Config["secret"] != "" {
		t.Errorf("the link keeps %v, %v", v, err)
	}
}

// TestAStateIsGoodOnceForWhoCarriesIt: not twice, not in another browser of the
// same person, not for another person, not later, and not after a refusal.
func TestAStateIsGoodOnceForWhoCarriesIt(t *testing.T) {
	a := newAway(t)
	over := func(r reply) {
		t.Helper()
		if p := r.want(404).problem(); p.Code != "authorisation_over" {
			t.Errorf("the code is %s", p.Code)
		}
	}

	used := a.leaves(false)
	a.owner.returns(used, "wx-1").want(200)
	over(a.owner.returns(used, "wx-1"))

	state := a.leaves(false)
	other := a.r.signedIn(a.r.home(), core.RoleOwner)
	over(other.returns(state, "wx-9"))
	browser := a.r.nobody()
	a.r.signIn(browser, a.email, testPassword, "").want(200)
	over(browser.returns(state, "wx-9"))
	over(a.owner.returns(state+"x", "wx-9"))
	a.owner.returns(state, "wx-1").want(200) // none of them used it up

	refused := a.leaves(false)
	a.owner.returns(refused, "").want(409)
	over(a.owner.returns(refused, "wx-1"))

	late := a.leaves(false)
	a.r.clock.pass(31 * time.Minute)
	over(a.owner.returns(late, "wx-1"))
}
