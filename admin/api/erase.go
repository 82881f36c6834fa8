package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
	"parley/core/store"
)

func (a *API) addErase() {
	const doc = "Messages, files, notes, what is found by, what the feed says and the callbacks as they came; aggregates over time stay. Refused while a conversation is open. There is no way back."
	add(a, route{method: "DELETE", path: "/contacts/{id}", tag: "Contacts", may: auth.Erase, act: "contact.erased", summary: "Erase a contact for good, with all conversations", status: 200, doc: doc},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Erased], error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			plan, err := c.scope.ErasingContact(ctx, v.ID)
			if err != nil {
				return nil, err
			}
			out, err := a.erase(ctx, c, plan, v.ID.String())
			if err == nil {
				a.Links.Changed(c.who.Tenant) // a block may be gone
			}
			return out, err
		})
	add(a, route{method: "DELETE", path: "/conversations/{id}", tag: "Conversations", may: auth.Erase, act: "conversation.erased", summary: "Erase a conversation for good", status: 200, doc: doc},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Erased], error) {
			r, err := a.see(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			plan, err := c.scope.ErasingConversation(ctx, r.Conversation)
			if err != nil {
				return nil, err
			}
			return a.erase(ctx, c, plan, r.ID.String())
		})
}

func (a *API) erase(ctx context.Context, c *call, plan store.Erasing, target string) (*answer[core.Erased], error) {
	var out core.Erased
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		var err error
		out, err = t.Erase(ctx, plan, c.by())
		return target, err
	})
	if err != nil {
		return nil, err
	}
	if err := a.Files.Shred(context.WithoutCancel(ctx), c.who.Tenant); err != nil {
		a.Log.Warn("bytes of erased files are still there, trying again", "tenant", c.who.Tenant, "err", err)
	}
	return &answer[core.Erased]{out}, nil
}
