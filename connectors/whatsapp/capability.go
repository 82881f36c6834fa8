//go:build !nogpl

package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits, each with where it stands.
const (
	maxText    = 65536            // UTF-16 units; what WhatsApp's apps let one type
	maxPicture = 16 << 20         // bytes; faq.whatsapp.com, "About media sizes": photos, videos and voice
	maxFile    = 100 << 20        // bytes; 2 GB by the FAQ, 100 MB ours: it is sealed in a temporary file
	editFor    = 15 * time.Minute // faq.whatsapp.com, "How to edit messages"
	revokeFor  = 60 * time.Hour   // faq.whatsapp.com, "How to delete messages": about two days and a half
	typingFor  = 10 * time.Second // an app takes typing off by itself after about 25 s
	sendWait   = 30 * time.Second // for the server's acknowledgement
)

// Capabilities are the same in every thread.
func (c *conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := capabilities(c.pace)
	jid, err := readPeer(key.Peer)
	caps.Group = err == nil && jid.Server == types.GroupServer
	return caps
}

func capabilities(pace float64) connector.Capabilities {
	return connector.Capabilities{
		Parts: map[string]connector.Level{
			"text":            connector.Full,
			"media.image":     connector.Full,
			"media.voice":     connector.Full,
			"media.audio":     connector.Full,
			"media.video":     connector.Full,
			"media.animation": connector.Partial, // films that repeat; GIF files go as a file
			"media.file":      connector.Full,
			"location":        connector.Full,
			"sticker":         connector.Partial, // WebP; other pictures go as a picture
			"contact":         connector.Full,
			// Buttons and lists of linked devices are not shown reliably
			// (whatsmeow #992): a numbered list is, and its answer is understood.
			"choices.quick":   connector.Degrade,
			"choices.buttons": connector.Degrade,
			"choices.list":    connector.Degrade,
			"template":        connector.Degrade,
			"card.product":    connector.Partial, // picture with words
			"card.order":      connector.Partial,
			"card.link":       connector.Partial,
			"card.app":        connector.Degrade,
			"card.article":    connector.Partial,
			"opaque":          connector.Degrade,
		},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsEdit: connector.Full, connector.OpsRevoke: connector.Full, connector.OpsReact: connector.Full, connector.OpsReply: connector.Full,
			connector.OpsTyping: connector.Full, connector.OpsMarkRead: connector.Full, connector.OpsFetch: connector.Full, connector.OpsProfile: connector.Full,
			connector.OpsProbe: connector.Full, connector.OpsLogin: connector.Full,
		},
		Text:    connector.Length{Max: maxText, Unit: connector.UTF16},
		Caption: connector.Length{Max: 1024, Unit: connector.UTF16},
		Spans:   true,
		Media: map[canon.MediaKind]connector.MediaLimit{
			canon.MediaImage:     {MIME: []string{"image/jpeg", "image/png", "image/webp"}, Bytes: maxPicture},
			canon.MediaVoice:     {MIME: []string{"audio/*"}, Bytes: maxPicture, NoCaption: true, Native: []string{"audio/ogg"}},
			canon.MediaAudio:     {MIME: []string{"audio/*"}, Bytes: maxPicture, NoCaption: true},
			canon.MediaVideo:     {MIME: []string{"video/mp4", "video/3gpp", "video/quicktime"}, Bytes: maxPicture},
			canon.MediaAnimation: {MIME: []string{"video/mp4"}, Bytes: maxPicture},
			canon.MediaFile:      {Bytes: maxFile},
		},
		EditWithin: editFor, RevokeWithin: revokeFor, TypingEvery: typingFor,
		Idempotent:  true, // a phone shows a message with a known id once
		Receipts:    []canon.Delivery{canon.Delivered, canon.Read},
		Concurrency: 1, Rate: pace,
	}
}
