package connector

import (
	"slices"
	"strconv"
	"time"

	"parley/core/canon"
)

// Level is how well something is supported.
type Level string

// The levels, best first.
const (
	Full    Level = "full"
	Partial Level = "partial" // arrives as the same thing, with something lost
	Degrade Level = "degrade" // arrives as its fallback text or a link
	Drop    Level = "drop"    // does not arrive; the agent is told
	Reject  Level = "reject"  // refused before sending
)

// Unit is what a limit of length counts.
type Unit string

// The units of length.
const (
	Bytes     Unit = "bytes" // of UTF-8
	Runes     Unit = "runes"
	UTF16     Unit = "utf16" // code units
	Graphemes Unit = "graphemes"
)

// Length is a limit of text; Max 0 means none.
type Length struct {
	Max  int  `json:"max"`
	Unit Unit `json:"unit"`
}

// Capabilities says as data what a thread can carry. The renderer obeys it,
// the composer shows it, the conformance kit holds it against the interfaces.
type Capabilities struct {
	// Parts is the level per part in the form PartKey gives; a missing key is
	// Degrade.
	Parts map[string]Level `json:"parts"`
	// Ops is the level per operation; a missing key is Drop. Degrade is for two that
	// the core then says in words, as a message of its own: an edit as a correction,
	// a reaction as its emoji.
	Ops map[Operation]Level `json:"ops"`

	Text    Length `json:"text"`    // of one text part
	Caption Length `json:"caption"` // Max 0 with Unit "" means captions become a text of their own
	Subject Length `json:"subject"`
	HTML    bool   `json:"html"`  // text may carry HTML
	Spans   bool   `json:"spans"` // text may carry spans

	Media map[canon.MediaKind]MediaLimit `json:"media"`

	Choices ChoiceLimit `json:"choices"`
	Menu    MenuLimit   `json:"menu,omitzero"` // of the account's own menu, with OpsMenu

	// PartsPerCall is how many parts one Send takes; 0 means 1.
	PartsPerCall int `json:"parts_per_call"`
	// MixMedia says that text and media may share a call.
	MixMedia bool `json:"mix_media"`
	// Albums are media that share a call though others do not: the platform shows
	// them as one album.
	Albums AlbumLimit `json:"albums,omitzero"`

	Window Window `json:"window"`
	Quota  Quota  `json:"quota"`

	// Starts is what a thread is begun with where OpsStart is declared.
	Starts AddressKind `json:"starts,omitempty"`

	// Group: several people write on this thread, so nobody of them is asked what
	// is one customer's to say.
	Group bool `json:"group,omitempty"`

	EditWithin   time.Duration `json:"edit_within_ns"` // 0: no limit of the platform
	RevokeWithin time.Duration `json:"revoke_within_ns"`
	TypingEvery  time.Duration `json:"typing_every_ns"` // how often typing must be repeated

	// Idempotent: the platform honours Request.Key, so an uncertain send may
	// be repeated with the same key.
	Idempotent bool `json:"idempotent"`
	// Tickets: an answer goes by Request.Ticket while one is open on the thread.
	// What is said together rides on one ticket, as far as it takes parts.
	Tickets  bool             `json:"tickets,omitempty"`
	Receipts []canon.Delivery `json:"receipts"` // which states it reports after the send
	// Concurrency is how many sends of one account may run at a time; 0: 8.
	Concurrency int `json:"concurrency"`
	// Rate is how many sends a second one account may make; 0: no limit.
	Rate float64 `json:"rate"`
}

// Operation is something besides posting.
type Operation string

// The operations a channel may know.
const (
	OpsEdit      Operation = "edit"
	OpsRevoke    Operation = "revoke"
	OpsReact     Operation = "react"
	OpsReply     Operation = "reply"
	OpsTyping    Operation = "typing"
	OpsMarkRead  Operation = "mark_read"
	OpsUpload    Operation = "upload"
	OpsFile      Operation = "file"
	OpsFetch     Operation = "fetch"
	OpsProfile   Operation = "profile"
	OpsTemplates Operation = "templates"
	OpsMenu      Operation = "menu"
	OpsInstall   Operation = "install"
	OpsProbe     Operation = "probe"
	OpsDesk      Operation = "desk"
	OpsSettle    Operation = "settle"
	OpsLogin     Operation = "login"
	OpsAuthorize Operation = "authorize"
	OpsStart     Operation = "start"
)

// AddressKind is a way to write to somebody that people know by itself, whatever
// the account.
type AddressKind string

// The kinds of address.
const AddressEmail AddressKind = "email"

// MediaLimit limits one kind of media.
type MediaLimit struct {
	MIME     []string      `json:"mime"`  // accepted types, "image/*" allowed; empty accepts all
	Bytes    int64         `json:"bytes"` // 0: no limit
	Duration time.Duration `json:"duration_ns"`
	// Side is how long the longer side of a picture may be, in pixels; 0: no limit.
	Side int `json:"side,omitempty"`
	// Still is how many bytes the picture may have that the platform wants beside
	// this kind, JPEG: one out of a film, a smaller one of a large picture; 0: none
	// is wanted. What could be made stands in Request.Stills.
	Still int64 `json:"still,omitempty"`
	// NoCaption says that this kind carries none though others do: its caption
	// becomes a text of its own.
	NoCaption bool `json:"no_caption,omitempty"`
	// Native are those of the accepted types that arrive as this kind, where
	// another arrives as something less: a voice as a file to download. Such a one
	// is converted where that can be done, and goes as it is where it cannot.
	// Empty: all of them.
	Native []string `json:"native,omitempty"`
}

// AlbumLimit limits albums.
type AlbumLimit struct {
	Max int `json:"max"` // members of one; 0: there are no albums
	// Sets are the kinds that may be in one together; a kind of no set goes alone.
	Sets [][]canon.MediaKind `json:"sets"`
}

// Takes reports whether two media may be in one album.
func (l AlbumLimit) Takes(a, b canon.MediaKind) bool {
	return l.Max > 1 && slices.ContainsFunc(l.Sets, func(set []canon.MediaKind) bool { return slices.Contains(set, a) && slices.Contains(set, b) })
}

// ChoiceLimit limits options.
type ChoiceLimit struct {
	Quick   int    `json:"quick"` // how many quick replies
	Buttons int    `json:"buttons"`
	List    int    `json:"list"`
	Columns int    `json:"columns"`
	Label   Length `json:"label"`
	Value   Length `json:"value"`
	// Numbered: the channel shows options as a numbered list by itself, so a
	// customer answers with the number or the words.
	Numbered bool `json:"numbered,omitempty"`
	// Pages says that an answer is better given on a page than on the channel:
	// a letter's options are links.
	Pages bool `json:"pages,omitempty"`
}

// Window is how long a customer may still be answered.
type Window struct {
	// For is the length of the window after a customer's message; 0: always open.
	For time.Duration `json:"for_ns"`
	// Messages is how many may be sent within it; 0: any number.
	Messages int `json:"messages"`
	// Person is how long a person may still answer where that is longer than For;
	// 0: as anybody.
	Person time.Duration `json:"person_ns,omitempty"`
	// Closes and Left describe this thread now; zero when not asked for one.
	Closes time.Time `json:"closes,omitzero"`
	Left   int       `json:"left,omitempty"`
	// Since is when this process heard what Closes follows from; zero: it follows
	// from what all of them know.
	Since time.Time `json:"-"`
}

// Shut reports whether nothing but a template may be said now: the time is over,
// or the count used up. What is not known is not shut.
func (w Window) Shut(now time.Time) bool {
	return w.For > 0 && !w.Closes.IsZero() && (!now.Before(w.Closes) || w.Messages > 0 && w.Left <= 0)
}

// Quota is a limit of the account over a longer time.
type Quota struct {
	Limit int       `json:"limit"` // 0: none
	Used  int       `json:"used"`
	Ends  time.Time `json:"ends,omitzero"`
}

// PartKey is the key of a part in Capabilities.Parts: its tag, and for media,
// choices and cards the kind behind a dot ("media.image", "choices.quick",
// "card.product").
func PartKey(p canon.Part) string {
	switch p := p.(type) {
	case canon.Media:
		return "media." + string(p.Kind)
	case canon.Choices:
		return "choices." + string(p.Style)
	case canon.Card:
		return "card." + string(p.Kind)
	}
	return canon.PartType(p)
}

// PartKeys lists every key Capabilities.Parts may have.
func PartKeys() []string {
	return []string{
		"text", "media.image", "media.voice", "media.audio", "media.video", "media.animation", "media.file",
		"location", "sticker", "contact", "choices.quick", "choices.buttons", "choices.list", "template",
		"card.product", "card.order", "card.link", "card.app", "card.article", "opaque",
	}
}

// Part returns the level of a part.
func (c Capabilities) Part(p canon.Part) Level {
	if l, ok := c.Parts[PartKey(p)]; ok {
		return l
	}
	return Degrade
}

// Can reports whether an operation is supported at least partly.
func (c Capabilities) Can(op Operation) bool {
	return c.Ops[op] == Full || c.Ops[op] == Partial
}

// String writes a limit as documents do: "4096 utf16".
func (l Length) String() string {
	if l.Max == 0 {
		return ""
	}
	return strconv.Itoa(l.Max) + " " + string(l.Unit)
}

// Words writes a limit for people: "20 characters as seen".
func (l Length) Words() Text {
	n := strconv.Itoa(l.Max)
	switch l.Unit {
	case Bytes:
		return Text{EN: n + " bytes", ZH: n + " 字节"}
	case UTF16:
		return Text{EN: n + " UTF-16 units", ZH: n + " 个 UTF-16 单元"}
	case Graphemes:
		return Text{EN: n + " characters as seen", ZH: n + " 个可见字符"}
	}
	return Text{EN: n + " characters", ZH: n + " 个字符"}
}
