package operate

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
	"parley/internal/testenv"
)

// eachDatabase runs a test on an installation of each kind that has never been
// started.
func eachDatabase(t *testing.T, do func(t *testing.T, s setting.Settings)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); do(t, settings(t, "")) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); do(t, settings(t, testenv.Postgres(t))) })
}

// settings of an installation in a folder of its own; postgres may be empty.
func settings(t *testing.T, postgres string) setting.Settings {
	t.Helper()
	flags := map[string]string{"data_dir": filepath.Join(t.TempDir(), "data"), "listen": "127.0.0.1:" + freePort(t)}
	if postgres != "" {
		flags["database_url"] = postgres
		flags["master_key"] = secret.NewMasterKey().Text()
	}
	loaded, err := setting.Load(setting.Sources{Flags: flags, File: emptyFile(t)})
	if err != nil {
		t.Fatal(err)
	}
	return loaded.Settings
}

func wayOut(t *testing.T) *egress.Client {
	t.Helper()
	c, err := egress.New(egress.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// installation is what a first start makes.
type installation struct {
	settings setting.Settings
	store    *store.Store
	box      *secret.Box
	tenant   core.Tenant
	link     store.LinkRow
	account  core.Account
}

func start(t *testing.T, s setting.Settings) *installation {
	t.Helper()
	ctx := t.Context()
	key := s.MasterKey
	if key == nil {
		made, err := secret.LoadOrCreate(s.DataDir)
		if err != nil {
			t.Fatal(err)
		}
		key = &made
	}
	o := databaseOptions(s)
	o.NoMigrate = false
	db, err := store.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	x := &installation{settings: s, store: db}
	if x.box, err = db.Unlock(ctx, secret.NewBox(*key)); err != nil {
		t.Fatal(err)
	}
	if x.tenant, err = db.EnsureDefaultTenant(ctx, x.box); err != nil {
		t.Fatal(err)
	}
	x.link = store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: "http", Name: "Shop", Config: connector.Values{}}, Sealed: store.Sealed{}}
	x.account = core.Account{ID: canon.NewID(), Link: x.link.ID, Kind: "http", Name: "Shop", RemoteID: "main"}
	x.write(t, func(tx *store.Tx) error {
		if err := tx.SaveLink(x.link, true); err != nil {
			return err
		}
		if _, _, err := tx.AddAccount(ctx, x.account, canon.ID{}); err != nil {
			return err
		}
		_, err := tx.SetUp(ctx, "Shop", "en", core.Agent{Email: "owner@shop.example", Name: "Owner", Language: "en", MaxLoad: 10}, "hash")
		return err
	})
	return x
}

func (x *installation) scope() store.Scope { return x.store.For(x.tenant.ID) }

func (x *installation) write(t *testing.T, do func(*store.Tx) error) {
	t.Helper()
	if err := x.scope().Write(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

// accept takes a customer's message in, as a callback does: nil means that it
// was acknowledged.
func (x *installation) accept(ctx context.Context, n int) error {
	id := fmt.Sprintf("event-%d", n)
	e := canon.Envelope{ID: canon.NewID(), Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: "ann"}, From: canon.Peer{ID: "ann"}, EventID: id,
		Time: x.store.Now(), Event: canon.Posted{Message: canon.TextMessage(id)}}
	return x.scope().Accept(ctx, x.link.ID, []store.Arrival{{Link: x.link.ID, Account: x.account.ID, Envelope: e}}, nil)
}
