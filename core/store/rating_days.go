package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

const dayMillis = int64(24 * time.Hour / time.Millisecond)

// whose are the counters a rating counts in, by kind.
func whose(tenant canon.ID, v core.Rating) map[core.ContentOf]canon.ID {
	return map[core.ContentOf]canon.ID{core.ContentAll: tenant, core.ContentAgent: v.Agent, core.ContentTeam: v.Team, core.ContentAccount: v.Account, core.ContentBot: v.Bot}
}

// countRating adds to the counters of the day somebody was asked on.
func (t *Tx) countRating(v core.Rating, asked, answered, total int) error {
	for kind := core.ContentAll; kind <= core.ContentBot; kind++ { // always in one order: no two wait for each other
		whom := whose(t.tenant, v)[kind]
		if whom.IsZero() {
			continue
		}
		if err := t.do(`INSERT INTO rating_days (tenant, day, kind, whom, asked, answered, total) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (tenant, day, kind, whom) DO UPDATE SET asked = rating_days.asked + excluded.asked, answered = rating_days.answered + excluded.answered, total = rating_days.total + excluded.total`,
			t.tenant, ms(v.Asked)/dayMillis, int64(kind), whom, asked, answered, total); err != nil {
			return err
		}
	}
	return nil
}

// Contentment is how content customers were who were asked on a day or later,
// days being those of UTC. It reads counters: a row for each day and whom.
func (c Scope) Contentment(ctx context.Context, since time.Time) ([]core.Contentment, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Contentment, error) {
		var v core.Contentment
		err := rows.Scan(&v.Of, &v.ID, &v.Asked, &v.Answered, &v.Total)
		return v, err
	}, "SELECT kind, whom, sum(asked), sum(answered), sum(total) FROM rating_days WHERE tenant = $1 AND day >= $2 GROUP BY kind, whom ORDER BY kind, whom", c.tenant, ms(since)/dayMillis)
	if err != nil {
		return nil, fmt.Errorf("read how content customers were: %w", err)
	}
	return out, nil
}
