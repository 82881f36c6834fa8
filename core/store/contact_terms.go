package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"parley/core/canon"
)

// This file says by which words a contact is found. A search reads terms from
// their beginning, so what people look for in the middle is a term of its own:
// the rest of a Chinese name from each character, the parts of an address, a
// number backwards from its last digit.

const (
	maxTerms   = 80
	maxTerm    = 64 // runes
	lastRune   = "\U0010FFFF"
	backwards  = "~" // before the digits of a number, the last first
	leastDigit = 3
)

// folded is text as terms are written: narrow, lower case.
func folded(s string) string { return strings.ToLower(width.Fold.String(s)) }

// ideographic reports whether a script is written without spaces.
func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

func worded(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// termSet gathers terms.
type termSet map[string]bool

func (t termSet) add(s string) {
	if s = cutRunes(s, maxTerm); s != "" && len(t) < maxTerms {
		t[s] = true
	}
}

// words adds the words of a text: as they stand between spaces, their parts, and
// from each character on where there are no spaces.
func (t termSet) words(text string) {
	for _, word := range strings.Fields(folded(text)) {
		t.add(word)
		if _, domain, ok := strings.Cut(word, "@"); ok {
			t.add(domain)
		}
		for _, part := range strings.FieldsFunc(word, func(r rune) bool { return !worded(r) }) {
			t.add(part)
			var before rune
			for i, r := range part {
				if ideographic(r) || before != 0 && ideographic(before) {
					t.add(part[i:])
				}
				before = r
			}
		}
	}
}

func (t termSet) phone(text string) {
	if d := digitsOf(text); len(d) >= leastDigit {
		t.add(d)
		t.add(backwards + reversed(d))
	}
}

// digitsOf are those of a number, without the zeros that stand for dialling out.
func digitsOf(s string) string {
	out := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, folded(s))
	return strings.TrimLeft(out, "0")
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// span is a range of terms: from, and before to.
type span struct{ from, to string }

func beginning(s string) span { return span{s, s + lastRune} }

// spans are, for each word of a search, the ranges of terms any of which will
// do; the word that says most comes first.
func spans(text string) [][]span {
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() ./", r) {
			return -1
		}
		return r
	}, strings.TrimSpace(folded(text)))
	if d := digitsOf(bare); len(d) >= leastDigit && len(d) == len(strings.TrimLeft(bare, "0")) {
		return [][]span{{beginning(d), beginning(backwards + reversed(d))}}
	}
	var out [][]span
	most := 0
	for _, w := range strings.Fields(folded(text)) {
		if len(out) == 8 {
			break
		}
		w = cutRunes(w, maxTerm)
		out = append(out, []span{beginning(w)})
		if n := len(out) - 1; utf8.RuneCountInString(w) > utf8.RuneCountInString(out[most][0].from) {
			most = n
		}
	}
	if len(out) > 1 {
		out[0], out[most] = out[most], out[0]
	}
	return out
}

type unlisted struct {
	id                           canon.ID
	name, phone, email, external string
}

// IndexContacts writes down the words of contacts that changed since it was last
// done, at most limit of them, the newest first, and returns how many it did.
func (c Scope) IndexContacts(ctx context.Context, limit int) (n int, err error) {
	waiting, err := list(ctx, c.s, scalar[int64], "SELECT 1 FROM contacts WHERE tenant = $1 AND termed = 0 LIMIT 1", c.tenant)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	err = c.WriteLater(ctx, func(t *Tx) error {
		all, err := list(ctx, t, func(rows *sql.Rows) (unlisted, error) {
			var v unlisted
			err := rows.Scan(&v.id, &v.name, &v.phone, &v.email, &v.external)
			return v, err
		}, fmt.Sprintf("SELECT id, name, phone, email, external FROM contacts WHERE tenant = $1 AND termed = 0 ORDER BY id DESC LIMIT %d %s", limit, t.w.forUpdate()), t.tenant)
		if err != nil {
			return err
		}
		n = len(all)
		return t.writeTerms(ctx, all)
	})
	if err != nil {
		return 0, fmt.Errorf("index contacts: %w", err)
	}
	return n, nil
}

func (t *Tx) writeTerms(ctx context.Context, all []unlisted) error {
	sets := make(map[canon.ID]termSet, len(all))
	ids := make([]canon.ID, len(all))
	for i, v := range all {
		s := termSet{}
		s.words(v.name)
		s.words(v.email)
		s.words(v.external)
		s.phone(v.phone)
		sets[v.id], ids[i] = s, v.id
	}
	type known struct {
		contact      canon.ID
		remote, name string
	}
	identities, err := listIn(ctx, t, func(rows *sql.Rows) (known, error) {
		var k known
		err := rows.Scan(&k.contact, &k.remote, &k.name)
		return k, err
	}, "SELECT contact, remote_id, name FROM identities WHERE tenant = $1 AND contact IN (%s)", []any{t.tenant}, ids)
	if err != nil {
		return err
	}
	for _, k := range identities {
		sets[k.contact].words(k.name)
		sets[k.contact].add(folded(k.remote))
		if digitsOf(k.remote) == strings.TrimLeft(k.remote, "+0") {
			sets[k.contact].phone(k.remote)
		}
	}
	var rows [][]any
	for _, id := range ids {
		if _, err := t.exec("DELETE FROM contact_terms WHERE tenant = $1 AND contact = $2", t.tenant, id); err != nil {
			return err
		}
		for term := range sets[id] {
			rows = append(rows, []any{t.tenant, id, term})
		}
		if err := t.do("UPDATE contacts SET termed = 1 WHERE tenant = $1 AND id = $2", t.tenant, id); err != nil {
			return err
		}
	}
	return t.insert("INSERT INTO contact_terms (tenant, contact, term)", 3, "ON CONFLICT DO NOTHING", rows)
}
