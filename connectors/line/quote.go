package line

import (
	"context"
	"strings"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
)

// quoteKept is how long a message of ours can be quoted. LINE's tokens have no
// end; ours have, so that the cache has one.
const quoteKept = 30 * 24 * time.Hour

func quoteName(id string) string { return "quote:" + id }

// quotable keeps the tokens that quote what was sent ("Send messages that quote
// a past message"): LINE gives them in the answer and never again. One that could
// not be kept costs a quote, not a message.
func (c *Conn) quotable(ctx context.Context, sent []messaging_api.SentMessage) {
	for _, m := range sent {
		if m.Id == "" || m.QuoteToken == "" {
			continue
		}
		if err := c.env.Cache.Set(ctx, quoteName(m.Id), m.QuoteToken, quoteKept); err != nil && ctx.Err() == nil && c.env.Log != nil {
			c.env.Log.Warn("the quote token of a sent message was not kept", "err", err)
		}
	}
}

// quoteOf is the token that quotes what is answered: the customer's came with the
// message, ours was kept. Without one it goes unquoted.
func (c *Conn) quoteOf(ctx context.Context, to canon.RemoteID) string {
	s := string(to)
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return s // a token; ids of messages are digits
	}
	token, ok, err := c.env.Cache.Get(ctx, quoteName(s))
	if err != nil || !ok {
		return ""
	}
	return token
}
