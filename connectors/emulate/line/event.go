package line

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// answerTime is how long LINE waits for the answer to a callback. How long
// really, it does not tell.
const answerTime = 10 * time.Second

// Event is one webhook event.
type Event map[string]any

// Event begins an event of a customer, in a group when one is named.
func (p *Platform) Event(kind, who, group string) Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	source := map[string]any{"type": "user", "userId": who}
	if group != "" {
		source["type"], source["groupId"] = "group", group
		if strings.HasPrefix(group, "R") {
			source = map[string]any{"type": "room", "userId": who, "roomId": group}
		}
	}
	p.seq++
	return Event{
		"type": kind, "mode": "active", "timestamp": p.o.Clock().UnixMilli(), "source": source,
		"webhookEventId": ulid(p.o.Clock(), p.seq), "deliveryContext": map[string]any{"isRedelivery": false},
	}
}

// Answerable gives an event a reply token.
func (p *Platform) Answerable(e Event) Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	token := p.secretOf("reply")
	p.replies[token] = &replyToken{peer: peerOf(e), at: p.o.Clock()}
	e["replyToken"] = token
	return e
}

// Message is a message event: content holds the properties of its type. The
// quote and read tokens are given here.
func (p *Platform) Message(who, group string, content map[string]any) Event {
	e := p.Answerable(p.Event("message", who, group))
	p.mu.Lock()
	defer p.mu.Unlock()
	m := maps.Clone(content)
	if m["id"] == nil {
		m["id"] = p.next()
	}
	id := m["id"].(string)
	if strings.Contains(" text image video sticker ", fmt.Sprintf(" %s ", m["type"])) {
		token := "q" + p.secretOf("quote")
		p.quotes[token], m["quoteToken"] = id, token
	}
	read := p.secretOf("read")
	p.reads[read], m["markAsReadToken"] = peerOf(e), read
	e["message"] = m
	return e
}

func peerOf(e Event) string {
	source := e["source"].(map[string]any)
	for _, name := range []string{"groupId", "roomId"} {
		if g, ok := source[name].(string); ok {
			return g
		}
	}
	return source["userId"].(string)
}

// ErrNoHook says that the channel has no callback address, or does not use it.
var ErrNoHook = errors.New("the channel has no callback address, or “Use webhook” is off")

// Deliver posts events to the callback address, again on the schedule while the
// answer is no 2xx, when the account wants that. It returns the last answer.
func (p *Platform) Deliver(ctx context.Context, events ...Event) (emulate.Reply, error) {
	p.mu.Lock()
	hook, active := p.hook, p.active
	p.mu.Unlock()
	if hook == "" || !active {
		return emulate.Reply{}, ErrNoHook
	}
	d := emulate.Delivery{Client: p.o.Client, Timeout: answerTime, Sleep: p.o.Sleep}
	if p.o.Redeliver {
		d.Schedule = p.o.Schedule
	}
	return d.Post(ctx, func(try int) (*http.Request, error) { return p.callback(ctx, hook, try > 1, events) })
}

// Redeliver posts an event once more, marked as told before.
func (p *Platform) Redeliver(ctx context.Context, events ...Event) (emulate.Reply, error) {
	hook := p.Hook()
	return emulate.Delivery{Client: p.o.Client, Timeout: answerTime}.Post(ctx, func(int) (*http.Request, error) {
		return p.callback(ctx, hook, true, events)
	})
}

func (p *Platform) callback(ctx context.Context, hook string, again bool, events []Event) (*http.Request, error) {
	body, err := p.Body(again, events...)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "LineBotWebhook/2.0")
	req.Header.Set("X-Line-Signature", Sign(p.secret(), body))
	return req, nil
}

// Body is a callback as it is posted.
func (p *Platform) Body(again bool, events ...Event) ([]byte, error) {
	out := make([]Event, len(events))
	for i, e := range events {
		out[i] = maps.Clone(e)
		if again {
			out[i]["deliveryContext"] = map[string]any{"isRedelivery": true}
		}
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	err := enc.Encode(map[string]any{"destination": p.BotID(), "events": out})
	return bytes.TrimSpace(body.Bytes()), err
}

// Sign is the signature of a body under a channel secret.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// ulid makes an id of 26 letters that ascends.
func ulid(at time.Time, n int) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	out := make([]byte, 26)
	ms := uint64(at.UnixMilli())
	for i := 9; i >= 0; i-- {
		out[i], ms = letters[ms&31], ms>>5
	}
	for i := 25; i >= 10; i-- {
		out[i], n = letters[n&31], n>>5
	}
	return string(out)
}
