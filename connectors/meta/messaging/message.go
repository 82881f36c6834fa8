package messaging

import (
	"encoding/json"
	"strconv"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// decoder reads the events of one account.
type decoder struct {
	c       *Conn
	account canon.RemoteID
	at      time.Time // of the callback
	peer    canon.RemoteID
	when    time.Time
}

func (d *decoder) envelope(id string, event canon.Event) canon.Envelope {
	return canon.Envelope{
		Account: d.account, Thread: canon.ThreadKey{Account: d.account, Peer: d.peer},
		From: canon.Peer{ID: d.peer, Verified: true}, EventID: id, Time: d.when, Event: event,
	}
}

// strange is an update that names no customer.
func (d *decoder) strange(name string, raw json.RawMessage) canon.Envelope {
	d.peer, d.when = d.account, d.at
	e := d.envelope(graph.Digest(raw), graph.Unknown(name, raw))
	e.From = canon.Peer{ID: d.account}
	return e
}

// entry is the door a referral tells of.
func (r *referral) entry() *canon.Entry {
	out := &canon.Entry{Kind: "referral", Value: r.Ref, Title: r.Context.Title, URL: r.Page}
	switch {
	case r.Product.ID != "":
		out.Kind, out.Value = "page", string(r.Product.ID)
	case out.Value == "" && r.Ad != "":
		out.Value = string(r.Ad)
	case out.Value == "":
		out.Value = r.Source
	}
	return out
}

// posted reads words and attachments. A message nobody can read is one all the
// same.
func (m *message) posted(raw json.RawMessage) canon.Posted {
	out := canon.Message{RemoteID: canon.RemoteID(m.ID)}
	if m.Text != "" {
		out.Parts = append(out.Parts, canon.Text{Body: m.Text})
	}
	for i, a := range m.Attachments {
		out.Parts = append(out.Parts, a.parts(m.ID+"/"+strconv.Itoa(i))...)
	}
	if s := m.ReplyTo.Story; s != nil {
		// A story is the customer's own to show or take back: its address is
		// kept, never its bytes ("Story Mention: you must not store").
		out.Parts = append(out.Parts, canon.Card{Kind: canon.CardLink, Ref: string(s.ID), Title: "Reply to your story", URL: s.URL})
	}
	if m.ReplyTo.ID != "" {
		out.ReplyTo = &canon.Ref{RemoteID: canon.RemoteID(m.ReplyTo.ID)}
	}
	if len(out.Parts) == 0 {
		name := "message"
		if m.Unsupported {
			name = "unsupported"
		}
		out.Parts = []canon.Part{canon.Opaque{Name: name, Raw: raw}}
	}
	return canon.Posted{Message: out}
}

// thumbs are the ids of the like button in its three sizes.
var thumbs = map[graph.Number]bool{369239263222822: true, 369239343222814: true, 369239383222810: true}

var files = map[string]canon.MediaKind{
	"image": canon.MediaImage, "audio": canon.MediaAudio, "video": canon.MediaVideo, "file": canon.MediaFile, "animated_image": canon.MediaAnimation,
}

// shared are attachments that point at something on the platform, with how they
// are called.
var shared = map[string]string{
	"story_mention": "Story mention", "share": "Shared post", "media_share": "Shared post", "ig_post": "Shared post",
	"reel": "Shared reel", "ig_reel": "Shared reel", "ig_story": "Shared story", "fallback": "Link", "post": "Shared post",
}

// parts reads one attachment; name is what its file is called at the platform.
func (a attachment) parts(name string) []canon.Part {
	var p payload
	if len(a.Payload) > 0 && json.Unmarshal(a.Payload, &p) != nil {
		return []canon.Part{a.opaque()}
	}
	address := p.URL
	if address == "" {
		address = a.URL
	}
	title := a.Title
	if title == "" {
		title = p.Title
	}
	switch kind, isFile := files[a.Type]; {
	case isFile && thumbs[p.Sticker]:
		return []canon.Part{canon.Sticker{RemoteID: canon.RemoteID(strconv.FormatInt(int64(p.Sticker), 10)), Emoji: "👍"}}
	case isFile && p.URL != "":
		return []canon.Part{canon.Media{Kind: kind, RemoteID: canon.RemoteID(name), URL: p.URL, State: canon.MediaPending}}
	case a.Type == "like_heart":
		return []canon.Part{canon.Sticker{Emoji: "❤️"}}
	case a.Type == "location" && p.At != nil:
		return []canon.Part{canon.Location{Lat: p.At.Lat, Lon: p.At.Lon, Title: title}}
	case a.Type == "template" && len(p.Product.Elements) > 0:
		var out []canon.Part
		for _, e := range p.Product.Elements {
			ref := e.Retailer
			if ref == "" {
				ref = e.ID
			}
			out = append(out, canon.Card{Kind: canon.CardProduct, Ref: string(ref), Title: e.Title, Text: e.Subtitle})
		}
		return out
	case shared[a.Type] != "" && address != "":
		if title == "" {
			title = shared[a.Type]
		}
		return []canon.Part{canon.Card{Kind: canon.CardLink, Title: title, URL: address}}
	}
	return []canon.Part{a.opaque()}
}

func (a attachment) opaque() canon.Opaque {
	raw, err := json.Marshal(a)
	if err != nil {
		raw = nil // what was read as JSON is written as JSON
	}
	name := a.Type
	if name == "" {
		name = "attachment"
	}
	return canon.Opaque{Name: connector.Length{Max: 100, Unit: connector.Runes}.Head(name, ""), Text: a.Title, Raw: raw}
}
