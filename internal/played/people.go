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
	h.save(h.setup.Values, true)
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

// save writes the link's form.
func (h *Hub) save(values connector.Values, fresh bool) {
	h.t.Helper()
	spec := h.setup.Driver.Spec()
	complete, bad := spec.Form.Complete(values)
	if len(bad) > 0 {
		h.t.Fatalf("the form refuses the values: %v", bad)
	}
	key := must(h.Store.For(h.Tenant).DataKey(h.t.Context()))(h.t)
	link := store.LinkRow{Link: core.Link{ID: h.Link, Kind: spec.Kind, Name: "Tea House"}}
	var err error
	if link.Config, link.Sealed, err = store.SealValues(h.box, key, h.Tenant, h.Link, spec.Form, complete); err != nil {
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
	h.save(values, false)
	if err := h.Core.Reload(h.t.Context(), h.Tenant, h.Link); err != nil {
		h.t.Fatal(err)
	}
}
