package http

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of one callback.
const (
	MaxBody      = 1 << 20 // bytes
	MaxEnvelopes = 500
)

// Unseal checks the signature; the body is plain JSON.
func (c *Conn) Unseal(raw connector.Raw) (connector.Opened, error) {
	if err := c.signer.Verify(raw.Header, c.env.Clock(), raw.Body); err != nil {
		return connector.Opened{}, err
	}
	return connector.Opened{Body: raw.Body}, nil
}

// Decode reads one envelope, or {"envelopes":[…]}. One that does not fit
// refuses the whole body: nothing of it is stored.
func (c *Conn) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	return c.decode(v.Body(), v.Raw().Arrived)
}

func (c *Conn) decode(body []byte, arrived time.Time) (connector.Batch, error) {
	if len(body) > MaxBody {
		return connector.Batch{}, &Problem{nethttp.StatusRequestEntityTooLarge, "too_large", "", fmt.Sprintf("The body is over %d bytes. Send fewer envelopes at a time, and files as addresses.", MaxBody)}
	}
	envelopes, err := split(body)
	if err != nil {
		return connector.Batch{}, err
	}
	for i := range envelopes {
		if p := c.accept(&envelopes[i], arrived); p != nil {
			if len(envelopes) > 1 || p.Field == "" {
				p.Field = fmt.Sprintf("envelopes[%d].%s", i, p.Field)
			}
			return connector.Batch{}, p
		}
	}
	return connector.Batch{Envelopes: envelopes}, nil
}

// split reads the body's envelopes.
func split(body []byte) ([]canon.Envelope, error) {
	var one canon.Envelope
	err := one.UnmarshalJSON(body)
	if err == nil {
		return []canon.Envelope{one}, nil
	}
	// Only a body that is no envelope is looked at twice.
	if !bytes.Contains(body[:min(len(body), 64)], []byte(`"envelopes"`)) && !json.Valid(body) {
		return nil, broken(err)
	}
	var several struct {
		Envelopes *[]json.RawMessage `json:"envelopes"`
	}
	if json.Unmarshal(body, &several) != nil || several.Envelopes == nil {
		return nil, broken(err)
	}
	list := *several.Envelopes
	if len(list) == 0 || len(list) > MaxEnvelopes {
		return nil, &Problem{nethttp.StatusBadRequest, "bad_batch", "envelopes", fmt.Sprintf("Send 1 to %d envelopes at a time, not %d.", MaxEnvelopes, len(list))}
	}
	out := make([]canon.Envelope, len(list))
	for i, raw := range list {
		if err := out[i].UnmarshalJSON(raw); err != nil {
			p := broken(err)
			p.Field = fmt.Sprintf("envelopes[%d]", i)
			return nil, p
		}
	}
	return out, nil
}

// broken says what encoding/json could not read.
func broken(err error) *Problem {
	p := &Problem{nethttp.StatusBadRequest, "bad_json", "", "The body is not one envelope or {\"envelopes\":[…]} in JSON. See docs/http-connector.md."}
	var typ *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &typ):
		p.Code, p.Field = "bad_field", typ.Field
		p.Text = fmt.Sprintf("A %s stands here where a %s belongs.", typ.Value, kindOf(typ))
	case errors.As(err, &syntax):
		p.Text = fmt.Sprintf("The body is not JSON: it breaks off or goes wrong at byte %d.", syntax.Offset)
	}
	return p
}

func kindOf(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "struct", "map":
		return "object"
	case "slice", "array":
		return "list"
	case "bool":
		return "true or false"
	case "string":
		return "text"
	}
	return "number"
}

// Ack answers a callback. Only to a body whose signature is right is it said
// what is wrong with it: its sender holds the secret.
func (c *Conn) Ack(raw connector.Raw, outcome connector.Outcome) connector.Reply {
	switch outcome {
	case connector.Committed:
		return connector.Reply{Status: nethttp.StatusNoContent}
	case connector.Refused:
		return c.refusal(raw)
	default:
		return connector.Reply{Status: nethttp.StatusServiceUnavailable, Header: nethttp.Header{"Retry-After": {"2"}}}
	}
}

func (c *Conn) refusal(raw connector.Raw) connector.Reply {
	if _, err := c.Unseal(raw); err != nil {
		return connector.Reply{Status: nethttp.StatusUnauthorized}
	}
	_, err := c.decode(raw.Body, raw.Arrived)
	var p *Problem
	if !errors.As(err, &p) {
		return connector.Reply{Status: nethttp.StatusBadRequest}
	}
	body, _ := json.Marshal(p) // texts and a number always marshal
	return connector.Reply{Status: p.Status, Header: nethttp.Header{"Content-Type": {"application/problem+json"}}, Body: body}
}

// Problem is why a callback was refused, in the form of RFC 9457.
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Field  string `json:"field,omitempty"`
	Text   string `json:"detail"` // what is wrong and what to do; quotes nothing of the body
}

func (p *Problem) Error() string {
	if p.Field == "" {
		return p.Code + ": " + p.Text
	}
	return p.Code + " at " + p.Field + ": " + p.Text
}
