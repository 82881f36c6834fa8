package canon

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Part is a piece of a message. The set is closed: Text, Media, Location,
// Sticker, Contact, Choices, Template, Card and Opaque.
type Part interface {
	partType() string
	// Fallback is the part as plain text, for a channel that knows only text.
	Fallback() string
	// EachText returns a copy in which every text a person reads is replaced
	// by what visit returns for it.
	EachText(visit func(string) string) Part
}

// PartType returns the tag a part has in JSON and in Capabilities.
func PartType(p Part) string { return p.partType() }

// Text is words. Body is always there and complete; HTML, when present, is the
// same words sanitised for display.
type Text struct {
	Body  string `json:"body"`
	HTML  string `json:"html,omitempty"`
	Spans []Span `json:"spans,omitempty"`
}

// SpanStyle is a way of marking words.
type SpanStyle string

// The styles of spans.
const (
	SpanBold    SpanStyle = "bold"
	SpanItalic  SpanStyle = "italic"
	SpanStrike  SpanStyle = "strike"
	SpanCode    SpanStyle = "code"
	SpanPre     SpanStyle = "pre"
	SpanLink    SpanStyle = "link"
	SpanMention SpanStyle = "mention"
	SpanQuote   SpanStyle = "quote"
)

// Span marks a stretch of Body, counted in runes.
type Span struct {
	Start  int       `json:"start"`
	Length int       `json:"length"`
	Style  SpanStyle `json:"style"`
	URL    string    `json:"url,omitempty"`
}

func (Text) partType() string { return "text" }

// Fallback is the body, with the addresses of links behind their words.
func (t Text) Fallback() string {
	var tail []string
	for _, s := range t.Spans {
		if s.Style == SpanLink && s.URL != "" && !strings.Contains(t.Body, s.URL) {
			tail = append(tail, s.URL)
		}
	}
	if len(tail) == 0 {
		return t.Body
	}
	return t.Body + "\n" + strings.Join(tail, "\n")
}

// EachText visits the body. Changed words lose their HTML and spans, which no
// longer fit them.
func (t Text) EachText(visit func(string) string) Part {
	body := visit(t.Body)
	if body == t.Body {
		return t
	}
	return Text{Body: body}
}

// MediaKind is what a file is to a person.
type MediaKind string

// The kinds of media.
const (
	MediaImage     MediaKind = "image"
	MediaVoice     MediaKind = "voice" // recorded by the sender just now
	MediaAudio     MediaKind = "audio"
	MediaVideo     MediaKind = "video"
	MediaAnimation MediaKind = "animation"
	MediaFile      MediaKind = "file"
)

// MediaState tells whether the bytes are here.
type MediaState string

// The states of media: ready, still being fetched, or gone at the platform.
const (
	MediaReady   MediaState = ""
	MediaPending MediaState = "pending"
	MediaExpired MediaState = "expired"
)

// Media is a file of any kind.
type Media struct {
	Kind     MediaKind  `json:"kind"`
	File     ID         `json:"file,omitzero"`       // ours, once stored
	RemoteID RemoteID   `json:"remote_id,omitempty"` // the platform's handle, for fetching or re-use
	URL      string     `json:"url,omitempty"`       // where a connector may fetch it; never shown
	State    MediaState `json:"state,omitempty"`
	Name     string     `json:"name,omitempty"`
	MIME     string     `json:"mime,omitempty"`
	Size     int64      `json:"size,omitempty"` // bytes
	Width    int        `json:"width,omitempty"`
	Height   int        `json:"height,omitempty"`
	Millis   int64      `json:"millis,omitempty"` // duration
	Wave     []byte     `json:"wave,omitempty"`   // up to 64 levels 0–255 of a voice note
	Caption  string     `json:"caption,omitempty"`
	Inline   string     `json:"inline,omitempty"` // Content-ID when a mail shows it in its text
	Why      Words      `json:"why,omitzero"`     // why its bytes cannot be had, of one that is expired
}

func (Media) partType() string { return "media" }

var mediaNames = map[MediaKind]string{
	MediaImage: "Image", MediaVoice: "Voice message", MediaAudio: "Audio",
	MediaVideo: "Video", MediaAnimation: "Animation", MediaFile: "File",
}

// Fallback is the caption behind a placeholder naming kind and file.
func (m Media) Fallback() string {
	label := mediaNames[m.Kind]
	if label == "" {
		label = "File"
	}
	if m.Kind == MediaVoice && m.Millis > 0 {
		label += " " + strconv.FormatInt((m.Millis+999)/1000, 10) + " s"
	}
	if m.Name != "" && m.Kind != MediaVoice {
		label += ": " + m.Name
	}
	if m.Caption == "" {
		return "[" + label + "]"
	}
	return "[" + label + "] " + m.Caption
}

// EachText visits the caption.
func (m Media) EachText(visit func(string) string) Part {
	if m.Caption != "" {
		m.Caption = visit(m.Caption)
	}
	return m
}

// Location is a point on the map (WGS 84, degrees).
type Location struct {
	Lat     float64 `json:"lat"`
	Lon     float64 `json:"lon"`
	Title   string  `json:"title,omitempty"`
	Address string  `json:"address,omitempty"`
}

func (Location) partType() string { return "location" }

// Fallback names the place and links a map.
func (l Location) Fallback() string {
	var lines []string
	for _, s := range []string{l.Title, l.Address} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	lines = append(lines, fmt.Sprintf("https://www.openstreetmap.org/?mlat=%.6f&mlon=%.6f", l.Lat, l.Lon))
	return strings.Join(lines, "\n")
}

// EachText visits title and address.
func (l Location) EachText(visit func(string) string) Part {
	if l.Title != "" {
		l.Title = visit(l.Title)
	}
	if l.Address != "" {
		l.Address = visit(l.Address)
	}
	return l
}

// Sticker is a picture from a set, with the emoji it stands for.
type Sticker struct {
	Image    Media    `json:"image,omitzero"`
	RemoteID RemoteID `json:"remote_id,omitempty"`
	Pack     string   `json:"pack,omitempty"`
	Emoji    string   `json:"emoji,omitempty"`
	Words    string   `json:"words,omitempty"` // what it stands for, where a platform tells it so
}

func (Sticker) partType() string { return "sticker" }

// Fallback is the emoji, or a placeholder with the words.
func (s Sticker) Fallback() string {
	switch {
	case s.Emoji != "":
		return s.Emoji
	case s.Words != "":
		return "[Sticker: " + s.Words + "]"
	}
	return "[Sticker]"
}

// EachText visits the words.
func (s Sticker) EachText(visit func(string) string) Part {
	if s.Words != "" {
		s.Words = visit(s.Words)
	}
	return s
}

// Contact is a person's card.
type Contact struct {
	Name   string   `json:"name"`
	Org    string   `json:"org,omitempty"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
	VCard  string   `json:"vcard,omitempty"` // RFC 6350, when the platform gave one
}

func (Contact) partType() string { return "contact" }

// Fallback lists name, phones and addresses.
func (c Contact) Fallback() string {
	lines := []string{c.Name}
	if c.Org != "" {
		lines = append(lines, c.Org)
	}
	lines = append(lines, c.Phones...)
	lines = append(lines, c.Emails...)
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// EachText visits nothing: names and numbers are not translated.
func (c Contact) EachText(func(string) string) Part { return c }

// Opaque is a part no one taught us yet, kept as the platform sent it.
type Opaque struct {
	Name string          `json:"name"` // the platform's type, or the tag of a newer version of this vocabulary
	Text string          `json:"text,omitempty"`
	Raw  json.RawMessage `json:"raw,omitempty"`
}

func (Opaque) partType() string { return "opaque" }

// Fallback is the text the platform gave, or a placeholder naming the type.
func (o Opaque) Fallback() string {
	if o.Text != "" {
		return o.Text
	}
	return "[" + o.Name + "]"
}

// EachText visits the text the platform gave.
func (o Opaque) EachText(visit func(string) string) Part {
	if o.Text != "" {
		o.Text = visit(o.Text)
	}
	return o
}
