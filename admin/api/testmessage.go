package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
)

// Hop is one station of a test message on its way.
type Hop struct {
	Name    string         `json:"name" enum:"accepted,committed,handled,retried,sent,taken,delivered,read,failed"`
	At      time.Time      `json:"at"`
	After   int64          `json:"after_ms" doc:"Since it was accepted"`
	Detail  connector.Text `json:"detail,omitzero"`
	Message canon.ID       `json:"message,omitzero"`
}

// HopLine is one line of a test message's way.
type HopLine struct {
	Hop  *Hop `json:"hop,omitempty"`
	Done bool `json:"done,omitempty"`
	OK   bool `json:"ok" doc:"The platform took it"`
}

type testMessageInput struct {
	ByID
	Body struct {
		Conversation canon.ID `json:"conversation,omitzero" doc:"Of somebody who wrote to this account before; either this or to"`
		To           string   `json:"to,omitempty" maxLength:"254" doc:"Anybody else: a mail address where the account writes mail, or the platform's id of a user or chat"`
		Text         string   `json:"text" minLength:"1" maxLength:"500"`
	}
}

const (
	// hopEvery is how often the message is looked after, deliveredTime how long
	// once the platform took it.
	hopEvery      = 50 * time.Millisecond
	deliveredTime = 20 * time.Second
)

func (a *API) addTestMessages() {
	add(a, route{method: "POST", path: "/accounts/{id}/test-message", tag: "Channels", may: auth.AccountWrite, act: "account.test_message", summary: "Send a test message and follow it hop by hop",
		doc: "A real message to a real customer, in the hub's own name; who has the conversation stays as it is. Answers line by line (application/x-ndjson): {\"hop\":{…}} as each station is passed, and {\"done\":true,\"ok\":…} last."},
		func(ctx context.Context, c *call, in *testMessageInput) (*huma.StreamResponse, error) {
			began := time.Now()
			v, conn, err := a.connOf(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			m, err := a.testMessage(ctx, c, v, in)
			if err == nil {
				err = c.note(ctx, in.ID.String(), m.Conversation.String())
			}
			if err != nil {
				return nil, err
			}
			c.changed = true
			committed := time.Now()
			caps := conn.Capabilities(canon.ThreadKey{Account: v.RemoteID})
			return streamed(func(say func(any)) {
				w := &wayfarer{began: began, last: began, say: say}
				w.pass("accepted", began, connector.Text{})
				w.pass("committed", committed, connector.Text{})
				ok := w.follow(ctx, c, m.ID, caps, a.Follow)
				say(HopLine{Done: true, OK: ok})
			}), nil
		})
}

// testMessage says it to whom it is meant for.
func (a *API) testMessage(ctx context.Context, c *call, v core.Account, in *testMessageInput) (core.Message, error) {
	b := in.Body
	if b.Conversation.IsZero() == (strings.TrimSpace(b.To) == "") {
		return core.Message{}, core.Invalid("to", "body.to", connector.Text{EN: "Say whom it is for.", ZH: "请指定接收人。"},
			connector.Text{EN: "Give the conversation of somebody who wrote before, or an address or user id in to.", ZH: "请提供曾来信客户的会话，或在 to 中填写地址或用户 ID。"})
	}
	if b.Conversation.IsZero() {
		return a.Desk.TryTo(ctx, c.who.Tenant, v.ID, b.To, b.Text, c.by())
	}
	r, err := c.scope.Round(ctx, b.Conversation)
	if err != nil {
		return core.Message{}, err
	}
	if r.Account != v.ID {
		return core.Message{}, core.NotFound("conversation")
	}
	return a.Desk.Try(ctx, c.who.Tenant, r.ID, b.Text)
}

// wayfarer tells where a message is.
type wayfarer struct {
	began, last time.Time
	say         func(any)
	handled     bool
	tries       int
}

// pass tells a hop. Hops are told in order: what several clocks measured is never
// before what came before it.
func (w *wayfarer) pass(name string, at time.Time, detail connector.Text) {
	if at.Before(w.last) {
		at = w.last
	}
	w.last = at
	w.say(HopLine{OK: name != "failed", Hop: &Hop{Name: name, At: at.UTC(), After: at.Sub(w.began).Milliseconds(), Detail: detail}})
}

func (w *wayfarer) follow(ctx context.Context, c *call, message canon.ID, caps connector.Capabilities, patience time.Duration) (taken bool) {
	t := time.NewTicker(hopEvery)
	defer t.Stop()
	until := time.Now().Add(patience)
	told := canon.Queued
	for time.Now().Before(until) {
		rows, err := c.scope.RowsOf(ctx, message)
		if err != nil || len(rows) == 0 {
			w.pass("failed", time.Now(), connector.Text{EN: "It cannot be followed: the database does not answer.", ZH: "无法跟踪：数据库没有应答。"})
			return taken
		}
		row := rows[0]
		switch {
		case row.State == canon.Sending && !w.handled:
			w.handled = true
			w.pass("handled", time.Now(), connector.Text{})
		case row.State == canon.Queued && row.Tries > w.tries:
			w.tries = row.Tries
			w.pass("retried", time.Now(), w.why(ctx, c, message))
		case row.State == canon.Failed || row.State == canon.Unconfirmed || row.State == canon.Cancelled:
			w.pass("failed", time.Now(), w.why(ctx, c, message))
			return taken
		case row.State == canon.Sent || row.State == canon.Delivered || row.State == canon.Read:
			if !taken {
				taken, told, until = true, canon.Sent, time.Now().Add(deliveredTime)
				w.arrived(ctx, c, message)
			}
			for _, next := range []canon.Delivery{canon.Delivered, canon.Read} {
				if told != row.State && (row.State == next || row.State == canon.Read && told == canon.Sent) {
					told = next
					w.pass(string(next), time.Now(), connector.Text{})
				}
			}
			if told == canon.Read || !slices.Contains(caps.Receipts, canon.Delivered) && !slices.Contains(caps.Receipts, canon.Read) || told == canon.Delivered {
				return true
			}
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return taken
		}
	}
	if !taken {
		w.pass("failed", time.Now(), connector.Text{EN: "The platform has not taken it yet. It goes on being tried; look at it in the conversation.", ZH: "平台尚未接收，系统会继续重试，可在会话中查看。"})
	}
	return taken
}

// arrived tells when the call was written and when the platform took it, by the
// exchange that was kept of it.
func (w *wayfarer) arrived(ctx context.Context, c *call, message canon.ID) {
	began, sent, taken := time.Now(), time.Now(), time.Now()
	detail := connector.Text{}
	if all, err := c.scope.Attempts(ctx, message); err == nil && len(all) > 0 {
		var exchanges []egress.Exchange
		if json.Unmarshal(all[len(all)-1].Trace, &exchanges) == nil && len(exchanges) > 0 {
			x := exchanges[len(exchanges)-1]
			began, sent, taken = x.Start, x.Start.Add(x.Wrote), x.Start.Add(max(x.FirstByte, x.Wrote))
			detail = connector.Text{EN: x.Remote, ZH: x.Remote}
		}
	}
	if !w.handled {
		w.handled = true
		w.pass("handled", began, connector.Text{})
	}
	w.pass("sent", sent, detail)
	w.pass("taken", taken, connector.Text{})
}

// why is what the platform said of the newest attempt.
func (w *wayfarer) why(ctx context.Context, c *call, message canon.ID) connector.Text {
	all, err := c.scope.Attempts(ctx, message)
	if err == nil {
		for _, x := range slices.Backward(all) {
			var f core.Failure
			if len(x.Failure) > 0 && json.Unmarshal(x.Failure, &f) == nil {
				return connector.Text{EN: f.Text, ZH: f.Text}
			}
		}
	}
	return connector.Text{EN: "It did not leave.", ZH: "未能发出。"}
}
