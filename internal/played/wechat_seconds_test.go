package played_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	playedwechat "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// thinker is a bot that thinks for a while before every answer.
type thinker struct{ takes time.Duration }

func (thinker) Kind() string                                    { return "thinker" }
func (thinker) Blank(string) json.RawMessage                    { return json.RawMessage(`{}`) }
func (thinker) Check(json.RawMessage) []connector.FieldError    { return nil }
func (b thinker) Open(json.RawMessage) (orchestrate.Bot, error) { return b, nil }

// Answer thinks and answers.
func (b thinker) Answer(ctx context.Context, _ orchestrate.Turn) (orchestrate.Answer, error) {
	select {
	case <-time.After(b.takes):
		return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage(shipped)}}, nil
	case <-ctx.Done():
		return orchestrate.Answer{}, ctx.Err()
	}
}

const shipped = "您的订单已发货"

// TestWeChat_FiveSeconds: the platform waits five seconds for an answer, hangs up
// and calls again, three times in all. However long the bot takes, the customer
// sees one answer, and never that the service is out of order. It rides on the
// response to a try while there is one, and is a message after the last. The
// seconds are real.
func TestWeChat_FiveSeconds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		takes time.Duration
		tries int64 // 0: so near the end of one that it may be the next
		by    string
	}{
		{100 * time.Millisecond, 1, "passive"},
		{4 * time.Second, 0, "passive"},
		{6 * time.Second, 2, "passive"},
		{12 * time.Second, 3, "passive"},
		{20 * time.Second, 3, "message/custom/send"},
	} {
		t.Run("the bot takes "+c.takes.String(), func(t *testing.T) {
			t.Parallel()
			road := &counter{}
			r := newWeChatWith(t, wechat.Official(), playedwechat.Options{Client: &http.Client{Transport: road}}, lilei, thinker{c.takes})
			r.Says("订单到哪了") // until the platform is content, or says that it is not
			r.reads(shipped)
			r.Line("the answer as sent", sent(shipped))
			if got := r.seen(); !slices.Equal(got, []string{shipped}) {
				t.Errorf("the customer sees %q", got)
			}
			var by []string
			for _, call := range r.p.All() {
				if call.Visible {
					by = append(by, call.Op)
				}
			}
			if !slices.Equal(by, []string{c.by}) {
				t.Errorf("the answer came by %q, want %q", by, c.by)
			}
			if n := road.n.Load(); c.tries != 0 && n != c.tries {
				t.Errorf("the platform called %d times, want %d", n, c.tries)
			}
		})
	}
}

// counter counts the callbacks of a platform.
type counter struct{ n atomic.Int64 }

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return http.DefaultTransport.RoundTrip(r)
}

// TestWeChat_WhatNobodyAnswersIsNotRepeated: words that a person will answer some
// time are answered at once, so that the platform does not call again.
func TestWeChat_WhatNobodyAnswersIsNotRepeated(t *testing.T) {
	t.Parallel()
	road := &counter{}
	r := newWeChatWith(t, wechat.Official(), playedwechat.Options{Client: &http.Client{Transport: road}}, lilei, nil)
	r.Says("转人工")
	c := r.Served()
	before := road.n.Load()
	r.Says("在吗")
	if n := road.n.Load() - before; n != 1 {
		t.Errorf("the platform called %d times for words a person will answer", n)
	}
	r.Sends(c, canon.Text{Body: "在的"})
	r.reads("在的")
}
