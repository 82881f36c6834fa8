package operate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// MasterKey returns the key of an installation: that of the settings, else that
// of the data folder, which the first start makes. It is compared with the
// database before anything is written there, so that a wrong key changes
// nothing; what a change of the key left unfinished is finished.
func MasterKey(ctx context.Context, s setting.Settings) (secret.MasterKey, error) {
	check, err := store.KeyCheck(ctx, databaseOptions(s))
	if err != nil {
		return secret.MasterKey{}, err
	}
	switch {
	case s.MasterKey != nil && check != nil:
		return *s.MasterKey, named(secret.NewBox(*s.MasterKey).VerifyCheck(check))
	case s.MasterKey != nil:
		return *s.MasterKey, nil
	case s.Database.Dialect == setting.Postgres:
		return secret.MasterKey{}, errors.New("master_key: required with PostgreSQL: set PARLEY_MASTER_KEY to 32 random bytes in base64, the same on every node (make one with: openssl rand -base64 32)")
	case check == nil:
		key, err := secret.LoadOrCreate(s.DataDir)
		return key, named(err)
	}
	key, err := secret.Find(s.DataDir, check)
	if errors.Is(err, fs.ErrNotExist) {
		return key, fmt.Errorf("master_key: the file %s is missing, and this database was sealed with one: put it back into %s, or set PARLEY_MASTER_KEY; nothing was changed", secret.KeyFile, s.DataDir)
	}
	if err != nil {
		return key, named(err)
	}
	return key, named(secret.Settle(ctx, s.DataDir, key))
}

// named says which setting an error is about.
func named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("master_key: %w", err)
}
