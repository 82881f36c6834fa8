package api

import (
	"context"
	"slices"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// ContactDuplicate is a contact that may be the same person.
type ContactDuplicate struct {
	Contact core.Contact `json:"contact"`
	Why     []string     `json:"why" enum:"phone,email,person" doc:"What both have: the number, the address, or an id that a platform or site vouches for"`
}

type mergeInput struct {
	ByID
	Body struct {
		Other canon.ID `json:"other" doc:"Whose things move here; its id answers as this one from then on"`
		Take  []string `json:"take,omitempty" maxItems:"120" doc:"What to take from the other where both have one: name, avatar, locale, phone, email, external_id, attributes.KEY"`
	}
}

type mergeID struct {
	ByID
	Merge canon.ID `path:"merge"`
}

func (a *API) addContactMerge() {
	add(a, route{method: "GET", path: "/contacts/{id}/duplicates", tag: "Contacts", may: auth.ContactMerge, summary: "Contacts that may be the same person", doc: "Suggested; nobody is merged by itself."},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[ContactDuplicate]], error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			found, err := c.scope.Duplicates(ctx, v)
			out := make([]ContactDuplicate, len(found))
			for i, d := range found {
				out[i] = ContactDuplicate(d)
			}
			return listOf(out, len(out), nil), err
		})
	add(a, route{method: "GET", path: "/contacts/{id}/merges", tag: "Contacts", may: auth.ContactMerge, summary: "What was merged into a contact, newest first"},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[core.Merge]], error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Merges(ctx, v.ID)
			return listOf(all, len(all), nil), err
		})
	add(a, route{method: "POST", path: "/contacts/{id}/merge", tag: "Contacts", may: auth.ContactMerge, act: "contact.merged", summary: "Merge another contact into this one",
		doc: "Identities, conversations, tags, notes and blocks move here in one step; who owns a conversation stays. Fields this contact lacks are filled from the other."},
		func(ctx context.Context, c *call, in *mergeInput) (*answer[core.Merge], error) {
			for _, f := range in.Body.Take {
				if !slices.Contains(store.MergeTakes, f) && !strings.HasPrefix(f, "attributes.") {
					return nil, core.Invalid("take", "body.take", connector.Text{EN: "There is no such field to take: " + cut(f, 60) + ".", ZH: "没有可取用的字段：" + cut(f, 60) + "。"},
						connector.Text{EN: "Choose of: " + strings.Join(store.MergeTakes, ", ") + ", attributes.KEY.", ZH: "可选：" + strings.Join(store.MergeTakes, "、") + "、attributes.KEY。"})
				}
			}
			kept, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			other, err := a.contactOf(ctx, c, in.Body.Other, "contact")
			if err != nil {
				return nil, err
			}
			var out core.Merge
			err = c.write(ctx, func(t *store.Tx) (string, error) {
				out, err = t.MergeContacts(ctx, kept.ID, other.ID, in.Body.Take, c.by())
				return kept.ID.String() + " < " + other.ID.String(), err
			})
			if err == nil {
				a.Links.Changed(c.who.Tenant) // blocks moved
			}
			return &answer[core.Merge]{out}, err
		})
	add(a, route{method: "POST", path: "/contacts/{id}/merges/{merge}/undo", tag: "Contacts", may: auth.ContactMerge, act: "contact.parted", summary: "Undo a merge",
		doc: "Everything that moved goes back, with what came to it since; fields where nobody changed them meanwhile. Refused once a later merge stands in the way."},
		func(ctx context.Context, c *call, in *mergeID) (*answer[core.Merge], error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			var out core.Merge
			err = c.write(ctx, func(t *store.Tx) (string, error) {
				out, err = t.UndoMerge(ctx, v.ID, in.Merge, c.by())
				return v.ID.String() + " / " + out.Gone.String(), err
			})
			if err == nil {
				a.Links.Changed(c.who.Tenant)
			}
			return &answer[core.Merge]{out}, err
		})
}
