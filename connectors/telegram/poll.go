package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
	"parley/core/connector"
)

const (
	cursorName = "updates"
	// pollWait is how long the server may keep a call open (it allows 50 s).
	pollWait = 30 * time.Second
	pollMost = 100 // updates a call, the most it gives
)

// offset is the durable position: the next update, and when the last one came.
// To ask from an offset on makes the server forget all before it. That is only
// safe while numbers rise: they may begin anew after a week without updates, and
// then the old offset would be ahead of everything new. An old one is therefore
// not used; nothing it stands for is kept at the server any more anyway.
type offset struct {
	next int64
	at   time.Time
}

func readOffset(s string) (o offset) {
	next, at, _ := strings.Cut(s, " ")
	seconds, _ := strconv.ParseInt(at, 10, 64) // what cannot be read is no position
	o.next, _ = strconv.ParseInt(next, 10, 64)
	o.at = time.Unix(seconds, 0)
	return o
}

func (o offset) String() string {
	return strconv.FormatInt(o.next, 10) + " " + strconv.FormatInt(o.at.Unix(), 10)
}

// usable is the offset to ask from, 0 for the earliest that is kept.
func (o offset) usable(now time.Time) int64 {
	if o.next <= 0 || now.Sub(o.at) > restarts {
		return 0
	}
	return o.next
}

var pulling = connector.State{Health: connector.HealthGood, Code: "ok", Text: text("Messages are being pulled.", "消息接收正常。")}

// Run pulls updates until ctx ends or the link fails. A batch and the offset
// behind it are committed together before the server is asked to forget them.
func (c polled) Run(ctx context.Context, from connector.Cursors, _ <-chan connector.Wake, sink connector.Sink) error {
	err := c.Install(ctx)
	if err == nil {
		c.state(pulling)
	}
	for at := readOffset(from[cursorName]); err == nil; {
		var batch []json.RawMessage
		if batch, err = c.pull(ctx, at.usable(c.env.Clock())); refused(err, "webhook") {
			// Somebody set one meanwhile; what it was not given waits here.
			c.state(taken)
			err = c.dropHook(ctx)
			continue
		}
		if err == nil {
			c.state(pulling)
			at, err = c.take(ctx, at, batch, sink)
		}
	}
	return c.stopped(ctx, err)
}

func (c polled) pull(ctx context.Context, from int64) (batch []json.RawMessage, err error) {
	params := tgbotapi.Params{
		"timeout": strconv.Itoa(int(pollWait.Seconds())), "limit": strconv.Itoa(pollMost), "allowed_updates": asJSON(kinds()),
	}
	if from > 0 {
		params["offset"] = strconv.FormatInt(from, 10)
	}
	return batch, c.ask(ctx, "getUpdates", params, &batch)
}

// take commits a batch. What is no update at all cannot be told from others and
// is left out: the server would give it for ever.
func (c polled) take(ctx context.Context, at offset, batch []json.RawMessage, sink connector.Sink) (offset, error) {
	if len(batch) == 0 {
		return at, nil
	}
	now := c.env.Clock()
	var envelopes []canon.Envelope
	var buttons []string
	read := false
	at.at = now
	for _, raw := range batch {
		u, err := readUpdate(raw)
		if err != nil {
			c.env.Log.Warn("the server gave something that is no update", "bytes", len(raw))
			continue
		}
		read = true
		envelopes = append(envelopes, c.envelopes(u, now)...)
		at.next = u.id + 1
		if id := pressed(raw); id != "" {
			buttons = append(buttons, id)
		}
	}
	if !read {
		// There is no number to go on from: the server would give it again at once,
		// for ever. The core comes back after a while.
		return at, &connector.Error{Class: connector.Transient, Scope: connector.ScopeLink, Code: "no_update", Err: errors.New("pulling messages: what the server gave holds no update"),
			Shown: text("What answers at the API's address gives no messages that can be read. Check the address under Advanced.", "接口地址返回的内容不是 Telegram 消息。请检查高级设置中的接口地址。")}
	}
	if err := sink.Commit(ctx, envelopes, connector.Cursors{cursorName: at.String()}); err != nil {
		return at, err
	}
	for _, id := range buttons {
		// The customer's client shows a clock until its press is answered; one
		// that is too late to be answered stopped by itself.
		if err := c.ask(ctx, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": id}, nil); err != nil {
			c.env.Log.Debug("a pressed button was not answered", "err", err)
		}
	}
	return at, nil
}

// stopped shows why a streamer ended, unless it was told to.
func (c *conn) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *connector.Error
	if errors.As(err, &e) {
		s := connector.State{Health: connector.HealthPoor, Code: e.Code, Text: text("Telegram cannot be reached.", "无法连接 Telegram。"), Remedy: e.Shown}
		if e.Class == connector.NeedsLogin || e.Class == connector.Invalid {
			s.Health, s.Text = connector.HealthBad, text("No messages come in.", "无法接收消息。")
		}
		if s.Remedy.EN == "" {
			s.Remedy = text("It is tried again by itself. If it lasts, check the hub's connection to the Bot API server.", "系统会自动重试。若持续出现，请检查系统到 Bot API 服务器的网络。")
		}
		c.state(s)
	}
	return err
}

// state shows a state, once: it is asked for with every call.
func (c *conn) state(s connector.State) {
	if s.Health == connector.HealthGood && c.well.Swap(true) {
		return
	}
	c.well.Store(s.Health == connector.HealthGood)
	s.At = c.env.Clock()
	c.env.State(s)
}
