package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// Preferences reads how an agent wants the application to behave; what they
// have not chosen is as it comes.
func (c Scope) Preferences(ctx context.Context, agent canon.ID) (core.Preferences, error) {
	return preferences(ctx, c.s, c.tenant, agent)
}

// Preferences reads them inside the transaction.
func (t *Tx) Preferences(ctx context.Context, agent canon.ID) (core.Preferences, error) {
	return preferences(ctx, t, t.tenant, agent)
}

func preferences(ctx context.Context, r reader, tenant, agent canon.ID) (core.Preferences, error) {
	p := core.DefaultPreferences()
	raw, err := one(ctx, r, scalar[string], "SELECT preferences FROM agents WHERE tenant = $1 AND id = $2", tenant, agent)
	if errors.Is(err, errNone) {
		return p, core.NotFound("agent")
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &p)
	}
	if err != nil {
		return p, fmt.Errorf("read preferences: %w", err)
	}
	return p, nil
}

// StorePreferences keeps them, and tells the agent's other windows.
func (t *Tx) StorePreferences(agent canon.ID, p core.Preferences) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write preferences: %w", err)
	}
	n, err := t.exec("UPDATE agents SET preferences = $3 WHERE tenant = $1 AND id = $2", t.tenant, agent, string(raw))
	if err != nil {
		return err
	}
	if n == 0 {
		return core.NotFound("agent")
	}
	t.Feed(core.FeedEntry{Kind: core.FeedPreferences, Actor: agent, Subject: agent})
	return nil
}
