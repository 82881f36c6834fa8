package line

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"parley/connectors/emulate"
)

// maxBubble is of a bubble in JSON, in bytes.
const maxBubble = 30 << 10

// component is a box or what stands in one.
type component struct {
	Type     string      `json:"type"`
	Layout   string      `json:"layout"`
	Text     string      `json:"text"`
	URL      string      `json:"url"`
	Action   *wireAction `json:"action"`
	Contents []component `json:"contents"`
}

type bubble struct {
	Type                 string `json:"type"`
	Header, Body, Footer *component
	Hero                 *component  `json:"hero"`
	Action               *wireAction `json:"action"`
	Contents             []json.RawMessage
}

func (p *Platform) checkFlex(in wireMessage, at string) (message, *refusal) {
	if in.Alt == "" || units(in.Alt) > 1500 {
		return message{}, broken("alt", at+".altText")
	}
	if len(in.Contents) > maxBubble {
		return message{}, broken("flex size", at+".contents")
	}
	var b bubble
	if json.Unmarshal(in.Contents, &b) != nil || b.Type != "bubble" || b.Body == nil && b.Hero == nil && b.Header == nil && b.Footer == nil {
		return message{}, broken("flex", at+".contents")
	}
	d := drawing{p: p, at: at + ".contents"}
	for _, part := range []struct {
		name string
		c    *component
	}{{"header", b.Header}, {"hero", b.Hero}, {"body", b.Body}, {"footer", b.Footer}} {
		if part.c == nil {
			continue
		}
		if part.name != "hero" && part.c.Type != "box" {
			return message{}, broken("flex", d.at+"."+part.name)
		}
		if no := d.draw(*part.c, d.at+"."+part.name); no != nil {
			return message{}, no
		}
	}
	card := emulate.Card{Kind: "flex", Image: d.image}
	if len(d.texts) > 0 {
		card.Title, card.Text = d.texts[0], strings.Join(d.texts[1:], "\n")
	}
	words := strings.Join(d.texts, "\n")
	for _, row := range d.buttons {
		words += "\n[" + row[0].Label + "]"
	}
	return message{words: words, bubble: emulate.Bubble{Cards: []emulate.Card{card}, Buttons: d.buttons}}, nil
}

// drawing collects what a customer sees of a bubble.
type drawing struct {
	p       *Platform
	at      string
	texts   []string
	image   string
	buttons [][]emulate.Button
}

func (d *drawing) draw(c component, at string) *refusal {
	switch c.Type {
	case "box":
		if c.Layout != "vertical" && c.Layout != "horizontal" && c.Layout != "baseline" || len(c.Contents) == 0 {
			return broken("flex", at)
		}
		for i, inner := range c.Contents {
			if no := d.draw(inner, fmt.Sprintf("%s.contents[%d]", at, i)); no != nil {
				return no
			}
		}
	case "text":
		if strings.TrimSpace(c.Text) == "" {
			return broken("flex", at+".text")
		}
		d.texts = append(d.texts, c.Text)
	case "image":
		if no := d.p.address(c.URL, at+".url"); no != nil {
			return no
		}
		d.image = c.URL
	case "button":
		if c.Action == nil {
			return broken("flex", at+".action")
		}
		b, no := c.Action.check(at+".action", 40)
		if no != nil {
			return no
		}
		if c.Action.Type == "location" {
			return broken("action", at+".action.type")
		}
		d.buttons = append(d.buttons, []emulate.Button{b})
	case "separator", "filler":
	default:
		return broken("flex", at+".type")
	}
	return nil
}

// wireAction is what happens on a tap.
type wireAction struct {
	Type    string `json:"type"`
	Label   string `json:"label"`
	Data    string `json:"data"`
	Display string `json:"displayText"`
	Text    string `json:"text"`
	URI     string `json:"uri"`
}

// letters counts graphemes, as LINE does in labels ("Character counting in a
// text").
func letters(s string) int {
	n := 0
	for g := graphemes.FromString(s); g.Next(); {
		n++
	}
	return n
}

// check holds an action to the rules.
func (a wireAction) check(at string, label int) (emulate.Button, *refusal) {
	if n := letters(a.Label); n < 1 || n > label {
		no := broken("label", at+".label")
		no.more = fmt.Sprintf(" %d", label)
		return emulate.Button{}, no
	}
	switch a.Type {
	case "postback":
		if n := units(a.Data); n < 1 || n > 300 || units(a.Display) > 300 {
			return emulate.Button{}, broken("data", at+".data")
		}
		return emulate.Button{Label: a.Label, Value: "postback " + a.Data}, nil
	case "message":
		if n := units(a.Text); n < 1 || n > 300 {
			return emulate.Button{}, broken("data", at+".text")
		}
		return emulate.Button{Label: a.Label, Value: "message " + a.Text}, nil
	case "uri":
		scheme, _, ok := strings.Cut(a.URI, ":")
		if !ok || !strings.Contains(" http https line tel ", " "+scheme+" ") || units(a.URI) > 1000 {
			return emulate.Button{}, broken("uri", at+".uri")
		}
		return emulate.Button{Label: a.Label, URL: a.URI}, nil
	case "location":
		return emulate.Button{Label: a.Label, Value: "location"}, nil
	}
	return emulate.Button{}, broken("action", at+".type")
}
