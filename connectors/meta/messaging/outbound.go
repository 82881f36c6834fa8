package messaging

import (
	"context"
	"net/http"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// object is a piece of JSON the platform is sent.
type object map[string]any

// Reacts says that Send takes OpReact.
func (c *Conn) Reacts() {}

// Send posts one message or reaction. Files it carries are brought to the
// platform first, which shows nothing to anybody.
func (c *Conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	body, err := c.compose(ctx, r)
	if err != nil {
		return connector.Receipt{}, err
	}
	var out struct {
		ID canon.RemoteID `json:"message_id"`
	}
	if err := c.call(ctx, r.Thread.Account, graph.Request{Method: http.MethodPost, Path: "/messages", JSON: body}, &out); err != nil {
		c.forget(ctx, r, err)
		if connector.AsError(err).Class == connector.WindowClosed {
			c.threads.Closed(r.Thread, c.env.Clock())
		}
		return connector.Receipt{}, err
	}
	if out.ID == "" && r.Op == connector.OpPost {
		return connector.Receipt{}, &connector.Error{Class: connector.Uncertain, Code: "no_id",
			Shown: text("Meta took the message and gave it no id. Its echo will tell.", "Meta 接收了消息但未返回编号，稍后由回显确认。")}
	}
	return connector.Receipt{RemoteID: out.ID, State: canon.Sent}, nil
}

func (c *Conn) compose(ctx context.Context, r connector.Request) (object, error) {
	to := object{"id": r.Thread.Peer}
	switch {
	case r.Op == connector.OpReact && r.Emoji == "":
		return object{"recipient": to, "sender_action": "unreact", "payload": object{"message_id": r.Target}}, nil
	case r.Op == connector.OpReact:
		emoji := r.Emoji
		if c.product.instagram {
			emoji = "love" // the only one Instagram lets an app give
		}
		return object{"recipient": to, "sender_action": "react", "payload": object{"message_id": r.Target, "reaction": emoji}}, nil
	case r.Op != connector.OpPost:
		return nil, &connector.Error{Class: connector.Unsupported, Code: "operation",
			Shown: text("Meta lets a page neither change nor take back what it sent. Send a correction.", "Meta 不允许主页修改或撤回已发送的消息，请另发更正。")}
	case len(r.Message.Parts) != 1:
		return nil, &connector.Error{Class: connector.Internal, Code: "parts", Shown: text("A message has one part here.", "此处一条消息只能包含一项内容。")}
	}
	m, err := c.part(ctx, r, r.Message.Parts[0])
	if err != nil {
		return nil, err
	}
	if !c.product.instagram {
		m["metadata"] = r.Key.String()
	}
	body := object{"recipient": to, "messaging_type": "RESPONSE", "message": m}
	if c.late(r) {
		body["messaging_type"], body["tag"] = "MESSAGE_TAG", "HUMAN_AGENT"
	}
	if r.ReplyTo != "" {
		body["reply_to"] = object{"mid": r.ReplyTo}
	}
	return body, nil
}

// late reports whether a person answers after the window, and still may: within
// seven days, with the permission Human Agent.
func (c *Conn) late(r connector.Request) bool {
	asked := r.Asked
	if h, ok := c.threads.Last(r.Thread); ok && h.At.After(asked) {
		asked = h.At
	}
	ago := c.env.Clock().Sub(asked)
	return r.Sender.Kind == "agent" && !asked.IsZero() && ago > window && ago <= humanWindow
}

// part writes one part.
func (c *Conn) part(ctx context.Context, r connector.Request, p canon.Part) (object, error) {
	switch p := p.(type) {
	case canon.Text:
		return object{"text": p.Body}, nil
	case canon.Media:
		return c.media(ctx, r, p.File, p.Kind, p.MIME)
	case canon.Sticker:
		if p.Image.File.IsZero() {
			return object{"text": p.Fallback()}, nil
		}
		return c.media(ctx, r, p.Image.File, canon.MediaImage, p.Image.MIME)
	case canon.Choices:
		return choices(p, c.product.caps.Text), nil
	case canon.Card:
		return c.card(ctx, r, p)
	}
	return object{"text": p.Fallback()}, nil
}
