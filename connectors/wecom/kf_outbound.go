package wecom

import (
	"context"
	"errors"
	"strings"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"
	"github.com/silenceper/wechat/v2/work/kf/sendmsgonevent"

	"parley/core/canon"
	"parley/core/connector"
)

// Revokes says that Send takes OpRevoke.
func (k *kf) Revokes() {}

// Send posts one message, with the code of an event while one is good for this
// thread, otherwise within the customer's window; or takes one back.
func (k *kf) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	switch r.Op {
	case connector.OpPost:
	case connector.OpRevoke:
		return k.recall(ctx, r)
	default:
		return connector.Receipt{}, unsupported(r.Op)
	}
	code := k.code(ctx, r)
	path, op := "/cgi-bin/kf/send_msg", "kf/send_msg"
	var body any
	var err error
	if code != "" {
		path, op = "/cgi-bin/kf/send_msg_on_event", "kf/send_msg_on_event"
		body = onEvent(code, msgID(r.Key), only(r.Message))
	} else if body, err = k.wire(ctx, r); err != nil {
		return connector.Receipt{}, err
	}
	var out struct {
		MsgID string `json:"msgid"`
	}
	if err := k.call(ctx, op, path, body, &out); err != nil {
		return connector.Receipt{}, err
	}
	k.spent(ctx, r.Thread, code != "")
	if out.MsgID == "" {
		out.MsgID = msgID(r.Key)
	}
	return connector.Receipt{RemoteID: remoteOf(out.MsgID), State: canon.Sent}, nil
}

// recall takes back what send_msg sent in the last two minutes (kf/recall_msg, 撤回消息).
// It gives no message back: one taken back still counts among those a customer
// may be sent.
func (k *kf) recall(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	in := struct {
		MsgID    string `json:"msgid"`
		OpenKFID string `json:"open_kfid"`
	}{msgIDOf(r.Target), k.open(r.Thread.Account)}
	// Taking back twice shows nothing new.
	if err := k.call(ctx, "kf/recall_msg", "/cgi-bin/kf/recall_msg", in, nil); err != nil {
		e := connector.AsError(connector.Harmless(err))
		if e.Code == "40058" {
			late := *e
			late.Shown = text("WeChat customer service takes a message back within two minutes, and never a welcome or what a colleague wrote in WeCom.", "微信客服只能撤回两分钟内发送的消息，欢迎语和企业微信接待人员发送的消息不能撤回。")
			e = &late
		}
		return connector.Receipt{}, e
	}
	return connector.Receipt{RemoteID: r.Target, State: canon.Sent}, nil
}

func unsupported(op connector.Op) error {
	return &connector.Error{
		Class: connector.Unsupported, Code: "unknown_op", Err: errors.New("sending: the operation " + string(op) + " is not known here"),
		Shown: text("WeChat customer service cannot change a message once it is sent.", "微信客服不支持修改已发送的消息。"),
	}
}

// code is the permission an event gave for this message, if one is open: the
// request's ticket, or the welcome code of a customer who has not written yet.
func (k *kf) code(ctx context.Context, r connector.Request) string {
	if r.Ticket != nil && k.env.Clock().Before(r.Ticket.Expires) {
		return string(r.Ticket.Opaque)
	}
	n, _ := k.talkOf(ctx, r.Thread)
	return n.welcome(k.env.Clock())
}

// only is what one call carries: the part, or several as words.
func only(m canon.Message) canon.Part {
	if len(m.Parts) == 1 {
		return m.Parts[0]
	}
	return canon.Text{Body: m.Fallback()}
}

// onEvent is the wire form of an answer to an event: words or a menu.
func onEvent(code, id string, p canon.Part) any {
	head := sendmsgonevent.Message{Code: code, MsgID: id}
	if c, ok := p.(canon.Choices); ok {
		m := sendmsgonevent.Menu{Message: head, MsgType: "msgmenu"}
		m.MsgMenu.HeadContent, m.MsgMenu.List, m.MsgMenu.TailContent = menu(c)
		return m
	}
	t := sendmsgonevent.Text{Message: head, MsgType: "text"}
	t.Text.Content = clean(words(p))
	return t
}

// wire is the wire form of a message.
func (k *kf) wire(ctx context.Context, r connector.Request) (any, error) {
	head := sendmsg.Message{ToUser: string(r.Thread.Peer), OpenKFID: k.open(r.Thread.Account), MsgID: msgID(r.Key)}
	switch p := only(r.Message).(type) {
	case canon.Media:
		kind, id, err := attached(r, p)
		if err != nil {
			return nil, err
		}
		return kfMedia(head, kind, id), nil
	case canon.Sticker:
		if kind, id, ok := handle(r.Uploaded[p.Image.File]); ok {
			return kfMedia(head, kind, id), nil
		}
		return kfText(head, p), nil
	case canon.Location:
		return placeMessage(head, p), nil
	case canon.Choices:
		m := sendmsg.Menu{Message: head, MsgType: "msgmenu"}
		m.MsgMenu.HeadContent, m.MsgMenu.List, m.MsgMenu.TailContent = menu(p)
		return m, nil
	case canon.Card:
		return k.card(ctx, r, head, p)
	default:
		return kfText(head, p), nil
	}
}

func kfText(head sendmsg.Message, p canon.Part) any {
	m := sendmsg.Text{Message: head, MsgType: "text"}
	m.Text.Content = clean(words(p))
	return m
}

func kfMedia(head sendmsg.Message, kind, id string) any {
	switch kind {
	case "image":
		m := sendmsg.Image{Message: head, MsgType: kind}
		m.Image.MediaID = id
		return m
	case "voice":
		m := sendmsg.Voice{Message: head, MsgType: kind}
		m.Voice.MediaID = id
		return m
	case "video":
		m := sendmsg.Video{Message: head, MsgType: kind}
		m.Video.MediaID = id
		return m
	}
	m := sendmsg.File{Message: head, MsgType: "file"}
	m.File.MediaID = id
	return m
}

// attached is the platform's handle of a file that was uploaded before.
func attached(r connector.Request, m canon.Media) (kind, id string, err error) {
	kind, id, ok := handle(r.Uploaded[m.File])
	if !ok {
		return "", "", &connector.Error{Class: connector.Internal, Code: "not_uploaded", Err: errors.New("sending a file: it was not handed to WeCom before")}
	}
	return kind, id, nil
}

// words is a part for a chat that shows only text.
func words(p canon.Part) string {
	if t, ok := p.(canon.Text); ok {
		return t.Body
	}
	return p.Fallback()
}

// clean takes out what JSON can only write as \u, which the platform refuses
// (40033): control characters and two kinds of line end.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return r
		case r == 0x2028 || r == 0x2029:
			return '\n'
		case r < 0x20, r == 0x7f, r == 0xfffd:
			return -1
		}
		return r
	}, s)
}
