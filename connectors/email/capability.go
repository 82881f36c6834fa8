package email

import (
	"parley/core/canon"
	"parley/core/connector"
)

// maxAttachBytes is the most the form takes.
const maxAttachBytes = 100 << 20

func capabilities(s settings) connector.Capabilities {
	limit := connector.MediaLimit{Bytes: s.AttachBytes}
	settles := connector.Drop
	if s.FilesSent {
		settles = connector.Full
	}
	authorises := connector.Drop
	if s.lends() {
		authorises = connector.Full
	}
	return connector.Capabilities{
		Parts: map[string]connector.Level{
			"text":            connector.Full,
			"media.image":     connector.Full,
			"media.animation": connector.Full,
			"media.file":      connector.Full,
			"media.voice":     connector.Partial, // an attachment, not a bubble to play
			"media.audio":     connector.Partial,
			"media.video":     connector.Partial,
			"location":        connector.Partial, // a link to a map
			"sticker":         connector.Partial, // an image
			"contact":         connector.Full,    // a vCard
			"choices.quick":   connector.Partial, // a numbered list with links
			"choices.buttons": connector.Partial,
			"choices.list":    connector.Partial,
			"template":        connector.Full,
			"card.product":    connector.Full,
			"card.order":      connector.Full,
			"card.link":       connector.Full,
			"card.article":    connector.Full,
			"card.app":        connector.Degrade,
			"opaque":          connector.Degrade,
		},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsReply:     connector.Full,
			connector.OpsEdit:      connector.Degrade, // a correction, as a mail of its own
			connector.OpsReact:     connector.Degrade, // its emoji, as a mail of its own
			connector.OpsMarkRead:  connector.Full,
			connector.OpsFile:      connector.Full,
			connector.OpsFetch:     connector.Full,
			connector.OpsProbe:     connector.Full,
			connector.OpsSettle:    settles,
			connector.OpsStart:     connector.Full,
			connector.OpsAuthorize: authorises,
		},
		Text:    connector.Length{Unit: connector.Runes},
		Caption: connector.Length{Unit: connector.Runes},
		Subject: connector.Length{Max: 250, Unit: connector.Runes},
		HTML:    true,
		Spans:   true,
		Media: map[canon.MediaKind]connector.MediaLimit{
			canon.MediaImage: limit, canon.MediaVoice: limit, canon.MediaAudio: limit,
			canon.MediaVideo: limit, canon.MediaAnimation: limit, canon.MediaFile: limit,
		},
		Starts:       connector.AddressEmail,
		Choices:      connector.ChoiceLimit{Quick: 30, Buttons: 30, List: 30, Numbered: true, Pages: true},
		PartsPerCall: 30,
		MixMedia:     true,
		// The same Message-ID over all attempts lets a mail program show a
		// repeated mail once: as much as mail can honour of a key.
		Idempotent:  true,
		Receipts:    []canon.Delivery{canon.Delivered, canon.Read, canon.Failed},
		Concurrency: 2, // providers allow few connections of one user at a time
	}
}
