package played

import (
	"context"
	"net/url"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Authorise is an administrator who is sent to the platform for an account, does
// there what at does, and comes back: the accounts that were authorised, the
// first new one in place of an account that has no name at the platform.
func (h *Hub) Authorise(account canon.ID, at func(ctx context.Context, page string) (back string, err error)) []core.Account {
	h.t.Helper()
	before := h.AccountNow(account)
	return h.authorise(before, connector.Account{ID: before.ID, RemoteID: before.RemoteID}, at)
}

// AuthoriseAnother is Authorise for whichever account the administrator chooses,
// begun at one that is linked.
func (h *Hub) AuthoriseAnother(account canon.ID, at func(ctx context.Context, page string) (back string, err error)) []core.Account {
	h.t.Helper()
	return h.authorise(h.AccountNow(account), connector.Account{}, at)
}

func (h *Hub) authorise(before core.Account, asked connector.Account, at func(ctx context.Context, page string) (back string, err error)) []core.Account {
	h.t.Helper()
	ctx := h.t.Context()
	conn := h.Conn().(connector.Authorizer)
	visit := must(conn.Authorize(ctx, asked, connector.Back{URL: h.URL + "/channels/return", State: "a-state"}))(h.t)
	back := must(url.Parse(must(at(ctx, visit.URL))(h.t)))(h.t)
	q := back.Query()
	if q.Get("state") != "a-state" || back.Path != "/channels/return" {
		h.t.Fatalf("the platform led back to %s", back)
	}
	q.Del("state")
	granted := must(conn.Authorized(ctx, q))(h.t)
	var all []core.Account
	h.write(func(tx *store.Tx) error {
		for _, a := range granted.Accounts {
			x, err := tx.AccountOf(ctx, h.Link, a.RemoteID)
			switch {
			case err == nil && x.ID.IsZero() && before.RemoteID == unnamed:
				x, err = before, tx.Named(ctx, before.ID, a.RemoteID, canon.ID{})
				before.RemoteID = a.RemoteID
			case err == nil && x.ID.IsZero():
				x, _, err = tx.AddAccount(ctx, core.Account{Link: h.Link, Kind: before.Kind, Name: a.Name, RemoteID: a.RemoteID, Bot: before.Bot}, canon.ID{})
			}
			if err != nil {
				return err
			}
			all = append(all, x)
		}
		return nil
	})
	if err := h.Core.Reload(ctx, h.Tenant, h.Link); err != nil {
		h.t.Fatal(err)
	}
	return all
}

// unnamed stands where an account has no name at its platform yet.
const unnamed = "main"

// AccountNow reads an account anew.
func (h *Hub) AccountNow(id canon.ID) core.Account {
	h.t.Helper()
	return must(h.Store.For(h.Tenant).Account(h.t.Context(), id))(h.t)
}

// Light waits until an account's light is as asked.
func (h *Hub) Light(id canon.ID, health connector.Health, code string) {
	h.t.Helper()
	var now core.LinkState
	h.Until("the light is "+string(health)+" for "+code, func() bool {
		now = h.AccountNow(id).State
		return now.Health == health && (code == "" || now.Code == code)
	})
	if health != connector.HealthGood && (now.Text.EN == "" || now.Text.ZH == "" || now.Remedy.EN == "" || now.Remedy.ZH == "") {
		h.t.Errorf("the light %s has no words: %+v", code, now)
	}
}
