package api

import (
	"context"
	"fmt"
	"unicode/utf8"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type contactList struct {
	Paging
	Q   string   `query:"q" maxLength:"200" doc:"Part of name, mail address, phone or note"`
	Tag canon.ID `query:"tag"`
}

type contactChange struct {
	ByID
	Body struct {
		Name       *string            `json:"name,omitempty" maxLength:"200"`
		Avatar     *canon.ID          `json:"avatar,omitempty"`
		Locale     *string            `json:"locale,omitempty" maxLength:"35"`
		Phone      *string            `json:"phone,omitempty" maxLength:"40"`
		Email      *string            `json:"email,omitempty" maxLength:"254"`
		Note       *string            `json:"note,omitempty" maxLength:"5000"`
		Attributes *map[string]string `json:"attributes,omitempty" doc:"At most 50; names up to 60, values up to 1,000 characters"`
	}
}

type contactRounds struct {
	ByID
	Paging
}

func (a *API) addContacts() {
	add(a, route{method: "GET", path: "/contacts", tag: "Contacts", may: auth.ContactList, summary: "Contacts, newest first",
		doc: "A search looks at up to 5,000 contacts a page: a page may be short, or empty, and still have a next."},
		func(ctx context.Context, c *call, in *contactList) (*answer[list[core.Contact]], error) {
			before, err := in.after("contacts")
			if err != nil {
				return nil, err
			}
			items, next, err := c.scope.Contacts(ctx, store.ContactQuery{Text: tidy(in.Q), Tag: in.Tag, Before: before, Limit: in.Limit})
			out := listOf(items, in.Limit, nil)
			if !next.IsZero() {
				text := cursorText("contacts", next)
				out.Body.Next = &text
			}
			return out, err
		})
	add(a, route{method: "GET", path: "/contacts/{id}", tag: "Contacts", may: auth.ContactRead, summary: "One contact"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Contact], error) {
			if err := a.seesContact(ctx, c, in.ID, "contact"); err != nil {
				return nil, err
			}
			v, err := c.scope.Contact(ctx, in.ID)
			return &answer[core.Contact]{v}, err
		})
	add(a, route{method: "PATCH", path: "/contacts/{id}", tag: "Contacts", may: auth.ContactWrite, act: "contact.changed", summary: "Change what is known of a contact"}, a.changeContact)
	add(a, route{method: "GET", path: "/contacts/{id}/conversations", tag: "Contacts", may: auth.ContactRead, summary: "A contact's conversations on all accounts, newest first"}, a.contactRounds)
	add(a, route{method: "GET", path: "/contacts/{id}/identities", tag: "Contacts", may: auth.ContactRead, summary: "Who a contact is on each account"},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[core.Identity]], error) {
			if err := a.seesContact(ctx, c, in.ID, "contact"); err != nil {
				return nil, err
			}
			all, err := c.scope.Identities(ctx, in.ID)
			return listOf(all, len(all), nil), err
		})
	for _, on := range []bool{true, false} {
		rt := route{method: "PUT", path: "/contacts/{id}/tags/{tag}", tag: "Contacts", may: auth.ContactWrite, summary: "Put a tag on a contact", status: 204}
		if !on {
			rt.method, rt.summary = "DELETE", "Take a tag off a contact"
		}
		add(a, rt, func(ctx context.Context, c *call, in *onTag) (*none, error) {
			if err := a.seesContact(ctx, c, in.ID, "contact"); err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return "", t.TagContact(ctx, in.ID, in.Tag, on, c.by()) })
		})
	}
}

// tidy makes text from an address fit for the database.
func tidy(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r != 0 && r != utf8.RuneError {
			out = append(out, r)
		}
	}
	return string(out)
}

// seesContact refuses a contact with whom the caller has no conversation to
// see, as if there were none.
func (a *API) seesContact(ctx context.Context, c *call, id canon.ID, what string) error {
	if _, err := c.scope.Contact(ctx, id); err != nil {
		if f, ok := core.AsFault(err); ok && f.Kind == core.FaultNotFound {
			return core.NotFound(what)
		}
		return err
	}
	sees, err := c.scope.SeesContact(ctx, id, c.who.Visible())
	if err == nil && !sees {
		return core.NotFound(what)
	}
	return err
}

func (a *API) changeContact(ctx context.Context, c *call, in *contactChange) (*answer[core.Contact], error) {
	b := in.Body
	if err := a.seesContact(ctx, c, in.ID, "contact"); err != nil {
		return nil, err
	}
	if err := oneLineIf("body.name", b.Name); err != nil {
		return nil, err
	}
	if b.Email != nil && *b.Email != "" {
		email, err := address("body.email", *b.Email)
		if err != nil {
			return nil, err
		}
		*b.Email = email
	}
	if b.Phone != nil && *b.Phone != "" {
		if err := oneLineIf("body.phone", b.Phone); err != nil {
			return nil, err
		}
	}
	if b.Attributes != nil {
		for name, value := range *b.Attributes {
			if len(*b.Attributes) > 50 || name == "" || utf8.RuneCountInString(name) > 60 || utf8.RuneCountInString(value) > 1000 {
				return nil, core.Invalid("attributes", fmt.Sprintf("body.attributes.%s", cut(name, 60)),
					connector.Text{EN: "There are too many attributes, or one is too long.", ZH: "属性过多或过长。"},
					connector.Text{EN: "At most 50; names up to 60, values up to 1,000 characters.", ZH: "最多 50 个，名称不超过 60 字符，值不超过 1000 字符。"})
			}
		}
	}
	var out core.Contact
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		v, err := t.Contact(ctx, in.ID)
		if err != nil {
			return "", err
		}
		set(&v.Name, b.Name)
		set(&v.Avatar, b.Avatar)
		set(&v.Locale, b.Locale)
		set(&v.Phone, b.Phone)
		set(&v.Email, b.Email)
		set(&v.Note, b.Note)
		set(&v.Attributes, b.Attributes)
		out, err = t.ChangeContact(ctx, v, c.by())
		return v.ID.String(), err
	})
	return &answer[core.Contact]{out}, err
}

func (a *API) contactRounds(ctx context.Context, c *call, in *contactRounds) (*answer[list[ConversationRow]], error) {
	before, err := in.after("contact rounds")
	if err != nil {
		return nil, err
	}
	if err := a.seesContact(ctx, c, in.ID, "contact"); err != nil {
		return nil, err
	}
	who, err := c.scope.ContactsByID(ctx, []canon.ID{in.ID})
	if err != nil {
		return nil, err
	}
	all, err := c.scope.ContactConversations(ctx, in.ID, before, in.size())
	if err != nil {
		return nil, err
	}
	var next *string
	if len(all) > in.Limit {
		all = all[:in.Limit]
		text := cursorText("contact rounds", all[in.Limit-1].ID)
		next = &text
	}
	visible := c.who.Visible()
	shown := all[:0:0]
	for _, v := range all {
		if visible.Sees(v) {
			shown = append(shown, v)
		}
	}
	rows, err := a.rows(ctx, c, shown, who)
	return &answer[list[ConversationRow]]{list[ConversationRow]{Items: rows, Next: next}}, err
}
