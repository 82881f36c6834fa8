package meta

import (
	"unicode/utf8"

	"parley/connectors/emulate"
)

// within holds a text of an interactive message to its limit.
func within(name, s string, least, most int) *refusal {
	if n := utf8.RuneCountInString(s); n < least || n > most {
		return wrong("%s has %d characters; it takes %d to %d", name, n, least, most)
	}
	return nil
}

func first(all ...*refusal) *refusal {
	for _, r := range all {
		if r != nil {
			return r
		}
	}
	return nil
}

// interactive checks buttons, lists and calls to action ("Interactive messages").
func (p *Platform) interactive(in map[string]any, number string) (b cloudBody, refused *refusal) {
	kind, body, footer := text(in, "type"), text(in, "body", "text"), text(in, "footer", "text")
	most := 1024
	if kind == "list" {
		most = 4096
	}
	if refused := first(within("interactive.body.text", body, 1, most), within("interactive.footer.text", footer, 0, 60)); refused != nil {
		return b, refused
	}
	if header := asObject(in["header"]); header != nil && text(header, "type") == "image" {
		picture, refused := p.cloudFile(asObject(header["image"]), number, "image")
		if refused != nil {
			return b, refused
		}
		b.bubble.Media = picture.bubble.Media
	}
	b.bubble.Text = body
	b.say(body)
	var options [][]emulate.Button
	switch kind {
	case "button":
		options, refused = replyButtons(list(in, "action", "buttons"))
	case "list":
		if refused = within("interactive.action.button", text(in, "action", "button"), 1, 20); refused == nil {
			options, refused = rows(list(in, "action", "sections"))
		}
	case "cta_url":
		label, url := text(in, "action", "parameters", "display_text"), text(in, "action", "parameters", "url")
		if refused = within("display_text", label, 1, 20); refused == nil && url == "" {
			refused = missing("url")
		}
		options = [][]emulate.Button{{{Label: label, URL: url}}}
		b.say(url)
	case "location_request_message":
		options = [][]emulate.Button{{{Label: "Send location", Value: "location"}}}
	default:
		return b, wrong("interactive.type %q is not known", kind)
	}
	b.bubble.Buttons = options
	for _, row := range options {
		for _, o := range row {
			b.say("[" + o.Label + "]")
		}
	}
	b.say(footer)
	return b, refused
}

func replyButtons(all []any) (out [][]emulate.Button, refused *refusal) {
	if len(all) < 1 || len(all) > 3 {
		return nil, wrong("interactive.action.buttons has %d buttons; it takes 1 to 3", len(all))
	}
	seen := map[string]bool{}
	for _, one := range all {
		id, title := text(asObject(one), "reply", "id"), text(asObject(one), "reply", "title")
		if refused := first(within("button id", id, 1, 256), within("button title", title, 1, 20)); refused != nil {
			return nil, refused
		}
		if seen[id] || seen["title "+title] {
			return nil, wrong("two buttons have the id or title %q", title)
		}
		seen[id], seen["title "+title] = true, true
		out = append(out, []emulate.Button{{Label: title, Value: id}})
	}
	return out, nil
}

func rows(sections []any) (out [][]emulate.Button, refused *refusal) {
	if len(sections) < 1 || len(sections) > 10 {
		return nil, wrong("a list has 1 to 10 sections, not %d", len(sections))
	}
	for _, s := range sections {
		title := text(asObject(s), "title")
		least := 0
		if len(sections) > 1 {
			least = 1
		}
		if refused := within("section title", title, least, 24); refused != nil {
			return nil, refused
		}
		for _, one := range list(asObject(s), "rows") {
			row := asObject(one)
			if refused := first(within("row id", text(row, "id"), 1, 200), within("row title", text(row, "title"), 1, 24), within("row description", text(row, "description"), 0, 72)); refused != nil {
				return nil, refused
			}
			out = append(out, []emulate.Button{{Label: text(row, "title"), Value: text(row, "id")}})
		}
	}
	if len(out) < 1 || len(out) > 10 {
		return nil, wrong("a list has 1 to 10 rows in all, not %d", len(out))
	}
	return out, nil
}
