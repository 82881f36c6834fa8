package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
)

// A rating belongs to one conversation, and through it to the contact: who is
// merged takes theirs along.
const (
	ratingCols = "r.conversation, c.contact, r.account, r.team, r.agent, r.bot, r.asked, r.score, r.reason, r.way, r.answered, r.thread, r.message"
	ratingFrom = "ratings r JOIN conversations c ON c.tenant = r.tenant AND c.id = r.conversation"
)

func scanRating(rows *sql.Rows) (core.Rating, error) {
	var v core.Rating
	var asked, answered int64
	err := rows.Scan(&v.Conversation, &v.Contact, &v.Account, &v.Team, &v.Agent, &v.Bot, &asked, &v.Score, &v.Reason, &v.Way, &answered, &v.Thread, &v.Message)
	v.Asked, v.Answered = at(asked), at(answered)
	return v, err
}

// RatingQuery says which ratings to list; what is zero does not filter.
type RatingQuery struct {
	Agent, Bot, Team, Account, Contact canon.ID
	Score                              int
	Answered                           bool      // only those with a score
	Since, Until                       time.Time // when asked: from, and before
	After                              Cursor
	Limit                              int
}

// RatingPlace is where a rating stands in the list.
func RatingPlace(v core.Rating) Cursor { return Cursor{At: ms(v.Asked), ID: v.Conversation} }

// Ratings lists ratings, those asked for last first.
func (c Scope) Ratings(ctx context.Context, q RatingQuery) ([]core.Rating, error) {
	cond, args := "r.tenant = $1", []any{c.tenant}
	where := func(test string, v any) {
		args = append(args, v)
		cond += fmt.Sprintf(" AND "+test, len(args))
	}
	for _, f := range []struct {
		test string
		id   canon.ID
	}{{"r.agent = $%d", q.Agent}, {"r.bot = $%d", q.Bot}, {"r.team = $%d", q.Team}, {"r.account = $%d", q.Account}, {"c.contact = $%d", q.Contact}} {
		if !f.id.IsZero() {
			where(f.test, f.id)
		}
	}
	if q.Score > 0 {
		where("r.score = $%d", q.Score)
	}
	if q.Answered {
		cond += " AND r.score > 0"
	}
	if !q.Since.IsZero() {
		where("r.asked >= $%d", ms(q.Since))
	}
	if !q.Until.IsZero() {
		where("r.asked < $%d", ms(q.Until))
	}
	if !q.After.ID.IsZero() {
		args = append(args, q.After.At, q.After.ID)
		cond += fmt.Sprintf(" AND (r.asked, r.conversation) < ($%d, $%d)", len(args)-1, len(args))
	}
	args = append(args, q.Limit)
	out, err := list(ctx, c.s, scanRating, fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY r.asked DESC, r.conversation DESC LIMIT $%d", ratingCols, ratingFrom, cond, len(args)), args...)
	if err != nil {
		return nil, fmt.Errorf("list ratings: %w", err)
	}
	return out, nil
}

// Rating reads what was asked about a conversation.
func (c Scope) Rating(ctx context.Context, conversation canon.ID) (core.Rating, error) {
	return rating(ctx, c.s, c.tenant, conversation)
}

// Rating reads what was asked about a conversation inside the transaction.
func (t *Tx) Rating(ctx context.Context, conversation canon.ID) (core.Rating, error) {
	return rating(ctx, t, t.tenant, conversation)
}

func rating(ctx context.Context, r reader, tenant, conversation canon.ID) (core.Rating, error) {
	v, err := one(ctx, r, scanRating, "SELECT "+ratingCols+" FROM "+ratingFrom+" WHERE r.tenant = $1 AND r.conversation = $2", tenant, conversation)
	if errors.Is(err, errNone) {
		return v, core.NotFound("rating")
	}
	if err != nil {
		return v, fmt.Errorf("read rating: %w", err)
	}
	return v, nil
}

// OpenRating finds the question that stands unanswered at the end of a thread,
// if one was asked since then and nothing was begun after it.
func (c Scope) OpenRating(ctx context.Context, thread canon.ID, since time.Time) (v core.Rating, ok bool, err error) {
	v, err = one(ctx, c.s, scanRating, "SELECT "+ratingCols+" FROM "+ratingFrom+` WHERE r.tenant = $1 AND r.thread = $2 AND r.asked >= $3 AND r.score = 0 AND c.status = 3
		AND NOT EXISTS (SELECT 1 FROM conversations n WHERE n.tenant = c.tenant AND n.contact = c.contact AND n.id > c.id AND n.thread = c.thread)
		ORDER BY r.asked DESC LIMIT 1`, c.tenant, thread, ms(since))
	if errors.Is(err, errNone) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("read rating: %w", err)
	}
	return v, true, nil
}

// MayAskRating reports whether a conversation was not asked about yet, nor its
// contact about another one since then.
func (t *Tx) MayAskRating(ctx context.Context, r core.Conversation, since time.Time) (bool, error) {
	asked, err := list(ctx, t, scalar[int64], `SELECT 1 FROM ratings WHERE tenant = $1 AND conversation = $2
		UNION ALL SELECT 1 FROM conversations c JOIN ratings r ON r.tenant = c.tenant AND r.conversation = c.id WHERE c.tenant = $1 AND c.contact = $3 AND r.asked > $4 LIMIT 1`,
		t.tenant, r.ID, r.Contact, ms(since))
	if err != nil {
		return false, fmt.Errorf("read ratings: %w", err)
	}
	return len(asked) == 0, nil
}

// NewestOf is what somebody said last in a conversation; ok is false when they
// said nothing.
func (t *Tx) NewestOf(ctx context.Context, r core.Conversation, from core.From) (m canon.Message, ok bool, err error) {
	all, err := list(ctx, t, scanMessage, "SELECT "+messageCols+` FROM messages m
		WHERE m.tenant = $1 AND m.thread = $2 AND m.conversation = $3 AND m.sender_kind = $4 ORDER BY m.pos DESC LIMIT 1`, t.tenant, r.Thread, r.ID, string(from))
	if err != nil {
		return m, false, fmt.Errorf("read messages: %w", err)
	}
	if len(all) == 0 {
		return m, false, nil
	}
	return all[0].Content, true, nil
}

// AskRating notes that a conversation is asked about.
func (t *Tx) AskRating(v core.Rating) error {
	v.Asked = t.Now()
	if err := t.do("INSERT INTO ratings (tenant, conversation, thread, account, message, team, agent, bot, asked) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		t.tenant, v.Conversation, v.Thread, v.Account, v.Message, v.Team, v.Agent, v.Bot, ms(v.Asked)); err != nil {
		return err
	}
	return t.countRating(v, 1, 0, 0)
}

// Rate keeps the score of a conversation that was asked about. It reports
// whether it counts: the first one does.
func (t *Tx) Rate(v core.Rating, score int, way core.RatingWay) (bool, error) {
	conversation := v.Conversation
	n, err := t.exec("UPDATE ratings SET score = $3, way = $4, answered = $5 WHERE tenant = $1 AND conversation = $2 AND score = 0", t.tenant, conversation, score, string(way), ms(t.Now()))
	if err != nil || n == 0 {
		return false, err
	}
	if err := t.countRating(v, 0, 1, score); err != nil {
		return false, err
	}
	return true, t.do("UPDATE conversations SET score = $3 WHERE tenant = $1 AND id = $2", t.tenant, conversation, score)
}

// maxReason bounds what is kept of a reason, in runes.
const maxReason = 1000

// RatingReason keeps why a score was given. It reports whether it counts: the
// first one does, after the score.
func (t *Tx) RatingReason(conversation canon.ID, reason string) (bool, error) {
	n, err := t.exec("UPDATE ratings SET reason = $3 WHERE tenant = $1 AND conversation = $2 AND score > 0 AND reason = ''", t.tenant, conversation, cutRunes(reason, maxReason))
	return n > 0, err
}
