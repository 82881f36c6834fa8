package store

import (
	"context"
	"errors"
	"maps"
	"slices"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// ContactMatch is by what a row of a table finds its contact.
type ContactMatch string

// The ways a row finds its contact.
const (
	MatchID       ContactMatch = "id"
	MatchExternal ContactMatch = "external_id"
	MatchEmail    ContactMatch = "email"
	MatchPhone    ContactMatch = "phone"
	MatchIdentity ContactMatch = "identity" // an id on one account
)

// ContactRow is a contact as a table tells of it. What is empty says nothing.
type ContactRow struct {
	Contact core.Contact
	Remote  canon.RemoteID // on the account of the import
	Tags    []canon.ID     // put on it besides those it has
}

// Imported is what became of a row.
type Imported int

// What becomes of a row.
const (
	ImportUnchanged Imported = iota
	ImportCreated
	ImportChanged
)

// ImportContact finds the contact of a row and changes what differs, or adds a
// contact. It refuses a row that says nothing to find it by, or that several
// contacts answer to. By mail address and phone it finds what IndexContacts has
// come to.
func (t *Tx) ImportContact(ctx context.Context, r ContactRow, match ContactMatch, account, by canon.ID) (Imported, error) {
	ids, err := t.matching(ctx, r, match, account)
	if err != nil {
		return 0, err
	}
	switch {
	case len(ids) > 1:
		return 0, core.Invalid("ambiguous", string(match), connector.Text{EN: "Several contacts have this.", ZH: "有多个客户符合此值。"},
			connector.Text{EN: "Merge them first, or go by another column.", ZH: "请先合并，或改用其他列匹配。"})
	case len(ids) == 0 && match == MatchID:
		return 0, core.NotFound("contact")
	case len(ids) == 0:
		return ImportCreated, t.addContact(ctx, r, account, by)
	}
	had, err := t.Contact(ctx, ids[0])
	if err != nil {
		return 0, err
	}
	now := overlaid(had, r.Contact)
	changed := fieldsOf(now).differ(fieldsOf(had))
	for _, tag := range r.Tags {
		if !slices.Contains(had.Tags, tag) {
			changed = true
			if err := t.TagContact(ctx, had.ID, tag, true, by); err != nil {
				return 0, err
			}
		}
	}
	if !changed {
		return ImportUnchanged, nil
	}
	_, err = t.ChangeContact(ctx, now, by)
	return ImportChanged, err
}

func (f mergeFields) differ(g mergeFields) bool {
	return !maps.Equal(f.Attributes, g.Attributes) || f.Name != g.Name || f.Avatar != g.Avatar || f.Locale != g.Locale || f.Phone != g.Phone || f.Email != g.Email || f.External != g.External
}

// overlaid is a contact with what a row tells written over it.
func overlaid(had, row core.Contact) core.Contact {
	for _, f := range []struct {
		to   *string
		from string
	}{{&had.Name, row.Name}, {&had.Locale, row.Locale}, {&had.Phone, row.Phone}, {&had.Email, row.Email}, {&had.External, row.External}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if len(row.Attributes) > 0 {
		had.Attributes = maps.Clone(had.Attributes)
		if had.Attributes == nil {
			had.Attributes = map[string]string{}
		}
		maps.Copy(had.Attributes, row.Attributes)
	}
	return had
}

// matching are the contacts a row may be about, at most two.
func (t *Tx) matching(ctx context.Context, r ContactRow, match ContactMatch, account canon.ID) ([]canon.ID, error) {
	switch {
	case match == MatchID && !r.Contact.ID.IsZero():
		return list(ctx, t, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND id = $2", t.tenant, r.Contact.ID)
	case match == MatchExternal && r.Contact.External != "":
		return list(ctx, t, scalar[canon.ID], "SELECT id FROM contacts WHERE tenant = $1 AND external = $2 AND merged IS NULL", t.tenant, r.Contact.External)
	case match == MatchIdentity && r.Remote != "":
		return list(ctx, t, scalar[canon.ID], "SELECT contact FROM identities WHERE tenant = $1 AND account = $2 AND remote_id = $3", t.tenant, account, string(r.Remote))
	case match == MatchEmail && r.Contact.Email != "":
		return t.termed(ctx, cutRunes(folded(r.Contact.Email), maxTerm), func(c core.Contact) bool { return folded(c.Email) == folded(r.Contact.Email) })
	case match == MatchPhone && len(digitsOf(r.Contact.Phone)) >= leastDigit:
		return t.termed(ctx, digitsOf(r.Contact.Phone), func(c core.Contact) bool { return digitsOf(c.Phone) == digitsOf(r.Contact.Phone) })
	}
	return nil, core.Invalid("no_key", string(match), connector.Text{EN: "This is empty, and the row is found by it.", ZH: "匹配所用的这一列为空。"},
		connector.Text{EN: "Fill it in, or go by another column.", ZH: "请填写，或改用其他列匹配。"})
}

// termed are the contacts found by a term that fit.
func (t *Tx) termed(ctx context.Context, term string, fits func(core.Contact) bool) ([]canon.ID, error) {
	all, err := list(ctx, t, scanContact, "SELECT "+contactCols+" FROM contact_terms x JOIN contacts c ON c.tenant = x.tenant AND c.id = x.contact WHERE x.tenant = $1 AND x.term = $2 AND c.merged IS NULL LIMIT 20", t.tenant, term)
	if err != nil {
		return nil, err
	}
	var out []canon.ID
	for _, c := range all {
		if fits(c) {
			out = append(out, c.ID)
		}
	}
	return out, nil
}

// addContact adds a contact nobody wrote as yet; with an identity where a row
// names one.
func (t *Tx) addContact(ctx context.Context, r ContactRow, account, by canon.ID) error {
	c := r.Contact
	c.ID, c.Created = canon.NewID(), t.Now()
	if _, err := t.exec("INSERT INTO contacts (tenant, id, name, created, updated) VALUES ($1, $2, '', $3, $3)", t.tenant, c.ID, ms(c.Created)); err != nil {
		return err
	}
	if r.Remote != "" {
		if _, err := t.exec("INSERT INTO identities (tenant, id, contact, account, remote_id, name, verified, created) VALUES ($1, $2, $3, $4, $5, '', 0, $6)",
			t.tenant, canon.NewID(), c.ID, account, string(r.Remote), ms(c.Created)); err != nil {
			if Duplicate(err) {
				return errors.Join(ErrStale, err)
			}
			return err
		}
	}
	for _, tag := range r.Tags {
		if err := t.TagContact(ctx, c.ID, tag, true, by); err != nil {
			return err
		}
	}
	_, err := t.ChangeContact(ctx, c, by)
	if err != nil {
		return err
	}
	return t.writeTerms(ctx, []unlisted{{c.ID, c.Name, c.Phone, c.Email, c.External}})
}
