package store

import (
	"context"
	"fmt"

	"parley/core/canon"
)

// Rendition finds what was made of a file for a form.
func (c Scope) Rendition(ctx context.Context, file canon.ID, form string) (canon.ID, bool, error) {
	found, err := list(ctx, c.s, scalar[canon.ID], "SELECT made FROM renditions WHERE tenant = $1 AND file = $2 AND form = $3", c.tenant, file, form)
	if err != nil {
		return canon.ID{}, false, fmt.Errorf("read renditions: %w", err)
	}
	if len(found) == 0 {
		return canon.ID{}, false, nil
	}
	return found[0], true, nil
}

// KeepRendition remembers what was made of a file; of two made at once the first
// stays.
func (c Scope) KeepRendition(ctx context.Context, file canon.ID, form string, made canon.ID) error {
	return c.Write(ctx, func(t *Tx) error {
		return t.do("INSERT INTO renditions (tenant, file, form, made) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", c.tenant, file, form, made)
	})
}
