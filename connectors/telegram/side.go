package telegram

import (
	"context"
	"errors"
	"io"
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
// gives the picture only at an address that holds the token: see Picture.
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

// Picture brings the picture a customer shows the bot (getUserProfilePhotos): the
// newest one, in the smallest size that is still sharp.
func (c *conn) Picture(ctx context.Context, account connector.Account, peer canon.RemoteID) (io.ReadCloser, connector.FileInfo, error) {
	none := connector.FileInfo{}
	if id, err := strconv.ParseInt(string(peer), 10, 64); err != nil || id <= 0 { // groups are no users
		return nil, none, noPicture()
	}
	var found struct {
		Photos [][]tgbotapi.PhotoSize `json:"photos"`
	}
	if err := c.ask(ctx, "getUserProfilePhotos", tgbotapi.Params{"user_id": string(peer), "limit": "1"}, &found); err != nil {
		return nil, none, err
	}
	var best tgbotapi.PhotoSize
	for _, sizes := range found.Photos {
		for _, p := range sizes {
			if best.FileID == "" || best.Width < sharpFace && p.Width > best.Width || p.Width >= sharpFace && p.Width < best.Width {
				best = p
			}
		}
	}
	if best.FileID == "" {
		return nil, none, noPicture()
	}
	return c.Fetch(ctx, account, canon.Media{Kind: canon.MediaImage, Name: "avatar.jpg", MIME: "image/jpeg", RemoteID: canon.RemoteID(best.FileID)})
}

// sharpFace is how wide a picture is that is sharp wherever it is shown, in pixels.
const sharpFace = 320

func noPicture() error {
	return &connector.Error{Class: connector.Gone, Code: "no_picture", Err: errors.New("the customer shows no picture"),
		Shown: text("This customer shows the bot no picture.", "该客户未向机器人展示头像。")}
}
