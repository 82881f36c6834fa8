package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
)

// DefaultSlug names the tenant that exists from the first start.
const DefaultSlug = "default"

const tenantCols = "id, slug, name, lang, hours, settings, created"

func scanTenant(rows *sql.Rows) (core.Tenant, error) {
	var t core.Tenant
	var settings []byte
	var created int64
	if err := rows.Scan(&t.ID, &t.Slug, &t.Name, &t.Language, &t.Hours, &settings, &created); err != nil {
		return t, err
	}
	t.Created = at(created)
	if err := json.Unmarshal(settings, &t.Settings); err != nil {
		return t, fmt.Errorf("settings of tenant %s: %w", t.ID, err)
	}
	return t, nil
}

// Tenants lists the tenants of the installation, oldest first. It and
// TenantBySlug are what a scope is found with; they show nothing inside one.
func (s *Store) Tenants(ctx context.Context) ([]core.Tenant, error) {
	out, err := list(ctx, s, scanTenant, "SELECT "+tenantCols+" FROM tenants ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	return out, nil
}

// TenantBySlug finds a tenant by its short name.
func (s *Store) TenantBySlug(ctx context.Context, slug string) (core.Tenant, bool, error) {
	t, err := one(ctx, s, scanTenant, "SELECT "+tenantCols+" FROM tenants WHERE slug = $1", slug)
	if errors.Is(err, errNone) {
		return core.Tenant{}, false, nil
	}
	if err != nil {
		return core.Tenant{}, false, fmt.Errorf("read tenant: %w", err)
	}
	return t, true, nil
}

// AddTenant makes a tenant with its own data key; false when the slug is taken.
func (s *Store) AddTenant(ctx context.Context, box *secret.Box, slug, name, language string) (core.Tenant, bool, error) {
	t := core.Tenant{ID: canon.NewID(), Slug: slug, Name: name, Language: language, Settings: core.DefaultSettings(), Created: s.Now()}
	settings, err := json.Marshal(t.Settings)
	if err != nil {
		return t, false, err
	}
	var added bool
	key := box.NewTenantKey(t.ID.String())
	err = s.For(t.ID).Write(ctx, func(tx *Tx) error {
		// Wrapped by a key that was changed meanwhile it would be lost.
		check, ok, err := tx.keyCheck(ctx)
		if err == nil && ok {
			err = box.VerifyCheck(check)
		}
		if err != nil {
			return err
		}
		n, err := tx.exec("INSERT INTO tenants (id, slug, name, lang, settings, data_key, created) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (slug) DO NOTHING",
			t.ID, t.Slug, t.Name, t.Language, string(settings), key, ms(t.Created))
		added = n == 1
		return err
	})
	if err != nil {
		return t, false, fmt.Errorf("add tenant %q: %w", slug, err)
	}
	if added {
		s.keys.Store(t.ID, key)
	}
	return t, added, nil
}

// EnsureDefaultTenant returns the tenant "default", made on the first start.
func (s *Store) EnsureDefaultTenant(ctx context.Context, box *secret.Box) (core.Tenant, error) {
	t, ok, err := s.TenantBySlug(ctx, DefaultSlug)
	if err != nil || ok {
		return t, err
	}
	if t, ok, err = s.AddTenant(ctx, box, DefaultSlug, "Parley", "zh"); err != nil || ok {
		return t, err
	}
	t, _, err = s.TenantBySlug(ctx, DefaultSlug) // another process was faster
	return t, err
}

// ReadTenant reads the tenant of the scope.
func (c Scope) ReadTenant(ctx context.Context) (core.Tenant, error) {
	return readTenant(ctx, c.s, c.tenant)
}

func readTenant(ctx context.Context, r reader, id canon.ID) (core.Tenant, error) {
	t, err := one(ctx, r, scanTenant, "SELECT "+tenantCols+" FROM tenants WHERE id = $1", id)
	if errors.Is(err, errNone) {
		return t, core.NotFound("tenant")
	}
	if err != nil {
		return t, fmt.Errorf("read tenant: %w", err)
	}
	return t, nil
}

// ReadTenant reads the tenant inside the transaction.
func (t *Tx) ReadTenant(ctx context.Context) (core.Tenant, error) {
	return readTenant(ctx, t, t.tenant)
}

// ChangeTenant stores name, language, calendar and settings of a tenant.
func (t *Tx) ChangeTenant(ctx context.Context, v core.Tenant, by canon.ID) error {
	if err := t.exists(ctx, "calendars", v.Hours, "calendar", "body.hours"); err != nil {
		return err
	}
	if err := t.lockTenant(ctx); err != nil {
		return err
	}
	was, err := t.ReadTenant(ctx)
	if err != nil {
		return err
	}
	if on := v.Settings.RequireSecondFactor; on != was.Settings.RequireSecondFactor {
		if err := t.requireFactors(on); err != nil {
			return err
		}
	}
	if v.Hours != was.Hours || v.Settings.Goals != was.Settings.Goals {
		if err := t.recount(); err != nil {
			return err
		}
	}
	settings, err := json.Marshal(v.Settings)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE tenants SET name = $2, lang = $3, hours = $4, settings = $5 WHERE id = $1", t.tenant, v.Name, v.Language, v.Hours, string(settings)); err != nil {
		return err
	}
	return t.announce(core.FeedSettings, by, t.tenant, v)
}

// NeedsSetup reports whether the tenant has no owner yet.
func (c Scope) NeedsSetup(ctx context.Context) (bool, error) {
	n, err := one(ctx, c.s, scalar[int64], "SELECT count(*) FROM agents WHERE tenant = $1 AND role = 'owner'", c.tenant)
	if err != nil {
		return false, fmt.Errorf("read agents: %w", err)
	}
	return n == 0, nil
}

// SetUp names the tenant and adds its first owner. It fails once there is one.
func (t *Tx) SetUp(ctx context.Context, name, language string, owner core.Agent, password string) (core.Agent, error) {
	if err := t.lockTenant(ctx); err != nil {
		return owner, err
	}
	n, err := one(ctx, t, scalar[int64], "SELECT count(*) FROM agents WHERE tenant = $1 AND role = 'owner'", t.tenant)
	if err != nil {
		return owner, err
	}
	if n > 0 {
		return owner, &core.Fault{Kind: core.FaultConflict, Code: "set_up_already",
			Text:   connector.Text{EN: "This installation is set up already.", ZH: "系统已完成初始设置。"},
			Remedy: connector.Text{EN: "Sign in instead. A forgotten password is reset with \"parley user reset\".", ZH: "请直接登录；忘记密码可用 “parley user reset” 重置。"}}
	}
	if _, err := t.exec("UPDATE tenants SET name = $2, lang = $3 WHERE id = $1", t.tenant, name, language); err != nil {
		return owner, err
	}
	owner.Role = core.RoleOwner
	return t.AddAgent(ctx, owner, password, canon.ID{})
}

// lockTenant serialises rare changes that need to look at many rows, such as
// who the last owner is. SQLite has one writer anyway.
func (t *Tx) lockTenant(ctx context.Context) error {
	_, err := list(ctx, t, scalar[canon.ID], "SELECT id FROM tenants WHERE id = $1 "+t.w.forUpdate(), t.tenant)
	return err
}

// announce tells in the feed how a thing is now.
func (t *Tx) announce(kind core.FeedKind, by, subject canon.ID, thing any) error {
	e := core.FeedEntry{Kind: kind, Actor: by, Subject: subject}
	if thing != nil {
		data, err := json.Marshal(thing)
		if err != nil {
			return fmt.Errorf("encode %s: %w", kind, err)
		}
		e.Data = data
	}
	t.Feed(e)
	return nil
}

// exists refuses an id that names nothing of this tenant; the zero id passes.
// table is one of this package's own words.
func (t *Tx) exists(ctx context.Context, table string, id canon.ID, what, field string) error {
	if id.IsZero() {
		return nil
	}
	hits, err := list(ctx, t, scalar[int64], "SELECT 1 FROM "+table+" WHERE tenant = $1 AND id = $2", t.tenant, id)
	if err != nil {
		return fmt.Errorf("look for the %s: %w", what, err)
	}
	if len(hits) == 0 {
		f := core.NotFound(what)
		f.Field = field
		return f
	}
	return nil
}

// taken refuses a name that something else of its kind has.
func taken(field string) error {
	return &core.Fault{Kind: core.FaultConflict, Code: "taken", Field: field,
		Text:   connector.Text{EN: "This is in use already.", ZH: "该名称已被使用。"},
		Remedy: connector.Text{EN: "Choose another one, or change the one that has it.", ZH: "请换一个，或修改已有的那一项。"}}
}
