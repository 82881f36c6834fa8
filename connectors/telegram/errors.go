package telegram

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/connector"
)

// meaning is what a refusal of the platform means for the message.
type meaning struct {
	code  int    // error_code; 0: any
	says  string // part of the description, in lower case; "": any
	name  string // our name of it, for the catalogue
	class connector.Class
	scope connector.Scope
	shown connector.Text
}

// catalogue is read from the top: the first that fits counts. The texts are the
// server's own (Client.cpp) or, in capitals, of Telegram behind it.
func catalogue() []meaning {
	const gone, invalid, unsupported = connector.Gone, connector.Invalid, connector.Unsupported
	return []meaning{
		{401, "", "unauthorized", connector.NeedsLogin, connector.ScopeLink, text(
			"Telegram does not accept the bot's token. Get it anew from @BotFather with /token and put it into the form.",
			"Telegram 不接受该机器人令牌。请在 @BotFather 中用 /token 重新获取并填入表单。")},
		{404, "", "not_found", connector.NeedsLogin, connector.ScopeLink, text(
			"There is no such bot at this server. Check the token and the address of the Bot API server.",
			"该服务器上没有这个机器人。请检查令牌和 Bot API 服务器地址。")},
		{409, "webhook", "webhook_active", connector.Transient, connector.ScopeLink, text(
			"A webhook is set, so messages cannot be pulled. It is removed by itself.",
			"机器人设置了 Webhook，无法拉取消息。系统会自动移除。")},
		{409, "", "conflict", connector.Transient, connector.ScopeLink, text(
			"Another program pulls this bot's messages. Stop it, or give it a bot of its own.",
			"另一个程序正在拉取该机器人的消息。请停用它，或为它另建机器人。")},
		{413, "", "too_large", invalid, "", text(
			"The file is larger than the Bot API server takes. Send it as a link.",
			"文件超过 Bot API 服务器的上限。请改为发送链接。")},
		{403, "blocked by the user", "blocked", gone, "", text(
			"The customer has blocked the bot. They can be reached again once they unblock it.",
			"客户已屏蔽机器人，解除屏蔽后才能再次联系。")},
		{403, "deactivated", "deactivated", gone, "", text(
			"The customer's Telegram account does not exist any more.", "客户的 Telegram 账号已注销。")},
		{403, "initiate conversation", "not_started", connector.WindowClosed, "", text(
			"A bot may not write first. Wait until the customer starts the bot.",
			"机器人不能主动发起会话，请等待客户先启动机器人。")},
		{403, "kicked", "kicked", gone, "", text(
			"The bot was removed from the group. Add it again to write there.", "机器人已被移出群组，重新添加后才能发言。")},
		{403, "not a member", "not_member", gone, "", text(
			"The bot is not in the group any more. Add it again to write there.", "机器人已不在群组中，重新添加后才能发言。")},
		{403, "group chat was deleted", "deleted_chat", gone, "", text("The group was deleted.", "群组已被删除。")},
		{403, "", "forbidden", gone, "", text(
			"Telegram does not let the bot write here.", "Telegram 不允许机器人在此发言。")},
		{400, "upgraded to a supergroup", "migrated", gone, "", text(
			"The group became a supergroup; messages of before cannot be changed there.", "群组已升级为超级群组，升级前的消息无法再修改。")},
		{400, "chat not found", "chat_not_found", gone, "", text(
			"Telegram does not know this chat. The customer must start the bot first.", "Telegram 找不到该会话，客户需先启动机器人。")},
		{400, "user not found", "user_not_found", gone, "", text(
			"Telegram does not know this user. They must write to the bot first.", "Telegram 找不到该用户，对方需先给机器人发消息。")},
		{400, "peer_id_invalid", "chat_not_found", gone, "", text(
			"Telegram does not know this chat. The customer must start the bot first.", "Telegram 找不到该会话，客户需先启动机器人。")},
		{400, "message thread not found", "topic_gone", gone, "", text(
			"The topic was deleted. Write to the customer elsewhere.", "该话题已被删除，请换一处联系客户。")},
		{400, "topic_closed", "topic_closed", invalid, "", text(
			"The topic is closed. Have it reopened in the group.", "该话题已关闭，请先在群组中重新开启。")},
		{400, "topic_deleted", "topic_gone", gone, "", text(
			"The topic was deleted. Write to the customer elsewhere.", "该话题已被删除，请换一处联系客户。")},
		{400, "business_peer_usage_missing", "window_closed", connector.WindowClosed, "", text(
			"The customer's last message to the business account is over 24 hours old. Wait until they write again.",
			"客户最近一条消息已超过 24 小时，请等待对方再次发来消息。")},
		{400, "business_connection", "business_gone", gone, "", text(
			"The business account has let the bot go. Have it connected again in Telegram under Business, Chatbots.",
			"商务账号已断开机器人。请在 Telegram 的“商务 → 聊天机器人”中重新连接。")},
		{400, "not enough rights", "no_rights", invalid, "", text(
			"The bot lacks the right to do this. Have an administrator of the group give it.", "机器人没有相应权限，请群组管理员授权。")},
		{400, "no rights to send", "no_rights", invalid, "", text(
			"The bot lacks the right to write here. Have an administrator of the group give it.", "机器人没有发言权限，请群组管理员授权。")},
		{400, "chat_write_forbidden", "no_rights", invalid, "", text(
			"The bot lacks the right to write here. Have an administrator of the group give it.", "机器人没有发言权限，请群组管理员授权。")},
		{400, "voice_messages_forbidden", "no_voice", unsupported, "", text(
			"The customer does not take voice messages. Write, or send the sound as a file.", "客户不接收语音消息，请改发文字或音频文件。")},
		{400, "message is too long", "too_long", invalid, "", text(
			"The text is longer than Telegram takes (4096). Shorten it.", "文字超过 Telegram 上限（4096），请缩短。")},
		{400, "caption is too long", "caption_too_long", invalid, "", text(
			"The caption is longer than Telegram takes (1024). Send it as a text.", "说明文字超过 Telegram 上限（1024），请单独发送。")},
		{400, "text is empty", "empty", invalid, "", text("There are no words to send.", "没有可发送的文字。")},
		{400, "text must be non-empty", "empty", invalid, "", text("There are no words to send.", "没有可发送的文字。")},
		{400, "reaction_invalid", "bad_reaction", unsupported, "", text(
			"Telegram does not have this emoji as a reaction. Choose another, such as 👍 or ❤.", "Telegram 不支持用该表情回应，请换一个，例如 👍 或 ❤。")},
		{400, "message can't be deleted", "cannot_delete", invalid, "", text(
			"Telegram deletes a message for both sides within 48 hours only. Write a correction.", "Telegram 只允许在 48 小时内双向删除消息，请改发更正。")},
		{400, "message can't be edited", "cannot_edit", invalid, "", text(
			"Telegram does not let this message be changed any more. Write a correction.", "Telegram 已不允许修改该消息，请改发更正。")},
		{400, "to edit not found", "message_gone", invalid, "", text(
			"The message does not exist any more at Telegram.", "该消息在 Telegram 中已不存在。")},
		{400, "to react not found", "message_gone", invalid, "", text(
			"The message does not exist any more at Telegram.", "该消息在 Telegram 中已不存在。")},
		{400, "to delete not found", "message_gone", invalid, "", text(
			"The message does not exist any more at Telegram.", "该消息在 Telegram 中已不存在。")},
		{400, "button_url_invalid", "bad_button", invalid, "", text(
			"Telegram does not take the address of a button. Use one that begins with https://.", "按钮中的链接无效，请使用 https:// 开头的地址。")},
		{400, "button_data_invalid", "bad_button", invalid, "", text(
			"The value of a button is longer than 64 bytes. Shorten it in the bot.", "按钮的值超过 64 字节，请在机器人中缩短。")},
		{400, "reply markup is too long", "bad_button", invalid, "", text(
			"There are too many buttons, or their words are too long.", "按钮过多或文字过长。")},
		{400, "too big", "too_large", invalid, "", text(
			"The file is larger than the Bot API server takes. Send it as a link.", "文件超过 Bot API 服务器的上限。请改为发送链接。")},
		{400, "file_id", "file_gone", invalid, "", text(
			"Telegram does not have this file any more.", "Telegram 上已没有该文件。")},
		{400, "photo_invalid_dimensions", "bad_picture", invalid, "", text(
			"The picture is too large or too narrow for Telegram. Send it as a file.", "图片尺寸或比例超出 Telegram 限制，请作为文件发送。")},
		{400, "image_process_failed", "bad_picture", invalid, "", text(
			"Telegram cannot read the picture. Send it as a file.", "Telegram 无法识别该图片，请作为文件发送。")},
		{400, "webhook", "bad_webhook", invalid, connector.ScopeLink, text(
			"Telegram does not take the callback address. It must be a public https address on port 443, 80, 88 or 8443.",
			"Telegram 不接受该回调地址。须为公网 https 地址，端口为 443、80、88 或 8443。")},
		{400, "", "bad_request", invalid, "", text(
			"Telegram refuses this content.", "Telegram 拒绝了该内容。")},
	}
}

// answerError is an answer that is not ok, in the platform's words.
type answerError struct {
	code int
	says string
}

func (e *answerError) Error() string {
	return "the Bot API answered " + strconv.Itoa(e.code) + ": " + e.says
}

// refused tells that the platform refused a call with these words, in lower case.
func refused(err error, words string) bool {
	var e *answerError
	return errors.As(err, &e) && strings.Contains(strings.ToLower(e.says), words)
}

// refusal classes an answer that is not ok.
func (c *conn) refusal(code int, says string, p tgbotapi.ResponseParameters) *connector.Error {
	said := c.hide(connector.Length{Max: 200, Unit: connector.Runes}.Head(says, "…"))
	e := &connector.Error{Code: strconv.Itoa(code), Err: &answerError{code, said}}
	if p.MigrateToChatID != 0 {
		e.Err = &movedError{p.MigrateToChatID}
	}
	switch {
	case code == http.StatusTooManyRequests:
		// A limit is one of the chat, or of the bot over all chats; the answer does
		// not say which. The lane of this chat waits; a bot that is over its own
		// limit is told so in every other chat as well.
		e.Class, e.Scope, e.Code = connector.RateLimited, connector.ScopeThread, "flood"
		e.RetryAfter = time.Duration(max(p.RetryAfter, 1)) * time.Second
		e.Shown = text("Telegram takes no more messages in this chat for a moment. It is sent again by itself.", "该会话发送过于频繁，Telegram 要求稍候，系统会自动重发。")
		return e
	case code >= 500:
		e.Class = connector.Uncertain
		e.Shown = text("Telegram had trouble; whether the message arrived is not known.", "Telegram 服务异常，消息是否送达尚不确定。")
		return e
	}
	lower := strings.ToLower(says)
	for _, m := range catalogue() {
		if m.code == code && strings.Contains(lower, m.says) {
			e.Class, e.Scope, e.Code, e.Shown = m.class, m.scope, m.name, m.shown
			if m.says == "" && said != "" && m.class == connector.Invalid {
				e.Shown = text(m.shown.EN+" It says: “"+said+"”.", m.shown.ZH+"原文：“"+said+"”。")
			}
			return e
		}
	}
	e.Class = connector.Invalid
	e.Shown = text("Telegram refuses this: “"+said+"”.", "Telegram 拒绝了请求：“"+said+"”。")
	return e
}
