package operate

import (
	"context"
	"errors"
	"fmt"

	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// Rotation is a change of the master key: nothing but the keys that seal the
// credentials is written, so that it takes a moment, and hubs that run go on
// with what they hold in memory.
type Rotation struct {
	// NewSigning voids all that was signed before: customers' browsers, links to
	// files, known browsers of agents.
	NewSigning bool

	at func(step string) // for tests that stop there
}

// Rotated says what a rotation did.
type Rotated struct {
	Tenants  int
	Old, New secret.MasterKey
	// OldFile is where the old key stays; empty: it was in the settings, which
	// the operator has to change.
	OldFile string
}

// Run rotates. The new key is that of the settings, else, where the old one is
// in the data folder, one it makes. Stopped at any moment, it leaves an
// installation that opens with the old key or the new; with a key from the
// settings, whichever of both the operator has.
func (r Rotation) Run(ctx context.Context, s setting.Settings) (Rotated, error) {
	check, err := store.KeyCheck(ctx, databaseOptions(s))
	if err == nil && check == nil {
		err = store.ErrNoDatabase
	}
	if err != nil {
		return Rotated{}, err
	}
	if s.MasterKey != nil {
		return r.ofSettings(ctx, s, check)
	}
	return r.ofFolder(ctx, s)
}

// ofSettings rotates where the operator keeps both keys.
func (r Rotation) ofSettings(ctx context.Context, s setting.Settings, check []byte) (Rotated, error) {
	if s.NewMasterKey == nil {
		return Rotated{}, errors.New("new_master_key: set PARLEY_NEW_MASTER_KEY to the output of `openssl rand -base64 32` and keep it: PARLEY_MASTER_KEY becomes this key")
	}
	out := Rotated{Old: *s.MasterKey, New: *s.NewMasterKey}
	switch {
	case out.Old.Equal(out.New):
		return out, fmt.Errorf("new_master_key: %w", secret.ErrSameKey)
	case secret.NewBox(out.New).VerifyCheck(check) == nil:
		return out, fmt.Errorf("the database is sealed with the new key %s already: set PARLEY_MASTER_KEY to it", out.New.Name())
	}
	if err := secret.NewBox(out.Old).VerifyCheck(check); err != nil {
		return out, named(err)
	}
	r.step("found")
	var err error
	if out.Tenants, err = r.commit(ctx, s, out.Old, out.New); err != nil {
		return out, err
	}
	r.step("committed")
	return out, nil
}

// ofFolder rotates where the key lies in the data folder.
func (r Rotation) ofFolder(ctx context.Context, s setting.Settings) (Rotated, error) {
	if s.Database.Dialect == setting.Postgres {
		_, err := MasterKey(ctx, s) // says that the setting is missing
		return Rotated{}, err
	}
	out := Rotated{New: secret.NewMasterKey()}
	if s.NewMasterKey != nil {
		out.New = *s.NewMasterKey
	}
	var err error
	out.Old, err = secret.Change{
		DataDir: s.DataDir, Next: out.New, At: r.at,
		Check: func() ([]byte, error) { return store.KeyCheck(ctx, databaseOptions(s)) },
		Commit: func(present secret.MasterKey) error {
			var err error
			out.Tenants, err = r.commit(ctx, s, present, out.New)
			return err
		},
	}.Run()
	if err != nil {
		return out, named(err)
	}
	out.OldFile = secret.OldFile(s.DataDir, out.Old)
	return out, nil
}

// commit moves the database, brought to the newest version before.
func (r Rotation) commit(ctx context.Context, s setting.Settings, from, to secret.MasterKey) (tenants int, err error) {
	o := databaseOptions(s)
	o.NoMigrate = false
	db, err := store.Open(ctx, o)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	box, err := db.Unlock(ctx, secret.NewBox(from)) // an older version kept no signing key
	if err != nil {
		return 0, err
	}
	r.step("opened")
	return db.Rotate(ctx, box, secret.NewBox(to), r.NewSigning)
}

func (r Rotation) step(name string) {
	if r.at != nil {
		r.at(name)
	}
}
