//go:build !nogpl

package whatsapp

import (
	"context"
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"parley/core/canon"
	"parley/core/connector"
)

// Edits says that Send takes OpEdit.
func (c *conn) Edits() {}

// Revokes says that Send takes OpRevoke.
func (c *conn) Revokes() {}

// Reacts says that Send takes OpReact.
func (c *conn) Reacts() {}

// Send makes one message. Its id comes of the hub's key, so that the same key
// again is the same message on the customer's phone.
func (c *conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	chat, err := readPeer(r.Thread.Peer)
	if err != nil {
		return connector.Receipt{}, badTarget(err)
	}
	cli, err := c.signedIn()
	if err != nil {
		return connector.Receipt{}, err
	}
	m, err := c.compose(ctx, cli, chat, r)
	if err != nil {
		return connector.Receipt{}, err
	}
	sent, err := cli.SendMessage(ctx, chat, m, whatsmeow.SendRequestExtra{ID: messageID(r.Key), Timeout: sendWait})
	if err != nil {
		return connector.Receipt{}, refusal(err)
	}
	return connector.Receipt{RemoteID: ourMessage(sent.ID), State: canon.Sent, At: sent.Timestamp}, nil
}

func (c *conn) compose(ctx context.Context, cli *whatsmeow.Client, chat types.JID, r connector.Request) (*waE2E.Message, error) {
	if r.Op == connector.OpPost {
		return c.post(ctx, cli, chat, r)
	}
	id, author, err := readMessage(r.Target, chat)
	if err != nil {
		return nil, badTarget(err)
	}
	switch {
	case r.Op == connector.OpReact:
		return cli.BuildReaction(chat, author, id, r.Emoji), nil
	case !author.IsEmpty():
		return nil, &connector.Error{Class: connector.Unsupported, Code: "not_ours", Shown: text("Only messages of the account itself can be changed or taken back.", "只能修改或撤回本账号发出的消息。")}
	case r.Op == connector.OpRevoke:
		return cli.BuildRevoke(chat, types.EmptyJID, id), nil
	case r.Op == connector.OpEdit:
		body := r.Message.Fallback()
		if len(r.Message.Parts) == 1 {
			if t, ok := r.Message.Parts[0].(canon.Text); ok {
				body = marked(t)
			}
		}
		return cli.BuildEdit(chat, id, &waE2E.Message{Conversation: &body}), nil
	}
	return nil, &connector.Error{Class: connector.Unsupported, Code: "unknown_op", Err: fmt.Errorf("sending: the operation %q is not known", r.Op),
		Shown: text("This operation is not known here.", "此处不支持该操作。")}
}

func (c *conn) post(ctx context.Context, cli *whatsmeow.Client, chat types.JID, r connector.Request) (*waE2E.Message, error) {
	if c.first && chat.Server != types.GroupServer && r.After == "" && r.Asked.IsZero() {
		return nil, &connector.Error{Class: connector.WindowClosed, Code: "reply_first", Shown: text(
			"This customer has not written yet, and the account only answers people who write first. Wait for their message, or change this in the account's settings at your own risk.",
			"该客户尚未来信，而此账号只回复主动联系的客户。请等待对方来信，或自担风险在账号设置中修改。")}
	}
	for _, p := range r.Message.Parts {
		if t, ok := p.(canon.Text); ok && !(connector.Length{Max: maxText, Unit: connector.UTF16}).Fits(t.Body) {
			return nil, &connector.Error{Class: connector.Invalid, Code: "too_long", Shown: text("The text is longer than WhatsApp takes (65536). Shorten it.", "文字超过 WhatsApp 上限（65536），请缩短。")}
		}
	}
	w := writer{conn: c, ctx: ctx, cli: cli}
	if r.ReplyTo != "" {
		reply, err := c.replying(cli, chat, r)
		if err != nil {
			return nil, badTarget(err)
		}
		w.reply = reply
	}
	return w.message(r.Message)
}

// replying names the message that is answered, with its words: a phone shows
// them where it does not have the message.
func (c *conn) replying(cli *whatsmeow.Client, chat types.JID, r connector.Request) (*waE2E.ContextInfo, error) {
	id, author, err := readMessage(r.ReplyTo, chat)
	if err != nil {
		return nil, err
	}
	if author.IsEmpty() {
		author = cli.Store.GetJID().ToNonAD()
		if chat.Server == types.GroupServer {
			author = cli.Store.GetLID().ToNonAD()
		}
	}
	return &waE2E.ContextInfo{StanzaID: &id, Participant: proto.String(author.String()), QuotedMessage: &waE2E.Message{Conversation: proto.String(r.Message.Quote)}}, nil
}

// wire is the address a chat goes by at the server: the hidden one, once known.
func wire(ctx context.Context, cli *whatsmeow.Client, chat types.JID) types.JID {
	if chat.Server != types.DefaultUserServer {
		return chat
	}
	if lid, err := cli.Store.LIDs.GetLIDForPN(ctx, chat); err == nil && !lid.IsEmpty() {
		return lid
	}
	return chat
}

// Type shows that we are writing.
func (c *conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	chat, err := readPeer(thread.Peer)
	if err != nil {
		return badTarget(err)
	}
	cli, err := c.signedIn()
	if err != nil {
		return err
	}
	state := types.ChatPresencePaused
	if on {
		state = types.ChatPresenceComposing
	}
	if err := cli.SendChatPresence(ctx, wire(ctx, cli, chat), state, types.ChatPresenceMediaText); err != nil {
		return &connector.Error{Class: connector.Transient, Code: "network", Err: plain(err)}
	}
	return nil
}

// MarkRead gives the customer blue ticks, unless the number's privacy settings
// keep them.
func (c *conn) MarkRead(ctx context.Context, thread canon.ThreadKey, through canon.RemoteID) error {
	chat, err := readPeer(thread.Peer)
	if err != nil {
		return badTarget(err)
	}
	id, author, err := readMessage(through, chat)
	if err != nil {
		return badTarget(err)
	}
	cli, err := c.signedIn()
	if err != nil {
		return err
	}
	if err := cli.MarkRead(ctx, []types.MessageID{id}, c.env.Clock(), wire(ctx, cli, chat), author); err != nil {
		return &connector.Error{Class: connector.Transient, Code: "network", Err: plain(err)}
	}
	return nil
}

// Profile looks up what a customer shows of themselves, or what a group is
// called.
func (c *conn) Profile(ctx context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	jid, err := readPeer(peer)
	if err != nil {
		return canon.Peer{}, badTarget(err)
	}
	cli, err := c.signedIn()
	if err != nil {
		return canon.Peer{}, err
	}
	out := canon.Peer{ID: peer, Verified: true}
	if jid.Server == types.GroupServer {
		group, err := cli.GetGroupInfo(ctx, jid)
		if err != nil {
			return canon.Peer{}, &connector.Error{Class: connector.Transient, Code: "group", Err: plain(err)}
		}
		out.Name = strings.TrimSpace(group.Name)
	}
	if jid.Server == types.DefaultUserServer {
		out.Phone = "+" + jid.User
	}
	if known, err := cli.Store.Contacts.GetContact(ctx, jid); err == nil && known.Found {
		out.Name = strings.TrimSpace(firstOf(known.FullName, known.BusinessName, known.PushName))
	}
	picture, err := cli.GetProfilePictureInfo(ctx, wire(ctx, cli, jid), &whatsmeow.GetProfilePictureParams{Preview: true})
	if err == nil && picture != nil {
		out.Avatar = picture.URL
	}
	return out, nil // without a picture it is a profile all the same
}

func firstOf(names ...string) string {
	for _, n := range names {
		if n != "" && n != "-" {
			return n
		}
	}
	return ""
}
