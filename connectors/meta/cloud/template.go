package cloud

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// template writes an approved template with its slots filled in. A slot is
// "header.1", "body.2", "button.1"; a named one "body.order_number".
func (c *Conn) template(ctx context.Context, r connector.Request, p canon.Template) (object, error) {
	var header, body []object
	var buttons []object
	place := object{} // of a header that is a map
	for _, param := range p.Params {
		of, name, _ := strings.Cut(param.Slot, ".")
		value := object{"type": "text", "text": param.Text}
		if _, err := strconv.Atoi(name); err != nil {
			value["parameter_name"] = name
		}
		switch of {
		case slotPlace:
			place[name] = param.Text
		case "header":
			if !param.File.IsZero() {
				var err error
				if value, err = c.headerFile(ctx, r, param.File); err != nil {
					return nil, err
				}
			}
			header = append(header, value)
		case "body":
			body = append(body, value)
		case "button":
			n, _ := strconv.Atoi(name)
			buttons = append(buttons, object{"type": "button", "sub_type": "url", "index": strconv.Itoa(max(n-1, 0)), "parameters": []object{{"type": "text", "text": param.Text}}})
		case slotCode:
			n, _ := strconv.Atoi(name)
			buttons = append(buttons, object{"type": "button", "sub_type": "copy_code", "index": strconv.Itoa(max(n-1, 0)), "parameters": []object{{"type": "coupon_code", "coupon_code": param.Text}}})
		}
	}
	if len(place) > 0 {
		for name, most := range map[string]float64{"latitude": 90, "longitude": 180} {
			words, _ := place[name].(string)
			if at, err := strconv.ParseFloat(strings.TrimSpace(words), 64); err != nil || at < -most || at > most {
				return nil, &connector.Error{Class: connector.Invalid, Code: "bad_place", Err: fmt.Errorf("filling a template: the %s is no number of degrees", name),
					Shown: connector.Text{EN: "Write latitude and longitude of the place in degrees, such as 31.2304.", ZH: "请以度数填写地点的纬度和经度，例如 31.2304。"}}
			}
			place[name] = strings.TrimSpace(words)
		}
		header = []object{{"type": "location", "location": place}}
	}
	t := object{"name": p.Name, "language": object{"code": p.Locale}}
	var parts []object
	if header != nil {
		parts = append(parts, object{"type": "header", "parameters": header})
	}
	if body != nil {
		parts = append(parts, object{"type": "body", "parameters": body})
	}
	if parts = append(parts, buttons...); parts != nil {
		t["components"] = parts
	}
	return object{"type": "template", "template": t}, nil
}

// headerFile is a picture, film or document in a template's header.
func (c *Conn) headerFile(ctx context.Context, r connector.Request, file canon.ID) (object, error) {
	body, info, err := c.env.Files.Open(ctx, file)
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Code: "file_unreadable", Err: err}
	}
	_ = body.Close() // only its type was wanted
	id, err := c.upload(ctx, r.Thread.Account, file)
	if err != nil {
		return nil, err
	}
	kind := "document"
	switch major, _, _ := strings.Cut(info.MIME, "/"); major {
	case "image", "video":
		kind = major
	}
	m := object{"id": id}
	if kind == "document" {
		m["filename"] = info.Name
	}
	return object{"type": kind, kind: m}, nil
}

// pages bounds how many pages of templates are read: 250 templates is the
// limit of an account that is not verified, 6,000 of one that is.
const pages = 60

// Templates lists the approved templates of the business account.
func (c *Conn) Templates(ctx context.Context, _ connector.Account) ([]canon.Template, error) {
	var all []canon.Template
	query := url.Values{"status": {"APPROVED"}, "fields": {"name,language,status,components"}, "limit": {"100"}}
	for range pages {
		var page struct {
			Data   []listed `json:"data"`
			Paging struct {
				Cursors struct {
					After string `json:"after"`
				} `json:"cursors"`
				Next string `json:"next"`
			} `json:"paging"`
		}
		err := c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/" + c.waba + "/message_templates", Query: query, Token: c.token, Quiet: true}, &page)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Data {
			if t.Status == "APPROVED" && t.sendable() {
				all = append(all, t.template())
			}
		}
		if page.Paging.Next == "" || page.Paging.Cursors.After == "" {
			break
		}
		query.Set("after", page.Paging.Cursors.After)
	}
	return all, nil
}

// listed is a template as the platform lists it.
type listed struct {
	Name       string `json:"name"`
	Language   string `json:"language"`
	Status     string `json:"status"`
	Components []struct {
		Type    string `json:"type"`
		Format  string `json:"format"`
		Text    string `json:"text"`
		Buttons []struct {
			Type string `json:"type"`
			Text string `json:"text"`
			URL  string `json:"url"`
		} `json:"buttons"`
	} `json:"components"`
}

// Slots besides "header.N", "body.N" and "button.N": the parts of a header that is
// a map, and the code that button N copies.
const (
	slotPlace = "location"
	slotCode  = "copy_code"
)

// placeNames are all that such a header wants ("Location headers").
var placeNames = []string{"name", "address", "latitude", "longitude"}

// sendable tells templates whose variables can be filled in here. Carousels,
// offers with a countdown and those that show a catalogue take things that the
// hub does not know.
func (l listed) sendable() bool {
	for _, part := range l.Components {
		switch {
		case part.Type == "HEADER":
			if _, known := headers[part.Format]; !known && part.Format != "" && part.Format != "TEXT" && part.Format != "LOCATION" {
				return false
			}
		case part.Type == "CAROUSEL" || part.Type == "LIMITED_TIME_OFFER":
			return false
		}
		for _, b := range part.Buttons {
			switch b.Type {
			case "CATALOG", "MPM", "SPM":
				return false
			}
		}
	}
	return true
}

// headers are the kinds of file a header takes. One of LOCATION takes a place,
// which nothing here fills in: the platform refuses it.
var headers = map[string]canon.MediaKind{"IMAGE": canon.MediaImage, "VIDEO": canon.MediaVideo, "DOCUMENT": canon.MediaFile}

var placeholder = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// template reads the slots out of the words.
func (l listed) template() canon.Template {
	out := canon.Template{Name: l.Name, Locale: l.Language}
	var said []string
	slots := func(place, words string) string {
		for _, m := range placeholder.FindAllStringSubmatch(words, -1) {
			slot := canon.TemplateParam{Slot: place + "." + m[1]}
			if !slices.ContainsFunc(out.Params, func(p canon.TemplateParam) bool { return p.Slot == slot.Slot }) {
				out.Params = append(out.Params, slot)
			}
		}
		return placeholder.ReplaceAllString(words, "{{"+place+".$1}}")
	}
	for _, part := range l.Components {
		switch part.Type {
		case "HEADER":
			if part.Format == "LOCATION" {
				for _, name := range placeNames {
					out.Params = append(out.Params, canon.TemplateParam{Slot: slotPlace + "." + name})
				}
				said = append(said, "📍 {{location.name}}, {{location.address}} ({{location.latitude}}, {{location.longitude}})")
				continue
			}
			if part.Format != "" && part.Format != "TEXT" {
				out.Params = append(out.Params, canon.TemplateParam{Slot: "header.1", Media: headers[part.Format]})
				continue
			}
			part.Text = slots("header", part.Text)
		case "BODY":
			part.Text = slots("body", part.Text)
		case "BUTTONS":
			for i, b := range part.Buttons {
				switch {
				case b.Type == "URL" && placeholder.MatchString(b.URL):
					out.Params = append(out.Params, canon.TemplateParam{Slot: "button." + strconv.Itoa(i+1)})
				case b.Type == "COPY_CODE":
					slot := slotCode + "." + strconv.Itoa(i+1)
					out.Params = append(out.Params, canon.TemplateParam{Slot: slot})
					b.Text += ": {{" + slot + "}}"
				}
				said = append(said, "["+b.Text+"]")
			}
			continue
		}
		if part.Text != "" {
			said = append(said, part.Text)
		}
	}
	out.Text = strings.Join(said, "\n")
	return out
}
