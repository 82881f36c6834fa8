package telegram

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
	"parley/core/connector"
)

// letter is a call that posts something.
type letter struct {
	method string
	params tgbotapi.Params
	files  []tgbotapi.RequestFile
	open   []*source
}

func write(method string) *letter { return &letter{method: method, params: tgbotapi.Params{}} }

// close lets the files go; the library closes them only when it got that far.
func (l *letter) close() {
	for _, f := range l.open {
		_ = f.Close()
	}
}

// unreadable is why a file could not be read to its end.
func (l *letter) unreadable() error {
	for _, f := range l.open {
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// source is a file on its way; it remembers that it could not be read.
type source struct {
	io.ReadCloser
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// letter makes the call for the one part of a message, or for an album. Several
// other parts, which the renderer never gives, go as words.
func (c *conn) letter(ctx context.Context, m canon.Message) (*letter, error) {
	if all, ok := albumOf(m); ok {
		return c.album(ctx, all)
	}
	if len(m.Parts) != 1 {
		return words(m.Fallback(), nil), nil
	}
	switch p := m.Parts[0].(type) {
	case canon.Text:
		return words(p.Body, p.Spans), nil
	case canon.Media:
		return c.media(ctx, p)
	case canon.Sticker:
		return c.sticker(ctx, p)
	case canon.Location:
		return location(p), nil
	case canon.Contact:
		return contact(p), nil
	case canon.Choices:
		return choices(p), nil
	case canon.Card:
		return c.card(ctx, p)
	default:
		return words(p.Fallback(), nil), nil
	}
}

func words(body string, spans []canon.Span) *letter {
	l := write("sendMessage")
	l.params["text"] = body
	setEntities(l.params, "entities", body, spans)
	return l
}

func location(p canon.Location) *letter {
	l := write("sendLocation")
	l.params["latitude"], l.params["longitude"] = degrees(p.Lat), degrees(p.Lon)
	if title := cmp.Or(p.Title, p.Address); title != "" {
		l.method = "sendVenue" // which insists on both
		l.params["title"], l.params["address"] = title, cmp.Or(p.Address, p.Title)
	}
	return l
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func contact(p canon.Contact) *letter {
	if len(p.Phones) == 0 { // a contact of Telegram is a phone number
		return words(p.Fallback(), nil)
	}
	l := write("sendContact")
	l.params["phone_number"] = p.Phones[0]
	l.params["first_name"] = cmp.Or(p.Name, p.Org, p.Phones[0])
	if p.VCard != "" && len(p.VCard) <= 2048 { // sendContact: 0-2048 bytes
		l.params["vcard"] = p.VCard
	}
	return l
}

// sticker sends a sticker of Telegram's, or a file that can be one; any other
// picture goes as a picture, and without one its emoji.
func (c *conn) sticker(ctx context.Context, p canon.Sticker) (*letter, error) {
	if p.RemoteID != "" {
		l := write("sendSticker")
		l.params["sticker"] = string(p.RemoteID)
		return l, nil
	}
	if p.Image.File.IsZero() {
		return words(p.Fallback(), nil), nil
	}
	file, info, err := c.open(ctx, p.Image.File)
	if err != nil {
		return nil, err
	}
	switch cmp.Or(p.Image.MIME, info.MIME) {
	case "image/webp", "application/x-tgsticker", "video/webm":
		l := upload("sendSticker", "sticker", file, info)
		if p.Emoji != "" {
			l.params["emoji"] = p.Emoji
		}
		return l, nil
	}
	return upload("sendPhoto", "photo", file, info), nil
}

// card is a picture with a caption, or a text with a preview, over a button
// that opens its address.
func (c *conn) card(ctx context.Context, p canon.Card) (*letter, error) {
	bare := p
	bare.URL = ""
	body := bare.Fallback()
	title := []canon.Span{{Length: len([]rune(p.Title)), Style: canon.SpanBold}}
	caption := connector.Length{Max: maxCaption, Unit: connector.UTF16}
	var l *letter
	switch {
	case !p.Image.File.IsZero() && caption.Fits(body):
		file, info, err := c.open(ctx, p.Image.File)
		if err != nil {
			return nil, err
		}
		method, field := pictureMethod(info)
		l = upload(method, field, file, info)
		l.params["caption"] = body
		setEntities(l.params, "caption_entities", body, title)
	default:
		body = connector.Length{Max: maxText, Unit: connector.UTF16}.Head(cmp.Or(body, p.URL), "…")
		l = words(body, title)
		if web(p.URL) {
			l.params["link_preview_options"] = asJSON(map[string]any{"url": p.URL})
		}
	}
	if web(p.URL) {
		label := connector.Length{Max: 40, Unit: connector.Graphemes}.Head(cmp.Or(p.Title, p.URL), "…")
		l.keyboard([][]inlineButton{{{Text: label, URL: p.URL}}})
	}
	return l, nil
}

// web tells addresses that a button may have: http, https and tg.
func web(address string) bool {
	scheme, rest, _ := strings.Cut(address, "://")
	switch strings.ToLower(scheme) {
	case "http", "https", "tg":
		return rest != ""
	}
	return false
}

func (l *letter) keyboard(rows [][]inlineButton) {
	l.params["reply_markup"] = asJSON(map[string]any{"inline_keyboard": rows})
}
