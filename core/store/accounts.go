package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

const accountCols = "a.id, a.link, a.kind, a.name, a.remote_id, a.bot, a.team, a.paused, a.created, a.health, l.health, l.last_in, l.last_out, l.token_ends"

const accountFrom = " FROM accounts a JOIN links l ON l.tenant = a.tenant AND l.id = a.link"

func scanAccount(rows *sql.Rows) (core.Account, error) {
	var a core.Account
	var paused, created, in, out, ends int64
	var own, health []byte
	if err := rows.Scan(&a.ID, &a.Link, &a.Kind, &a.Name, &a.RemoteID, &a.Bot, &a.Team, &paused, &created, &own, &health, &in, &out, &ends); err != nil {
		return a, err
	}
	var light core.LinkState
	if err := errors.Join(json.Unmarshal(health, &a.State), json.Unmarshal(own, &light)); err != nil {
		return a, fmt.Errorf("health of account %s: %w", a.ID, err)
	}
	if a.State.Health == "" {
		a.State.Health = connector.HealthUnknown
	}
	if light.Health != "" && !a.State.Health.Worse(light.Health) {
		a.State = light // of the account itself
	}
	a.Paused, a.Created, a.State.LastIn, a.State.LastOut, a.State.Expires = paused != 0, at(created), at(in), at(out), at(ends)
	return a, nil
}

// Accounts lists accounts after an id, oldest first.
func (c Scope) Accounts(ctx context.Context, after canon.ID, limit int) ([]core.Account, error) {
	out, err := list(ctx, c.s, scanAccount, "SELECT "+accountCols+accountFrom+" WHERE a.tenant = $1 AND a.id > $2 ORDER BY a.id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return out, nil
}

// AccountsOf lists the accounts a link carries.
func (c Scope) AccountsOf(ctx context.Context, link canon.ID) ([]core.Account, error) {
	return accountsOf(ctx, c.s, c.tenant, link)
}

func accountsOf(ctx context.Context, r reader, tenant, link canon.ID) ([]core.Account, error) {
	out, err := list(ctx, r, scanAccount, "SELECT "+accountCols+accountFrom+" WHERE a.tenant = $1 AND a.link = $2 ORDER BY a.id", tenant, link)
	if err != nil {
		return nil, fmt.Errorf("list accounts of link %s: %w", link, err)
	}
	return out, nil
}

// Account reads one account.
func (c Scope) Account(ctx context.Context, id canon.ID) (core.Account, error) {
	return account(ctx, c.s, c.tenant, id)
}

// Account reads one account inside the transaction.
func (t *Tx) Account(ctx context.Context, id canon.ID) (core.Account, error) {
	return account(ctx, t, t.tenant, id)
}

func account(ctx context.Context, r reader, tenant, id canon.ID) (core.Account, error) {
	a, err := one(ctx, r, scanAccount, "SELECT "+accountCols+accountFrom+" WHERE a.tenant = $1 AND a.id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return a, core.NotFound("account")
	}
	if err != nil {
		return a, fmt.Errorf("read account: %w", err)
	}
	return a, nil
}

// AccountsByID reads accounts; those that are gone are left out.
func (c Scope) AccountsByID(ctx context.Context, ids []canon.ID) ([]core.Account, error) {
	out, err := listIn(ctx, c.s, scanAccount, "SELECT "+accountCols+accountFrom+" WHERE a.tenant = $1 AND a.id IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return out, nil
}

// AddAccount adds an account to a link. One that the link carries already, by
// the platform's id, is returned as it is with false.
func (t *Tx) AddAccount(ctx context.Context, a core.Account, by canon.ID) (core.Account, bool, error) {
	if a.ID.IsZero() {
		a.ID = canon.NewID()
	}
	if err := t.routes(ctx, a); err != nil {
		return a, false, err
	}
	n, err := t.exec("INSERT INTO accounts (tenant, id, link, kind, name, remote_id, bot, team, paused, created) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
		t.tenant, a.ID, a.Link, a.Kind, a.Name, string(a.RemoteID), a.Bot, a.Team, flag(a.Paused), ms(t.Now()))
	if err != nil {
		return a, false, err
	}
	if n == 0 {
		was, err := list(ctx, t, scanAccount, "SELECT "+accountCols+accountFrom+" WHERE a.tenant = $1 AND a.link = $2 AND a.remote_id = $3", t.tenant, a.Link, string(a.RemoteID))
		if err != nil || len(was) == 0 {
			return a, false, err
		}
		return was[0], false, nil
	}
	if a, err = t.Account(ctx, a.ID); err != nil {
		return a, false, err
	}
	return a, true, t.announce(core.FeedAccount, by, a.ID, a)
}

// routes refuses a bot or team that is not there.
func (t *Tx) routes(ctx context.Context, a core.Account) error {
	if err := t.exists(ctx, "bots", a.Bot, "bot", "body.bot"); err != nil {
		return err
	}
	return t.exists(ctx, "teams", a.Team, "team", "body.team")
}

// ChangeAccount stores name, bot, team and whether an account rests.
func (t *Tx) ChangeAccount(ctx context.Context, a core.Account, by canon.ID) (core.Account, error) {
	if err := t.routes(ctx, a); err != nil {
		return a, err
	}
	if _, err := t.exec("UPDATE accounts SET name = $3, bot = $4, team = $5, paused = $6 WHERE tenant = $1 AND id = $2", t.tenant, a.ID, a.Name, a.Bot, a.Team, flag(a.Paused)); err != nil {
		return a, err
	}
	a, err := t.Account(ctx, a.ID)
	if err != nil {
		return a, err
	}
	return a, t.announce(core.FeedAccount, by, a.ID, a)
}

// DeleteAccount removes an account, and its link when that carries no other.
// It returns the link. What was said on the account stays.
func (t *Tx) DeleteAccount(ctx context.Context, id, by canon.ID) (link canon.ID, err error) {
	a, err := t.Account(ctx, id)
	if err != nil {
		return link, err
	}
	all, err := accountsOf(ctx, t, t.tenant, a.Link)
	if err != nil {
		return link, err
	}
	if len(all) == 1 {
		return a.Link, t.DeleteLink(ctx, a.Link, by)
	}
	if _, err := t.exec("DELETE FROM devices WHERE tenant = $1 AND account = $2", t.tenant, id); err != nil {
		return link, err
	}
	if _, err := t.exec("DELETE FROM accounts WHERE tenant = $1 AND id = $2", t.tenant, id); err != nil {
		return link, err
	}
	return a.Link, t.announce(core.FeedAccount, by, id, nil)
}

// OnlyRemoteID sets the platform's id of the only account of a link, after its
// form called it otherwise. A link that carries several stays as it is.
func (t *Tx) OnlyRemoteID(ctx context.Context, link canon.ID, remote func(account canon.ID) canon.RemoteID) error {
	all, err := accountsOf(ctx, t, t.tenant, link)
	if err != nil || len(all) != 1 {
		return err
	}
	_, err = t.exec("UPDATE accounts SET remote_id = $3 WHERE tenant = $1 AND id = $2", t.tenant, all[0].ID, string(remote(all[0].ID)))
	return err
}

// AccountOf finds an account of a link by the platform's id; a zero one when the
// link carries none of that id.
func (t *Tx) AccountOf(ctx context.Context, link canon.ID, remote canon.RemoteID) (core.Account, error) {
	a, err := one(ctx, t, scanAccount, "SELECT "+accountCols+accountFrom+" WHERE a.tenant = $1 AND a.link = $2 AND a.remote_id = $3", t.tenant, link, string(remote))
	if errors.Is(err, errNone) {
		return core.Account{}, nil
	}
	if err != nil {
		return a, fmt.Errorf("find an account: %w", err)
	}
	return a, nil
}

// Named gives an account its id at the platform, once that is known.
func (t *Tx) Named(ctx context.Context, id canon.ID, remote canon.RemoteID, by canon.ID) error {
	if _, err := t.exec("UPDATE accounts SET remote_id = $3 WHERE tenant = $1 AND id = $2", t.tenant, id, string(remote)); err != nil {
		return err
	}
	a, err := t.Account(ctx, id)
	if err != nil {
		return err
	}
	return t.announce(core.FeedAccount, by, id, a)
}

// SetAccountState stores the light of one account of a link that carries
// several, and tells the news when it changed.
func (t *Tx) SetAccountState(ctx context.Context, id canon.ID, s core.LinkState) error {
	was, err := t.Account(ctx, id)
	if err != nil {
		return err
	}
	own, err := list(ctx, t, scalar[[]byte], "SELECT health FROM accounts WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil || len(own) == 0 {
		return err
	}
	var stands core.LinkState
	if err := json.Unmarshal(own[0], &stands); err != nil {
		return fmt.Errorf("health of account %s: %w", id, err)
	}
	if same(stands, s) {
		return nil // said again: it keeps its time
	}
	s.LastIn, s.LastOut = time.Time{}, time.Time{} // the link's
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE accounts SET health = $3 WHERE tenant = $1 AND id = $2", t.tenant, id, string(b)); err != nil {
		return err
	}
	now, err := t.Account(ctx, id)
	if err != nil || same(now.State, was.State) && now.State.At.Equal(was.State.At) {
		return err
	}
	return t.announce(core.FeedAccount, canon.ID{}, id, now)
}
