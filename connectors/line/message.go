package line

import (
	"encoding/json"
	"strings"
	"unicode/utf16"

	"github.com/line/line-bot-sdk-go/v8/linebot/webhook"

	"parley/core/canon"
	"parley/core/connector"
)

// message reads what a customer sent ("Message event").
func message(content webhook.MessageContentInterface, raw json.RawMessage) canon.Message {
	var m canon.Message
	switch p := content.(type) {
	case webhook.TextMessageContent:
		m = keep(p.Id, p.QuoteToken, p.MarkAsReadToken, p.QuotedMessageId)
		if m.Parts = emojis(p); m.Parts == nil {
			m.Parts = []canon.Part{canon.Text{Body: p.Text, Spans: mentions(p)}}
		}
	case webhook.ImageMessageContent:
		m = keep(p.Id, p.QuoteToken, p.MarkAsReadToken, "")
		m.Parts = []canon.Part{held(canon.MediaImage, p.Id, p.ContentProvider, 0)}
	case webhook.VideoMessageContent:
		m = keep(p.Id, p.QuoteToken, p.MarkAsReadToken, "")
		m.Parts = []canon.Part{held(canon.MediaVideo, p.Id, p.ContentProvider, p.Duration)}
	case webhook.AudioMessageContent:
		m = keep(p.Id, "", p.MarkAsReadToken, "")
		m.Parts = []canon.Part{held(canon.MediaVoice, p.Id, p.ContentProvider, p.Duration)}
	case webhook.FileMessageContent:
		m = keep(p.Id, "", p.MarkAsReadToken, "")
		file := held(canon.MediaFile, p.Id, nil, 0)
		file.Name, file.Size = p.FileName, max(0, int64(p.FileSize))
		m.Parts = []canon.Part{file}
	case webhook.LocationMessageContent:
		m = keep(p.Id, "", p.MarkAsReadToken, "")
		m.Parts = []canon.Part{canon.Location{Lat: p.Latitude, Lon: p.Longitude, Title: p.Title, Address: p.Address}}
	case webhook.StickerMessageContent:
		m = keep(p.Id, p.QuoteToken, p.MarkAsReadToken, p.QuotedMessageId)
		m.Parts = []canon.Part{canon.Sticker{RemoteID: canon.RemoteID(p.StickerId), Pack: p.PackageId, Words: stickerWords(p.Keywords), Image: stickerImage(p.StickerId)}}
		if p.Text != "" { // words the customer put on it
			m.Parts = append(m.Parts, canon.Text{Body: p.Text})
		}
	default:
		m = other(raw)
	}
	return m
}

// stickerWords are some of the keywords of a sticker ("Sticker", keywords), for
// who cannot see its picture.
func stickerWords(keywords []string) string {
	return connector.Length{Max: 60, Unit: connector.Runes}.Head(strings.Join(keywords[:min(len(keywords), 3)], ", "), "…")
}

// keep is a message without its parts: its id, and the tokens that quote it and
// mark it as read.
func keep(id, quote, read, quoted string) canon.Message {
	m := canon.Message{RemoteID: canon.RemoteID(id)}
	if quote != "" {
		m.Headers = append(m.Headers, canon.Field{Name: canon.HeaderQuote, Value: quote})
	}
	if read != "" {
		m.Headers = append(m.Headers, canon.Field{Name: canon.HeaderRead, Value: read})
	}
	if quoted != "" {
		m.ReplyTo = &canon.Ref{RemoteID: canon.RemoteID(quoted)}
	}
	return m
}

// held is a file whose bytes are with LINE, or where a mini app of the customer
// put them (contentProvider "external").
func held(kind canon.MediaKind, id string, by *webhook.ContentProvider, millis int64) canon.Media {
	p := canon.Media{Kind: kind, RemoteID: canon.RemoteID(id), State: canon.MediaPending, Millis: max(0, millis)}
	if by != nil && by.Type == webhook.ContentProviderTYPE_EXTERNAL && by.OriginalContentUrl != "" {
		p.RemoteID, p.URL = "", by.OriginalContentUrl
	}
	return p
}

// other is a message of a kind that is new to us.
func other(raw json.RawMessage) canon.Message {
	var head struct {
		Message json.RawMessage `json:"message"`
	}
	var part struct{ ID, Type, Text string }
	_ = json.Unmarshal(raw, &head) // what cannot be read stays unknown
	_ = json.Unmarshal(head.Message, &part)
	m := keep(part.ID, "", "", "")
	o := canon.Opaque{Name: "message", Text: part.Text}
	if part.Type != "" {
		o.Name = part.Type
	}
	if len(head.Message) > 0 {
		o.Raw = clone(head.Message)
	}
	m.Parts = []canon.Part{o}
	return m
}

// groupOf names the album a picture belongs to.
func groupOf(content webhook.MessageContentInterface) string {
	if p, ok := content.(webhook.ImageMessageContent); ok && p.ImageSet != nil {
		return p.ImageSet.Id
	}
	return ""
}

// mentions marks the names in a text; LINE counts in UTF-16 units.
func mentions(p webhook.TextMessageContent) []canon.Span {
	if p.Mention == nil {
		return nil
	}
	units := utf16.Encode([]rune(p.Text))
	runes := func(from, to int) int { return len(utf16.Decode(units[from:to])) }
	var out []canon.Span
	for _, m := range p.Mention.Mentionees {
		var index, length int32
		switch m := m.(type) {
		case webhook.UserMentionee:
			index, length = m.Index, m.Length
		case webhook.AllMentionee:
			index, length = m.Index, m.Length
		}
		from, to := int(index), int(index)+int(length)
		if length <= 0 || from < 0 || to > len(units) {
			continue
		}
		out = append(out, canon.Span{Start: runes(0, from), Length: runes(from, to), Style: canon.SpanMention})
	}
	return out
}

// head cuts a text to a limit of LINE's.
func head(s string, n int) string {
	return utf16Limit(n).Head(strings.TrimSpace(s), "…")
}
