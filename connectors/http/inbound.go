package http

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"reflect"
	"regexp"
	"strings"
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
	if now.Match(body) {
		return c.decodeSignals(body)
	}
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
	if batch.Match(body) {
		return several(body)
	}
	var one canon.Envelope
	if err := one.UnmarshalJSON(body); err != nil {
		return nil, broken(err)
	}
	return []canon.Envelope{one}, nil
}

// batch recognises a body of several envelopes.
var batch = regexp.MustCompile(`^\s*\{\s*"envelopes"\s*:`)

// several reads {"envelopes":[…]} one by one, so that a list of a million
// nothings costs no more than its first.
func several(body []byte) ([]canon.Envelope, error) {
	in := json.NewDecoder(bytes.NewReader(body))
	for range 2 { // the brace and the key, which batch has seen
		if _, err := in.Token(); err != nil {
			return nil, broken(err)
		}
	}
	if open, err := in.Token(); err != nil || open != json.Delim('[') {
		return nil, bad("envelopes", "A list of envelopes belongs here.")
	}
	var out []canon.Envelope
	for in.More() {
		if len(out) == MaxEnvelopes {
			return nil, &Problem{nethttp.StatusBadRequest, "bad_batch", "envelopes", fmt.Sprintf("Send %d envelopes at a time at most.", MaxEnvelopes)}
		}
		var e canon.Envelope
		if err := in.Decode(&e); err != nil {
			p := broken(err)
			p.Field = strings.TrimSuffix(fmt.Sprintf("envelopes[%d].%s", len(out), p.Field), ".")
			return nil, p
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil, &Problem{nethttp.StatusBadRequest, "bad_batch", "envelopes", "Send one envelope at least."}
	}
	for _, want := range []json.Token{json.Delim(']'), json.Delim('}')} {
		if got, err := in.Token(); err != nil || got != want {
			return nil, &Problem{nethttp.StatusBadRequest, "bad_json", "envelopes", "Nothing may stand behind the list of envelopes."}
		}
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, &Problem{nethttp.StatusBadRequest, "bad_json", "", "Nothing may stand behind the body."}
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
		p.Code, p.Field = "bad_field", strings.TrimPrefix(typ.Field, "plainEnvelope.")
		given, _, _ := strings.Cut(typ.Value, " ")
		p.Text = fmt.Sprintf("Write %s here, not %s.", kindOf(typ), inWords[given])
	case errors.As(err, &syntax):
		p.Text = fmt.Sprintf("The body is not JSON: it breaks off or goes wrong at byte %d.", syntax.Offset)
	}
	return p
}

// inWords names the kinds of JSON value for people.
var inWords = map[string]string{"object": "an object", "array": "a list", "bool": "true or false", "string": "a text", "number": "a number"}

func kindOf(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind() {
	case reflect.Struct, reflect.Map:
		return inWords["object"]
	case reflect.Slice, reflect.Array:
		return inWords["array"]
	case reflect.Bool:
		return inWords["bool"]
	case reflect.String:
		return inWords["string"]
	}
	return inWords["number"]
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
