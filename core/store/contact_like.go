package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parley/core"
	"parley/core/canon"
)

// Likeness is a contact that may be the same person, and why.
type Likeness struct {
	Contact core.Contact
	Why     []string // phone, email, person
}

// Duplicates finds contacts that have the phone number, the mail address or a
// vouched-for alias of another. It joins nobody.
func (c Scope) Duplicates(ctx context.Context, of core.Contact) ([]Likeness, error) {
	if _, err := c.IndexContacts(ctx, 500); err != nil && !Unavailable(err) {
		return nil, err
	}
	var terms []string
	phone, email := digitsOf(of.Phone), folded(of.Email)
	if len(phone) >= 6 {
		terms = append(terms, phone)
	}
	if email != "" {
		terms = append(terms, cutRunes(email, maxTerm))
	}
	ids, err := listIn(ctx, c.s, scalar[canon.ID], "SELECT contact FROM contact_terms WHERE tenant = $1 AND contact <> $2 AND term IN (%s) LIMIT 50", []any{c.tenant, of.ID}, terms)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	persons, err := list(ctx, c.s, scalar[canon.ID], `SELECT o.contact FROM identities i JOIN identities o ON o.tenant = i.tenant AND o.person = i.person AND o.person <> ''
		WHERE i.tenant = $1 AND i.contact = $2 AND i.person <> '' AND o.contact <> $2 LIMIT 50`, c.tenant, of.ID)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	found, err := listIn(ctx, c.s, scanContact, "SELECT "+contactCols+" FROM contacts c WHERE c.tenant = $1 AND c.merged IS NULL AND c.id IN (%s)", []any{c.tenant}, uniqueIDs(slices.Concat(persons, ids)))
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	var out []Likeness
	for _, v := range found {
		d := Likeness{Contact: v}
		if slices.Contains(persons, v.ID) {
			d.Why = append(d.Why, "person")
		}
		if len(phone) >= 6 && digitsOf(v.Phone) == phone {
			d.Why = append(d.Why, "phone")
		}
		if email != "" && strings.EqualFold(v.Email, of.Email) {
			d.Why = append(d.Why, "email")
		}
		if d.Why != nil && len(out) < 20 {
			out = append(out, d)
		}
	}
	return out, nil
}
