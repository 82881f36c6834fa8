package store

import (
	"context"
	"fmt"

	"parley/core/canon"
)

// DueSnoozes are conversations that have slept long enough, the longest first.
func (c Scope) DueSnoozes(ctx context.Context, limit int) ([]canon.ID, error) {
	out, err := list(ctx, c.s, scalar[canon.ID], "SELECT id FROM conversations WHERE tenant = $1 AND wakes > 0 AND wakes <= $2 ORDER BY wakes LIMIT $3", c.tenant, ms(c.s.Now()), limit)
	if err != nil {
		return nil, fmt.Errorf("read what has slept long enough: %w", err)
	}
	return out, nil
}
