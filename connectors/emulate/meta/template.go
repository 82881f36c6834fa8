package meta

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"parley/connectors/emulate"
)

// Template is one the business account has.
type Template struct {
	Name, Language, Status   string
	HeaderFormat             string // "", "TEXT", "IMAGE", "DOCUMENT", "LOCATION"
	Header, Body, Footer     string
	ButtonText, ButtonPrefix string // an address that ends in {{1}}
	CopyCode                 bool   // a button that copies a code
	Carousel                 bool   // cards that scroll
}

func samples() []Template {
	return []Template{
		{Name: "hello_world", Language: "en_US", Status: "APPROVED", Body: "Hello World"},
		{Name: "order_shipped", Language: "zh_CN", Status: "APPROVED", Body: "您的订单 {{1}} 已发货", Footer: "Lucky Shrub"},
		{Name: "order_update", Language: "en", Status: "APPROVED", HeaderFormat: "IMAGE", Body: "Hi {{1}}, your order {{2}} is on its way.", ButtonText: "Track", ButtonPrefix: "https://shop.example/track/{{1}}"},
		{Name: "parcel_at_shop", Language: "zh_CN", Status: "APPROVED", HeaderFormat: "LOCATION", Body: "{{1}}，您的包裹可到店自取。"},
		{Name: "coupon", Language: "en", Status: "APPROVED", Body: "25% off until {{1}}.", CopyCode: true},
		{Name: "new_arrivals", Language: "en", Status: "APPROVED", Body: "Look what came in.", Carousel: true},
		{Name: "seasonal", Language: "en", Status: "REJECTED", Body: "Buy now"},
	}
}

var slot = regexp.MustCompile(`\{\{[A-Za-z0-9_]+\}\}`)

// template checks a template message against what the account has.
func (p *Platform) template(in map[string]any, number string) (b cloudBody, refused *refusal) {
	name, language := text(in, "name"), text(in, "language", "code")
	if name == "" || language == "" {
		return b, missing("template.name")
	}
	var t *Template
	for i := range p.templates {
		if p.templates[i].Name == name && p.templates[i].Language == language && p.templates[i].Status == "APPROVED" {
			t = &p.templates[i]
		}
	}
	if t == nil {
		return b, no(132001, 0, "Template name does not exist in the translation")
	}
	given := map[string][]any{}
	for _, one := range list(in, "components") {
		kind := text(asObject(one), "type")
		given[kind] = append(given[kind], list(asObject(one), "parameters")...)
	}
	body, refused := fill("body", t.Body, given["body"])
	if refused != nil {
		return b, refused
	}
	if t.HeaderFormat == "IMAGE" || t.HeaderFormat == "DOCUMENT" {
		kind := strings.ToLower(t.HeaderFormat)
		if len(given["header"]) != 1 {
			return b, no(132000, 0, "Number of parameters does not match the expected number of params")
		}
		param := asObject(given["header"][0])
		if text(param, "type") != kind {
			return b, no(132012, 0, "Parameter format does not match format in the created template")
		}
		file, refused := p.cloudFile(asObject(param[kind]), number, kind)
		if refused != nil {
			return b, refused
		}
		b.bubble.Media = file.bubble.Media
	}
	if t.HeaderFormat == "LOCATION" {
		if len(given["header"]) != 1 {
			return b, no(132000, 0, "Number of parameters does not match the expected number of params")
		}
		param := asObject(given["header"][0])
		where := asObject(param["location"])
		if text(param, "type") != "location" || text(where, "name") == "" || text(where, "address") == "" || !degrees(text(where, "latitude"), 90) || !degrees(text(where, "longitude"), 180) {
			return b, no(132012, 0, "Parameter format does not match format in the created template")
		}
		b.bubble.Cards = []emulate.Card{{Kind: "place", Title: text(where, "name"), Text: text(where, "address")}}
	}
	if t.CopyCode {
		if len(given["button"]) != 1 {
			return b, no(132000, 0, "Number of parameters does not match the expected number of params")
		}
		param := asObject(given["button"][0])
		if code := text(param, "coupon_code"); text(param, "type") != "coupon_code" || code == "" || len([]rune(code)) > maxCode {
			return b, no(132012, 0, "Parameter format does not match format in the created template")
		}
		b.bubble.Buttons = [][]emulate.Button{{{Label: "Copy code " + text(param, "coupon_code")}}}
	}
	if t.Carousel {
		return b, no(132000, 0, "Number of parameters does not match the expected number of params")
	}
	if t.ButtonPrefix != "" && len(given["button"]) != 1 {
		return b, no(132000, 0, "Number of parameters does not match the expected number of params")
	}
	b.bubble.Text = strings.TrimSpace(t.Header + "\n" + body + "\n" + t.Footer)
	b.say(b.bubble.Text)
	return b, nil
}

// maxCode is how many characters a code to copy has ("Copy code buttons").
const maxCode = 15

func degrees(words string, most float64) bool {
	v, err := strconv.ParseFloat(words, 64)
	return err == nil && v >= -most && v <= most
}

func fill(place, words string, params []any) (string, *refusal) {
	want := slot.FindAllString(words, -1)
	if len(params) != len(want) {
		r := no(132000, 0, "Number of parameters does not match the expected number of params")
		r.details = fmt.Sprintf("%s: number of localizable_params (%d) does not match the expected number of params (%d)", place, len(params), len(want))
		return "", r
	}
	for i, one := range params {
		param := asObject(one)
		if text(param, "type") != "text" {
			return "", no(132012, 0, "Parameter format does not match format in the created template")
		}
		said := text(param, "text")
		if said == "" || strings.ContainsAny(said, "\n\t") {
			return "", no(132018, 0, "There is an issue with the parameters of the template")
		}
		words = strings.Replace(words, want[i], said, 1)
	}
	return words, nil
}

// listTemplates is GET /{waba-id}/message_templates, two to a page.
func (p *Platform) listTemplates(q *request) (outcome, *refusal) {
	status := q.URL.Query().Get("status")
	var all []any
	for i, t := range p.templates {
		if status != "" && t.Status != status {
			continue
		}
		components := []any{}
		if t.HeaderFormat != "" {
			components = append(components, map[string]any{"type": "HEADER", "format": t.HeaderFormat})
		}
		components = append(components, map[string]any{"type": "BODY", "text": t.Body})
		if t.Footer != "" {
			components = append(components, map[string]any{"type": "FOOTER", "text": t.Footer})
		}
		if t.ButtonText != "" {
			components = append(components, map[string]any{"type": "BUTTONS", "buttons": []any{map[string]any{"type": "URL", "text": t.ButtonText, "url": t.ButtonPrefix}}})
		}
		if t.CopyCode {
			components = append(components, map[string]any{"type": "BUTTONS", "buttons": []any{map[string]any{"type": "COPY_CODE", "text": "Copy offer code"}}})
		}
		if t.Carousel {
			components = append(components, map[string]any{"type": "CAROUSEL", "cards": []any{}})
		}
		all = append(all, map[string]any{"id": fmt.Sprint(1000 + i), "name": t.Name, "language": t.Language, "status": t.Status, "category": "UTILITY", "components": components})
	}
	from := 0
	_, _ = fmt.Sscan(q.URL.Query().Get("after"), &from)
	to := min(from+2, len(all))
	paging := map[string]any{"cursors": map[string]any{"before": fmt.Sprint(from), "after": fmt.Sprint(to)}}
	if to < len(all) {
		paging["next"] = "https://graph.facebook.com/next"
	}
	return outcome{json: map[string]any{"data": all[min(from, to):to], "paging": paging}}, nil
}
