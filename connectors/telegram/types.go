package telegram

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// update is one Update: its id, which of the optional fields it has, and that
// field as it came.
type update struct {
	id   int64
	kind string
	body json.RawMessage
}

var errUpdate = errors.New("this is no update of the Bot API: an object with a positive update_id")

func readUpdate(raw []byte) (update, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return update{}, errUpdate
	}
	id, err := strconv.ParseInt(string(fields["update_id"]), 10, 64)
	if err != nil || id <= 0 {
		return update{}, errUpdate
	}
	u := update{id: id}
	delete(fields, "update_id")
	kinds := make([]string, 0, len(fields))
	for name := range fields {
		kinds = append(kinds, name)
	}
	if len(kinds) > 0 { // at most one is there; of several, always the same is taken
		u.kind = slices.Min(kinds)
		u.body = fields[u.kind]
	}
	return u, nil
}

// kinds are the updates asked for. message_reaction is only sent to those who
// name it; what is not named here is of no use to a service desk.
func kinds() []string {
	return []string{
		"message", "edited_message", "callback_query", "my_chat_member", "message_reaction",
		"business_connection", "business_message", "edited_business_message", "deleted_business_messages",
	}
}

// message is Message with what Bot API 5.5 did not have.
type message struct {
	ID        int64          `json:"message_id"`
	Topic     int64          `json:"message_thread_id"`
	InTopic   bool           `json:"is_topic_message"`
	Direct    *directTopic   `json:"direct_messages_topic"`
	Business  string         `json:"business_connection_id"`
	From      *tgbotapi.User `json:"from"`
	SenderAs  *chat          `json:"sender_chat"`
	SenderBot *tgbotapi.User `json:"sender_business_bot"`
	Date      int64          `json:"date"`
	EditDate  int64          `json:"edit_date"`
	Chat      chat           `json:"chat"`
	ReplyTo   *replied       `json:"reply_to_message"`
	Quote     *quote         `json:"quote"`
	External  *external      `json:"external_reply"`
	Story     *story         `json:"reply_to_story"`
	Forwarded *origin        `json:"forward_origin"`
	Group     string         `json:"media_group_id"`

	Text            string                   `json:"text"`
	Entities        []tgbotapi.MessageEntity `json:"entities"`
	Caption         string                   `json:"caption"`
	CaptionEntities []tgbotapi.MessageEntity `json:"caption_entities"`

	Animation *tgbotapi.Animation  `json:"animation"`
	Audio     *tgbotapi.Audio      `json:"audio"`
	Document  *tgbotapi.Document   `json:"document"`
	Photo     []tgbotapi.PhotoSize `json:"photo"`
	Sticker   *sticker             `json:"sticker"`
	Video     *tgbotapi.Video      `json:"video"`
	VideoNote *tgbotapi.VideoNote  `json:"video_note"`
	Voice     *tgbotapi.Voice      `json:"voice"`
	Contact   *tgbotapi.Contact    `json:"contact"`
	Venue     *tgbotapi.Venue      `json:"venue"`
	Location  *tgbotapi.Location   `json:"location"`
	Dice      *tgbotapi.Dice       `json:"dice"`
	Markup    *markup              `json:"reply_markup"`

	Joined    []tgbotapi.User `json:"new_chat_members"`
	Left      *tgbotapi.User  `json:"left_chat_member"`
	MigrateTo int64           `json:"migrate_to_chat_id"`
	WebApp    *webApp         `json:"web_app_data"`
}

type directTopic struct {
	ID int64 `json:"topic_id"`
}

type quote struct {
	Text string `json:"text"`
}

// replied is the message replied to: only what a quote needs.
type replied struct {
	ID      int64  `json:"message_id"`
	Chat    chat   `json:"chat"`
	Text    string `json:"text"`
	Caption string `json:"caption"`
}

// external is ExternalReplyInfo: a reply to something of another chat, or of
// another topic of a forum.
type external struct {
	Origin  *origin `json:"origin"`
	Chat    *chat   `json:"chat"`
	Message int64   `json:"message_id"`
}

type story struct {
	Chat chat `json:"chat"`
}

// origin is MessageOrigin, of any of its kinds.
type origin struct {
	User   *tgbotapi.User `json:"sender_user"`
	Hidden string         `json:"sender_user_name"`
	As     *chat          `json:"sender_chat"`
	Chat   *chat          `json:"chat"`
}

type webApp struct {
	Data   string `json:"data"`
	Button string `json:"button_text"`
}

type chat struct {
	ID    int64  `json:"id"`
	Type  string `json:"type"` // private, group, supergroup, channel
	Title string `json:"title"`
	User  string `json:"username"`
	First string `json:"first_name"`
	Last  string `json:"last_name"`
}

type sticker struct {
	tgbotapi.Sticker
	Video bool `json:"is_video"`
}

type markup struct {
	Inline [][]inlineButton `json:"inline_keyboard"`
}

// inlineButton is InlineKeyboardButton: exactly one field besides the text.
type inlineButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// callback is CallbackQuery. Of a message out of the bot's reach only chat and
// number are there.
type callback struct {
	ID      string        `json:"id"`
	From    tgbotapi.User `json:"from"`
	Message *message      `json:"message"`
	Data    string        `json:"data"`
}

type reactionChange struct {
	Chat    chat           `json:"chat"`
	Message int64          `json:"message_id"`
	User    *tgbotapi.User `json:"user"`
	Actor   *chat          `json:"actor_chat"`
	Date    int64          `json:"date"`
	Old     []reaction     `json:"old_reaction"`
	New     []reaction     `json:"new_reaction"`
}

type reaction struct {
	Type  string `json:"type"` // emoji, custom_emoji, paid
	Emoji string `json:"emoji,omitempty"`
}

type memberChange struct {
	Chat chat          `json:"chat"`
	From tgbotapi.User `json:"from"`
	Date int64         `json:"date"`
	Old  member        `json:"old_chat_member"`
	New  member        `json:"new_chat_member"`
}

type member struct {
	User   tgbotapi.User `json:"user"`
	Status string        `json:"status"` // creator, administrator, member, restricted, left, kicked
}

type deleted struct {
	Business string  `json:"business_connection_id"`
	Chat     chat    `json:"chat"`
	Messages []int64 `json:"message_ids"`
}

type businessConnection struct {
	ID      string        `json:"id"`
	User    tgbotapi.User `json:"user"`
	Date    int64         `json:"date"`
	Enabled bool          `json:"is_enabled"`
}
