package line

import (
	"cmp"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
)

// choices offers options: quick replies under a text, or buttons in a bubble.
func (w *writer) choices(p canon.Choices) (messaging_api.MessageInterface, error) {
	prompt := strings.TrimSpace(p.Prompt)
	if p.Footer != "" {
		prompt = strings.TrimSpace(prompt + "\n" + p.Footer)
	}
	prompt = cmp.Or(prompt, w.words.choose)
	if p.Style == canon.ChoiceQuick {
		for _, o := range p.Options {
			w.quick = append(w.quick, messaging_api.QuickReplyItem{Type: "action", Action: action(o, true)})
		}
		return w.text(prompt), nil
	}
	buttons := make([]messaging_api.FlexComponentInterface, 0, len(p.Options))
	section := ""
	for _, o := range p.Options {
		if o.Section != section && o.Section != "" {
			buttons = append(buttons, line(o.Section, small))
		}
		section = o.Section
		buttons = append(buttons, &messaging_api.FlexButton{Action: action(o, false), Style: messaging_api.FlexButtonSTYLE_LINK, Height: messaging_api.FlexButtonHEIGHT_SM})
		if o.Detail != "" {
			buttons = append(buttons, line(o.Detail, small))
		}
	}
	return w.bubble(p.Fallback(), &messaging_api.FlexBubble{
		Body:   column(line(prompt, plain)),
		Footer: column(buttons...),
	}), nil
}

// action is what happens when an option is taken. Our own value comes back as a
// postback; the customer is shown saying the label.
func action(o canon.Option, quick bool) messaging_api.ActionInterface {
	switch {
	case o.Kind == canon.OptionPhone && o.Value != "":
		return &messaging_api.UriAction{Label: o.Label, Uri: phone + strings.Join(strings.Fields(o.Value), "")}
	case o.Kind == canon.OptionLocation && quick:
		return &messaging_api.LocationAction{Label: o.Label}
	case o.Kind == canon.OptionLocation:
		return &messaging_api.UriAction{Label: o.Label, Uri: askPlace}
	case o.URL != "" && utf16Limit(maxURI).Fits(o.URL):
		return &messaging_api.UriAction{Label: o.Label, Uri: o.URL}
	}
	return &messaging_api.PostbackAction{Label: o.Label, Data: cmp.Or(o.Value, o.Label), DisplayText: o.Label}
}

// card shows a product, an order, an article or a link as a bubble.
func (w *writer) card(p canon.Card) (messaging_api.MessageInterface, error) {
	b := &messaging_api.FlexBubble{}
	if !p.Image.File.IsZero() {
		address, err := w.link(p.Image.File)
		if err != nil {
			return nil, err
		}
		b.Hero = &messaging_api.FlexImage{Url: address, Size: "full", AspectRatio: "20:13", AspectMode: messaging_api.FlexImageASPECT_MODE_COVER}
	}
	body := []messaging_api.FlexComponentInterface{line(cmp.Or(strings.TrimSpace(p.Title), p.Ref, "—"), strong)}
	add := func(s string, how style) {
		if s = strings.TrimSpace(s); s != "" {
			body = append(body, line(s, how))
		}
	}
	add(p.Text, plain)
	add(p.Price+" "+p.Status, strong)
	for _, f := range p.Fields {
		add(cmp.Or(f.Label, f.Name)+": "+f.Value, plain)
	}
	if p.Ref != "" && p.Title != "" {
		add("#"+p.Ref, small)
	}
	b.Body = column(body...)
	if p.URL != "" && utf16Limit(maxURI).Fits(p.URL) {
		b.Footer = column(&messaging_api.FlexButton{Style: messaging_api.FlexButtonSTYLE_PRIMARY, Height: messaging_api.FlexButtonHEIGHT_SM,
			Action: &messaging_api.UriAction{Label: w.words.open, Uri: p.URL}})
	}
	return w.bubble(p.Fallback(), b), nil
}

// bubble is a flex message; alt is read where none can be drawn, and in the list
// of chats.
func (w *writer) bubble(alt string, b *messaging_api.FlexBubble) messaging_api.MessageInterface {
	return &messaging_api.FlexMessage{AltText: cmp.Or(head(alt, maxAlt), "…"), Contents: b, Sender: w.sender}
}

// style is how words in a bubble look.
type style int

const (
	plain style = iota
	strong
	small
)

func line(s string, how style) *messaging_api.FlexText {
	t := &messaging_api.FlexText{Text: s, Wrap: true, Size: "sm"}
	switch how {
	case strong:
		t.Size, t.Weight = "md", messaging_api.FlexTextWEIGHT_BOLD
	case small:
		t.Size, t.Color = "xs", "#8C8C8C"
	}
	return t
}

func column(parts ...messaging_api.FlexComponentInterface) *messaging_api.FlexBox {
	return &messaging_api.FlexBox{Layout: messaging_api.FlexBoxLAYOUT_VERTICAL, Contents: parts, Spacing: "sm"}
}
