package cloud

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"parley/core/canon"
)

// event is what a message means. A type nobody taught us is a message with an
// opaque part: the customer said something, and the agent sees that they did.
func (m *incoming) event(raw json.RawMessage) canon.Event {
	switch {
	case m.Type == "reaction" && m.Reaction != nil && m.Reaction.Target != "":
		return canon.Reacted{Target: canon.RemoteID(m.Reaction.Target), Emoji: m.Reaction.Emoji, Removed: m.Reaction.Emoji == ""}
	case m.Type == "revoke" && m.Revoke != nil && m.Revoke.ID != "":
		return canon.Revoked{Target: canon.RemoteID(m.Revoke.ID)}
	case m.Type == "edit" && m.Edit != nil && m.Edit.ID != "":
		var again incoming
		if json.Unmarshal(m.Edit.Message, &again) != nil {
			break
		}
		return canon.Edited{Target: canon.RemoteID(m.Edit.ID), Message: canon.Message{Parts: again.parts(m.Edit.Message)}}
	case m.Type == "interactive" && m.Pressed != nil:
		if a, ok := m.Pressed.action(); ok {
			a.Target = canon.RemoteID(m.Context.ID)
			return a
		}
	case m.Type == "button" && m.Button != nil: // the quick reply of a template
		value := m.Button.Payload
		if value == "" {
			value = m.Button.Text
		}
		return canon.Action{Kind: canon.ActionButton, Value: value, Label: m.Button.Text, Target: canon.RemoteID(m.Context.ID)}
	case m.Type == "request_welcome":
		return canon.Membership{Kind: canon.MemberOpened}
	case m.Type == "system" && m.System != nil && m.System.Type == "user_changed_number" && m.System.New != "" && m.System.New != m.From:
		return canon.Membership{Kind: canon.MemberMoved, Member: new(decoder).person(m.System.New)}
	case m.Type == "system" && m.System != nil:
		return canon.Unknown{Name: strings.TrimSuffix("system."+m.System.Type, "."), Raw: raw}
	}
	out := canon.Message{RemoteID: canon.RemoteID(m.ID), Parts: m.parts(raw)}
	if m.Context.ID != "" {
		out.ReplyTo = &canon.Ref{RemoteID: canon.RemoteID(m.Context.ID)}
	}
	return canon.Posted{Message: out}
}

func (m *incoming) parts(raw json.RawMessage) []canon.Part {
	switch {
	case m.Type == "text" && m.Text.Body != "":
		return []canon.Part{canon.Text{Body: m.Text.Body}}
	case m.Type == "image" && m.Image.has():
		return []canon.Part{m.Image.media(canon.MediaImage)}
	case m.Type == "video" && m.Video.has():
		return []canon.Part{m.Video.media(canon.MediaVideo)}
	case m.Type == "audio" && m.Audio.has():
		kind := canon.MediaAudio
		if m.Audio.Voice {
			kind = canon.MediaVoice
		}
		return []canon.Part{m.Audio.media(kind)}
	case m.Type == "document" && m.Document.has():
		return []canon.Part{m.Document.media(canon.MediaFile)}
	case m.Type == "sticker" && m.Sticker.has():
		return []canon.Part{canon.Sticker{RemoteID: canon.RemoteID(m.Sticker.ID), Image: m.Sticker.media(canon.MediaImage)}}
	case m.Type == "location" && m.Location != nil:
		return []canon.Part{canon.Location{Lat: m.Location.Lat, Lon: m.Location.Lon, Title: m.Location.Name, Address: m.Location.Address}}
	case m.Type == "contacts" && len(m.Contacts) > 0:
		var out []canon.Part
		for _, c := range m.Contacts {
			out = append(out, c.contact())
		}
		return out
	case m.Type == "order" && m.Order != nil:
		return []canon.Part{m.Order.card()}
	}
	return []canon.Part{opaque(m.Type, raw)}
}

func (f *file) has() bool { return f != nil && f.ID != "" }

func (f *file) media(kind canon.MediaKind) canon.Media {
	mime, _, _ := strings.Cut(f.MIME, ";")
	return canon.Media{
		Kind: kind, RemoteID: canon.RemoteID(f.ID), State: canon.MediaPending,
		Name: f.Name, MIME: strings.TrimSpace(mime), Caption: f.Caption,
	}
}

func (c card) contact() canon.Contact {
	out := canon.Contact{Name: c.Name.Formatted, Org: c.Org.Company}
	if out.Name == "" {
		out.Name = c.Name.First
	}
	for _, p := range c.Phones {
		if p.Phone != "" {
			out.Phones = append(out.Phones, p.Phone)
		}
	}
	for _, m := range c.Emails {
		if m.Email != "" {
			out.Emails = append(out.Emails, m.Email)
		}
	}
	return out
}

// card lists what was ordered. Prices are shown as the platform wrote them:
// adding decimals up is for whoever keeps the shop.
func (o *order) card() canon.Card {
	out := canon.Card{Kind: canon.CardOrder, Ref: o.Catalog, Title: "Order", Text: o.Text}
	for _, i := range o.Items {
		out.Fields = append(out.Fields, canon.Field{
			Name: i.Product, Value: strings.TrimSpace(strconv.FormatInt(int64(i.Quantity), 10) + " × " + i.Price.String() + " " + i.Currency),
		})
	}
	return out
}

// action is a button or row that was pressed, or a flow that was filled in.
func (p *pressed) action() (canon.Action, bool) {
	switch {
	case p.Type == "button_reply" && p.Button.ID != "":
		return canon.Action{Kind: canon.ActionButton, Value: p.Button.ID, Label: p.Button.Title}, true
	case p.Type == "list_reply" && p.Row.ID != "":
		return canon.Action{Kind: canon.ActionButton, Value: p.Row.ID, Label: p.Row.Title}, true
	case p.Type == "nfm_reply" && p.Flow.Response != "":
		fields, ok := flow(p.Flow.Response)
		return canon.Action{Kind: canon.ActionForm, Value: p.Flow.Name, Label: p.Flow.Body, Fields: fields}, ok
	}
	return canon.Action{}, false
}

// flow reads the answers of a flow, whose names the business chose; its token
// is no answer.
func flow(response string) ([]canon.Field, bool) {
	var answers map[string]any
	if json.Unmarshal([]byte(response), &answers) != nil {
		return nil, false
	}
	names := make([]string, 0, len(answers))
	for name := range answers {
		if name != "flow_token" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := make([]canon.Field, 0, len(names))
	for _, name := range names {
		value, ok := answers[name].(string)
		if !ok {
			b, err := json.Marshal(answers[name])
			if err != nil {
				return nil, false
			}
			value = string(b)
		}
		out = append(out, canon.Field{Name: name, Value: value})
	}
	return out, true
}
