package web

import (
	"encoding/base64"

	"parley/core/canon"
	"parley/core/connector"
)

// What travels to a visitor's browser. It is spelled out here, field by field,
// rather than sending canon as it is: a visitor must not see the handles,
// sources and ids the hub works with.

type linesWire struct {
	Items  []lineWire `json:"items"`
	Rev    int64      `json:"rev"`
	More   bool       `json:"more,omitempty"`
	Resync bool       `json:"resync,omitempty"`
}

type lineWire struct {
	Pos      int64          `json:"pos"`
	Rev      int64          `json:"rev"`
	ID       string         `json:"id"`
	Remote   string         `json:"rid,omitempty"` // what receipts and presses name
	Client   string         `json:"cid,omitempty"` // the browser's own key
	From     string         `json:"from"`
	Who      *whoWire       `json:"who,omitempty"`
	At       int64          `json:"at"` // milliseconds
	Parts    []partWire     `json:"parts"`
	Quote    string         `json:"quote,omitempty"`
	State    canon.Delivery `json:"state,omitempty"`
	Recalled bool           `json:"recalled,omitempty"`
	Edited   bool           `json:"edited,omitempty"`
}

type whoWire struct {
	Kind   string `json:"kind"`
	Name   string `json:"name,omitempty"`
	Avatar string `json:"avatar,omitempty"`
}

type partWire struct {
	Type    string       `json:"t"`
	Text    string       `json:"text,omitempty"` // words, caption, prompt, card text
	Kind    string       `json:"kind,omitempty"`
	Title   string       `json:"title,omitempty"`
	URL     string       `json:"url,omitempty"`
	Image   string       `json:"image,omitempty"`
	MIME    string       `json:"mime,omitempty"`
	Size    int64        `json:"size,omitempty"`
	Width   int          `json:"w,omitempty"`
	Height  int          `json:"h,omitempty"`
	Millis  int64        `json:"ms,omitempty"`
	Wave    string       `json:"wave,omitempty"`
	State   string       `json:"state,omitempty"`
	Lat     float64      `json:"lat,omitempty"`
	Lon     float64      `json:"lon,omitempty"`
	Style   string       `json:"style,omitempty"`
	Options []optionWire `json:"options,omitempty"`
	Footer  string       `json:"footer,omitempty"`
	Taken   string       `json:"taken,omitempty"`
	Scale   bool         `json:"scale,omitempty"`
	Offers  []string     `json:"offers,omitempty"`
	Said    string       `json:"said,omitempty"`
	Price   string       `json:"price,omitempty"`
	Fields  []fieldWire  `json:"fields,omitempty"`
	Phones  []string     `json:"phones,omitempty"`
	Emails  []string     `json:"emails,omitempty"`
}

type optionWire struct {
	Kind    string `json:"kind"`
	Label   string `json:"label"`
	Value   string `json:"value,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Section string `json:"section,omitempty"`
	URL     string `json:"url,omitempty"`
}

type fieldWire struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

type standingWire struct {
	Conversation string   `json:"conv,omitempty"`
	Owner        string   `json:"owner,omitempty"`
	Who          *whoWire `json:"who,omitempty"`
	Place        int      `json:"place,omitempty"`
	Wait         int64    `json:"wait,omitempty"` // seconds
	Open         bool     `json:"open"`
	Opens        int64    `json:"opens,omitempty"` // milliseconds
	Ask          string   `json:"ask,omitempty"`
	Typing       bool     `json:"typing,omitempty"` // agents may see the live text
}

func (c *conn) wire(l connector.Lines) linesWire {
	out := linesWire{Items: make([]lineWire, len(l.Items)), Rev: l.Rev, More: l.More, Resync: l.Resync}
	for i, one := range l.Items {
		w := lineWire{
			Pos: one.Pos, Rev: one.Rev, ID: one.ID.String(), Remote: string(one.Message.RemoteID), From: one.From,
			At: one.At.UnixMilli(), Parts: []partWire{}, State: one.State,
			Recalled: !one.Recalled.IsZero(), Edited: !one.Edited.IsZero(),
		}
		if one.From == "customer" {
			w.Client = one.Message.ClientID
		} else {
			w.Who = who(one.Sender)
		}
		if !w.Recalled { // whatever the storage still holds, it does not leave again
			w.Quote = one.Message.Quote
			for _, p := range one.Message.Parts {
				w.Parts = append(w.Parts, c.part(p))
			}
		}
		out.Items[i] = w
	}
	return out
}

func who(s connector.Sender) *whoWire {
	if s.Kind == "" && s.Name == "" {
		return nil
	}
	return &whoWire{Kind: s.Kind, Name: s.Name, Avatar: s.Avatar}
}

func (c *conn) part(p canon.Part) partWire {
	switch p := p.(type) {
	case canon.Media:
		return c.media(p)
	case canon.Location:
		return partWire{Type: "location", Title: p.Title, Text: p.Address, Lat: p.Lat, Lon: p.Lon}
	case canon.Sticker:
		return partWire{Type: "sticker", Image: c.file(p.Image.File), Text: p.Emoji}
	case canon.Contact:
		return partWire{Type: "contact", Title: p.Name, Text: p.Org, Phones: p.Phones, Emails: p.Emails}
	case canon.Choices:
		w := partWire{Type: "choices", Style: string(p.Style), Text: p.Prompt, Footer: p.Footer, Taken: p.Taken, Scale: p.Scale, Offers: p.Offers, Said: p.Said}
		for _, o := range p.Options {
			w.Options = append(w.Options, optionWire{
				Kind: string(o.Kind), Label: o.Label, Value: o.Value, Detail: o.Detail, Section: o.Section, URL: link(o.URL),
			})
		}
		return w
	case canon.Card:
		w := partWire{
			Type: "card", Kind: string(p.Kind), Title: p.Title, Text: p.Text, URL: link(p.URL),
			Image: c.file(p.Image.File), Price: p.Price, State: p.Status,
		}
		for _, f := range p.Fields {
			w.Fields = append(w.Fields, fieldWire{or(f.Label, f.Name), f.Value})
		}
		return w
	}
	return partWire{Type: "text", Text: p.Fallback()} // text, template, opaque
}

func (c *conn) media(m canon.Media) partWire {
	w := partWire{
		Type: "media", Kind: string(m.Kind), URL: c.file(m.File), Title: m.Name, Text: m.Caption, MIME: m.MIME,
		Size: m.Size, Width: m.Width, Height: m.Height, Millis: m.Millis, State: string(m.State),
	}
	if len(m.Wave) > 0 {
		w.Wave = base64.StdEncoding.EncodeToString(m.Wave)
	}
	return w
}

func (c *conn) file(id canon.ID) string {
	if id.IsZero() {
		return ""
	}
	return c.env.Chat.FileURL(id)
}

func standingOf(s connector.Standing) standingWire {
	out := standingWire{
		Conversation: s.Conversation.String(), Owner: s.Owner, Who: who(s.Sender), Place: s.Place,
		Wait: int64(s.Wait.Seconds()), Open: s.Open, Ask: s.HumanAsk, Typing: s.ShowTyping,
	}
	if !s.Opens.IsZero() {
		out.Opens = s.Opens.UnixMilli()
	}
	return out
}
