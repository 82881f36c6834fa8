package messaging

import (
	"context"
	"strings"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

func chars(n int) connector.Length { return connector.Length{Max: n, Unit: connector.UTF16} }

// lead is a text that must not be empty nor too long.
func lead(s string, limit connector.Length) string {
	if strings.TrimSpace(s) == "" {
		return "⬇️"
	}
	return limit.Head(s, "…")
}

// choices draws options as buttons that stay where there are three at most and
// nothing but a prompt before them, else as quick replies, with addresses in the
// words.
func choices(p canon.Choices, limit connector.Length) object {
	prompt := strings.TrimSpace(p.Prompt + "\n" + p.Footer)
	if p.Style == canon.ChoiceButtons && len(p.Options) <= maxButtons && chars(maxPrompt).Fits(prompt) {
		if all, ok := buttons(p.Options); ok {
			return object{"attachment": object{"type": "template", "payload": object{
				"template_type": "button", "text": lead(prompt, chars(maxPrompt)), "buttons": all,
			}}}
		}
	}
	var replies []object
	for _, o := range p.Options {
		switch {
		case o.URL != "":
			prompt += "\n" + o.Label + ": " + o.URL
		case o.Kind == canon.OptionPhone:
			prompt += "\n" + o.Label + ": " + o.Value
		default:
			replies = append(replies, object{"content_type": "text", "title": o.Label, "payload": graph.OptionValue(o)})
		}
	}
	out := object{"text": lead(prompt, limit)}
	if replies != nil {
		out["quick_replies"] = replies
	}
	return out
}

// buttons writes options as buttons; not ok when one has no button of its kind.
func buttons(options []canon.Option) (out []object, ok bool) {
	for _, o := range options {
		switch {
		case o.Kind == canon.OptionURL && o.URL != "":
			out = append(out, object{"type": "web_url", "title": o.Label, "url": o.URL})
		case o.Kind == canon.OptionPhone:
			out = append(out, object{"type": "phone_number", "title": o.Label, "payload": o.Value})
		case o.Kind == canon.OptionReply, o.Kind == canon.OptionHuman, o.Kind == "":
			out = append(out, object{"type": "postback", "title": o.Label, "payload": graph.OptionValue(o)})
		default:
			return nil, false
		}
	}
	return out, len(out) > 0
}

// card is a generic template of one element.
func (c *Conn) card(ctx context.Context, r connector.Request, p canon.Card) (object, error) {
	title, rest := p.Title, p
	if title == "" {
		title = p.Fallback()
	}
	rest.Title, rest.URL = "", ""
	element := object{"title": lead(title, chars(maxCard))}
	if said := strings.Join(strings.Fields(rest.Fallback()), " "); said != "" {
		element["subtitle"] = chars(maxCard).Head(said, "…")
	}
	if !p.Image.File.IsZero() {
		// A card's picture is fetched by the platform.
		address, err := c.env.Files.Link(ctx, p.Image.File, fileLife)
		if err != nil {
			return nil, &connector.Error{Class: connector.Internal, Code: "file_link", Err: err}
		}
		element["image_url"] = address
	}
	if p.URL != "" {
		label := "Open"
		if graph.Chinese(r.Message.Locale) {
			label = "查看"
		}
		element["default_action"] = object{"type": "web_url", "url": p.URL}
		element["buttons"] = []object{{"type": "web_url", "title": label, "url": p.URL}}
	}
	return object{"attachment": object{"type": "template", "payload": object{"template_type": "generic", "elements": []object{element}}}}, nil
}
