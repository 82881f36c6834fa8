package telegram

import (
	"context"
	"strconv"

	"parley/core/canon"
	"parley/core/connector"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// Type shows that we are writing. It ends by itself after five seconds or with
// the next message; there is no call to end it.
func (c *conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	if !on {
		return nil
	}
	at, err := placeOf(thread)
	if err != nil {
		return badTarget(err)
	}
	params := at.params()
	params["action"] = "typing"
	return c.ask(ctx, "sendChatAction", params, nil)
}

// MarkRead marks what a customer wrote to a business account as read. Other
// chats of a bot have no such marks.
func (c *conn) MarkRead(ctx context.Context, thread canon.ThreadKey, through canon.RemoteID) error {
	at, err := placeOf(thread)
	if err != nil {
		return badTarget(err)
	}
	if at.business == "" {
		return nil
	}
	chat, id, err := readMessageID(through)
	if err != nil {
		return badTarget(err)
	}
	return c.ask(ctx, "readBusinessMessage", tgbotapi.Params{
		"business_connection_id": at.business, "chat_id": strconv.FormatInt(chat, 10), "message_id": strconv.FormatInt(id, 10),
	}, nil)
}

// Profile looks up the name of a chat. Telegram tells no language here, and
// gives the picture only at an address that holds the token, so there is none.
func (c *conn) Profile(ctx context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	var found chat
	if err := c.ask(ctx, "getChat", tgbotapi.Params{"chat_id": string(peer)}, &found); err != nil {
		return canon.Peer{}, err
	}
	p := crowd(found)
	p.ID = peer
	p.Verified = found.Type == "private"
	if found.User != "" {
		p.Also = []canon.Alias{{Kind: "user", ID: canon.RemoteID("@" + found.User)}}
	}
	return p, nil
}
