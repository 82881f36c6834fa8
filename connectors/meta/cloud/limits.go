package cloud

import (
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Limits of the platform, in characters where nothing else is said. Sources:
// "Cloud API: Text messages", "Interactive reply buttons", "Interactive list",
// "Interactive CTA URL", "Media: supported types", "Typing indicators".
const (
	maxText    = 4096
	maxCaption = 1024
	maxBody    = 1024 // of reply buttons and of a call to action; a list takes maxText
	maxFooter  = 60
	maxButtons = 3
	maxRows    = 10 // of a list, over all its sections
	maxLabel   = 20 // of a button; a row takes 24
	maxValue   = 200
	maxDetail  = 72 // of a row
	maxSection = 24
	maxName    = 240 // of a document

	window      = 24 * time.Hour
	typingShows = 25 * time.Second
	// throughput is how many messages a second one number may send, before
	// Meta raises it to 1,000 ("Throughput").
	throughput = 80

	megabyte = 1 << 20
)

// documents are the types WhatsApp lists; others go as a link.
var documents = []string{
	"text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

var sounds = []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}

// capabilities is what a number can carry. Lengths count UTF-16 code units: the
// documents say characters, and no text has more of those.
func capabilities() connector.Capabilities {
	chars := func(n int) connector.Length { return connector.Length{Max: n, Unit: connector.UTF16} }
	c := connector.Capabilities{
		Parts: map[string]connector.Level{
			"text": connector.Full, "location": connector.Full, "contact": connector.Full, "template": connector.Full,
			"media.image": connector.Full, "media.voice": connector.Full, "media.audio": connector.Full, "media.video": connector.Full, "media.file": connector.Full,
			"media.animation": connector.Partial, // as a video that does not loop
			"sticker":         connector.Partial, // one that is no WebP goes as a picture
			"choices.quick":   connector.Full, "choices.buttons": connector.Partial, "choices.list": connector.Full,
			"card.product": connector.Partial, "card.order": connector.Degrade, "card.link": connector.Partial, "card.article": connector.Partial, "card.app": connector.Degrade,
			"opaque": connector.Degrade,
		},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsReply: connector.Full, connector.OpsReact: connector.Full, connector.OpsTyping: connector.Partial, connector.OpsMarkRead: connector.Full,
			connector.OpsFetch: connector.Full, connector.OpsTemplates: connector.Full, connector.OpsInstall: connector.Full, connector.OpsProbe: connector.Full,
			connector.OpsEdit: connector.Degrade, // a correction
		},
		Text: chars(maxText), Caption: chars(maxCaption),
		Media: map[canon.MediaKind]connector.MediaLimit{
			canon.MediaImage:     {MIME: []string{"image/jpeg", "image/png"}, Bytes: 5 * megabyte},
			canon.MediaVoice:     {MIME: sounds, Bytes: 16 * megabyte, NoCaption: true, Native: []string{"audio/ogg"}},
			canon.MediaAudio:     {MIME: sounds, Bytes: 16 * megabyte, NoCaption: true},
			canon.MediaVideo:     {MIME: []string{"video/mp4", "video/3gpp"}, Bytes: 16 * megabyte},
			canon.MediaAnimation: {MIME: []string{"video/mp4"}, Bytes: 16 * megabyte},
			canon.MediaFile:      {MIME: documents, Bytes: 100 * megabyte},
		},
		Choices: connector.ChoiceLimit{
			Quick: maxRows, Buttons: maxRows, List: maxRows, Columns: 1,
			Label: chars(maxLabel), Value: chars(maxValue),
		},
		Window:      connector.Window{For: window},
		TypingEvery: typingShows - 5*time.Second,
		Receipts:    []canon.Delivery{canon.Sent, canon.Delivered, canon.Read, canon.Failed},
		Concurrency: 20, Rate: throughput,
	}
	return c
}
