package store

import (
	"database/sql"

	"parley/core"
	"parley/core/canon"
)

// Tags and colleagues stand in the lists themselves, beside the conversation
// they are on: with its shelf and times, which the database carries over when
// the conversation moves. So what has a tag is found in order, however much has
// it and however little fits the other filters.

// spot is where a conversation stands in the lists.
type spot struct {
	shelf, last int64
	waiting     sql.NullInt64
	due         sql.NullInt64
	lang        string
}

// mark says that a conversation has tags or colleagues, keeps others from moving
// it until the transaction ends, and returns where it stands.
func (t *Tx) mark(conversation canon.ID) (spot, error) {
	all, err := list(t.ctx, t, func(rows *sql.Rows) (spot, error) {
		var s spot
		err := rows.Scan(&s.shelf, &s.last, &s.waiting, &s.due, &s.lang)
		return s, err
	}, "UPDATE conversations SET marked = 1 WHERE tenant = $1 AND id = $2 RETURNING shelf, last_at, waiting, due, lang", t.tenant, conversation)
	if err != nil {
		return spot{}, err
	}
	if len(all) == 0 {
		return spot{}, core.NotFound("conversation")
	}
	return all[0], nil
}
