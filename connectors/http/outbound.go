package http

import (
	"bytes"
	"context"
	"fmt"
	"io"
	nethttp "net/http"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The operations on the wire, besides those of connector.Op.
const (
	opPost   = "post"
	opTyping = "typing"
	opRead   = "read"
	opProbe  = "probe"
)

// FileLife is how long the application may take to fetch a file of ours.
const FileLife = 7 * 24 * time.Hour

// Call is what is posted to the application: one operation on one thread.
type Call struct {
	V       int             `json:"v"`
	Key     string          `json:"key"` // the same for every attempt
	Op      string          `json:"op"`  // "post", "edit", "revoke", "react", "typing", "read" or "probe"
	Attempt int             `json:"attempt,omitempty"`
	Account canon.RemoteID  `json:"account"`
	Thread  canon.ThreadKey `json:"thread"`
	Message *canon.Message  `json:"message,omitempty"`
	// Target is the message that op works on, as the application named it.
	Target  canon.RemoteID `json:"target,omitempty"`
	ReplyTo canon.RemoteID `json:"reply_to,omitempty"`
	Emoji   string         `json:"emoji,omitempty"` // of "react"; empty takes the reaction off
	On      bool           `json:"on,omitempty"`    // of "typing"
	Sender  *Sender        `json:"sender,omitempty"`
	Ticket  []byte         `json:"ticket,omitempty"` // as the application gave it
	// Push is what a notice of the message needs, of "post", where the customer has
	// devices.
	Push *Push `json:"push,omitempty"`
}

// Sender is who speaks.
type Sender struct {
	Kind   string   `json:"kind"` // "bot", "agent" or "system"
	ID     canon.ID `json:"id,omitzero"`
	Name   string   `json:"name,omitempty"`
	Avatar string   `json:"avatar,omitempty"`
}

// Edits says that Send takes OpEdit.
func (c *Conn) Edits() {}

// Revokes says that Send takes OpRevoke.
func (c *Conn) Revokes() {}

// Reacts says that Send takes OpReact.
func (c *Conn) Reacts() {}

// Send posts one operation.
func (c *Conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	call := Call{
		V: canon.Version, Key: r.Key.String(), Op: string(r.Op), Attempt: r.Attempt, Account: r.Account.RemoteID,
		Thread: r.Thread, Target: r.Target, ReplyTo: r.ReplyTo, Emoji: r.Emoji,
	}
	if call.Account == "" {
		call.Account = r.Thread.Account
	}
	if r.Sender.Kind != "" {
		call.Sender = &Sender{r.Sender.Kind, r.Sender.ID, r.Sender.Name, r.Sender.Avatar}
	}
	if r.Ticket != nil {
		call.Ticket = r.Ticket.Opaque
	}
	switch r.Op {
	case connector.OpPost:
		call.Op = opPost
		fallthrough
	case connector.OpEdit:
		m, err := c.linked(ctx, r.Message)
		if err != nil {
			return connector.Receipt{}, err
		}
		call.Message = &m
		if r.Op == connector.OpPost {
			if call.Push, err = c.push(ctx, r); err != nil {
				return connector.Receipt{}, err
			}
		}
	case connector.OpRevoke, connector.OpReact:
	default:
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Code: "unknown_op", Shown: text("This operation is not known here.", "此处不支持该操作。"), Err: fmt.Errorf("sending: the operation %q is not known", r.Op)}
	}
	status, header, body, err := c.post(ctx, call)
	if err != nil {
		return connector.Receipt{}, err
	}
	return c.settle(ctx, call, status, header, body)
}

// linked puts an address behind every file of ours, for the application to
// fetch it at.
func (c *Conn) linked(ctx context.Context, m canon.Message) (canon.Message, error) {
	link := func(file canon.ID) (string, error) {
		if c.env.Files == nil {
			return "", &connector.Error{Class: connector.Internal, Err: fmt.Errorf("linking file %s: no files were lent", file)}
		}
		address, err := c.env.Files.Link(ctx, file, FileLife)
		if err != nil {
			return "", &connector.Error{Class: connector.Transient, Code: "file_link", Err: fmt.Errorf("linking file %s: %w", file, err)}
		}
		return address, nil
	}
	media := func(p canon.Media) (canon.Media, error) {
		var err error
		if !p.File.IsZero() {
			p.URL, err = link(p.File)
		}
		return p, err
	}
	parts := make([]canon.Part, len(m.Parts))
	for i, part := range m.Parts {
		var err error
		switch p := part.(type) {
		case canon.Media:
			part, err = media(p)
		case canon.Sticker:
			p.Image, err = media(p.Image)
			part = p
		case canon.Card:
			p.Image, err = media(p.Image)
			part = p
		case canon.Template:
			params := make([]canon.TemplateParam, len(p.Params))
			for j, param := range p.Params {
				if !param.File.IsZero() && err == nil {
					param.Text, err = link(param.File)
				}
				params[j] = param
			}
			p.Params = params
			part = p
		}
		if err != nil {
			return m, err
		}
		parts[i] = part
	}
	m.Parts = parts
	return m, nil
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 64 << 10

// post signs and sends one call and reads the answer.
func (c *Conn) post(ctx context.Context, call Call) (int, nethttp.Header, []byte, error) {
	if c.base == "" {
		return 0, nil, nil, &connector.Error{
			Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "no_api_base",
			Shown: text("This link only receives: write the address of your application into its form.", "此接入只接收消息：请在表单中填写您的应用地址。"),
		}
	}
	body, err := call.encode()
	if err != nil {
		return 0, nil, nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("writing a call: %w", err)}
	}
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodPost, c.base+"/messages", bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("making a request: %w", err)}
	}
	req.Header["Content-Type"] = []string{"application/json"}
	c.signer.SetHeaders(req.Header, call.Key, c.env.Clock(), body)
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.Request != nil && resp.Request.Method != nethttp.MethodPost {
		// A redirect that made a GET of the POST: the message went nowhere,
		// whatever the page at the other end says.
		return nethttp.StatusMovedPermanently, resp.Header, nil, nil
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, nil, nil, connector.NetworkError(fmt.Errorf("reading the answer: %w", err), true)
	}
	return resp.StatusCode, resp.Header, answer, nil
}
