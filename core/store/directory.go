package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// Directory is what deciding about messages takes of a tenant besides the
// threads: small, read whole, and kept in memory by the orchestrator.
type Directory struct {
	Tenant    core.Tenant
	Accounts  map[canon.ID]core.Account
	Bots      map[canon.ID]PublishedBot
	Teams     map[canon.ID]core.Team // without members
	Calendars map[canon.ID]core.Calendar
	Blocked   map[canon.ID]int64 // contact → until, milliseconds; 0: for good
	Addresses []core.Block
}

// PublishedBot is a bot as customers meet it.
type PublishedBot struct {
	ID      canon.ID
	Kind    string
	Name    string
	Version int // 0: nothing published yet
	Content json.RawMessage
}

// Directory reads the tenant's directory.
func (c Scope) Directory(ctx context.Context) (*Directory, error) {
	d := &Directory{
		Accounts: map[canon.ID]core.Account{}, Bots: map[canon.ID]PublishedBot{}, Teams: map[canon.ID]core.Team{},
		Calendars: map[canon.ID]core.Calendar{}, Blocked: map[canon.ID]int64{},
	}
	for _, read := range []func(context.Context, Scope) error{d.readTenant, d.readAccounts, d.readBots, d.readTeams, d.readCalendars, d.readBlocks} {
		if err := read(ctx, c); err != nil {
			return nil, fmt.Errorf("read the directory: %w", err)
		}
	}
	return d, nil
}

func (d *Directory) readTenant(ctx context.Context, c Scope) error {
	var err error
	d.Tenant, err = one(ctx, c.s, func(rows *sql.Rows) (core.Tenant, error) {
		var t core.Tenant
		var settings []byte
		var created int64
		if err := rows.Scan(&t.ID, &t.Slug, &t.Name, &t.Language, &t.Hours, &settings, &created); err != nil {
			return t, err
		}
		t.Created = at(created)
		return t, json.Unmarshal(settings, &t.Settings)
	}, "SELECT id, slug, name, lang, hours, settings, created FROM tenants WHERE id = $1", c.tenant)
	if errors.Is(err, errNone) {
		return core.NotFound("tenant")
	}
	return err
}

func (d *Directory) readAccounts(ctx context.Context, c Scope) error {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (core.Account, error) {
		var a core.Account
		var paused, created int64
		err := rows.Scan(&a.ID, &a.Link, &a.Kind, &a.Name, &a.RemoteID, &a.Bot, &a.Team, &paused, &created)
		a.Paused, a.Created = paused != 0, at(created)
		return a, err
	}, "SELECT id, link, kind, name, remote_id, bot, team, paused, created FROM accounts WHERE tenant = $1", c.tenant)
	for _, a := range all {
		d.Accounts[a.ID] = a
	}
	return err
}

func (d *Directory) readBots(ctx context.Context, c Scope) error {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (PublishedBot, error) {
		var b PublishedBot
		var content []byte
		err := rows.Scan(&b.ID, &b.Kind, &b.Name, &b.Version, &content)
		b.Content = content
		return b, err
	}, `SELECT b.id, b.kind, b.name, b.published, v.content FROM bots b
		LEFT JOIN bot_versions v ON v.tenant = b.tenant AND v.bot = b.id AND v.version = b.published WHERE b.tenant = $1`, c.tenant)
	for _, b := range all {
		d.Bots[b.ID] = b
	}
	return err
}

func (d *Directory) readTeams(ctx context.Context, c Scope) error {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (core.Team, error) {
		var t core.Team
		var goals []byte
		err := rows.Scan(&t.ID, &t.Name, &t.Hours, &t.Rating, &goals)
		return t, errors.Join(err, readGoals(goals, &t))
	}, "SELECT id, name, hours, rating, goals FROM teams WHERE tenant = $1", c.tenant)
	for _, t := range all {
		d.Teams[t.ID] = t
	}
	return err
}

func (d *Directory) readCalendars(ctx context.Context, c Scope) error {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (core.Calendar, error) {
		var k core.Calendar
		var week, holidays []byte
		if err := rows.Scan(&k.ID, &k.Name, &k.TimeZone, &week, &holidays); err != nil {
			return k, err
		}
		return k, errors.Join(json.Unmarshal(week, &k.Week), json.Unmarshal(holidays, &k.Holidays))
	}, "SELECT id, name, tz, week, holidays FROM calendars WHERE tenant = $1", c.tenant)
	for _, k := range all {
		d.Calendars[k.ID] = k
	}
	return err
}

func (d *Directory) readBlocks(ctx context.Context, c Scope) error {
	all, err := list(ctx, c.s, func(rows *sql.Rows) (core.Block, error) {
		var b core.Block
		var expires int64
		err := rows.Scan(&b.ID, &b.Kind, &b.Contact, &b.Prefix, &expires)
		b.Expires = at(expires)
		return b, err
	}, "SELECT id, kind, contact, prefix, expires FROM blocks WHERE tenant = $1 AND (expires = 0 OR expires > $2)", c.tenant, ms(c.s.Now()))
	for _, b := range all {
		if b.Kind == core.BlockContact {
			// Of several blocks the longest counts, and 0 is for good.
			if was, ok := d.Blocked[b.Contact]; !ok || was != 0 && (b.Expires.IsZero() || ms(b.Expires) > was) {
				d.Blocked[b.Contact] = ms(b.Expires)
			}
		} else {
			d.Addresses = append(d.Addresses, b)
		}
	}
	return err
}

// CountBlocked adds to how often blocks of a contact refused something.
func (t *Tx) CountBlocked(contact canon.ID, by int64) error {
	_, err := t.exec("UPDATE blocks SET hits = hits + $3 WHERE tenant = $1 AND contact = $2", t.tenant, contact, by)
	return err
}

// CountRefused adds to how often a block refused something.
func (t *Tx) CountRefused(block canon.ID, by int64) error {
	_, err := t.exec("UPDATE blocks SET hits = hits + $3 WHERE tenant = $1 AND id = $2", t.tenant, block, by)
	return err
}
