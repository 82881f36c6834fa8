package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv/migrated"
)

// place is where a database lies, for tests that open it more than once.
type place struct {
	*testing.T
	options store.Options
}

func places(t *testing.T, do func(p *place)) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			url := kind
			if kind == "postgres" {
				url = migrated.Postgres(t)
			}
			do(&place{t, store.Options{URL: url, DataDir: t.TempDir()}})
		})
	}
}

// open is a process with a master key; it lives until the test ends.
func (p *place) open(key secret.MasterKey) *desk {
	p.Helper()
	s, err := store.Open(p.Context(), p.options)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { s.Close() })
	box, err := s.Unlock(p.Context(), secret.NewBox(key))
	if err != nil {
		p.Fatal(err)
	}
	tenant, err := s.EnsureDefaultTenant(p.Context(), box)
	if err != nil {
		p.Fatal(err)
	}
	return &desk{p.T, s, box, s.For(tenant.ID)}
}

// sql changes the database behind everybody's back.
func (p *place) sql(do func(db *sql.DB) error) {
	p.Helper()
	driver, address := "sqlite", "file:"+filepath.Join(p.options.DataDir, "parley.db")+"?_pragma=busy_timeout(10000)"
	if p.options.URL != "sqlite" {
		driver, address = "pgx", p.options.URL
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		p.Fatal(err)
	}
	defer db.Close()
	if err := do(db); err != nil {
		p.Fatal(err)
	}
}

func (p *place) rows() string {
	var out strings.Builder
	p.sql(func(db *sql.DB) error {
		for _, q := range []string{"SELECT name, value, '' FROM platform ORDER BY name", "SELECT id, data_key, slug FROM tenants ORDER BY id", "SELECT id, config, secrets FROM links ORDER BY id"} {
			rows, err := db.Query(q)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var a, b, c []byte
				if err := rows.Scan(&a, &b, &c); err != nil {
					return err
				}
				fmt.Fprintf(&out, "%x %x %x\n", a, b, c)
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return out.String()
}

var shop = connector.Values{"host": "shop.example", "token": "planted-secret-token", "key": "planted-secret-key"}

// opens reports whether the secrets of the links can be read.
func (d *desk) opens() error {
	key, err := d.DataKey(d.Context())
	if err != nil {
		return err
	}
	all, err := d.Links(d.Context(), [16]byte{}, 10)
	if err != nil {
		return err
	}
	for _, l := range all {
		v, err := l.Values(d.box, key, d.Tenant())
		if err != nil {
			return err
		}
		if v["token"] != shop["token"] {
			return fmt.Errorf("the token is %q", v["token"])
		}
	}
	return nil
}

func TestX13_AnotherMasterKeyIsNoticed(t *testing.T) {
	places(t, func(p *place) {
		if check, err := store.KeyCheck(p.Context(), p.options); check != nil || err != nil {
			p.Errorf("before the first start: %x, %v", check, err)
		}
		key := secret.NewMasterKey()
		d := p.open(key)
		d.link(shop)
		signed := d.box.Signer("visitors").Token([]byte("mei"))
		again := p.open(key)
		if err := again.opens(); err != nil {
			p.Error(err)
		}
		if got, err := again.box.Signer("visitors").OpenToken(signed); string(got) != "mei" || err != nil {
			p.Errorf("a second start knows nobody: %v", err)
		}
		before := p.rows()
		other := secret.NewBox(secret.NewMasterKey())
		if _, err := d.store.Unlock(p.Context(), other); !errors.Is(err, secret.ErrWrongKey) {
			p.Errorf("another key: %v", err)
		}
		if _, _, err := d.store.AddTenant(p.Context(), other, "second", "Second", "en"); !errors.Is(err, secret.ErrWrongKey) {
			p.Errorf("a tenant was made under another key: %v", err)
		}
		if _, err := d.store.Rotate(p.Context(), other, secret.NewBox(secret.NewMasterKey()), false); !errors.Is(err, secret.ErrWrongKey) {
			p.Errorf("another key was rotated away from: %v", err)
		}
		if after := p.rows(); after != before {
			p.Errorf("another key changed\n%s\nto\n%s", before, after)
		}
		check, err := store.KeyCheck(p.Context(), p.options)
		if err != nil || secret.NewBox(key).VerifyCheck(check) != nil || other.VerifyCheck(check) == nil {
			p.Errorf("%x, %v", check, err)
		}
	})
}

// Two rows whose sealed values were exchanged in the database open no more.
func TestX13_SwappedRowsOpenNoMore(t *testing.T) {
	places(t, func(p *place) {
		d := p.open(secret.NewMasterKey())
		a, _ := d.link(shop)
		b, _ := d.link(shop)
		if err := d.opens(); err != nil {
			p.Fatal(err)
		}
		swap := func() {
			p.sql(func(db *sql.DB) error {
				var x, y []byte
				if err := errors.Join(db.QueryRow("SELECT secrets FROM links WHERE id = $1", a.ID[:]).Scan(&x), db.QueryRow("SELECT secrets FROM links WHERE id = $1", b.ID[:]).Scan(&y)); err != nil {
					return err
				}
				_, one := db.Exec("UPDATE links SET secrets = $1 WHERE id = $2", string(y), a.ID[:])
				_, two := db.Exec("UPDATE links SET secrets = $1 WHERE id = $2", string(x), b.ID[:])
				return errors.Join(one, two)
			})
		}
		swap()
		if err := d.opens(); !errors.Is(err, secret.ErrOpen) {
			p.Errorf("exchanged: %v", err)
		}
		swap()
		if err := d.opens(); err != nil {
			p.Errorf("put back: %v", err)
		}
		// A tenant's key in another tenant's row is of no use there.
		other, _, err := d.store.AddTenant(p.Context(), d.box, "other", "Other", "en")
		if err != nil {
			p.Fatal(err)
		}
		mine := d.Tenant()
		p.sql(func(db *sql.DB) error {
			_, err := db.Exec("UPDATE tenants SET data_key = (SELECT data_key FROM tenants WHERE id = $1) WHERE id = $2", other.ID[:], mine[:])
			return err
		})
		stolen, err := store.Open(p.Context(), p.options)
		if err != nil {
			p.Fatal(err)
		}
		defer stolen.Close()
		x := &desk{p.T, stolen, d.box, stolen.For(mine)}
		if err := x.opens(); !errors.Is(err, secret.ErrOpen) {
			p.Errorf("with another tenant's key: %v", err)
		}
	})
}

func TestX13_RotationMovesEveryKeyAndNothingElse(t *testing.T) {
	places(t, func(p *place) {
		old, next := secret.NewMasterKey(), secret.NewMasterKey()
		d := p.open(old)
		d.link(shop)
		signed := d.box.Signer("visitors").Token([]byte("mei"))
		other, _, err := d.store.AddTenant(p.Context(), d.box, "other", "Other", "en")
		if err != nil {
			p.Fatal(err)
		}
		second := &desk{p.T, d.store, d.box, d.store.For(other.ID)}
		second.link(shop)
		links := func() (out string) {
			p.sql(func(db *sql.DB) error { return db.QueryRow("SELECT max(secrets) FROM links").Scan(&out) })
			return out
		}
		sealed := links()

		beside := p.open(old) // the command's own process
		if n, err := beside.store.Rotate(p.Context(), beside.box, secret.NewBox(next), false); n != 2 || err != nil {
			p.Fatalf("%d, %v", n, err)
		}
		if links() != sealed {
			p.Error("what was sealed was written anew")
		}
		// The process that was there goes on, with new secrets too.
		d.link(shop)
		if err := errors.Join(d.opens(), second.opens()); err != nil {
			p.Errorf("beside the rotation: %v", err)
		}
		if _, _, err := d.store.AddTenant(p.Context(), d.box, "third", "Third", "en"); !errors.Is(err, secret.ErrWrongKey) {
			p.Errorf("a tenant was made under the old key: %v", err)
		}
		// A start takes the new key, and only that.
		fresh, err := store.Open(p.Context(), p.options)
		if err != nil {
			p.Fatal(err)
		}
		defer fresh.Close()
		if _, err := fresh.Unlock(p.Context(), secret.NewBox(old)); !errors.Is(err, secret.ErrWrongKey) {
			p.Errorf("the old key: %v", err)
		}
		if key, err := fresh.For(other.ID).DataKey(p.Context()); err != nil || (&desk{p.T, fresh, d.box, fresh.For(other.ID)}).opens() == nil {
			p.Errorf("the old key opens what is in the database: %x, %v", key, err)
		}
		for _, tenant := range []store.Scope{d.Scope, second.Scope} {
			x := p.open(next)
			y := &desk{p.T, x.store, x.box, x.store.For(tenant.Tenant())}
			if err := y.opens(); err != nil {
				p.Errorf("the new key: %v", err)
			}
			if got, err := x.box.Signer("visitors").OpenToken(signed); string(got) != "mei" || err != nil {
				p.Errorf("a customer from before is not known: %v", err)
			}
			told, err := y.AuditBefore(p.Context(), 0, 5)
			if err != nil || len(told) != 1 || told[0].Action != "master_key.rotated" {
				p.Errorf("the audit has %v, %v", told, err)
			}
		}
		// With the signing key it is another matter.
		third := secret.NewMasterKey()
		x := p.open(next)
		if _, err := x.store.Rotate(p.Context(), x.box, secret.NewBox(third), true); err != nil {
			p.Fatal(err)
		}
		if _, err := p.open(third).box.Signer("visitors").OpenToken(signed); !errors.Is(err, secret.ErrSignature) {
			p.Errorf("after a new signing key: %v", err)
		}
	})
}

// A rotation that cannot move one key moves none.
func TestX13_RotationIsAllOrNothing(t *testing.T) {
	places(t, func(p *place) {
		key := secret.NewMasterKey()
		d := p.open(key)
		d.link(shop)
		if _, _, err := d.store.AddTenant(p.Context(), d.box, "other", "Other", "en"); err != nil {
			p.Fatal(err)
		}
		p.sql(func(db *sql.DB) error {
			_, err := db.Exec("UPDATE tenants SET data_key = $1 WHERE slug = 'other'", []byte("damaged"))
			return err
		})
		before := p.rows()
		if _, err := d.store.Rotate(p.Context(), d.box, secret.NewBox(secret.NewMasterKey()), false); !errors.Is(err, secret.ErrOpen) {
			p.Errorf("%v", err)
		}
		if p.rows() != before {
			p.Error("half a rotation was kept")
		}
		if err := p.open(key).opens(); err != nil {
			p.Error(err)
		}
	})
}

// An installation of a version that signed with the master key itself goes on
// knowing its customers, through a rotation too.
func TestX13_OlderSignaturesCount(t *testing.T) {
	places(t, func(p *place) {
		old, next := secret.NewMasterKey(), secret.NewMasterKey()
		p.open(old)
		p.sql(func(db *sql.DB) error {
			_, err := db.Exec("DELETE FROM platform WHERE name = 'signing_key'")
			return err
		})
		signed := secret.NewBox(old).Signer("visitors").Token([]byte("mei"))
		d := p.open(old)
		if _, err := d.store.Rotate(p.Context(), d.box, secret.NewBox(next), false); err != nil {
			p.Fatal(err)
		}
		for _, x := range []*desk{d, p.open(next)} {
			if got, err := x.box.Signer("visitors").OpenToken(signed); string(got) != "mei" || err != nil {
				p.Errorf("%v", err)
			}
		}
		if names := []string{secret.NewMasterKey().Name(), old.Name(), next.Name()}; slices.Contains(names[1:], names[0]) || names[1] == names[2] || names[1] != old.Name() || len(names[1]) != 8 {
			p.Errorf("keys are called %v", names)
		}
	})
}
