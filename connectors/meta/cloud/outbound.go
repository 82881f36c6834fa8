package cloud

import (
	"context"
	"net/http"
	"strings"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// object is a piece of JSON the platform is sent.
type object map[string]any

// Reacts says that Send takes OpReact.
func (c *Conn) Reacts() {}

// Send posts one message. Files it carries are brought to the platform first,
// which shows nothing to anybody.
func (c *Conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	body, err := c.compose(ctx, r)
	if err != nil {
		return connector.Receipt{}, err
	}
	var out struct {
		Messages []struct {
			ID canon.RemoteID `json:"id"`
		} `json:"messages"`
	}
	if err := c.post(ctx, r.Thread.Account, body, false, &out); err != nil {
		c.forget(ctx, r, err)
		if e := connector.AsError(err); e.Class == connector.WindowClosed {
			c.threads.Closed(r.Thread, c.env.Clock())
		}
		return connector.Receipt{}, err
	}
	if len(out.Messages) == 0 || out.Messages[0].ID == "" {
		return connector.Receipt{}, &connector.Error{Class: connector.Uncertain, Code: "no_id",
			Shown: text("WhatsApp took the message and gave it no id. Its state will tell.", "WhatsApp 接收了消息但未返回编号，稍后由回执确认。")}
	}
	return connector.Receipt{RemoteID: out.Messages[0].ID, State: canon.Sent}, nil
}

// post makes a call of /messages, where everything towards a customer goes.
func (c *Conn) post(ctx context.Context, account canon.RemoteID, body object, quiet bool, out any) error {
	body["messaging_product"] = "whatsapp"
	return c.api.Call(ctx, graph.Request{Method: http.MethodPost, Path: "/" + string(account) + "/messages", Token: c.token, JSON: body, Quiet: quiet}, out)
}

// compose writes a request as the platform reads it.
func (c *Conn) compose(ctx context.Context, r connector.Request) (object, error) {
	var body object
	var err error
	switch {
	case r.Op == connector.OpReact:
		body = object{"type": "reaction", "reaction": object{"message_id": r.Target, "emoji": r.Emoji}}
	case r.Op != connector.OpPost:
		return nil, &connector.Error{Class: connector.Unsupported, Code: "operation",
			Shown: text("WhatsApp lets a business neither change nor take back what it sent. Send a correction.", "WhatsApp 不允许商家修改或撤回已发送的消息，请另发更正。")}
	case len(r.Message.Parts) != 1:
		return nil, &connector.Error{Class: connector.Internal, Code: "parts", Shown: text("A WhatsApp message has one part.", "一条 WhatsApp 消息只能包含一项内容。")}
	default:
		body, err = c.part(ctx, r, r.Message.Parts[0])
	}
	if err != nil {
		return nil, err
	}
	if r.ReplyTo != "" && r.Op == connector.OpPost {
		body["context"] = object{"message_id": r.ReplyTo}
	}
	body["biz_opaque_callback_data"] = r.Key.String()
	address(body, r.Thread.Peer)
	return body, nil
}

// address says whom it is for: a number, a group, or a customer known by name
// alone.
func address(body object, peer canon.RemoteID) {
	body["recipient_type"] = "individual"
	group, isGroup := strings.CutPrefix(string(peer), groupPrefix)
	switch {
	case isGroup:
		body["recipient_type"], body["to"] = "group", group
	case strings.Contains(string(peer), "."): // a business-scoped id: "US.1349…"
		body["recipient"] = peer
	default:
		body["to"] = peer
	}
}

// part writes one part.
func (c *Conn) part(ctx context.Context, r connector.Request, p canon.Part) (object, error) {
	switch p := p.(type) {
	case canon.Text:
		return words(p.Body), nil
	case canon.Media:
		return c.media(ctx, r, p)
	case canon.Sticker:
		return c.sticker(ctx, r, p)
	case canon.Location:
		at := object{"latitude": p.Lat, "longitude": p.Lon}
		if p.Title != "" {
			at["name"] = p.Title
		}
		if p.Address != "" {
			at["address"] = p.Address
		}
		return object{"type": "location", "location": at}, nil
	case canon.Contact:
		return object{"type": "contacts", "contacts": []object{visitingCard(p)}}, nil
	case canon.Choices:
		return choices(p, r.Message.Locale), nil
	case canon.Template:
		return c.template(ctx, r, p)
	case canon.Card:
		return c.card(ctx, r, p)
	}
	return words(p.Fallback()), nil
}

// words is a plain text; an address in it is shown with a preview.
func words(body string) object {
	t := object{"body": body}
	if strings.Contains(body, "https://") || strings.Contains(body, "http://") {
		t["preview_url"] = true
	}
	return object{"type": "text", "text": t}
}

func visitingCard(p canon.Contact) object {
	first := p.Name
	if first == "" {
		first = "-" // the platform wants a name
	}
	out := object{"name": object{"formatted_name": first, "first_name": first}}
	var phones, mails []object
	for _, n := range p.Phones {
		phones = append(phones, object{"phone": n})
	}
	for _, m := range p.Emails {
		mails = append(mails, object{"email": m})
	}
	if phones != nil {
		out["phones"] = phones
	}
	if mails != nil {
		out["emails"] = mails
	}
	if p.Org != "" {
		out["org"] = object{"company": p.Org}
	}
	return out
}
