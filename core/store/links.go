package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
)

// Sealed holds the secrets of a link, each sealed for its tenant, link and
// field.
type Sealed map[string][]byte

// SealValues splits a filled-in form into what may be read and what is sealed.
func SealValues(box *secret.Box, dataKey []byte, tenant, link canon.ID, form connector.Form, v connector.Values) (connector.Values, Sealed, error) {
	open, sealed := connector.Values{}, Sealed{}
	secrets := form.Secrets()
	for name, value := range v {
		if !slices.Contains(secrets, name) {
			open[name] = value
			continue
		}
		b, err := box.Seal(dataKey, secret.Scope{Tenant: tenant.String(), Account: link.String(), Field: name}, []byte(value))
		if err != nil {
			return nil, nil, fmt.Errorf("seal %s: %w", name, err)
		}
		sealed[name] = b
	}
	return open, sealed, nil
}

// LinkRow is a link with its secrets as they are kept.
type LinkRow struct {
	core.Link
	Sealed Sealed
	// Same is what the platform knows the credentials by: no two links of a kind
	// have the same. Empty: not known.
	Same string

	red                  bool // people were told that it is red
	greenSince, endsTold int64
}

// Values opens the secrets and returns the whole form.
func (r LinkRow) Values(box *secret.Box, dataKey []byte, tenant canon.ID) (connector.Values, error) {
	out := connector.Values{}
	for name, value := range r.Config {
		out[name] = value
	}
	for name, sealed := range r.Sealed {
		b, err := box.Open(dataKey, secret.Scope{Tenant: tenant.String(), Account: r.ID.String(), Field: name}, sealed)
		if err != nil {
			return nil, fmt.Errorf("secrets of link %s: %w", r.ID, err)
		}
		out[name] = string(b)
	}
	return out, nil
}

const linkCols = "id, kind, name, config, secrets, health, last_in, last_out, paused, created, same, token_ends, ends_told, red, green_since"

func scanLink(rows *sql.Rows) (LinkRow, error) {
	var l LinkRow
	var config, secrets, health []byte
	var in, out, paused, created, ends, red int64
	if err := rows.Scan(&l.ID, &l.Kind, &l.Name, &config, &secrets, &health, &in, &out, &paused, &created, &l.Same, &ends, &l.endsTold, &red, &l.greenSince); err != nil {
		return l, err
	}
	if err := errors.Join(json.Unmarshal(config, &l.Config), json.Unmarshal(secrets, &l.Sealed), json.Unmarshal(health, &l.State)); err != nil {
		return l, fmt.Errorf("link %s: %w", l.ID, err)
	}
	if l.State.Health == "" {
		l.State.Health = connector.HealthUnknown
	}
	l.State.Expires, l.red = at(ends), red != 0
	l.State.LastIn, l.State.LastOut, l.Paused, l.Created = at(in), at(out), paused != 0, at(created)
	l.Secrets = []string{}
	for name := range l.Sealed {
		l.Secrets = append(l.Secrets, name)
	}
	slices.Sort(l.Secrets)
	return l, nil
}

// TenantOfLink finds whose link an id names: a callback carries nothing else.
func (s *Store) TenantOfLink(ctx context.Context, link canon.ID) (canon.ID, bool, error) {
	return s.tenantOf(ctx, "SELECT tenant FROM links WHERE id = $1", link)
}

// TenantOfAccount finds whose account an id names: a chat page carries nothing
// else.
func (s *Store) TenantOfAccount(ctx context.Context, account canon.ID) (canon.ID, bool, error) {
	return s.tenantOf(ctx, "SELECT tenant FROM accounts WHERE id = $1", account)
}

func (s *Store) tenantOf(ctx context.Context, q string, id canon.ID) (canon.ID, bool, error) {
	tenant, err := one(ctx, s, scalar[canon.ID], q, id)
	if errors.Is(err, errNone) {
		return tenant, false, nil
	}
	if err != nil {
		return tenant, false, fmt.Errorf("find the tenant: %w", err)
	}
	return tenant, true, nil
}

// Links lists links after an id, oldest first.
func (c Scope) Links(ctx context.Context, after canon.ID, limit int) ([]LinkRow, error) {
	out, err := list(ctx, c.s, scanLink, "SELECT "+linkCols+" FROM links WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return out, nil
}

// Link reads one link.
func (c Scope) Link(ctx context.Context, id canon.ID) (LinkRow, error) {
	return link(ctx, c.s, c.tenant, id)
}

// Link reads one link inside the transaction.
func (t *Tx) Link(ctx context.Context, id canon.ID) (LinkRow, error) {
	return link(ctx, t, t.tenant, id)
}

func link(ctx context.Context, r reader, tenant, id canon.ID) (LinkRow, error) {
	l, err := one(ctx, r, scanLink, "SELECT "+linkCols+" FROM links WHERE tenant = $1 AND id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return l, core.NotFound("link")
	}
	if err != nil {
		return l, fmt.Errorf("read link: %w", err)
	}
	return l, nil
}

// SaveLink adds a link, or stores its name, form and whether it rests.
// It refuses a second link by the same credentials.
func (t *Tx) SaveLink(l LinkRow, fresh bool) error {
	if err := t.only(l); err != nil {
		return err
	}
	config, err := json.Marshal(l.Config)
	if err != nil {
		return err
	}
	secrets, err := json.Marshal(l.Sealed)
	if err != nil {
		return err
	}
	if fresh {
		_, err = t.exec("INSERT INTO links (tenant, id, kind, name, config, secrets, paused, created, same) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			t.tenant, l.ID, l.Kind, l.Name, string(config), string(secrets), flag(l.Paused), ms(t.Now()), l.Same)
	} else {
		_, err = t.exec("UPDATE links SET name = $3, config = $4, secrets = $5, paused = $6, same = $7 WHERE tenant = $1 AND id = $2",
			t.tenant, l.ID, l.Name, string(config), string(secrets), flag(l.Paused), l.Same)
	}
	return err
}

// only refuses credentials another link has.
func (t *Tx) only(l LinkRow) error {
	if l.Same == "" {
		return nil
	}
	names, err := list(t.ctx, t, scalar[string], `SELECT coalesce((SELECT a.name FROM accounts a WHERE a.tenant = o.tenant AND a.link = o.id ORDER BY a.id LIMIT 1), o.name)
		FROM links o WHERE o.tenant = $1 AND o.kind = $2 AND o.same = $3 AND o.id <> $4`, t.tenant, l.Kind, l.Same, l.ID)
	if err != nil || len(names) == 0 {
		return err
	}
	return &core.Fault{Kind: core.FaultConflict, Code: "linked_already",
		Text:   connector.Text{EN: "This is linked already, as “" + names[0] + "”.", ZH: "该账号已接入，名称为“" + names[0] + "”。"},
		Remedy: connector.Text{EN: "Open that account to change its credentials, or unlink it first.", ZH: "请打开该账号修改凭据，或先解除关联。"}}
}

// NameLink keeps what the platform knows a link's credentials by, unless another
// link is known by it.
func (t *Tx) NameLink(id canon.ID, kind, same string) error {
	_, err := t.exec("UPDATE links SET same = $3 WHERE tenant = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM links o WHERE o.tenant = $1 AND o.kind = $4 AND o.same = $3)",
		t.tenant, id, same, kind)
	return err
}

// SetLinkState stores the light of a link and tells its accounts' news when it
// changed. A light that only was said again stays as it stands, with its time:
// nobody would be told of another. Nor is anybody told of other words for the same
// trouble, in which a number may run.
func (t *Tx) SetLinkState(ctx context.Context, id canon.ID, s core.LinkState) error {
	l, err := t.Link(ctx, id)
	if err != nil {
		return err
	}
	s.LastIn, s.LastOut, s.Expires = time.Time{}, time.Time{}, time.Time{} // columns of their own
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := t.turned(ctx, l, s); err != nil || same(l.State, s) {
		return err
	}
	if _, err := t.exec("UPDATE links SET health = $3 WHERE tenant = $1 AND id = $2", t.tenant, id, string(b)); err != nil {
		return err
	}
	if l.State.Health == s.Health && l.State.Code == s.Code {
		return nil
	}
	return t.announceAccounts(ctx, id, canon.ID{})
}

// same reports whether a light says what another says.
func same(a, b core.LinkState) bool {
	return a.Health == b.Health && a.Code == b.Code && a.Text == b.Text && a.Remedy == b.Remedy
}

// TouchLink notes when something last came in or went out; zero times are left
// as they are.
func (t *Tx) TouchLink(id canon.ID, in, out time.Time) error {
	_, err := t.exec("UPDATE links SET last_in = CASE WHEN $3 > last_in THEN $3 ELSE last_in END, last_out = CASE WHEN $4 > last_out THEN $4 ELSE last_out END WHERE tenant = $1 AND id = $2",
		t.tenant, id, ms(in), ms(out))
	return err
}

func (t *Tx) announceAccounts(ctx context.Context, link, by canon.ID) error {
	accounts, err := accountsOf(ctx, t, t.tenant, link)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if err := t.announce(core.FeedAccount, by, a.ID, a); err != nil {
			return err
		}
	}
	return nil
}

// DeleteLink removes a link with its accounts, devices, cursors and cached values. What
// was said on them stays.
func (t *Tx) DeleteLink(ctx context.Context, id, by canon.ID) error {
	if _, err := t.Link(ctx, id); err != nil {
		return err
	}
	accounts, err := accountsOf(ctx, t, t.tenant, id)
	if err != nil {
		return err
	}
	for _, q := range []string{
		"DELETE FROM devices WHERE tenant = $1 AND account IN (SELECT id FROM accounts WHERE tenant = $1 AND link = $2)",
		"DELETE FROM accounts WHERE tenant = $1 AND link = $2",
		"DELETE FROM cursors WHERE tenant = $1 AND link = $2",
		"DELETE FROM cached WHERE tenant = $1 AND link = $2",
		"DELETE FROM links WHERE tenant = $1 AND id = $2",
	} {
		if _, err := t.exec(q, t.tenant, id); err != nil {
			return err
		}
	}
	for _, a := range accounts {
		if err := t.announce(core.FeedAccount, by, a.ID, nil); err != nil {
			return err
		}
	}
	return nil
}

// Cached returns a small value a link keeps, sealed; false when there is none
// or it expired.
func (c Scope) Cached(ctx context.Context, link canon.ID, name string) (string, bool, error) {
	v, err := one(ctx, c.s, scalar[string], "SELECT value FROM cached WHERE tenant = $1 AND link = $2 AND name = $3 AND expires > $4", c.tenant, link, name, ms(c.s.Now()))
	if errors.Is(err, errNone) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read cached %q: %w", name, err)
	}
	return v, true, nil
}

// ForgetCached removes every kept value of a link.
func (t *Tx) ForgetCached(link canon.ID) error {
	_, err := t.exec("DELETE FROM cached WHERE tenant = $1 AND link = $2", t.tenant, link)
	return err
}

// Cache keeps a small value of a link until it expires; an empty value removes
// it.
func (t *Tx) Cache(link canon.ID, name, value string, expires time.Time) error {
	if value == "" {
		_, err := t.exec("DELETE FROM cached WHERE tenant = $1 AND link = $2 AND name = $3", t.tenant, link, name)
		return err
	}
	_, err := t.exec(`INSERT INTO cached (tenant, link, name, value, expires) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, link, name) DO UPDATE SET value = excluded.value, expires = excluded.expires`, t.tenant, link, name, value, ms(expires))
	return err
}
