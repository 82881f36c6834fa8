package line

import (
	"context"
	"errors"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
	"parley/core/connector"
)

// Send posts up to five messages in one call: by the reply token it is given,
// which is free and good for one call, or else as a push under a retry key.
func (c *Conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	if r.Op != connector.OpPost {
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Code: "op", Err: errors.New("sending: LINE lets accounts change nothing they sent"),
			Shown: text("On LINE an account cannot edit, recall or react. Write a correction instead.", "LINE 官方账号不支持编辑、撤回或表情回应，请另发更正消息。")}
	}
	messages, err := c.compose(ctx, r)
	if err != nil {
		return connector.Receipt{}, err
	}
	if r.Ticket != nil {
		return c.reply(ctx, r, messages)
	}
	return c.push(ctx, r, messages)
}

// reply answers by a reply token. It takes no retry key: "Retry failed API
// requests" lists the calls that do, and the others refuse one with 400.
func (c *Conn) reply(ctx context.Context, r connector.Request, messages []messaging_api.MessageInterface) (connector.Receipt, error) {
	var sent []messaging_api.SentMessage
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.ReplyMessageWithHttpInfo(&messaging_api.ReplyMessageRequest{ReplyToken: string(r.Ticket.Opaque), Messages: messages})
		if err == nil {
			sent = got.SentMessages
		}
		return res, err
	})
	if err != nil {
		return connector.Receipt{}, err
	}
	c.quotable(ctx, sent)
	return receipt(sent), nil
}

// push sends on the account's own initiative; it counts towards the month.
func (c *Conn) push(ctx context.Context, r connector.Request, messages []messaging_api.MessageInterface) (connector.Receipt, error) {
	var sent []messaging_api.SentMessage
	again := false
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.PushMessageWithHttpInfo(&messaging_api.PushMessageRequest{To: string(r.Thread.Peer), Messages: messages}, r.Key.String())
		switch {
		case err == nil:
			sent = got.SentMessages
		case res != nil && res.StatusCode == http.StatusConflict:
			// LINE took this key before: the message is sent.
			sent, again = sentBefore(res), true
			return res, nil
		}
		return res, err
	})
	if err != nil {
		return connector.Receipt{}, err
	}
	if !again {
		c.count()
	}
	c.quotable(ctx, sent)
	return receipt(sent), nil
}

// receipt names what was sent.
func receipt(sent []messaging_api.SentMessage) connector.Receipt {
	out := connector.Receipt{State: canon.Sent}
	for i, m := range sent {
		if i == 0 {
			out.RemoteID = canon.RemoteID(m.Id)
		} else {
			out.Also = append(out.Also, canon.RemoteID(m.Id))
		}
	}
	return out
}
