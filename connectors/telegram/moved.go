package telegram

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// movedError says that a group became a supergroup: a chat of another number,
// in which the platform took nothing of the call.
type movedError struct{ to int64 }

func (e *movedError) Error() string {
	return fmt.Sprintf("the group is the supergroup %d now", e.to)
}

// movedFor is how long a move is remembered: rows that were written before it
// are long sent by then, and the thread has the new number.
const movedFor = 30 * 24 * time.Hour

func movedKey(chat int64) string { return "moved:" + strconv.FormatInt(chat, 10) }

func (c *conn) remember(ctx context.Context, from, to int64) error {
	if c.env.Cache == nil {
		return nil
	}
	if err := c.env.Cache.Set(ctx, movedKey(from), strconv.FormatInt(to, 10), movedFor); err != nil {
		return fmt.Errorf("remember where group %d moved: %w", from, err)
	}
	return nil
}

// movedTo is where a group is now. A cache that is away costs one more call,
// which tells the same.
func (c *conn) movedTo(ctx context.Context, chat int64) int64 {
	if c.env.Cache == nil {
		return chat
	}
	if v, ok, err := c.env.Cache.Get(ctx, movedKey(chat)); err == nil && ok {
		if to, err := strconv.ParseInt(v, 10, 64); err == nil {
			return to
		}
	}
	return chat
}
