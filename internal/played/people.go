package played

import (
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// people writes the link, its accounts, the bot and the agent.
func (h *Hub) people() {
	h.t.Helper()
	kind := h.setup.Driver.Spec().Kind
	h.Link = canon.NewID()
	h.save(h.setup.Driver, h.Link, h.setup.Values, true)
	h.write(func(tx *store.Tx) error {
		ctx := h.t.Context()
		bot, err := tx.AddBot(core.Bot{Kind: h.setup.Bot.Kind(), Name: "Assistant", Draft: h.setup.Bot.Blank(h.setup.Language)}, canon.ID{})
		if err != nil {
			return err
		}
		if _, err := tx.PublishBot(ctx, bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
			return err
		}
		for i, remote := range h.setup.Accounts {
			account := core.Account{ID: canon.NewID(), Link: h.Link, Kind: kind, Name: "Tea House", RemoteID: remote, Bot: bot.ID}
			if _, _, err := tx.AddAccount(ctx, account, canon.ID{}); err != nil {
				return err
			}
			if i == 0 {
				h.Account = account.ID
			}
		}
		agent, err := tx.AddAgent(ctx, core.Agent{ID: canon.NewID(), Email: "mei@example.com", Name: "Mei", Role: core.RoleAgent, Language: h.setup.Language, MaxLoad: 20}, "x", canon.ID{})
		if err != nil {
			return err
		}
		h.Agent = agent.ID
		state := core.AgentOnline
		if h.setup.Away {
			state = core.AgentAway
		}
		_, err = tx.StoreState(ctx, agent.ID, state, canon.ID{})
		return err
	})
}

// Add links one more account, of a kind that Also names, without a bot.
func (h *Hub) Add(driver connector.Driver, name string, remote canon.RemoteID, values connector.Values) canon.ID {
	h.t.Helper()
	link, account := canon.NewID(), canon.NewID()
	h.save(driver, link, values, true)
	h.write(func(tx *store.Tx) error {
		_, _, err := tx.AddAccount(h.t.Context(), core.Account{ID: account, Link: link, Kind: driver.Spec().Kind, Name: name, RemoteID: remote}, canon.ID{})
		return err
	})
	if err := h.Core.Reload(h.t.Context(), h.Tenant, link); err != nil {
		h.t.Fatal(err)
	}
	return account
}

// Write changes what is stored.
func (h *Hub) Write(do func(*store.Tx) error) { h.t.Helper(); h.write(do) }

// save writes the form of a link.
func (h *Hub) save(driver connector.Driver, id canon.ID, values connector.Values, fresh bool) {
	h.t.Helper()
	spec := driver.Spec()
	complete, bad := spec.Form.Complete(values)
	if len(bad) > 0 {
		h.t.Fatalf("the form refuses the values: %v", bad)
	}
	key := must(h.Store.For(h.Tenant).DataKey(h.t.Context()))(h.t)
	link := store.LinkRow{Link: core.Link{ID: id, Kind: spec.Kind, Name: "Tea House"}}
	var err error
	if link.Config, link.Sealed, err = store.SealValues(h.box, key, h.Tenant, id, spec.Form, complete); err != nil {
		h.t.Fatal(err)
	}
	h.write(func(tx *store.Tx) error { return tx.SaveLink(link, fresh) })
}

func (h *Hub) write(do func(*store.Tx) error) {
	h.t.Helper()
	if err := h.Store.For(h.Tenant).Write(h.t.Context(), do); err != nil {
		h.t.Fatal(err)
	}
}

// Change saves another form and opens the link anew, as its page does.
func (h *Hub) Change(values connector.Values) {
	h.t.Helper()
	h.save(h.setup.Driver, h.Link, values, false)
	if err := h.Core.Reload(h.t.Context(), h.Tenant, h.Link); err != nil {
		h.t.Fatal(err)
	}
}
