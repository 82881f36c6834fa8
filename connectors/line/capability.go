package line

import (
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of the Messaging API.
const (
	maxText     = 5000      // UTF-16 units, "Text message" and "Character counting in a text"
	maxMessages = 5         // of one reply or push
	maxQuick    = 13        // "Quick reply"
	maxLabel    = 20        // graphemes, "Action objects"
	maxData     = 300       // "Postback action": data and displayText
	maxImage    = 10 << 20  // bytes, "Image message"
	maxPreview  = 1 << 20   // bytes, previewImageUrl
	maxFilm     = 200 << 20 // bytes, "Video message" and "Audio message"
	maxPlace    = 100       // title and address, "Location message"
	maxAlt      = 400       // altText of a flex message; apps before 2025 cut it there
	maxURI      = 1000      // "URI action"
	maxName     = 20        // "Change icon and display name"

	// maxButtons is ours: as many as a bubble shows without scrolling on a small
	// phone. LINE limits only the size of the bubble.
	maxButtons = 10

	// loading is how long one loading animation runs: at most 60 s, a multiple
	// of 5. It ends with the next message.
	loading = 20 * time.Second

	// tokenLife is how long after a callback its reply token is to be used:
	// beyond a minute it may still work, and nobody promises it.
	tokenLife = time.Minute
)

// Capabilities are the same for every thread but for the quota; ids of groups
// begin with C, of rooms with R ("Group chats and multi-person chats").
func (c *Conn) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := capabilities()
	caps.Group = strings.HasPrefix(string(key.Peer), "C") || strings.HasPrefix(string(key.Peer), "R")
	c.mu.Lock()
	defer c.mu.Unlock()
	caps.Quota = c.quota
	return caps
}

func capabilities() connector.Capabilities {
	length := func(n int, unit connector.Unit) connector.Length { return connector.Length{Max: n, Unit: unit} }
	return connector.Capabilities{
		Parts: map[string]connector.Level{
			"text":            connector.Full,
			"media.image":     connector.Full,
			"media.voice":     connector.Partial, // m4a and mp3 only
			"media.audio":     connector.Partial,
			"media.video":     connector.Full,
			"media.animation": connector.Degrade, // no moving pictures outside of flex
			"media.file":      connector.Degrade, // accounts cannot send files
			"location":        connector.Full,
			"sticker":         connector.Partial, // the sets LINE lets accounts send; others as a picture
			"contact":         connector.Degrade,
			"choices.quick":   connector.Full,
			"choices.buttons": connector.Full,
			"choices.list":    connector.Partial, // shown open
			"template":        connector.Degrade,
			"card.product":    connector.Partial,
			"card.order":      connector.Partial,
			"card.link":       connector.Partial,
			"card.app":        connector.Partial, // as its web address
			"card.article":    connector.Partial,
			"opaque":          connector.Degrade,
		},
		Ops: map[connector.Operation]connector.Level{
			connector.OpsReply:    connector.Partial, // only what the customer said can be quoted
			connector.OpsEdit:     connector.Degrade, // a correction
			connector.OpsReact:    connector.Degrade, // its emoji, quoting what it is about
			connector.OpsTyping:   connector.Partial, // not in groups
			connector.OpsMarkRead: connector.Full,
			connector.OpsFetch:    connector.Full,
			connector.OpsProfile:  connector.Full,
			connector.OpsInstall:  connector.Full,
			connector.OpsProbe:    connector.Full,
			connector.OpsMenu:     connector.Full,
		},
		Text: length(maxText, connector.UTF16),
		Media: map[canon.MediaKind]connector.MediaLimit{
			canon.MediaImage: {MIME: []string{"image/jpeg", "image/png"}, Bytes: maxImage, Still: maxPreview},
			canon.MediaVoice: {MIME: soundTypes(), Bytes: maxFilm},
			canon.MediaAudio: {MIME: soundTypes(), Bytes: maxFilm},
			canon.MediaVideo: {MIME: []string{"video/mp4"}, Bytes: maxFilm, Still: maxPreview},
		},
		Choices: connector.ChoiceLimit{
			Quick: maxQuick, Buttons: maxButtons, List: maxButtons, Columns: 1,
			Label: length(maxLabel, connector.Graphemes), Value: length(maxData, connector.UTF16),
		},
		Menu:         menuLimit(),
		PartsPerCall: maxMessages, MixMedia: true,
		TypingEvery: loading,
		Idempotent:  true, // X-Line-Retry-Key, "Retry failed API requests"
		Tickets:     true,
	}
}

// soundTypes are the names m4a and mp3 go by.
func soundTypes() []string {
	return []string{"audio/mp4", "audio/m4a", "audio/x-m4a", "audio/mpeg", "audio/mp3"}
}
