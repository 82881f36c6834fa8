package telegram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
	"parley/core/connector"
)

// Edits says that Send takes OpEdit.
func (c *conn) Edits() {}

// Revokes says that Send takes OpRevoke.
func (c *conn) Revokes() {}

// Reacts says that Send takes OpReact.
func (c *conn) Reacts() {}

// Send does one thing at the platform.
func (c *conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	at, err := placeOf(r.Thread)
	if err != nil {
		return connector.Receipt{}, badTarget(err)
	}
	switch r.Op {
	case connector.OpPost:
		return c.post(ctx, at, r)
	case connector.OpEdit:
		return c.edit(ctx, at, r)
	case connector.OpRevoke:
		return c.revoke(ctx, at, r)
	case connector.OpReact:
		return c.react(ctx, at, r)
	}
	return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Code: "unknown_op", Err: fmt.Errorf("sending: the operation %q is not known", r.Op),
		Shown: text("This operation is not known here.", "此处不支持该操作。")}
}

func badTarget(err error) *connector.Error {
	return &connector.Error{Class: connector.Invalid, Code: "bad_target", Err: err, Shown: text("This is no message or chat of Telegram.", "这不是 Telegram 的消息或会话。")}
}

// sent is what a method that posts returns of the Message.
type sent struct {
	ID   int64 `json:"message_id"`
	Date int64 `json:"date"`
	Chat chat  `json:"chat"`
}

// sents are one Message, or those of an album.
type sents []sent

func (s *sents) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		return json.Unmarshal(raw, (*[]sent)(s))
	}
	*s = make(sents, 1)
	return json.Unmarshal(raw, &(*s)[0])
}

// receipt names what was posted in a chat.
func (s sents) receipt(chat int64) connector.Receipt {
	out := connector.Receipt{State: canon.Sent}
	for i, one := range s {
		id := messageID(cmp.Or(one.Chat.ID, chat), one.ID)
		if i > 0 {
			out.Also = append(out.Also, id)
			continue
		}
		out.RemoteID = id
		if one.Date > 0 {
			out.At = time.Unix(one.Date, 0).UTC()
		}
	}
	return out
}

// post posts the one part of a request, or an album.
func (c *conn) post(ctx context.Context, at place, r connector.Request) (connector.Receipt, error) {
	chat := at.chat
	if at.basicGroup() {
		at.chat = c.movedTo(ctx, at.chat)
	}
	l, err := c.letter(ctx, r.Message)
	if err != nil {
		return connector.Receipt{}, err
	}
	defer l.close()
	for name, value := range at.params() {
		l.params[name] = value
	}
	// A message of before the group moved has another number now.
	if on, id, err := readMessageID(r.ReplyTo); err == nil && on == at.chat {
		l.params["reply_parameters"] = asJSON(map[string]any{"message_id": id, "allow_sending_without_reply": true})
	}
	var all sents
	if err := c.call(ctx, l.method, l.params, &all, l.files...); err != nil {
		return connector.Receipt{}, c.missed(ctx, chat, l, err)
	}
	return all.receipt(at.chat), nil
}

// missed looks twice at a post that failed: a group that moved is written to at
// its new place the next time, and a file that could not be read to its end was
// not taken, for the call never ended.
func (c *conn) missed(ctx context.Context, chat int64, l *letter, err error) error {
	var e *connector.Error
	if !errors.As(err, &e) {
		return err
	}
	again := *e
	again.Class, again.Scope = connector.Transient, connector.ScopeMessage
	var moved *movedError
	switch {
	case errors.As(e.Err, &moved):
		if err := c.remember(ctx, chat, moved.to); err != nil {
			return &connector.Error{Class: connector.Transient, Code: "migrated", Err: err}
		}
		return &again
	case l.unreadable() != nil:
		again.Code, again.Err = "file_unreadable", l.unreadable()
		return &again
	}
	return err
}

// edit changes the words of a message: its text, or the caption of what has none.
func (c *conn) edit(ctx context.Context, at place, r connector.Request) (connector.Receipt, error) {
	params, on, id, err := target(at, r.Target)
	if err != nil {
		return connector.Receipt{}, err
	}
	body, spans := wordsAndSpans(r.Message)
	params["text"] = body
	setEntities(params, "entities", body, spans)
	err = c.call(ctx, "editMessageText", params, nil)
	if refused(err, "there is no text in the message to edit") {
		params["caption"], params["caption_entities"] = body, params["entities"]
		delete(params, "text")
		delete(params, "entities")
		if params["caption_entities"] == "" {
			delete(params, "caption_entities")
		}
		err = c.call(ctx, "editMessageCaption", params, nil)
	}
	if err != nil && !refused(err, "message is not modified") {
		return connector.Receipt{}, err
	}
	return connector.Receipt{RemoteID: messageID(on, id), State: canon.Sent}, nil
}

// revoke takes a message back for both sides. One that is gone already is what
// was wanted.
func (c *conn) revoke(ctx context.Context, at place, r connector.Request) (connector.Receipt, error) {
	params, on, id, err := target(at, r.Target)
	if err != nil {
		return connector.Receipt{}, err
	}
	method := "deleteMessage"
	if at.business != "" {
		method = "deleteBusinessMessages"
		params = tgbotapi.Params{"business_connection_id": at.business, "message_ids": asJSON([]int64{id})}
	}
	if err := c.call(ctx, method, params, nil); err != nil && !refused(err, "message to delete not found") {
		return connector.Receipt{}, err
	}
	return connector.Receipt{RemoteID: messageID(on, id), State: canon.Sent}, nil
}

func (c *conn) react(ctx context.Context, at place, r connector.Request) (connector.Receipt, error) {
	if at.business != "" {
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Code: "no_reactions", Err: errors.New("reacting: a bot cannot for a business account"),
			Shown: text("Telegram has no reactions by bots in business chats.", "商务会话中机器人无法添加回应。")}
	}
	params, on, id, err := target(at, r.Target)
	if err != nil {
		return connector.Receipt{}, err
	}
	all := []reaction{}
	if r.Emoji != "" {
		all = append(all, reaction{"emoji", plainEmoji(r.Emoji)})
	}
	params["reaction"] = asJSON(all)
	if err := c.call(ctx, "setMessageReaction", params, nil); err != nil {
		return connector.Receipt{}, err
	}
	return connector.Receipt{RemoteID: messageID(on, id), State: canon.Sent}, nil
}

// target are the parameters that name a message.
func target(at place, id canon.RemoteID) (tgbotapi.Params, int64, int64, error) {
	on, n, err := readMessageID(id)
	if err != nil {
		return nil, 0, 0, badTarget(err)
	}
	params := tgbotapi.Params{"chat_id": strconv.FormatInt(on, 10), "message_id": strconv.FormatInt(n, 10)}
	if at.business != "" {
		params["business_connection_id"] = at.business
	}
	return params, on, n, nil
}

// asJSON writes what is made of numbers and texts alone, which always marshals.
func asJSON(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func setEntities(params tgbotapi.Params, name, body string, spans []canon.Span) {
	if all := entitiesOf(body, spans); len(all) > 0 {
		params[name] = asJSON(all)
	}
}

// wordsAndSpans is a message as one text.
func wordsAndSpans(m canon.Message) (string, []canon.Span) {
	if len(m.Parts) == 1 {
		if t, ok := m.Parts[0].(canon.Text); ok {
			return t.Body, t.Spans
		}
	}
	return cmp.Or(m.Plain(), m.Fallback()), nil
}
