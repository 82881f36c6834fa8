//go:build !nogpl

package whatsapp

import (
	"cmp"
	"context"
	"net/url"
	"path"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"parley/core/canon"
	"parley/core/connector"
)

// writer makes a message of WhatsApp of the one part a call has.
type writer struct {
	*conn
	ctx   context.Context
	cli   *whatsmeow.Client
	reply *waE2E.ContextInfo // nil: it answers nothing
}

func (w writer) message(m canon.Message) (*waE2E.Message, error) {
	if len(m.Parts) != 1 { // the renderer gives one
		return w.words(m.Fallback()), nil
	}
	switch p := m.Parts[0].(type) {
	case canon.Text:
		return w.words(marked(p)), nil
	case canon.Media:
		return w.media(p)
	case canon.Sticker:
		return w.sticker(p)
	case canon.Location:
		return &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &p.Lat, DegreesLongitude: &p.Lon, Name: some(p.Title), Address: some(p.Address), ContextInfo: w.reply}}, nil
	case canon.Contact:
		return &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String(cmp.Or(p.Name, p.Org)), Vcard: proto.String(vcard(p)), ContextInfo: w.reply}}, nil
	case canon.Card:
		return w.card(p)
	default:
		return w.words(p.Fallback()), nil
	}
}

// some leaves out what is empty.
func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (w writer) words(body string) *waE2E.Message {
	if w.reply == nil {
		return &waE2E.Message{Conversation: &body}
	}
	return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: &body, ContextInfo: w.reply}}
}

func (w writer) media(p canon.Media) (*waE2E.Message, error) {
	mime, _, _ := strings.Cut(p.MIME, ";")
	kind := map[canon.MediaKind]string{canon.MediaImage: "image", canon.MediaVideo: "video", canon.MediaAnimation: "video", canon.MediaVoice: "audio", canon.MediaAudio: "audio"}[p.Kind]
	up, info, err := w.upload(w.ctx, w.cli, p.File, kind)
	if err != nil {
		return nil, err
	}
	mime = cmp.Or(mime, info.MIME, "application/octet-stream")
	switch kind {
	case "image":
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Mimetype: &mime, Caption: some(p.Caption), Width: size(p.Width), Height: size(p.Height),
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: w.reply}}, nil
	case "video":
		return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{Mimetype: &mime, Caption: some(p.Caption), GifPlayback: yes(p.Kind == canon.MediaAnimation), Seconds: seconds(p.Millis), Width: size(p.Width), Height: size(p.Height),
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: w.reply}}, nil
	case "audio":
		// Only Opus in Ogg plays as a voice message; anything else as a sound.
		voice := p.Kind == canon.MediaVoice && mime == "audio/ogg"
		if mime == "audio/ogg" {
			mime = "audio/ogg; codecs=opus"
		}
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{Mimetype: &mime, PTT: yes(voice), Seconds: seconds(p.Millis), Waveform: levels(p.Wave),
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: w.reply}}, nil
	}
	name := path.Base(cmp.Or(p.Name, info.Name, "file"))
	return &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Mimetype: &mime, FileName: &name, Title: &name, Caption: some(p.Caption),
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: w.reply}}, nil
}

func yes(b bool) *bool {
	if !b {
		return nil
	}
	return &b
}

func size(n int) *uint32 {
	if n <= 0 {
		return nil
	}
	return proto.Uint32(uint32(n))
}

func seconds(millis int64) *uint32 {
	if millis <= 0 {
		return nil
	}
	return proto.Uint32(uint32((millis + 999) / 1000))
}

// levels turns 0–255 into 0–100.
func levels(wave []byte) []byte {
	var out []byte
	for _, v := range wave {
		out = append(out, byte(int(v)*100/255))
	}
	return out
}

// sticker sends a WebP as a sticker, another picture as a picture, and without
// either its emoji.
func (w writer) sticker(p canon.Sticker) (*waE2E.Message, error) {
	if p.Image.File.IsZero() {
		return w.words(p.Fallback()), nil
	}
	up, info, err := w.upload(w.ctx, w.cli, p.Image.File, "image")
	if err != nil {
		return nil, err
	}
	mime := cmp.Or(p.Image.MIME, info.MIME)
	if mime != "image/webp" {
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Mimetype: &mime,
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: w.reply}}, nil
	}
	return &waE2E.Message{StickerMessage: &waE2E.StickerMessage{Mimetype: &mime, Width: size(p.Image.Width), Height: size(p.Image.Height),
		URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256, FileLength: &up.FileLength, ContextInfo: w.reply}}, nil
}

// card is a picture with the card's words, or words with a preview of the page.
func (w writer) card(p canon.Card) (*waE2E.Message, error) {
	body := connector.Length{Max: 1024, Unit: connector.UTF16}.Head(p.Fallback(), "…")
	if !p.Image.File.IsZero() {
		picture := p.Image
		picture.Kind, picture.Caption = canon.MediaImage, body
		return w.media(picture)
	}
	m := w.words(body)
	if u, err := url.Parse(p.URL); err == nil && (u.Scheme == "https" || u.Scheme == "http") && p.Title != "" {
		m = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: &body, MatchedText: some(p.URL), Title: some(p.Title), Description: some(p.Text), ContextInfo: w.reply}}
	}
	return m, nil
}

// vcard writes a card by RFC 2426, as phones exchange them; waid makes a number
// one that can be written to.
func vcard(p canon.Contact) string {
	if p.VCard != "" {
		return p.VCard
	}
	clean := strings.NewReplacer("\\", `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\r", "")
	name := clean.Replace(cmp.Or(p.Name, p.Org))
	lines := []string{"BEGIN:VCARD", "VERSION:3.0", "N:;" + name + ";;;", "FN:" + name}
	if p.Org != "" {
		lines = append(lines, "ORG:"+clean.Replace(p.Org)+";")
	}
	for _, phone := range p.Phones {
		lines = append(lines, "TEL;type=CELL;waid="+digits.ReplaceAllString(phone, "")+":"+clean.Replace(phone))
	}
	for _, mail := range p.Emails {
		lines = append(lines, "EMAIL:"+clean.Replace(mail))
	}
	return strings.Join(append(lines, "END:VCARD"), "\n")
}

// marked writes spans as WhatsApp does: *bold*, _italic_, ~struck~, ```code```. A
// mark counts only around words without a space at their ends.
func marked(p canon.Text) string {
	marks := map[canon.SpanStyle]string{canon.SpanBold: "*", canon.SpanItalic: "_", canon.SpanStrike: "~", canon.SpanCode: "`", canon.SpanPre: "```"}
	runes := []rune(p.Body)
	before, after := make([]string, len(runes)+1), make([]string, len(runes)+1)
	for _, s := range p.Spans {
		from, to := s.Start, s.Start+s.Length
		mark := marks[s.Style]
		if mark == "" || from < 0 || to > len(runes) || from >= to || runes[from] == ' ' || runes[to-1] == ' ' || strings.ContainsRune(string(runes[from:to]), '\n') {
			continue
		}
		before[from], after[to] = before[from]+mark, mark+after[to]
	}
	var out strings.Builder
	for i := range before {
		out.WriteString(after[i] + before[i])
		if i < len(runes) {
			out.WriteRune(runes[i])
		}
	}
	said := out.String()
	for _, s := range p.Spans {
		if s.Style == canon.SpanLink && s.URL != "" && !strings.Contains(p.Body, s.URL) {
			said += "\n" + s.URL
		}
	}
	return said
}
