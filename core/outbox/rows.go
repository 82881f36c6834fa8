package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Line is an open link as sending sees it, for one account.
type Line struct {
	Tenant  canon.ID
	Link    canon.ID
	Kind    string
	Conn    connector.Conn
	Account connector.Account
	Files   connector.Files
	Paused  bool // nothing is sent until somebody resumes it
	// Unseal decrypts the words of a stored ticket.
	Unseal func([]byte) ([]byte, error)
}

// Lines finds the open link of an account.
type Lines interface {
	LineOf(tenant, account canon.ID) (Line, bool)
}

// Wire is what an outbox row keeps of a request.
type Wire struct {
	Op      connector.Op    `json:"op,omitempty"`
	Thread  canon.ThreadKey `json:"thread"`
	Message canon.Message   `json:"message"`
	Target  canon.RemoteID  `json:"target,omitempty"`
	// Of is the row Op works on while the platform's id of it is not known yet.
	Of canon.ID `json:"of,omitzero"`
	// At is which of the messages of that row, from 0, where it has several.
	At      int              `json:"at,omitempty"`
	Emoji   string           `json:"emoji,omitempty"`
	ReplyTo canon.RemoteID   `json:"reply_to,omitempty"`
	After   canon.RemoteID   `json:"after,omitempty"`
	Asked   time.Time        `json:"asked,omitzero"`
	Sender  connector.Sender `json:"sender"`
}

// Letter is a message to be sent, as the orchestrator hands it over.
type Letter struct {
	Thread       canon.ID
	Key          canon.ThreadKey
	Conversation canon.ID
	Account      canon.ID
	Lease        int64 // owner version for a bot's words; 0 for a person's
	Message      canon.Message
	ReplyTo      canon.RemoteID
	After        canon.RemoteID
	Asked        time.Time
	Sender       connector.Sender
}

// Preview renders a message as it would be sent on a thread now, and sends
// nothing.
func (d *Dispatcher) Preview(ctx context.Context, tenant, account canon.ID, key canon.ThreadKey, m canon.Message) (Rendered, error) {
	line, ok := d.lines.LineOf(tenant, account)
	if !ok {
		return Rendered{}, notLinked()
	}
	return d.render(ctx, line, line.Conn.Capabilities(key), m)
}

func (d *Dispatcher) render(ctx context.Context, line Line, caps connector.Capabilities, m canon.Message) (Rendered, error) {
	m, err := d.described(ctx, line.Tenant, m)
	if err != nil {
		return Rendered{}, err
	}
	quotes := m.Quote != "" && !caps.Can(connector.OpsReply)
	if quotes {
		m = quoting(m)
	}
	means := Means{Link: func(file canon.ID) (string, error) { return line.Files.Link(ctx, file, 0) }}
	if d.fitter != nil {
		means.Can = d.fitter.Can
	}
	out, err := means.Render(m, caps)
	if quotes {
		out.Notes = append([]Note{quotedNote}, out.Notes...)
	}
	return out, err
}

// described fills in of files what only whoever stored them knows: a bot names no
// more than their ids.
func (d *Dispatcher) described(ctx context.Context, tenant canon.ID, m canon.Message) (canon.Message, error) {
	parts := m.Parts
	for i, p := range parts {
		media, ok := p.(canon.Media)
		if !ok || media.File.IsZero() || media.Size > 0 && media.MIME != "" {
			continue
		}
		f, err := d.store.For(tenant).ReadFile(ctx, media.File)
		if _, gone := core.AsFault(err); gone {
			continue // it fails when it is sent, in words
		}
		if err != nil {
			return m, err
		}
		if &parts[0] == &m.Parts[0] {
			parts = slices.Clone(parts)
		}
		media.Name, media.MIME, media.Size, media.Width, media.Height = cmp.Or(media.Name, f.Name), f.MIME, f.Size, f.Width, f.Height
		parts[i] = media
	}
	m.Parts = parts
	return m, nil
}

func notLinked() error {
	return &connector.Error{Class: connector.NeedsLogin, Code: "not_linked", Shown: connector.Text{
		EN: "The account of this conversation is not linked any more. Link it again under Channels.",
		ZH: "该会话所属的渠道账号已断开，请在“渠道”中重新接入。"}}
}

// Rows renders a letter into outbox rows, one per wire request. They are to be
// committed with the message and then given to Offer.
func (d *Dispatcher) Rows(ctx context.Context, tenant canon.ID, l Letter) ([]store.OutboxRow, []Note, error) {
	line, ok := d.lines.LineOf(tenant, l.Account)
	if !ok {
		return nil, nil, notLinked()
	}
	caps := line.Conn.Capabilities(l.Key)
	rendered, err := d.render(ctx, line, caps, l.Message)
	if err != nil {
		return nil, nil, err
	}
	// Where the platform recognises our key, the first row may be in flight from
	// the moment it is committed: a crash then repeats it under the same key.
	// One that may go by a ticket must win it first.
	direct := caps.Idempotent && !caps.Tickets && !line.Paused && d.idle(l.Thread) && d.quiet(line) <= 0
	rows := make([]store.OutboxRow, 0, len(rendered.Calls))
	for i, call := range rendered.Calls {
		w := Wire{Thread: l.Key, Message: call, After: l.After, Asked: l.Asked, Sender: l.Sender}
		if i == 0 {
			w.ReplyTo = l.ReplyTo
		}
		row, err := d.row(tenant, l, w)
		if err != nil {
			return nil, nil, err
		}
		if direct && i == 0 {
			row.State, row.Tries, row.Holder = canon.Sending, 1, d.node
		}
		rows = append(rows, row)
	}
	return rows, rendered.Notes, nil
}

// Command is a row that changes an earlier message at the platform: target is
// its id there, and of the row that posted it, asked when target is empty; at is
// which of its messages, where the call of that row made several.
func (d *Dispatcher) Command(tenant canon.ID, l Letter, op connector.Op, target canon.RemoteID, of canon.ID, at int) (store.OutboxRow, error) {
	return d.row(tenant, l, Wire{Op: op, Thread: l.Key, Message: l.Message, Target: target, Of: of, At: at, Sender: l.Sender})
}

// Reaction is a row that puts an emoji on a message of the customer's, or takes
// it off.
func (d *Dispatcher) Reaction(tenant canon.ID, l Letter, target canon.RemoteID, emoji string) (store.OutboxRow, error) {
	return d.row(tenant, l, Wire{Op: connector.OpReact, Thread: l.Key, Message: l.Message, Target: target, Emoji: emoji, Sender: l.Sender})
}

// reacts reports whether a row puts on a reaction.
func reacts(row store.OutboxRow) bool {
	w, err := unpack(row)
	return err == nil && w.Op == connector.OpReact
}

// Size is how many parts a row posts.
func Size(row store.OutboxRow) int { return len(partsOf(row)) }

// Missing is the row that posts again what of a row's parts did not arrive.
func (d *Dispatcher) Missing(row store.OutboxRow, gone []int) (store.OutboxRow, error) {
	w, err := unpack(row)
	if err != nil {
		return row, fmt.Errorf("read a wire request: %w", err)
	}
	var parts []canon.Part
	for _, at := range gone {
		if at < len(w.Message.Parts) {
			parts = append(parts, w.Message.Parts[at])
		}
	}
	w.Message.Parts = parts
	return d.row(row.Tenant, Letter{Thread: row.Thread, Conversation: row.Conversation, Account: row.Account, Message: canon.Message{ID: row.Message}}, w)
}

// Says reports whether a row posts what a message says: parts of the same types
// with the same words.
func Says(row store.OutboxRow, m canon.Message) bool {
	var w Wire
	return json.Unmarshal(row.Request, &w) == nil && w.Op == connector.OpPost && slices.EqualFunc(w.Message.Parts, m.Parts, func(a, b canon.Part) bool {
		return canon.PartType(a) == canon.PartType(b) && wordsOf(a) == wordsOf(b)
	})
}

// wordsOf are what a person reads in a part.
func wordsOf(p canon.Part) string {
	var all []string
	p.EachText(func(s string) string { all = append(all, strings.TrimSpace(s)); return s })
	return strings.Join(all, "\n")
}

// Posts reports whether a row posts a message, rather than changing one.
func Posts(row store.OutboxRow) bool {
	var w struct {
		Op connector.Op `json:"op"`
	}
	return json.Unmarshal(row.Request, &w) == nil && w.Op == connector.OpPost
}

func (d *Dispatcher) row(tenant canon.ID, l Letter, w Wire) (store.OutboxRow, error) {
	body, err := w.encode()
	if err != nil {
		return store.OutboxRow{}, fmt.Errorf("encode a wire request: %w", err)
	}
	return store.OutboxRow{
		Tenant: tenant, ID: canon.NewID(), Message: l.Message.ID, Thread: l.Thread, Conversation: l.Conversation,
		Account: l.Account, Lease: l.Lease, Request: body, State: canon.Queued, Made: w,
	}, nil
}
