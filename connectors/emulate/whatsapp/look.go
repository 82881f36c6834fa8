//go:build !nogpl

package whatsapp

import (
	"cmp"
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"parley/connectors/emulate"
)

// look is a message as a phone draws it.
func (p *Platform) look(m *waE2E.Message) emulate.Bubble {
	if d := m.GetDocumentWithCaptionMessage().GetMessage(); d != nil {
		m = d
	}
	var b emulate.Bubble
	media := func(kind, name string, f sealedFile) {
		shown := emulate.Media{Kind: kind, Name: name, MIME: f.GetMimetype(), Size: int64(f.GetFileLength())}
		body, err := p.unsealed(kind, f)
		if err != nil {
			b.Text = "this file cannot be shown: " + err.Error()
			return
		}
		shown.URL = p.shown(f.GetMimetype(), body)
		b.Media = append(b.Media, shown)
	}
	switch {
	case m.Conversation != nil:
		b.Text = m.GetConversation()
	case m.ExtendedTextMessage != nil:
		t := m.ExtendedTextMessage
		b.Text = t.GetText()
		if t.GetTitle() != "" {
			b.Cards = []emulate.Card{{Kind: "link", Title: t.GetTitle(), Text: t.GetDescription(), URL: t.GetMatchedText()}}
		}
	case m.ImageMessage != nil:
		b.Text = m.ImageMessage.GetCaption()
		media("image", "", m.ImageMessage)
	case m.VideoMessage != nil:
		b.Text = m.VideoMessage.GetCaption()
		media("video", "", m.VideoMessage)
	case m.AudioMessage != nil:
		kind := "audio"
		if m.AudioMessage.GetPTT() {
			kind = "voice"
		}
		media(kind, "", m.AudioMessage)
	case m.DocumentMessage != nil:
		b.Text = m.DocumentMessage.GetCaption()
		media("file", m.DocumentMessage.GetFileName(), m.DocumentMessage)
	case m.StickerMessage != nil:
		media("sticker", "", m.StickerMessage)
	case m.LocationMessage != nil:
		l := m.LocationMessage
		b.Cards = []emulate.Card{{Kind: "place", Title: cmp.Or(l.GetName(), "Location"), Text: l.GetAddress()}}
	case m.ContactMessage != nil:
		b.Cards = []emulate.Card{{Kind: "contact", Title: m.ContactMessage.GetDisplayName(), Text: telephones(m.ContactMessage.GetVcard())}}
	default:
		b.Text = "this message cannot be shown; update WhatsApp"
	}
	return b
}

func telephones(card string) string {
	var out []string
	for line := range strings.Lines(card) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && strings.HasPrefix(name, "TEL") {
			out = append(out, value)
		}
	}
	return strings.Join(out, ", ")
}

// contextOf is what a message says of others.
func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	type speaks interface{ GetContextInfo() *waE2E.ContextInfo }
	for _, part := range []speaks{m.GetExtendedTextMessage(), m.GetImageMessage(), m.GetVideoMessage(), m.GetAudioMessage(), m.GetDocumentMessage(), m.GetStickerMessage(), m.GetLocationMessage(), m.GetContactMessage()} {
		if c := part.GetContextInfo(); c != nil {
			return c
		}
	}
	return nil
}
