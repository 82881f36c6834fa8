package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/url"
	"slices"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// AuthorisationPage is a page of the platform's to open in this browser.
type AuthorisationPage struct {
	URL     string    `json:"url" doc:"Where the account is authorised. It leads back to /channels/return, which hands over what it brought"`
	Expires time.Time `json:"expires" doc:"Until when one must be back"`
}

type authoriseInput struct {
	ByID
	Body struct {
		Another bool `json:"another,omitempty" doc:"Authorise another account on the same link, not this one again"`
	}
}

type returnedInput struct {
	Body struct {
		State    string            `json:"state" minLength:"1" maxLength:"100" doc:"As it stands on the address the platform led back to"`
		Returned map[string]string `json:"returned" maxProperties:"40" doc:"The other parameters of that address"`
	}
}

// Authorised is what an authorisation brought.
type Authorised struct {
	Account  LinkedAccount   `json:"account" doc:"The account that was authorised"`
	Expected bool            `json:"expected" doc:"False when it is not the one that was to be authorised again"`
	More     []LinkedAccount `json:"more" doc:"Further accounts that came with it"`
	Choice   *AccountChoice  `json:"choice,omitempty" doc:"Nothing is linked yet: it covers several accounts, of which to choose"`
}

// AccountChoice is what an authorisation covers, to choose from.
type AccountChoice struct {
	State    string           `json:"state" doc:"For /authorisations/choice: good once, for this session"`
	Expires  time.Time        `json:"expires"`
	Accounts []OfferedAccount `json:"accounts"`
}

// OfferedAccount is one account to choose or not.
type OfferedAccount struct {
	RemoteID canon.RemoteID `json:"remote_id" doc:"The platform's id"`
	Name     string         `json:"name"`
	Linked   bool           `json:"linked" doc:"It is linked already"`
}

type choiceInput struct {
	Body struct {
		State    string           `json:"state" minLength:"1" maxLength:"100" doc:"As it came with the choice"`
		Accounts []canon.RemoteID `json:"accounts" minItems:"1" maxItems:"500" doc:"The platform's ids of those to link"`
	}
}

// stateLife is how long somebody may be away at the platform.
const stateLife = 30 * time.Minute

// authoriseTime bounds the calls that begin and end an authorisation.
const authoriseTime = 30 * time.Second

// returnPath is the page of the web application platforms lead back to.
const returnPath = "/channels/return"

func (a *API) addAuthorisations() {
	add(a, route{method: "POST", path: "/accounts/{id}/authorisation", tag: "Channels", may: auth.AccountWrite, act: "account.authorising", summary: "Begin authorising an account at its platform",
		doc: "Answers with a page of the platform's to open. Only the browser session that asked can end it, once, within half an hour."}, a.authorise)
	add(a, route{method: "POST", path: "/authorisations", tag: "Channels", may: auth.AccountWrite, act: "account.authorised", summary: "End an authorisation with what the platform led back",
		doc: "Credentials are sealed. An account that was authorised before is the same account again, with everything that was said on it. Where it covers several accounts, choice lists them."}, a.authorised)
	add(a, route{method: "POST", path: "/accounts/{id}/choice", tag: "Channels", may: auth.AccountWrite, act: "account.listing", summary: "Ask the platform which accounts the credentials of an account serve",
		doc: "Those chosen are linked by /authorisations/choice, with the same credentials. Where the account was named by nobody yet, it is the first of them."}, a.listAccounts)
	add(a, route{method: "POST", path: "/authorisations/choice", tag: "Channels", may: auth.AccountWrite, act: "account.authorised", summary: "Link those accounts that were chosen of what an authorisation covers, or credentials serve",
		doc: "What is not chosen is not linked, and what was given for it is forgotten within the hour."}, a.chosen)
}

// inBrowser refuses API tokens: whoever is led to a platform's page has to come
// back to a session.
func inBrowser(c *call) error {
	if !c.who.Agent.IsZero() {
		return nil
	}
	return &core.Fault{Kind: core.FaultConflict, Code: "needs_session",
		Text:   connector.Text{EN: "An API token cannot authorise: the platform leads a person back to the browser they came from.", ZH: "API 令牌无法完成授权：平台会把操作者带回原来的浏览器会话。"},
		Remedy: connector.Text{EN: "Sign in and authorise the account on its page.", ZH: "请登录后在账号页面完成授权。"}}
}

func (a *API) authorise(ctx context.Context, c *call, in *authoriseInput) (*answer[AuthorisationPage], error) {
	v, conn, err := a.connOf(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := inBrowser(c); err != nil {
		return nil, err
	}
	at, ok := conn.(connector.Authorizer)
	if !ok || !conn.Capabilities(canon.ThreadKey{Account: v.RemoteID}).Can(connector.OpsAuthorize) {
		return nil, &core.Fault{Kind: core.FaultConflict, Code: "no_authorisation",
			Text:   connector.Text{EN: "This channel is not authorised at its platform.", ZH: "该渠道不支持在平台授权。"},
			Remedy: connector.Text{EN: "Fill in its form instead.", ZH: "请直接填写账号配置。"}}
	}
	var account connector.Account
	if !in.Body.Another {
		account = connector.Account{ID: v.ID, RemoteID: v.RemoteID, Name: v.Name}
	}
	state := rand.Text()
	ask, cancel := context.WithTimeout(ctx, authoriseTime)
	defer cancel()
	visit, err := at.Authorize(ask, account, connector.Back{URL: a.PublicURL + returnPath, State: state})
	if err != nil {
		return nil, shown(err)
	}
	expires := c.scope.Now().Add(stateLife)
	if !visit.Expires.IsZero() && visit.Expires.Before(expires) {
		expires = visit.Expires
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		return v.ID.String() + " " + v.Name, t.AddAuthorisation(store.Authorisation{State: hashed(state), Credential: c.who.Credential, Agent: c.who.Agent,
			Account: v.ID, Again: !in.Body.Another && !unnamed(v), Expires: expires})
	})
	return &answer[AuthorisationPage]{AuthorisationPage{URL: visit.URL, Expires: expires}}, err
}

func hashed(state string) []byte {
	sum := sha256.Sum256([]byte(state))
	return sum[:]
}

// unnamed tells an account its platform has not told the id of yet.
func unnamed(v core.Account) bool { return v.RemoteID == canon.RemoteID(v.ID.String()) }

// back takes up a state somebody came back with. It is used up first, whatever
// comes of it: a state is good once.
func (a *API) back(ctx context.Context, c *call, state string) (store.Authorisation, core.Account, connector.Conn, error) {
	var was store.Authorisation
	err := c.scope.Write(ctx, func(t *store.Tx) (err error) {
		was, err = t.TakeAuthorisation(ctx, hashed(state), c.who.Credential, c.who.Agent)
		return err
	})
	if f, ok := core.AsFault(err); ok && f.Kind == core.FaultNotFound {
		return was, core.Account{}, nil, errAuthorisationOver
	}
	if err != nil {
		return was, core.Account{}, nil, err
	}
	v, conn, err := a.connOf(ctx, c, was.Account)
	return was, v, conn, err
}

var errAuthorisationOver = &core.Fault{Kind: core.FaultNotFound, Code: "authorisation_over",
	Text:   connector.Text{EN: "This authorisation is over: it was ended already, took too long, or was begun in another browser.", ZH: "本次授权已失效：可能已完成、超时，或在其他浏览器中发起。"},
	Remedy: connector.Text{EN: "Open the account and begin again.", ZH: "请打开渠道账号，重新发起授权。"}}

func (a *API) authorised(ctx context.Context, c *call, in *returnedInput) (*answer[Authorised], error) {
	was, v, conn, err := a.back(ctx, c, in.Body.State)
	if err != nil {
		return nil, err
	}
	if len(was.Offered) > 0 { // it was ended: what is missing is a choice
		return nil, errAuthorisationOver
	}
	at, ok := conn.(connector.Authorizer)
	if !ok {
		return nil, core.NotFound("account")
	}
	returned := url.Values{}
	for name, value := range in.Body.Returned {
		returned.Set(name, value)
	}
	ask, cancel := context.WithTimeout(ctx, authoriseTime)
	defer cancel()
	granted, err := at.Authorized(ask, returned)
	if err != nil {
		return nil, shown(err)
	}
	if len(granted.Offered) > 0 {
		choice, err := a.offer(ctx, c, v, was, &granted)
		if err != nil || choice != nil {
			return &answer[Authorised]{Authorised{Account: a.linked(c, v), Expected: true, More: []LinkedAccount{}, Choice: choice}}, err
		}
	}
	return a.keepGranted(ctx, c, v, was, granted)
}

// offer has a person choose of the accounts an authorisation covers. Where there
// is nothing to choose, they are those it is for: the one authorised again, the
// only new one, or those linked already.
func (a *API) offer(ctx context.Context, c *call, v core.Account, was store.Authorisation, g *connector.Granted) (*AccountChoice, error) {
	state := rand.Text()
	choice := &AccountChoice{State: state, Expires: c.scope.Now().Add(stateLife)}
	var linked, fresh []connector.Account
	err := c.scope.Write(ctx, func(t *store.Tx) error {
		linked, fresh, choice.Accounts = nil, nil, nil
		next := store.Authorisation{State: hashed(state), Credential: c.who.Credential, Agent: c.who.Agent, Account: v.ID, Expires: choice.Expires}
		for _, o := range g.Offered {
			known, err := t.AccountOf(ctx, v.Link, o.RemoteID)
			if err != nil {
				return err
			}
			if was.Again && known.ID == v.ID {
				linked, fresh = []connector.Account{o}, nil
				return nil
			}
			if known.ID.IsZero() {
				fresh = append(fresh, o)
			} else {
				linked = append(linked, o)
			}
			choice.Accounts = append(choice.Accounts, OfferedAccount{RemoteID: o.RemoteID, Name: o.Name, Linked: !known.ID.IsZero()})
			next.Offered = append(next.Offered, store.Offered{RemoteID: o.RemoteID, Name: o.Name})
		}
		if len(fresh) < 2 {
			return nil
		}
		return t.AddAuthorisation(next)
	})
	if err != nil {
		return nil, err
	}
	if len(fresh) >= 2 {
		_, err := a.granted(ctx, c, v, connector.Granted{Config: g.Config})
		return choice, err
	}
	if g.Accounts = fresh; len(fresh) == 0 {
		g.Accounts = linked
	}
	return nil, nil
}

// listAccounts offers what the credentials of an account serve.
func (a *API) listAccounts(ctx context.Context, c *call, in *ByID) (*answer[AccountChoice], error) {
	v, conn, err := a.connOf(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := inBrowser(c); err != nil {
		return nil, err
	}
	lister, ok := conn.(connector.Lister)
	if !ok {
		return nil, &core.Fault{Kind: core.FaultConflict, Code: "no_list",
			Text:   connector.Text{EN: "This channel does not tell which accounts its credentials serve.", ZH: "该渠道无法列出凭据可用的账号。"},
			Remedy: connector.Text{EN: "Link each account by its own form.", ZH: "请分别填写表单接入各账号。"}}
	}
	ask, cancel := context.WithTimeout(ctx, authoriseTime)
	defer cancel()
	all, err := lister.List(ask)
	if err != nil {
		return nil, shown(err)
	}
	state := rand.Text()
	out := AccountChoice{State: state, Expires: c.scope.Now().Add(stateLife)}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		out.Accounts = []OfferedAccount{}
		next := store.Authorisation{State: hashed(state), Credential: c.who.Credential, Agent: c.who.Agent, Account: v.ID, Expires: out.Expires}
		for _, o := range all {
			known, err := t.AccountOf(ctx, v.Link, o.RemoteID)
			if err != nil {
				return "", err
			}
			out.Accounts = append(out.Accounts, OfferedAccount{RemoteID: o.RemoteID, Name: o.Name, Linked: !known.ID.IsZero()})
			next.Offered = append(next.Offered, store.Offered{RemoteID: o.RemoteID, Name: o.Name})
		}
		if len(all) == 0 {
			return v.ID.String() + " " + v.Name, nil
		}
		return v.ID.String() + " " + v.Name, t.AddAuthorisation(next)
	})
	return &answer[AccountChoice]{out}, err
}

func (a *API) chosen(ctx context.Context, c *call, in *choiceInput) (*answer[Authorised], error) {
	was, v, _, err := a.back(ctx, c, in.Body.State)
	if err != nil {
		return nil, err
	}
	var granted connector.Granted
	for _, o := range was.Offered {
		if slices.Contains(in.Body.Accounts, o.RemoteID) {
			granted.Accounts = append(granted.Accounts, connector.Account{RemoteID: o.RemoteID, Name: o.Name})
		}
	}
	if len(granted.Accounts) == 0 {
		return nil, errAuthorisationOver
	}
	return a.keepGranted(ctx, c, v, was, granted)
}

// keepGranted links what an authorisation brought, and opens the link anew.
func (a *API) keepGranted(ctx context.Context, c *call, v core.Account, was store.Authorisation, granted connector.Granted) (*answer[Authorised], error) {
	all, err := a.granted(ctx, c, v, granted)
	if err != nil {
		return nil, err
	}
	out := Authorised{Account: a.linked(c, v), Expected: !was.Again, More: []LinkedAccount{}}
	for i, x := range all {
		out.Expected = out.Expected || x.ID == v.ID
		if i == 0 {
			out.Account = a.linked(c, x)
		} else {
			out.More = append(out.More, a.linked(c, x))
		}
	}
	return &answer[Authorised]{out}, a.reload(ctx, c, v.Link)
}

// granted keeps what an authorisation, or a login, brought that was begun at v. An account
// the link carries already, by the platform's id, stays itself; the first new
// one is v where v has no id at the platform yet.
func (a *API) granted(ctx context.Context, c *call, v core.Account, g connector.Granted) (all []core.Account, err error) {
	d, err := a.driver(v.Kind, "")
	if err != nil {
		return nil, err
	}
	key, err := c.scope.DataKey(ctx)
	if err != nil {
		return nil, err
	}
	open, sealed, err := store.SealValues(a.Box, key, c.who.Tenant, v.Link, d.Spec().Form, g.Config)
	if err != nil {
		return nil, err
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		all = nil
		if err := mergeConfig(ctx, t, v.Link, open, sealed); err != nil {
			return "", err
		}
		for _, found := range g.Accounts {
			x, err := grantedOne(ctx, c, t, v, found)
			if err != nil {
				return "", err
			}
			all = append(all, x)
		}
		return v.ID.String() + " " + v.Name, nil
	})
	return all, err
}

func mergeConfig(ctx context.Context, t *store.Tx, link canon.ID, open connector.Values, sealed store.Sealed) error {
	if len(open)+len(sealed) == 0 {
		return nil
	}
	l, err := t.Link(ctx, link)
	if err != nil {
		return err
	}
	for name, value := range open {
		l.Config[name] = value
	}
	for name, value := range sealed {
		l.Sealed[name] = value
	}
	return t.SaveLink(l, false)
}

func grantedOne(ctx context.Context, c *call, t *store.Tx, v core.Account, found connector.Account) (core.Account, error) {
	at, err := t.Account(ctx, v.ID)
	if err != nil {
		return at, err
	}
	known, err := t.AccountOf(ctx, v.Link, found.RemoteID)
	if err != nil || !known.ID.IsZero() {
		return known, err
	}
	if unnamed(at) {
		if err := t.Named(ctx, v.ID, found.RemoteID, c.by()); err != nil {
			return at, err
		}
		return t.Account(ctx, v.ID)
	}
	more := core.Account{Link: v.Link, Kind: v.Kind, Name: found.Name, RemoteID: found.RemoteID, Bot: v.Bot, Team: v.Team}
	if more.Name == "" {
		more.Name = v.Name
	}
	more, _, err = t.AddAccount(ctx, more, c.by())
	return more, err
}
