package line

import (
	"context"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/line/line-bot-sdk-go/v8/linebot/webhook"

	"parley/core/canon"
	"parley/core/connector"
)

// emojiMark leads the id of a LINE emoji's picture, which is no content of a message.
const emojiMark = "emoji:"

// maxEmojis is how many LINE emoji without a word are pictures; more stay a text.
const maxEmojis = 5

// emojis are the parts of a text that is nothing but LINE emoji ("Text", emojis),
// which are pictures of a set and stand in the text by their name in brackets. Nil
// where there are words too: among them the name is read.
func emojis(p webhook.TextMessageContent) []canon.Part {
	units := utf16.Encode([]rune(p.Text))
	var out []canon.Part
	at := 0
	for _, e := range p.Emojis {
		from, to := int(e.Index), int(e.Index)+int(e.Length)
		if len(out) == maxEmojis || from < at || to <= from || to > len(units) || strings.TrimSpace(string(utf16.Decode(units[at:from]))) != "" || !plainID(e.ProductId) || !plainID(e.EmojiId) {
			return nil
		}
		id := canon.RemoteID(emojiMark + e.ProductId + "/" + e.EmojiId)
		out = append(out, canon.Sticker{RemoteID: id, Words: strings.Trim(string(utf16.Decode(units[from:to])), "()"),
			Image: canon.Media{Kind: canon.MediaImage, RemoteID: id, MIME: "image/png", State: canon.MediaPending}})
		at = to
	}
	if strings.TrimSpace(string(utf16.Decode(units[at:]))) != "" {
		return nil
	}
	return out
}

// fetchEmoji brings the picture of a LINE emoji from where LINE's own list of them
// shows it ("List of available LINE emojis"), like that of a sticker.
func (c *Conn) fetchEmoji(ctx context.Context, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	product, id, _ := strings.Cut(strings.TrimPrefix(string(m.RemoteID), emojiMark), "/")
	if !plainID(product) || !plainID(id) {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Invalid, Code: "bad_id"}
	}
	return c.fetchPicture(ctx, m, "/sticonshop/v1/sticon/"+product+"/android/"+id+".png")
}
