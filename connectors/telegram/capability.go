package telegram

import (
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of Bot API 10.1, each with where it stands.
const (
	maxText      = 4096               // UTF-16 units; sendMessage, text
	maxCaption   = 1024               // UTF-16 units; sendPhoto, caption
	maxCallback  = 64                 // bytes; InlineKeyboardButton, callback_data
	maxPhoto     = 10 << 20           // bytes; sendPhoto, photo
	maxSide      = 5000               // pixels; sendPhoto, photo: width and height are 10000 in total
	maxUpload    = 50 << 20           // bytes; Sending files
	maxLocal     = 2000 << 20         // bytes; Using a Local Bot API Server
	editBusiness = 48 * time.Hour     // editMessageText: business messages
	deleteWithin = 48 * time.Hour     // deleteMessage
	typingLasts  = 5 * time.Second    // sendChatAction
	businessOpen = 24 * time.Hour     // BusinessBotRights, can_reply
	perSecond    = 30                 // Bots FAQ: messages a second over all chats
	keeps        = 24 * time.Hour     // Getting updates: how long the server keeps them
	maxButtons   = 100                // limits.tginfo.me: buttons of an inline keyboard
	maxColumns   = 8                  // limits.tginfo.me: buttons in a row
	restarts     = 6 * 24 * time.Hour // Update: ids may begin anew after a week without updates; a day early
)

// Capabilities are those of a bot's chat; in a chat of a business account the
// bot may answer for a day after the customer's last message, and not react.
func (c *conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := capabilities(c.local)
	at, err := placeOf(key)
	// A chat that is no user's has a negative id (Bot API, "Chat"); the topics of a
	// channel's direct messages are each one user's.
	caps.Group = err == nil && at.chat < 0 && at.direct == 0
	if err == nil && at.business != "" {
		caps.Ops[connector.OpsReact] = connector.Drop
		caps.EditWithin = editBusiness
		caps.Window = connector.Window{For: businessOpen}
	}
	return caps
}

func capabilities(local bool) connector.Capabilities {
	most := int64(maxUpload)
	if local {
		most = maxLocal
	}
	c := connector.Capabilities{
		Parts: map[string]connector.Level{
			"text": connector.Full, "media.image": connector.Full, "media.voice": connector.Full, "media.audio": connector.Full,
			"media.video": connector.Full, "media.animation": connector.Full, "media.file": connector.Full,
			"location": connector.Full, "contact": connector.Full,
			// A picture that is no sticker file goes as a picture.
			"sticker":         connector.Partial,
			"choices.buttons": connector.Full,
			// Both are buttons under the message: a press tells its value.
			"choices.quick": connector.Partial, "choices.list": connector.Partial,
			// A picture or preview with a caption and a button.
			"card.product": connector.Partial, "card.order": connector.Partial, "card.link": connector.Partial, "card.article": connector.Partial,
			// There are no templates and no foreign mini-programs.
			"card.app": connector.Degrade, "template": connector.Degrade, "opaque": connector.Degrade,
		},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsEdit: connector.Full, connector.OpsRevoke: connector.Full, connector.OpsReact: connector.Partial,
			connector.OpsReply: connector.Full, connector.OpsTyping: connector.Full, connector.OpsFetch: connector.Full,
			connector.OpsProfile: connector.Full, connector.OpsInstall: connector.Full, connector.OpsProbe: connector.Full,
			// Only chats of a business account have read marks.
			connector.OpsMarkRead: connector.Partial,
		},
		Text:    connector.Length{Max: maxText, Unit: connector.UTF16},
		Caption: connector.Length{Max: maxCaption, Unit: connector.UTF16},
		Spans:   true,
		Media: map[canon.MediaKind]connector.MediaLimit{
			canon.MediaVoice: {MIME: []string{"audio/*"}, Bytes: most, Native: voiceTypes()},
		},
		Choices: connector.ChoiceLimit{
			Quick: maxButtons, Buttons: maxButtons, List: maxButtons, Columns: maxColumns,
			Value: connector.Length{Max: maxCallback, Unit: connector.Bytes},
		},
		Albums:       albumLimit(),
		RevokeWithin: deleteWithin,
		TypingEvery:  typingLasts - time.Second,
		Rate:         perSecond,
	}
	for _, kind := range []canon.MediaKind{canon.MediaImage, canon.MediaAudio, canon.MediaVideo, canon.MediaAnimation, canon.MediaFile} {
		c.Media[kind] = connector.MediaLimit{Bytes: most}
	}
	c.Media[canon.MediaImage] = connector.MediaLimit{Bytes: most, Side: maxSide}
	c.Media[canon.MediaAudio] = connector.MediaLimit{Bytes: most, Native: audioTypes()}
	c.Media[canon.MediaVideo] = connector.MediaLimit{Bytes: most, Native: []string{"video/mp4"}}
	return c
}
