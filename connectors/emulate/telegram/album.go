package telegram

import (
	"encoding/json"
	"strings"
)

// maxAlbum is how many messages an album has at most.
const maxAlbum = 10

// album is the method that posts several messages as one album: all of them or
// none.
func (p *Platform) album(q *request) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	var items []map[string]any
	if json.Unmarshal([]byte(q.text("media")), &items) != nil {
		return nil, bad("can't parse media JSON object")
	}
	switch {
	case len(items) == 0:
		return nil, bad("there are no messages to send")
	case len(items) > maxAlbum:
		return nil, bad("Too many messages to send as an album")
	case q.text("reply_markup") != "":
		return nil, bad("reply markup isn't supported for albums")
	}
	var lines []*line
	kinds := map[string]bool{}
	for _, fields := range items {
		l := &line{topic: q.number("message_thread_id")}
		if f := p.readItem(q, c, l, fields); f != nil {
			return nil, f
		}
		kinds[l.kind] = true
		lines = append(lines, l)
	}
	for _, alone := range []struct{ kind, says string }{{"document", "Document can't be mixed with other media types"}, {"audio", "Audio can't be mixed with other media types"}} {
		if kinds[alone.kind] && len(kinds) > 1 {
			return nil, bad("%s", alone.says)
		}
	}
	if f := p.readReply(q, c, lines[0]); f != nil {
		return nil, f
	}
	p.lastAlbum++
	out := make([]any, len(lines))
	for i, l := range lines {
		l.group, l.replyTo = decimal(13_000_000_000+p.lastAlbum), lines[0].replyTo
		p.append(c, l)
		out[i] = p.messageJSON(l, true)
	}
	q.call.Visible, q.call.Peer, q.call.ID, q.call.Text = true, decimal(c.key.id), decimal(lines[0].id), lines[0].text
	p.changed(c)
	return out, nil
}

// readItem reads one InputMedia: photo, video, audio or document, by the id of a
// file that is there or by attach:// and the name of one that comes along.
func (p *Platform) readItem(q *request, c *chat, l *line, fields map[string]any) *failure {
	word := func(name string) string { s, _ := fields[name].(string); return s }
	kind, media := word("type"), word("media")
	if kind != "photo" && kind != "video" && kind != "audio" && kind != "document" {
		return bad("can't parse InputMedia: type %q can't be in an album", kind)
	}
	one := &request{values: map[string][]string{"caption": {word("caption")}}, upload: map[string]upload{}}
	if raw, ok := fields["caption_entities"]; ok {
		text, _ := json.Marshal(raw) // it was JSON
		one.values.Set("caption_entities", string(text))
	}
	if name, attached := strings.CutPrefix(media, "attach://"); attached {
		u, ok := q.upload[name]
		if !ok {
			return bad("can't parse InputMedia: media not found")
		}
		one.upload[kind] = u
	} else {
		one.values.Set(kind, media)
	}
	return p.readFile(one, send{file: kind, says: "can't parse InputMedia: media not found"}, c, l)
}
