package meta

import (
	"slices"
	"unicode/utf8"

	"parley/connectors/emulate"
)

// pageMessage checks the message of a Send API call.
func (p *Platform) pageMessage(m map[string]any, page string, product Product) (b cloudBody, refused *refusal) {
	words, attachment := text(m, "text"), asObject(m["attachment"])
	if (words == "") == (attachment == nil) {
		return b, bad("Param message must have either text or an attachment")
	}
	if utf8.RuneCountInString(text(m, "metadata")) > 1000 {
		return b, bad("Length of param message[metadata] must be less than or equal to 1000")
	}
	if product == Messenger && utf8.RuneCountInString(words) > 2000 {
		return b, bad("Length of param message[text] must be less than or equal to 2000")
	}
	if product == Instagram && len(words) > 1000 {
		return b, bad("Length of param message[text] must be less than or equal to 1000 bytes")
	}
	if attachment != nil {
		if b, refused = p.attachment(attachment, page, product); refused != nil {
			return b, refused
		}
	}
	if words != "" {
		b.bubble.Text = words
		b.say(words)
	}
	replies := list(m, "quick_replies")
	if len(replies) > 13 {
		return b, bad("Param message[quick_replies] has too many elements")
	}
	for _, one := range replies {
		r := asObject(one)
		switch text(r, "content_type") {
		case "text":
			if n := utf8.RuneCountInString(text(r, "title")); n < 1 || n > 20 {
				return b, bad("Param title must be 1 to 20 characters")
			}
			if n := utf8.RuneCountInString(text(r, "payload")); n < 1 || n > 1000 {
				return b, bad("Param payload must be 1 to 1000 characters")
			}
			b.bubble.Buttons = append(b.bubble.Buttons, []emulate.Button{{Label: text(r, "title"), Value: "quick:" + text(r, "payload")}})
			b.say("[" + text(r, "title") + "]")
		case "user_phone_number", "user_email":
		default:
			return b, bad("Param content_type must be one of text, user_phone_number, user_email")
		}
	}
	return b, nil
}

// attachment is a file or a template.
func (p *Platform) attachment(a map[string]any, page string, product Product) (b cloudBody, refused *refusal) {
	kind, payload := text(a, "type"), asObject(a["payload"])
	if kind == "template" {
		return pageTemplate(payload)
	}
	id := text(payload, "attachment_id")
	f := p.files[id]
	if f == nil || f.account != page || f.open {
		return b, no(100, 2018074, "Invalid attachment id %s", id)
	}
	if !takes(product, kind, f.mime) {
		return b, no(100, 2018047, "Upload attachment failure: %s takes no %s", kind, f.mime)
	}
	b.bubble.Media = []emulate.Media{f.shown(kind)}
	b.say("[" + kind + " " + f.name + "]")
	return b, nil
}

// pageTemplate checks a button or generic template.
func pageTemplate(t map[string]any) (b cloudBody, refused *refusal) {
	switch text(t, "template_type") {
	case "button":
		if n := utf8.RuneCountInString(text(t, "text")); n < 1 || n > 640 {
			return b, bad("Param text must be 1 to 640 characters")
		}
		b.bubble.Text = text(t, "text")
		b.say(b.bubble.Text)
		buttons, said, refused := buttonsOf(list(t, "buttons"))
		if refused != nil {
			return b, refused
		}
		for _, one := range buttons {
			b.bubble.Buttons = append(b.bubble.Buttons, []emulate.Button{one})
		}
		b.said = append(b.said, said...)
	case "generic":
		elements := list(t, "elements")
		if len(elements) < 1 || len(elements) > 10 {
			return b, bad("Param elements must have 1 to 10 items")
		}
		for _, one := range elements {
			e := asObject(one)
			if n := utf8.RuneCountInString(text(e, "title")); n < 1 || n > 80 {
				return b, bad("Param title must be 1 to 80 characters")
			}
			if utf8.RuneCountInString(text(e, "subtitle")) > 80 {
				return b, bad("Param subtitle must be at most 80 characters")
			}
			b.bubble.Cards = append(b.bubble.Cards, emulate.Card{Kind: "product", Title: text(e, "title"), Text: text(e, "subtitle"), Image: text(e, "image_url"), URL: text(e, "default_action", "url")})
			b.say(text(e, "title"))
			b.say(text(e, "subtitle"))
			if e["buttons"] == nil {
				continue
			}
			buttons, said, refused := buttonsOf(list(e, "buttons"))
			if refused != nil {
				return b, refused
			}
			b.bubble.Buttons = append(b.bubble.Buttons, buttons)
			b.said = append(b.said, said...)
		}
	default:
		return b, bad("Param template_type must be one of button, generic")
	}
	return b, nil
}

type accepted struct {
	types []string
	most  int
}

// pageTypes are the types and sizes of "Attachment Upload" and "Upload Media
// for Instagram Messaging".
func pageTypes(product Product) map[string]accepted {
	if product == Instagram {
		return map[string]accepted{
			"image": {[]string{"image/png", "image/jpeg", "image/gif"}, 8 << 20},
			"audio": {[]string{"audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav"}, 25 << 20},
			"video": {[]string{"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"}, 25 << 20},
			"file":  {[]string{"application/pdf"}, 25 << 20},
		}
	}
	return map[string]accepted{
		"image": {[]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, 8 << 20},
		"audio": {[]string{"audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg", "audio/amr"}, 25 << 20},
		"video": {[]string{"video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm", "video/3gpp"}, 25 << 20},
		"file":  {nil, 25 << 20}, // of any type
	}
}

func takes(product Product, kind, mime string) bool {
	k, known := pageTypes(product)[kind]
	return known && (k.types == nil || slices.Contains(k.types, mime))
}

// attach is POST /{page-id}/message_attachments.
func (p *Platform) attach(q *request, page string) (outcome, *refusal) {
	product := Messenger
	switch q.form["platform"] {
	case "instagram":
		product = Instagram
	case "", "messenger":
	default:
		return outcome{}, bad("Param platform must be one of messenger, instagram")
	}
	var m map[string]any
	if q.file == nil || !parse(q.form["message"], &m) {
		return outcome{}, bad("Param message and filedata must be given")
	}
	kind := text(m, "attachment", "type")
	ok, known := pageTypes(product)[kind]
	if !known {
		return outcome{}, bad("Param type must be one of image, audio, video, file")
	}
	if !takes(product, kind, q.file.mime) {
		return outcome{}, no(100, 2018047, "Upload attachment failure: %s takes no %s", kind, q.file.mime)
	}
	if len(q.file.body) > ok.most {
		return outcome{}, no(100, 2018109, "Attachment size exceeds allowable limit")
	}
	return outcome{json: map[string]any{"attachment_id": p.keep(q.file, page)}}, nil
}
