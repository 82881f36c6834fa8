package api

import (
	"context"
	"unicode/utf8"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

type contactList struct {
	Paging
	ContactFilter
}

// ContactFilter is which contacts are listed.
type ContactFilter struct {
	Q       string   `query:"q" maxLength:"200" doc:"Beginnings of words of name, mail address or id, any part of a Chinese name, a phone number or its end"`
	Tag     canon.ID `query:"tag"`
	Account canon.ID `query:"account" doc:"Of one of their identities"`
}

type contactChange struct {
	ByID
	Body struct {
		Name       *string            `json:"name,omitempty" maxLength:"200"`
		Avatar     *canon.ID          `json:"avatar,omitempty"`
		Locale     *string            `json:"locale,omitempty" maxLength:"35"`
		Phone      *string            `json:"phone,omitempty" maxLength:"40"`
		Email      *string            `json:"email,omitempty" maxLength:"254"`
		External   *string            `json:"external_id,omitempty" maxLength:"200" doc:"Id in another system; one contact has it"`
		Attributes *map[string]string `json:"attributes,omitempty" doc:"By key; those named are set, with an empty value removed. Those the tenant defined are checked by their kind; others are texts. At most 100; keys up to 60, values up to 1,000 characters"`
	}
}

type contactRounds struct {
	ByID
	Paging
}

func (a *API) addContacts() {
	add(a, route{method: "GET", path: "/contacts", tag: "Contacts", may: auth.ContactList, summary: "Contacts, newest first; found ones by the word that was found",
		doc: "A page looks at up to 5,000 places of an index: it may be short, or empty, and still have a next."},
		func(ctx context.Context, c *call, in *contactList) (*answer[list[core.Contact]], error) {
			var after *store.ContactPlace
			if in.Cursor != "" {
				after = &store.ContactPlace{}
				if err := cursorPlace("contacts", in.Cursor, after); err != nil {
					return nil, err
				}
			}
			items, next, err := c.scope.Contacts(ctx, in.query(after, in.Limit))
			out := listOf(items, in.Limit, nil)
			if next != nil {
				text := cursorText("contacts", next)
				out.Body.Next = &text
			}
			return out, err
		})
	add(a, route{method: "GET", path: "/contacts/{id}", tag: "Contacts", may: auth.ContactRead, summary: "One contact"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Contact], error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			return &answer[core.Contact]{v}, err
		})
	add(a, route{method: "PATCH", path: "/contacts/{id}", tag: "Contacts", may: auth.ContactWrite, act: "contact.changed", summary: "Change what is known of a contact"}, a.changeContact)
	add(a, route{method: "GET", path: "/contacts/{id}/conversations", tag: "Contacts", may: auth.ContactRead, summary: "A contact's conversations on all accounts, newest first"}, a.contactRounds)
	add(a, route{method: "GET", path: "/contacts/{id}/identities", tag: "Contacts", may: auth.ContactRead, summary: "Who a contact is on each account"},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[core.Identity]], error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Identities(ctx, v.ID)
			return listOf(all, len(all), nil), err
		})
	for _, on := range []bool{true, false} {
		rt := route{method: "PUT", path: "/contacts/{id}/tags/{tag}", tag: "Contacts", may: auth.ContactWrite, summary: "Put a tag on a contact", status: 204}
		if !on {
			rt.method, rt.summary = "DELETE", "Take a tag off a contact"
		}
		add(a, rt, func(ctx context.Context, c *call, in *onTag) (*none, error) {
			v, err := a.contactOf(ctx, c, in.ID, "contact")
			if err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return "", t.TagContact(ctx, v.ID, in.Tag, on, c.by()) })
		})
	}
}

func (f ContactFilter) query(after *store.ContactPlace, limit int) store.ContactQuery {
	return store.ContactQuery{Text: tidy(f.Q), Tag: f.Tag, Account: f.Account, After: after, Limit: limit}
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
	_, err := a.contactOf(ctx, c, id, what)
	return err
}

// contactOf reads a contact the caller may see. One that was merged into another
// answers as that one.
func (a *API) contactOf(ctx context.Context, c *call, id canon.ID, what string) (core.Contact, error) {
	found, err := c.scope.Contact(ctx, id)
	if err != nil {
		if f, ok := core.AsFault(err); ok && f.Kind == core.FaultNotFound {
			err = core.NotFound(what)
		}
		return found, err
	}
	sees, err := c.scope.SeesContact(ctx, found.ID, c.who.Visible())
	if err == nil && !sees {
		err = core.NotFound(what)
	}
	if err != nil {
		return core.Contact{}, err
	}
	return found, nil
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
	if b.External != nil && *b.External != "" {
		if err := oneLineIf("body.external_id", b.External); err != nil {
			return nil, err
		}
	}
	attrs := map[string]string{}
	if b.Attributes != nil {
		defined, err := c.scope.Attributes(ctx)
		if err != nil {
			return nil, err
		}
		for key, value := range *b.Attributes {
			if attrs[key], err = attributeValue(defined, key, value); err != nil {
				return nil, err
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
		set(&v.External, b.External)
		v.Attributes = withAttributes(v.Attributes, attrs)
		if len(v.Attributes) > 100 {
			return "", tooManyValues("body.attributes")
		}
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
	person, err := a.contactOf(ctx, c, in.ID, "contact")
	if err != nil {
		return nil, err
	}
	who := []core.Contact{person}
	all, err := c.scope.ContactConversations(ctx, person.ID, before, in.size())
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
