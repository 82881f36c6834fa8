package line

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
	"parley/core/connector"
)

// compose writes the messages of one call, one for each part.
func (c *Conn) compose(ctx context.Context, r connector.Request) ([]messaging_api.MessageInterface, error) {
	w := writer{ctx: ctx, files: c.env.Files, stills: r.Stills, poster: c.hook + posterPath, words: wordsIn(r.Message.Locale), quote: c.quoteOf(ctx, r.ReplyTo), sender: senderOf(r.Sender)}
	var out []messaging_api.MessageInterface
	for _, p := range r.Message.Parts {
		m, err := w.part(p)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	if len(out) == 0 {
		return nil, &connector.Error{Class: connector.Invalid, Code: "empty", Shown: text("There is nothing to send.", "没有可发送的内容。")}
	}
	if len(w.quick) > 0 {
		offer(out[len(out)-1], &messaging_api.QuickReply{Items: w.quick[:min(len(w.quick), maxQuick)]})
	}
	return out, nil
}

// writer turns parts into messages.
type writer struct {
	ctx    context.Context
	files  connector.Files
	stills map[canon.ID]canon.ID
	poster string // address of the neutral still, for what has none of its own
	words  words
	quote  string // token of the message answered; taken by the first that can quote
	sender *messaging_api.Sender
	// quick are the quick replies met so far: LINE shows those of the last
	// message of a call alone, so there they go.
	quick []messaging_api.QuickReplyItem
}

func (w *writer) part(p canon.Part) (messaging_api.MessageInterface, error) {
	switch p := p.(type) {
	case canon.Media:
		return w.media(p)
	case canon.Location:
		return &messaging_api.LocationMessage{Title: head(cmp.Or(p.Title, p.Address, w.words.place), maxPlace), Sender: w.sender,
			Address: head(cmp.Or(p.Address, p.Title, fmt.Sprintf("%.6f, %.6f", p.Lat, p.Lon)), maxPlace), Latitude: p.Lat, Longitude: p.Lon}, nil
	case canon.Sticker:
		return w.sticker(p)
	case canon.Choices:
		return w.choices(p)
	case canon.Card:
		return w.card(p)
	}
	return w.text(p.Fallback()), nil
}

func (w *writer) text(body string) messaging_api.MessageInterface {
	return &messaging_api.TextMessage{Text: body, QuoteToken: w.quoted(), Sender: w.sender}
}

// quoted is the quote token, once.
func (w *writer) quoted() string {
	token := w.quote
	w.quote = ""
	return token
}

// sendable are the sets of stickers accounts may send ("List of available
// stickers").
var sendable = []string{"446", "789", "1070", "6136", "6325", "6359", "6362", "6370", "6632", "8515", "8522", "8525", "11537", "11538", "11539"}

// sticker sends one LINE lets accounts send, its picture, or its emoji.
func (w *writer) sticker(p canon.Sticker) (messaging_api.MessageInterface, error) {
	if p.RemoteID != "" && slices.Contains(sendable, p.Pack) {
		return &messaging_api.StickerMessage{PackageId: p.Pack, StickerId: string(p.RemoteID), QuoteToken: w.quoted(), Sender: w.sender}, nil
	}
	if !p.Image.File.IsZero() {
		image := p.Image
		image.Kind = canon.MediaImage
		return w.media(image)
	}
	return w.text(p.Fallback()), nil
}

// senderOf shows an agent's name beside the account's. LINE refuses names that
// hold its own.
func senderOf(s connector.Sender) *messaging_api.Sender {
	name := connector.Length{Max: maxName, Unit: connector.UTF16}.Head(strings.TrimSpace(s.Name), "")
	if s.Kind != "agent" || name == "" || strings.Contains(strings.ToLower(name), "line") {
		return nil
	}
	return &messaging_api.Sender{Name: name}
}

// offer puts quick replies under a message.
func offer(m messaging_api.MessageInterface, q *messaging_api.QuickReply) {
	switch m := m.(type) {
	case *messaging_api.TextMessage:
		m.QuickReply = q
	case *messaging_api.ImageMessage:
		m.QuickReply = q
	case *messaging_api.VideoMessage:
		m.QuickReply = q
	case *messaging_api.AudioMessage:
		m.QuickReply = q
	case *messaging_api.LocationMessage:
		m.QuickReply = q
	case *messaging_api.StickerMessage:
		m.QuickReply = q
	case *messaging_api.FlexMessage:
		m.QuickReply = q
	}
}

// sentBefore reads from a 409 what the first call of the key sent.
func sentBefore(res *http.Response) []messaging_api.SentMessage {
	var said messaging_api.ErrorResponse
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // the SDK has read it: this is memory
	_ = json.Unmarshal(body, &said)                            // without the ids it is still sent
	return said.SentMessages
}

func utf16Limit(n int) connector.Length { return connector.Length{Max: n, Unit: connector.UTF16} }

// words are the few the connector says itself, in the customer's language.
type words struct{ open, place, choose string }

func wordsIn(locale string) words {
	switch {
	case strings.HasPrefix(locale, "zh"):
		return words{"查看详情", "位置", "请选择"}
	case strings.HasPrefix(locale, "ja"):
		return words{"詳しく見る", "位置情報", "お選びください"}
	case strings.HasPrefix(locale, "th"):
		return words{"ดูรายละเอียด", "ตำแหน่งที่ตั้ง", "โปรดเลือก"}
	}
	return words{"Open", "Location", "Please choose"}
}
