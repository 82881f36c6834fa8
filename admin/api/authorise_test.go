package api

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// authorisedConn is a channel whose accounts are authorised at its platform: the
// code it comes back with names the account, or several of which to choose.
type authorisedConn struct{ playedConn }

func (authorisedConn) Capabilities(canon.ThreadKey) connector.Capabilities {
	return connector.Capabilities{Ops: map[connector.Operation]connector.Level{connector.OpsAuthorize: connector.Full}}
}

func (authorisedConn) Authorize(_ context.Context, account connector.Account, back connector.Back) (connector.Visit, error) {
	return connector.Visit{URL: "https://platform.example/agree?again=" + url.QueryEscape(string(account.RemoteID)) + "&to=" + url.QueryEscape(back.Whole())}, nil
}

func (authorisedConn) Authorized(_ context.Context, returned url.Values) (connector.Granted, error) {
	if returned.Get("code") == "" {
		return connector.Granted{}, &connector.Error{Class: connector.Invalid, Shown: connector.Text{EN: "It was not confirmed.", ZH: "授权未确认。"}}
	}
	var all []connector.Account
	for _, id := range strings.Split(returned.Get("code"), ",") {
		all = append(all, connector.Account{RemoteID: canon.RemoteID(id), Name: "Shop " + id})
	}
	g := connector.Granted{Config: connector.Values{"secret": "granted-secret"}, Accounts: all}
	if len(all) > 1 {
		g.Accounts, g.Offered = nil, all
	}
	return g, nil
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

// TestSomebodyChoosesOfTheAccountsAnAuthorisationCovers: nothing is linked before;
// what is linked already stays itself; where there is nothing to choose nobody is
// asked.
func TestSomebodyChoosesOfTheAccountsAnAuthorisationCovers(t *testing.T) {
	a := newAway(t)
	linked := func() (names []string) {
		t.Helper()
		var all struct{ Items []LinkedAccount }
		a.owner.do("GET", "/accounts", nil).want(200).into(&all)
		for _, x := range all.Items {
			if x.Kind == "played" {
				names = append(names, x.Name+"="+string(x.RemoteID))
				if !x.Authorises {
					t.Errorf("%s is not said to be authorised at its platform", x.Name)
				}
			}
		}
		slices.Sort(names)
		return names
	}
	choose := func(c *caller, state string, ids ...string) reply {
		return c.do("POST", "/authorisations/choice", map[string]any{"state": state, "accounts": ids})
	}
	var got Authorised
	a.owner.returns(a.leaves(false), "p-1,p-2,p-3").want(200).into(&got)
	if got.Choice == nil || len(got.Choice.Accounts) != 3 || got.Choice.Accounts[1] != (OfferedAccount{RemoteID: "p-2", Name: "Shop p-2"}) {
		t.Fatalf("offered %+v", got.Choice)
	}
	if now := linked(); !slices.Equal(now, []string{"Tea=" + a.id}) {
		t.Errorf("before anything was chosen there are %v", now)
	}
	state := got.Choice.State
	choose(a.r.signedIn(a.r.home(), core.RoleOwner), state, "p-2").want(404) // another person
	choose(a.owner, state).want(422)
	got = Authorised{}
	choose(a.owner, state, "p-3", "p-2").want(200).into(&got)
	if got.Account.ID.String() != a.id || got.Account.RemoteID != "p-2" || len(got.More) != 1 || got.More[0].Name != "Shop p-3" || !got.Expected {
		t.Errorf("chosen, it is %+v", got)
	}
	choose(a.owner, state, "p-1").want(404) // once

	// Two new ones beside those linked; one that was not offered is none of them.
	got = Authorised{}
	a.owner.returns(a.leaves(true), "p-1,p-2,p-4").want(200).into(&got)
	if got.Choice == nil || !got.Choice.Accounts[1].Linked || got.Choice.Accounts[0].Linked {
		t.Fatalf("offered %+v", got.Choice)
	}
	choose(a.owner, got.Choice.State, "p-9").want(404)
	state = a.leaves(true)
	choose(a.owner, state, "p-1").want(404) // nobody came back with it

	// Nothing to choose: one is new; one is authorised again; all are linked.
	got = Authorised{}
	a.owner.returns(a.leaves(true), "p-2,p-4").want(200).into(&got)
	if got.Choice != nil || got.Account.RemoteID != "p-4" {
		t.Errorf("of one new account it asks %+v", got)
	}
	got = Authorised{}
	a.owner.returns(a.leaves(false), "p-1,p-2,p-5").want(200).into(&got)
	if got.Choice != nil || got.Account.ID.String() != a.id || !got.Expected {
		t.Errorf("authorised again it is %+v", got)
	}
	got = Authorised{}
	a.owner.returns(a.leaves(true), "p-2,p-3").want(200).into(&got)
	if got.Choice != nil || got.Account.RemoteID != "p-2" || len(got.More) != 1 {
		t.Errorf("all linked, it is %+v", got)
	}
	if now := linked(); !slices.Equal(now, []string{"Shop p-3=p-3", "Shop p-4=p-4", "Tea=p-2"}) {
		t.Errorf("in the end there are %v", now)
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

	program := a.r.program(a.r.home(), core.RoleOwner)
	if p := program.do("POST", "/accounts/"+a.id+"/authorisation", map[string]any{}).want(409).problem(); p.Code != "needs_session" {
		t.Errorf("a program, which no page can be opened for, is answered %s", p.Code)
	}
}
