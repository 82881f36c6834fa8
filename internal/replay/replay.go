package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
)

// Options say what to replay and as what.
type Options struct {
	Driver connector.Driver
	// To is the channel the content is rendered for; nil is the same.
	To      connector.Driver
	Config  connector.Values // of the link; what is missing is made up
	Account canon.RemoteID   // the platform's name of the account; "" is the form's
	File    []byte           // a captured request, or a bare body
	At      time.Time        // when it came
}

// Replay is what became of the callback. What Print and PrintJSON write holds no
// credential that was given, nor what a platform sends to be answered or asked
// with.
type Replay struct {
	Kind string `json:"kind"`
	Raw  Raw    `json:"raw"`
	// Authentic says how the bytes were vouched for: "checked" by the connector,
	// or "assumed", for a bare body.
	Authentic string `json:"authentic"`
	// Opened is the decrypted body, where it is another than the raw one.
	Opened string `json:"opened,omitempty"`
	// Answer is the status of a handshake, which stores nothing.
	Answer int      `json:"answer,omitempty"`
	Facts  []Fact   `json:"facts"`
	Wakes  []string `json:"wakes,omitempty"` // keys under which something is there to fetch

	hide secrets
}

// Raw is the callback as it came.
type Raw struct {
	Method string      `json:"method,omitempty"`
	Path   string      `json:"path,omitempty"`
	Query  string      `json:"query,omitempty"`
	Header http.Header `json:"header,omitempty"`
	Body   string      `json:"body"`
}

// Fact is one envelope, and its content as it would go out.
type Fact struct {
	Envelope json.RawMessage `json:"envelope"`
	Rendered *Rendered       `json:"rendered,omitempty"` // of messages and edits

	envelope canon.Envelope
}

// Rendered is a message as a channel carries it.
type Rendered struct {
	To    string            `json:"to"`
	Calls []json.RawMessage `json:"calls"` // one message a wire request
	Notes []outbox.Note     `json:"notes,omitempty"`
	// Refused is why nothing would go out.
	Refused string `json:"refused,omitempty"`

	calls []canon.Message
}

// Run replays one callback.
func Run(ctx context.Context, o Options) (*Replay, error) {
	if o.At.IsZero() {
		o.At = time.Now()
	}
	raw, whole, err := capture(o.File, o.At)
	if err != nil {
		return nil, err
	}
	conn, hook, err := open(ctx, o.Driver, o.Config, o.Account, o.At)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	out := &Replay{Kind: o.Driver.Spec().Kind, Authentic: "assumed", Raw: Raw{Body: string(raw.Body)}}
	opened := connector.Opened{Body: raw.Body}
	if whole {
		out.Raw.Method, out.Raw.Path, out.Raw.Query, out.Raw.Header = raw.Method, raw.Path, shownQuery(raw.Query), shownHeader(raw.Header)
		if len(o.Config) > 0 {
			if opened, err = hook.Unseal(raw); err != nil {
				return nil, fmt.Errorf("the callback is not authentic with these credentials: %w", err)
			}
			out.Authentic = "checked"
		}
	}
	out.hide = secrets{o.Driver.Spec().Form.Spellings(o.Config)}
	if opened.Answer != nil {
		out.Answer = opened.Answer.Status
		return out, nil
	}
	batch, err := hook.Decode(ctx, connector.Seal(raw, opened))
	if err != nil {
		return nil, fmt.Errorf("decode the callback: %w", err)
	}
	for _, w := range batch.Wakes {
		out.Wakes = append(out.Wakes, w.Key)
		out.hide.add(w.Token)
	}
	for _, e := range batch.Envelopes {
		if e.Ticket != nil {
			out.hide.add(string(e.Ticket.Opaque))
			ticket := *e.Ticket
			ticket.Opaque = nil
			e.Ticket = &ticket
		}
		if p, ok := e.Event.(canon.Posted); ok {
			out.hide.add(p.Message.Header(canon.HeaderQuote))
			out.hide.add(p.Message.Header(canon.HeaderRead))
		}
		caps := conn.Capabilities(e.Thread)
		to := o.Driver
		if o.To != nil && o.To.Spec().Kind != out.Kind {
			to, caps = o.To, o.To.Spec().Ceiling
		}
		f, err := fact(e, to.Spec().Kind, caps)
		if err != nil {
			return nil, err
		}
		out.Facts = append(out.Facts, f)
	}
	if string(opened.Body) != string(raw.Body) {
		out.Opened = string(opened.Body)
	}
	return out, nil
}

func fact(e canon.Envelope, to string, caps connector.Capabilities) (Fact, error) {
	raw, err := e.AppendJSON(nil)
	if err != nil {
		return Fact{}, fmt.Errorf("write the envelope: %w", err)
	}
	f := Fact{Envelope: raw, envelope: e}
	switch ev := e.Event.(type) {
	case canon.Posted:
		f.Rendered, err = render(ev.Message, to, caps)
	case canon.Edited:
		f.Rendered, err = render(ev.Message, to, caps)
	}
	return f, err
}

// render makes what would go out if we said the same.
func render(m canon.Message, to string, caps connector.Capabilities) (*Rendered, error) {
	out := &Rendered{To: to}
	ours := canon.Message{Parts: make([]canon.Part, len(m.Parts)), Subject: m.Subject}
	for i, p := range m.Parts {
		ours.Parts[i] = stored(p, id(byte(10+i)))
	}
	r, err := outbox.Render(ours, caps, func(file canon.ID) (string, error) { return "https://hub.example.com/files/" + file.String(), nil })
	if err != nil {
		e := connector.AsError(err)
		if e.Shown.EN == "" {
			return nil, err
		}
		out.Refused = e.Shown.EN
	} else if len(r.Calls) == 0 {
		out.Refused = "There are no words in it."
	}
	out.calls, out.Notes = r.Calls, r.Notes
	for _, call := range r.Calls {
		raw, err := json.Marshal(call)
		if err != nil {
			return nil, fmt.Errorf("write a call: %w", err)
		}
		out.Calls = append(out.Calls, raw)
	}
	return out, nil
}

// stored is a part as if its file had been fetched.
func stored(p canon.Part, file canon.ID) canon.Part {
	media := func(m canon.Media) canon.Media {
		if m.File.IsZero() && (m.RemoteID != "" || m.URL != "") {
			m.File, m.RemoteID, m.URL, m.State = file, "", "", canon.MediaReady
		}
		return m
	}
	switch p := p.(type) {
	case canon.Media:
		return media(p)
	case canon.Sticker:
		p.Image = media(p.Image)
		return p
	case canon.Card:
		p.Image = media(p.Image)
		return p
	}
	return p
}

// secrets are words that no output may hold.
type secrets struct{ words []string }

// add takes short words for no secrets: blanking them would garble the rest.
func (s *secrets) add(word string) {
	if len(word) < 6 {
		return
	}
	quoted, err := json.Marshal(word)
	if err == nil {
		s.words = append(s.words, string(quoted[1:len(quoted)-1]))
	}
	s.words = append(s.words, word)
}

func (s *secrets) in(text string) string {
	for _, word := range s.words {
		text = strings.ReplaceAll(text, word, hidden)
	}
	return text
}
