package line

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf16"

	"parley/connectors/emulate"
)

// message is one that was checked, as the customer will see it.
type message struct {
	bubble   emulate.Bubble
	quick    []emulate.Button
	words    string
	quote    string
	quotable bool
}

// wireMessage holds the properties of every type.
type wireMessage struct {
	Type       string          `json:"type"`
	Text       string          `json:"text"`
	Quote      string          `json:"quoteToken"`
	Original   string          `json:"originalContentUrl"`
	Preview    string          `json:"previewImageUrl"`
	Duration   int64           `json:"duration"`
	Title      string          `json:"title"`
	Address    string          `json:"address"`
	Lat        float64         `json:"latitude"`
	Lon        float64         `json:"longitude"`
	Package    string          `json:"packageId"`
	Sticker    string          `json:"stickerId"`
	Alt        string          `json:"altText"`
	Contents   json.RawMessage `json:"contents"`
	QuickReply *struct {
		Items []struct {
			Type   string     `json:"type"`
			Action wireAction `json:"action"`
		} `json:"items"`
	} `json:"quickReply"`
	Sender *struct {
		Name string `json:"name"`
		Icon string `json:"iconUrl"`
	} `json:"sender"`
}

// units counts as LINE does: in UTF-16 units.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// check holds the messages of a call to the rules.
func (p *Platform) check(all []json.RawMessage) ([]message, *refusal) {
	if len(all) < 1 || len(all) > 5 {
		return nil, broken("count", "messages")
	}
	var out []message
	for i, raw := range all {
		at := fmt.Sprintf("messages[%d]", i)
		var in wireMessage
		if json.Unmarshal(raw, &in) != nil {
			return nil, broken("json", "")
		}
		m, no := p.checkOne(in, at)
		if no == nil {
			no = p.checkRest(in, at, &m)
		}
		if no != nil {
			return nil, no
		}
		out = append(out, m)
	}
	return out, nil
}

func (p *Platform) checkOne(in wireMessage, at string) (message, *refusal) {
	switch in.Type {
	case "text":
		switch {
		case in.Text == "":
			return message{}, broken("text", at+".text")
		case units(in.Text) > 5000:
			return message{}, broken("text length", at+".text")
		}
		return message{bubble: emulate.Bubble{Text: in.Text}, words: in.Text, quotable: true}, nil
	case "image", "video":
		if in.Preview == "" {
			return message{}, broken("preview", at+".previewImageUrl")
		}
		if no := p.address(in.Preview, at+".previewImageUrl"); no != nil {
			return message{}, no
		}
		return p.checkFile(in, at, map[string]string{"image": "image/jpeg", "video": "video/mp4"}[in.Type])
	case "audio":
		if in.Duration <= 0 {
			return message{}, broken("duration", at+".duration")
		}
		return p.checkFile(in, at, "audio/mp4")
	case "location":
		for name, s := range map[string]string{"title": in.Title, "address": in.Address} {
			switch {
			case s == "":
				return message{}, broken("place", at+"."+name)
			case units(s) > 100:
				return message{}, broken("place length", at+"."+name)
			}
		}
		return message{words: in.Title + " " + in.Address, bubble: emulate.Bubble{Cards: []emulate.Card{{Kind: "place", Title: in.Title, Text: in.Address,
			URL: fmt.Sprintf("https://www.google.com/maps?q=%f,%f", in.Lat, in.Lon)}}}}, nil
	case "sticker":
		if !slices.Contains(stickerSets, in.Package) || in.Sticker == "" {
			return message{}, broken("sticker", at)
		}
		return message{words: "[sticker " + in.Package + "/" + in.Sticker + "]", quotable: true,
			bubble: emulate.Bubble{Text: "[" + in.Package + "/" + in.Sticker + "]"}}, nil
	case "flex":
		return p.checkFlex(in, at)
	}
	return message{}, broken("type", at+".type")
}

// stickerSets are those of the list of available stickers.
var stickerSets = strings.Fields("446 789 1070 6136 6325 6359 6362 6370 6632 8515 8522 8525 11537 11538 11539")

func (p *Platform) checkFile(in wireMessage, at, mime string) (message, *refusal) {
	if no := p.address(in.Original, at+".originalContentUrl"); no != nil {
		return message{}, no
	}
	kind := map[string]string{"audio": "voice"}[in.Type]
	if kind == "" {
		kind = in.Type
	}
	return message{words: "[" + in.Type + "] " + in.Original, quotable: in.Type != "audio",
		bubble: emulate.Bubble{Media: []emulate.Media{{Kind: kind, MIME: mime, URL: in.Original}}}}, nil
}

// address is one LINE and the phones fetch content at.
func (p *Platform) address(s, at string) *refusal {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !p.o.PlainHTTP) {
		return broken("https", at)
	}
	if len(s) > 2000 {
		return broken("address length", at)
	}
	return nil
}

// checkRest looks at what every type may carry.
func (p *Platform) checkRest(in wireMessage, at string, m *message) *refusal {
	if in.Quote != "" {
		p.mu.Lock()
		_, known := p.quotes[in.Quote]
		p.mu.Unlock()
		if !known {
			return broken("quote", at+".quoteToken")
		}
		m.quote = in.Quote
	}
	if in.Sender != nil && (units(in.Sender.Name) > 20 || strings.Contains(strings.ToLower(in.Sender.Name), "line")) {
		return broken("sender", at+".sender.name")
	}
	if in.QuickReply == nil {
		return nil
	}
	if n := len(in.QuickReply.Items); n < 1 || n > 13 {
		return broken("quick count", at+".quickReply.items")
	}
	for i, item := range in.QuickReply.Items {
		b, no := item.Action.check(fmt.Sprintf("%s.quickReply.items[%d].action", at, i), 20)
		if no != nil {
			return no
		}
		m.quick = append(m.quick, b)
	}
	return nil
}
