package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/core/canon"
)

// SecondFactor is a person's second factor. Secrets are sealed by whoever keeps
// them here.
type SecondFactor struct {
	Secret []byte    // in force; nil: none is
	Since  time.Time // when it was confirmed
	Step   int64     // newest time step a code was taken of
	// Pending waits until Until to be confirmed.
	Pending []byte
	Until   time.Time
}

// On reports whether a code is asked for at sign-in.
func (f SecondFactor) On() bool { return !f.Since.IsZero() }

// SecondFactor reads a person's second factor; the zero value is none.
func (c Scope) SecondFactor(ctx context.Context, agent canon.ID) (SecondFactor, error) {
	return secondFactor(ctx, c.s, c.tenant, agent)
}

// SecondFactor reads a person's second factor inside the transaction.
func (t *Tx) SecondFactor(ctx context.Context, agent canon.ID) (SecondFactor, error) {
	return secondFactor(ctx, t, t.tenant, agent)
}

func secondFactor(ctx context.Context, r reader, tenant, agent canon.ID) (SecondFactor, error) {
	f, err := one(ctx, r, func(rows *sql.Rows) (SecondFactor, error) {
		var f SecondFactor
		var since, until int64
		err := rows.Scan(&f.Secret, &since, &f.Step, &f.Pending, &until)
		f.Since, f.Until = at(since), at(until)
		return f, err
	}, "SELECT secret, since, step, pending, until FROM second_factors WHERE tenant = $1 AND agent = $2", tenant, agent)
	if errors.Is(err, errNone) {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("read second factor: %w", err)
	}
	return f, nil
}

// PendFactor keeps a sealed secret that waits to be confirmed, instead of one
// that waits already.
func (t *Tx) PendFactor(agent canon.ID, sealed []byte, until time.Time) error {
	_, err := t.exec(`INSERT INTO second_factors (tenant, agent, pending, until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, agent) DO UPDATE SET pending = excluded.pending, until = excluded.until`, t.tenant, agent, sealed, ms(until))
	return err
}

// ConfirmFactor puts the pending secret in force, if it is still this one; a
// code of step was taken.
func (t *Tx) ConfirmFactor(agent canon.ID, pending []byte, step int64) (bool, error) {
	n, err := t.exec("UPDATE second_factors SET secret = pending, since = $4, step = $5, pending = NULL, until = 0 WHERE tenant = $1 AND agent = $2 AND pending = $3 AND until > $4",
		t.tenant, agent, pending, ms(t.Now()), step)
	return n == 1, err
}

// TakeStep takes a code of a time step; false when one of it, or of a later
// one, was taken before.
func (t *Tx) TakeStep(agent canon.ID, step int64) (bool, error) {
	n, err := t.exec("UPDATE second_factors SET step = $3 WHERE tenant = $1 AND agent = $2 AND since > 0 AND step < $3", t.tenant, agent, step)
	return n == 1, err
}

// RemoveFactor removes a person's second factor with the recovery codes and
// reports whether there was one in force.
func (t *Tx) RemoveFactor(ctx context.Context, agent canon.ID) (bool, error) {
	f, err := t.SecondFactor(ctx, agent)
	if err != nil {
		return false, err
	}
	for _, q := range []string{
		"DELETE FROM second_factors WHERE tenant = $1 AND agent = $2",
		"DELETE FROM recovery_codes WHERE tenant = $1 AND agent = $2",
	} {
		if _, err := t.exec(q, t.tenant, agent); err != nil {
			return false, err
		}
	}
	return f.On(), nil
}

// SetRecoveryCodes keeps the hashes of a person's recovery codes instead of
// those they had.
func (t *Tx) SetRecoveryCodes(agent canon.ID, hashes [][]byte) error {
	if _, err := t.exec("DELETE FROM recovery_codes WHERE tenant = $1 AND agent = $2", t.tenant, agent); err != nil {
		return err
	}
	var rows [][]any
	for _, h := range hashes {
		rows = append(rows, []any{t.tenant, agent, h})
	}
	return t.insert("INSERT INTO recovery_codes (tenant, agent, hash)", 3, "", rows)
}

// TakeRecoveryCode uses a recovery code up; false when there is no such code,
// or not any more.
func (t *Tx) TakeRecoveryCode(agent canon.ID, hash []byte) (bool, error) {
	n, err := t.exec("DELETE FROM recovery_codes WHERE tenant = $1 AND agent = $2 AND hash = $3", t.tenant, agent, hash)
	return n == 1, err
}

// RecoveryCodes counts the recovery codes a person has left.
func (c Scope) RecoveryCodes(ctx context.Context, agent canon.ID) (int, error) {
	n, err := one(ctx, c.s, scalar[int], "SELECT count(*) FROM recovery_codes WHERE tenant = $1 AND agent = $2", c.tenant, agent)
	if err != nil {
		return 0, fmt.Errorf("count recovery codes: %w", err)
	}
	return n, nil
}

// requireFactors lets sessions of people without a second factor do nothing but
// set one up, or lifts that.
func (t *Tx) requireFactors(on bool) error {
	_, err := t.exec("UPDATE sessions SET bare = $2 WHERE tenant = $1 AND agent NOT IN (SELECT agent FROM second_factors WHERE tenant = $1 AND since > 0)", t.tenant, flag(on))
	return err
}
