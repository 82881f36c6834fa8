package telegram

import (
	"encoding/json"
	"strconv"
	"strings"
)

// send is how a method posts: the file it takes, or how it reads the rest.
type send struct {
	file string // the parameter of the file: "photo"
	says string // of a call without it
	read func(*Platform, *request, *line) *failure
}

// sends are the methods that post one message.
var sends = map[string]send{
	"sendmessage":   {read: (*Platform).readText},
	"sendphoto":     {file: "photo", says: "there is no photo in the request"},
	"sendaudio":     {file: "audio", says: "there is no audio in the request"},
	"senddocument":  {file: "document", says: "there is no document in the request"},
	"sendvideo":     {file: "video", says: "there is no video in the request"},
	"sendanimation": {file: "animation", says: "there is no animation in the request"},
	"sendvoice":     {file: "voice", says: "there is no voice in the request"},
	"sendsticker":   {file: "sticker", says: "there is no sticker in the request"},
	"sendlocation":  {read: (*Platform).readLocation},
	"sendvenue":     {read: (*Platform).readVenue},
	"sendcontact":   {read: (*Platform).readContact},
}

func (p *Platform) send(q *request, how send) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	l := &line{topic: q.number("message_thread_id")}
	if how.file != "" {
		f = p.readFile(q, how, c, l)
	} else {
		f = how.read(p, q, l)
	}
	if f == nil {
		f = p.readMarkup(q, c, l)
	}
	if f == nil {
		f = p.readReply(q, c, l)
	}
	if f != nil {
		return nil, f
	}
	p.append(c, l)
	q.call.Visible, q.call.Peer, q.call.ID, q.call.Text = true, decimal(c.key.id), decimal(l.id), l.text
	p.changed(c)
	return p.messageJSON(l, true), nil
}

func (p *Platform) readText(q *request, l *line) *failure {
	l.text = strings.TrimSpace(q.text("text"))
	switch {
	case l.text == "":
		return bad("message text is empty")
	case units(l.text) > 4096:
		return bad("message is too long")
	}
	return readEntities(q.text("entities"), l)
}

func readEntities(raw string, l *line) *failure {
	if raw == "" {
		return nil
	}
	if json.Unmarshal([]byte(raw), &l.entities) != nil {
		return bad("can't parse entities: expected an array of MessageEntity")
	}
	for _, e := range l.entities {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > units(l.text) {
			return bad("entity beyond the end of the text")
		}
	}
	return nil
}

func (p *Platform) readCaption(q *request, l *line) *failure {
	l.text, l.captioned = strings.TrimSpace(q.text("caption")), true
	if units(l.text) > 1024 {
		return bad("message caption is too long")
	}
	return readEntities(q.text("caption_entities"), l)
}

func (p *Platform) readFile(q *request, how send, c *chat, l *line) *failure {
	if u := p.users[c.user]; u != nil && u.noVoice && how.file == "voice" {
		return bad("VOICE_MESSAGES_FORBIDDEN")
	}
	l.kind = how.file
	if u, ok := q.upload[how.file]; ok {
		if how.file == "photo" && len(u.body) > 10<<20 {
			return bad("file is too big for a photo; the maximum size is 10485760 bytes")
		}
		l.file = p.keep(how.file, u.name, u.mime, u.body)
	} else if id := q.text(how.file); id == "" {
		return bad("%s", how.says)
	} else if l.file = p.files[id]; l.file == nil {
		return bad("wrong file_id or the file is temporarily unavailable")
	}
	return p.readCaption(q, l)
}

func degrees(q *request, name string) (float64, bool) {
	v, err := strconv.ParseFloat(q.text(name), 64)
	return v, err == nil
}

func (p *Platform) readLocation(q *request, l *line) *failure {
	lat, ok := degrees(q, "latitude")
	if !ok {
		return bad("latitude is empty")
	}
	lon, ok := degrees(q, "longitude")
	if !ok {
		return bad("longitude is empty")
	}
	l.more = map[string]any{"location": map[string]any{"latitude": lat, "longitude": lon}}
	return nil
}

func (p *Platform) readVenue(q *request, l *line) *failure {
	if f := p.readLocation(q, l); f != nil {
		return f
	}
	if q.text("title") == "" || q.text("address") == "" {
		return bad("VENUE_INVALID")
	}
	l.more["venue"] = map[string]any{"location": l.more["location"], "title": q.text("title"), "address": q.text("address")}
	return nil
}

func (p *Platform) readContact(q *request, l *line) *failure {
	if q.text("phone_number") == "" || q.text("first_name") == "" {
		return bad("contact is empty")
	}
	l.more = map[string]any{"contact": map[string]any{"phone_number": q.text("phone_number"), "first_name": q.text("first_name")}}
	return nil
}

// readMarkup reads buttons under a message, or a keyboard below the chat.
func (p *Platform) readMarkup(q *request, c *chat, l *line) *failure {
	raw := q.text("reply_markup")
	if raw == "" {
		return nil
	}
	var m struct {
		Inline   [][]map[string]any `json:"inline_keyboard"`
		Keyboard [][]button         `json:"keyboard"`
		Remove   bool               `json:"remove_keyboard"`
	}
	if json.Unmarshal([]byte(raw), &m) != nil {
		return bad("can't parse reply keyboard markup JSON object")
	}
	if m.Keyboard != nil || m.Remove {
		c.menu = m.Keyboard
		return nil
	}
	n := 0
	for _, row := range m.Inline {
		var buttons []button
		for _, fields := range row {
			b, f := readButton(fields)
			if f != nil {
				return f
			}
			buttons = append(buttons, b)
			n++
		}
		l.buttons = append(l.buttons, buttons)
	}
	if n > 100 {
		return bad("reply markup is too long")
	}
	return nil
}

func readButton(fields map[string]any) (b button, f *failure) {
	b.Text, _ = fields["text"].(string)
	b.Data, _ = fields["callback_data"].(string)
	b.URL, _ = fields["url"].(string)
	_, hasData := fields["callback_data"]
	switch {
	case b.Text == "":
		return b, bad("can't parse inline keyboard button: text is empty")
	case len(fields) != 2:
		return b, bad("Text buttons are unallowed in the inline keyboard")
	case hasData && (b.Data == "" || len(b.Data) > 64):
		return b, bad("BUTTON_DATA_INVALID")
	case !hasData && !strings.HasPrefix(b.URL, "http://") && !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "tg://"):
		return b, bad("BUTTON_URL_INVALID")
	}
	return b, nil
}

func (p *Platform) readReply(q *request, c *chat, l *line) *failure {
	raw := q.text("reply_parameters")
	if raw == "" {
		return nil
	}
	var r struct {
		Message int64 `json:"message_id"`
		Anyway  bool  `json:"allow_sending_without_reply"`
	}
	if json.Unmarshal([]byte(raw), &r) != nil {
		return bad("can't parse reply parameters JSON object")
	}
	if c.line(r.Message) == nil {
		if !r.Anyway && c.key.business == "" {
			return bad("message to be replied not found")
		}
		return nil
	}
	l.replyTo = r.Message
	return nil
}
