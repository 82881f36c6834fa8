package line

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/line/line-bot-sdk-go/v8/linebot/webhook"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of one callback. LINE names none; these are ours.
const (
	maxBody   = 1 << 20 // bytes
	maxEvents = 200
)

// signatureHeader proves a callback: the base64 of the HMAC-SHA256 of the raw
// body under the channel secret ("Verify webhook signature").
const signatureHeader = "X-Line-Signature"

// Unseal checks the signature over the bytes as they came. The poster, which
// phones fetch, is no secret and needs none.
func (c *Conn) Unseal(raw connector.Raw) (connector.Opened, error) {
	if is(raw, http.MethodGet, posterPath) {
		return connector.Opened{Answer: &connector.Reply{Status: http.StatusOK, Body: c.poster(),
			Header: http.Header{"Content-Type": {"image/png"}, "Cache-Control": {"public, max-age=86400"}}}}, nil
	}
	signature := raw.Header.Get(signatureHeader)
	// Base64 that decodes to the same bytes is still another signature.
	if signature == "" || len(signature) != proofLength || !webhook.ValidateSignature(c.secret, signature, raw.Body) || !canonical(signature) {
		return connector.Opened{}, errors.New("the signature does not fit the body")
	}
	return connector.Opened{Body: raw.Body}, nil
}

// Decode reads the events of one callback; one that cannot be read refuses all.
// An empty list is how the console verifies the address: it holds nothing and is
// answered like any other.
func (c *Conn) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	body := v.Body()
	if len(body) > maxBody {
		return connector.Batch{}, fmt.Errorf("a callback of %d bytes, over the limit of %d", len(body), maxBody)
	}
	if !utf8.Valid(body) {
		return connector.Batch{}, errors.New("the callback is not UTF-8")
	}
	events, destination, err := split(body)
	if err != nil {
		return connector.Batch{}, err
	}
	var out connector.Batch
	for i, raw := range events {
		made, err := c.event(raw, destination, v.Raw().Arrived)
		if err != nil {
			return connector.Batch{}, fmt.Errorf("event %d: %w", i, err)
		}
		out.Envelopes = append(out.Envelopes, made...)
	}
	return out, nil
}

// split finds the events one by one, so that a list of nothings costs nothing.
func split(body []byte) (events []json.RawMessage, destination string, err error) {
	in := json.NewDecoder(bytes.NewReader(body))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil, "", errors.New("the callback is no JSON object")
	}
	found := false
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return nil, "", errors.New("the callback breaks off")
		}
		switch key {
		case "events":
			found = true
			if events, err = list(in); err != nil {
				return nil, "", err
			}
		case "destination":
			if err := in.Decode(&destination); err != nil {
				return nil, "", errors.New("the destination is no text")
			}
		default:
			var other json.RawMessage
			if err := in.Decode(&other); err != nil {
				return nil, "", errors.New("the callback breaks off")
			}
		}
	}
	if _, err := in.Token(); err != nil || in.More() {
		return nil, "", errors.New("the callback does not end as JSON ends")
	}
	if !found {
		return nil, "", errors.New("the callback has no list of events")
	}
	return events, destination, nil
}

func list(in *json.Decoder) ([]json.RawMessage, error) {
	if open, err := in.Token(); err != nil || open != json.Delim('[') {
		return nil, errors.New("events is no list")
	}
	var out []json.RawMessage
	for in.More() {
		if len(out) == maxEvents {
			return nil, fmt.Errorf("more than %d events in one callback", maxEvents)
		}
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return nil, errors.New("the list of events breaks off")
		}
		out = append(out, raw)
	}
	if _, err := in.Token(); err != nil {
		return nil, errors.New("the list of events breaks off")
	}
	return out, nil
}

// Ack answers a callback: 200 once it is durable. Anything else has LINE send it
// again, marked as a redelivery, if the account wants that ("Redeliver webhooks
// that failed to be received").
func (c *Conn) Ack(_ connector.Raw, outcome connector.Outcome) connector.Reply {
	switch outcome {
	case connector.Committed:
		return connector.Reply{Status: http.StatusOK}
	case connector.Refused:
		return connector.Reply{Status: http.StatusBadRequest}
	}
	return connector.Reply{Status: http.StatusServiceUnavailable}
}

// peerOf names who an event is about: the lane, and who did it.
func peerOf(source webhook.SourceInterface) (lane, from string) {
	switch s := source.(type) {
	case webhook.UserSource:
		return s.UserId, s.UserId
	case webhook.GroupSource:
		return s.GroupId, s.UserId
	case webhook.RoomSource:
		return s.RoomId, s.UserId
	}
	return "", ""
}

// thread is the lane of a peer on this account.
func (c *Conn) thread(peer string) canon.ThreadKey {
	return canon.ThreadKey{Account: c.account, Peer: canon.RemoteID(peer)}
}
