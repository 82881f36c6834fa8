package operate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// The child of a crash test: rotates with the settings of its environment, and
// ends without a word at the step named.
const (
	crashAt = "PARLEY_TEST_CRASH_AT"
	crashed = 9
)

func TestMain(m *testing.M) {
	if stop, child := os.LookupEnv(crashAt); child {
		os.Exit(rotateUntil(stop))
	}
	os.Exit(m.Run())
}

func rotateUntil(stop string) int {
	loaded, err := setting.Load(setting.Sources{Environ: os.Environ()})
	if err == nil {
		_, err = Rotation{at: func(step string) {
			fmt.Println(step)
			if step == stop {
				os.Exit(crashed)
			}
		}}.Run(context.Background(), loaded.Settings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// rotateInChild runs a rotation in a process of its own and returns the steps it
// took and its exit code.
func rotateInChild(t *testing.T, s setting.Settings, stop string) (steps []string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Dir = t.TempDir()
	cmd.Env = []string{crashAt + "=" + stop, "PARLEY_DATA_DIR=" + s.DataDir}
	for name, key := range map[string]*secret.MasterKey{"PARLEY_MASTER_KEY": s.MasterKey, "PARLEY_NEW_MASTER_KEY": s.NewMasterKey} {
		if key != nil {
			cmd.Env = append(cmd.Env, name+"="+key.Text())
		}
	}
	if s.Database.Dialect == setting.Postgres {
		cmd.Env = append(cmd.Env, "PARLEY_DATABASE_URL="+s.Database.URL.Reveal())
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != crashed) {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	return strings.Fields(string(out)), cmd.ProcessState.ExitCode()
}

var keyForm = connector.Form{Fields: []connector.Field{{Name: "token", Kind: connector.FieldSecret}}}

// plant keeps a secret in a link.
func (x *installation) plant(t *testing.T) {
	t.Helper()
	key, err := x.scope().DataKey(t.Context())
	must(t, err)
	l := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: "shop", Name: "Shop"}}
	l.Config, l.Sealed, err = store.SealValues(x.box, key, x.tenant.ID, l.ID, keyForm, connector.Values{"token": "planted-token"})
	must(t, err)
	x.write(t, func(tx *store.Tx) error { return tx.SaveLink(l, true) })
}

// opened starts a process on an installation and counts the secrets it can read.
func opened(ctx context.Context, s setting.Settings) (n int, err error) {
	key, err := MasterKey(ctx, s)
	if err != nil {
		return 0, err
	}
	o := databaseOptions(s)
	o.NoMigrate = false
	db, err := store.Open(ctx, o)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	box, err := db.Unlock(ctx, secret.NewBox(key))
	if err != nil {
		return 0, err
	}
	t, _, err := db.TenantBySlug(ctx, store.DefaultSlug)
	if err != nil {
		return 0, err
	}
	return readable(ctx, db.For(t.ID), box)
}

func readable(ctx context.Context, scope store.Scope, box *secret.Box) (n int, err error) {
	key, err := scope.DataKey(ctx)
	if err != nil {
		return 0, err
	}
	all, err := scope.Links(ctx, canon.ID{}, 100)
	if err != nil {
		return 0, err
	}
	for _, l := range all {
		v, err := l.Values(box, key, scope.Tenant())
		if err != nil {
			return n, err
		}
		if v["token"] == "planted-token" {
			n++
		}
	}
	return n, nil
}

// eachWay runs a test on the ways of keeping a master key: in the data folder, in the
// settings with either database.
func eachWay(t *testing.T, do func(t *testing.T, s setting.Settings)) {
	t.Run("file", func(t *testing.T) { t.Parallel(); do(t, settings(t, "")) })
	eachDatabase(t, func(t *testing.T, s setting.Settings) {
		old, next := secret.NewMasterKey(), secret.NewMasterKey()
		s.MasterKey, s.NewMasterKey = &old, &next
		do(t, s)
	})
}

// inDatabase opens the database behind the store's back.
func inDatabase(t *testing.T, s setting.Settings, do func(*sql.DB) error) {
	t.Helper()
	driver, address := "sqlite", "file:"+s.Database.Path+"?_pragma=busy_timeout(10000)"
	if s.Database.Dialect == setting.Postgres {
		driver, address = "pgx", s.Database.URL.Reveal()
	}
	db, err := sql.Open(driver, address)
	must(t, err)
	defer db.Close()
	must(t, do(db))
}

// rowsAndFiles is what a start would change first.
func rowsAndFiles(t *testing.T, s setting.Settings) string {
	t.Helper()
	var out strings.Builder
	inDatabase(t, s, func(db *sql.DB) error {
		for _, q := range []string{"SELECT name, value FROM platform ORDER BY name", "SELECT id, data_key FROM tenants ORDER BY id", "SELECT id, secrets FROM links ORDER BY id", "SELECT version_id, is_applied FROM goose_db_version ORDER BY id"} {
			rows, err := db.Query(q)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var a, b any
				if err := rows.Scan(&a, &b); err != nil {
					return err
				}
				fmt.Fprintln(&out, a, b)
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	entries, err := os.ReadDir(s.DataDir)
	if !errors.Is(err, os.ErrNotExist) { // with PostgreSQL there may be none
		must(t, err)
	}
	for _, e := range entries {
		if name := e.Name(); !strings.HasSuffix(name, "-wal") && !strings.HasSuffix(name, "-shm") {
			fmt.Fprintln(&out, name)
		}
	}
	return out.String()
}
