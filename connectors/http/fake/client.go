package fake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"slices"

	"parley/core/canon"
)

// post is a callback that was sent, kept for being sent again.
type post struct {
	hook string
	body []byte
}

// Answer is what the hub said of a callback.
type Answer struct {
	Status int
	Header nethttp.Header
	Body   []byte
}

// Accepted tells that the hub has the callback durably.
func (a Answer) Accepted() bool { return a.Status/100 == 2 }

// Post signs envelopes and posts them to the hub: one as it is, several as a
// batch.
func (p *Platform) Post(ctx context.Context, hook string, envelopes ...canon.Envelope) (Answer, error) {
	body, err := Body(envelopes...)
	if err != nil {
		return Answer{}, err
	}
	return p.PostBody(ctx, hook, body)
}

// Body writes envelopes as the body of a callback.
func Body(envelopes ...canon.Envelope) ([]byte, error) {
	if len(envelopes) == 1 {
		return envelopes[0].AppendJSON(nil)
	}
	raw, err := json.Marshal(map[string][]canon.Envelope{"envelopes": envelopes})
	if err != nil {
		return nil, fmt.Errorf("writing a callback: %w", err)
	}
	return raw, nil
}

// PostBody signs a body and posts it.
func (p *Platform) PostBody(ctx context.Context, hook string, body []byte) (Answer, error) {
	p.mu.Lock()
	p.posts = append(p.posts, post{hook, bytes.Clone(body)})
	p.mu.Unlock()
	return p.send(ctx, hook, body)
}

func (p *Platform) send(ctx context.Context, hook string, body []byte) (Answer, error) {
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodPost, hook, bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("posting a callback: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	p.signs().sign(req.Header, canon.NewID().String(), p.clock(), body)
	resp, err := p.client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("posting a callback: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return Answer{}, fmt.Errorf("reading the hub's answer: %w", err)
	}
	return Answer{resp.StatusCode, resp.Header, answer}, nil
}

// Redeliver posts everything posted so far once more, with new signatures, and
// returns the answers in the same order.
func (p *Platform) Redeliver(ctx context.Context) ([]Answer, error) {
	p.mu.Lock()
	posts := slices.Clone(p.posts)
	p.mu.Unlock()
	answers := make([]Answer, 0, len(posts))
	for _, one := range posts {
		a, err := p.send(ctx, one.hook, one.body)
		if err != nil {
			return answers, err
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// Says makes the envelope of a customer writing text, with a fresh event id.
func (p *Platform) Says(peer canon.RemoteID, text string) canon.Envelope {
	id := canon.NewID().String()
	e := p.Does(peer, canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID("m-" + id), Parts: []canon.Part{canon.Text{Body: text}}}})
	e.EventID = id
	return e
}

// Does makes the envelope of any event of a customer, with a fresh event id.
func (p *Platform) Does(peer canon.RemoteID, event canon.Event) canon.Envelope {
	return canon.Envelope{
		Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: peer}, From: canon.Peer{ID: peer},
		EventID: canon.NewID().String(), Time: p.clock().UTC(), Event: event,
	}
}
