package cloud

import (
	"context"
	"strings"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// choices draws options natively: up to three as buttons, more as a list. An
// address is a button of its own where it stands alone, and words otherwise,
// for WhatsApp mixes neither.
func choices(p canon.Choices, locale string) object {
	var replies, links []canon.Option
	asksPlace := false
	for _, o := range p.Options {
		switch o.Kind {
		case canon.OptionURL:
			links = append(links, o)
		case canon.OptionPhone, canon.OptionApp:
			links = append(links, o)
		case canon.OptionLocation:
			asksPlace = true
		default:
			replies = append(replies, o)
		}
	}
	if len(replies) == 0 && len(links) == 1 && links[0].URL != "" && !asksPlace {
		return callToAction(p.Prompt, p.Footer, links[0].Label, links[0].URL, nil)
	}
	prompt := p.Prompt
	for _, o := range links {
		prompt += "\n" + o.Label + ": " + reach(o)
	}
	prompt = strings.TrimSpace(prompt)
	switch {
	case asksPlace && len(replies) == 0:
		return object{"type": "interactive", "interactive": object{
			"type": "location_request_message", "body": object{"text": lead(prompt, maxBody)}, "action": object{"name": "send_location"},
		}}
	case len(replies) == 0:
		return words(lead(prompt, maxText))
	case len(replies) <= maxButtons && p.Style != canon.ChoiceList && fits(prompt, maxBody):
		return buttons(prompt, p.Footer, replies)
	}
	return list(prompt, p.Footer, replies, locale)
}

// reach is where an option leads that WhatsApp has no button for.
func reach(o canon.Option) string {
	if o.URL != "" {
		return o.URL
	}
	return o.Value
}

func chars(n int) connector.Length { return connector.Length{Max: n, Unit: connector.UTF16} }

func fits(s string, n int) bool { return chars(n).Fits(s) }

// lead is a text that must not be empty nor too long.
func lead(s string, n int) string {
	if s == "" {
		return "⬇️"
	}
	return chars(n).Head(s, "…")
}

func frame(kind, prompt, footer string, most int, action object) object {
	in := object{"type": kind, "body": object{"text": lead(prompt, most)}, "action": action}
	if footer != "" {
		in["footer"] = object{"text": chars(maxFooter).Head(footer, "…")}
	}
	return object{"type": "interactive", "interactive": in}
}

func buttons(prompt, footer string, options []canon.Option) object {
	all := make([]object, len(options))
	for i, o := range options {
		all[i] = object{"type": "reply", "reply": object{"id": graph.OptionValue(o), "title": o.Label}}
	}
	return frame("button", prompt, footer, maxBody, object{"buttons": all})
}

func list(prompt, footer string, options []canon.Option, locale string) object {
	var sections []object
	last := ""
	for i, o := range options {
		if i == 0 || o.Section != last {
			s := object{"rows": []object{}}
			if o.Section != "" {
				s["title"] = chars(maxSection).Head(o.Section, "…")
			}
			sections, last = append(sections, s), o.Section
		}
		row := object{"id": graph.OptionValue(o), "title": o.Label}
		if o.Detail != "" {
			row["description"] = chars(maxDetail).Head(o.Detail, "…")
		}
		s := sections[len(sections)-1]
		s["rows"] = append(s["rows"].([]object), row)
	}
	if len(sections) > 1 {
		for _, s := range sections { // several sections each need a title
			if s["title"] == nil {
				s["title"] = "—"
			}
		}
	}
	opener := "Choose"
	if graph.Chinese(locale) {
		opener = "请选择"
	}
	return frame("list", prompt, footer, maxText, object{"button": opener, "sections": sections})
}

// callToAction is a text with one button that opens an address.
func callToAction(prompt, footer, label, url string, header object) object {
	out := frame("cta_url", prompt, footer, maxBody, object{
		"name": "cta_url", "parameters": object{"display_text": chars(maxLabel).Head(label, "…"), "url": url},
	})
	if header != nil {
		out["interactive"].(object)["header"] = header
	}
	return out
}

// card is a picture with words and a button that opens the page behind it.
func (c *Conn) card(ctx context.Context, r connector.Request, p canon.Card) (object, error) {
	var header object
	if !p.Image.File.IsZero() {
		id, err := c.upload(ctx, r.Thread.Account, p.Image.File)
		if err != nil {
			return nil, err
		}
		header = object{"type": "image", "image": object{"id": id}}
	}
	url := p.URL
	p.URL = "" // the button has it
	said := p.Fallback()
	switch {
	case url != "":
		label := "Open"
		if graph.Chinese(r.Message.Locale) {
			label = "查看"
		}
		return callToAction(said, "", label, url, header), nil
	case header != nil:
		picture := header["image"].(object)
		picture["caption"] = chars(maxCaption).Head(said, "…")
		return object{"type": "image", "image": picture}, nil
	}
	return words(lead(said, maxText)), nil
}
