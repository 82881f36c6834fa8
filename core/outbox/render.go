package outbox

import (
	"fmt"
	"mime"
	"path"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// Note tells an agent what the channel changed about a message.
type Note struct {
	Code string         `json:"code"` // "degraded", "dropped", "cut", "linked", "converted", "caption", "quoted", "subject_cut"
	Part string         `json:"part"` // connector.PartKey
	Text connector.Text `json:"text"`
}

// Rendered is a message as a channel can carry it: one message a call.
type Rendered struct {
	Calls []canon.Message
	Notes []Note
}

// Render degrades and cuts a message by the limits a channel declares. link
// gives an address a customer can open a file at. A part the channel refuses is
// an error of class Unsupported naming it.
func Render(m canon.Message, caps connector.Capabilities, link func(canon.ID) (string, error)) (Rendered, error) {
	return Means{Link: link}.Render(m, caps)
}

// Means are what a rendering can fall back upon.
type Means struct {
	// Link gives an address a customer can open a file at.
	Link func(canon.ID) (string, error)
	// Can tells of what type a file would be made to fit a limit; nil: none is.
	Can func(canon.Media, connector.MediaLimit) (mime string, ok bool)
}

// Render is the function of that name, with all means. A file that will be made
// to fit stays as it is here: it is converted when it is sent.
func (means Means) Render(m canon.Message, caps connector.Capabilities) (Rendered, error) {
	r := renderer{caps: caps, link: means.Link, can: means.Can}
	for _, p := range m.Parts {
		if err := r.part(p); err != nil {
			return Rendered{}, err
		}
	}
	if !caps.Subject.Fits(m.Subject) {
		m.Subject = caps.Subject.Head(m.Subject, "…")
		r.notes = append(r.notes, Note{"subject_cut", "text", connector.Text{EN: "The subject is cut short: " + m.Subject, ZH: "主题将被截短：" + m.Subject}})
	}
	out := Rendered{Notes: r.notes}
	for _, parts := range r.pack() {
		call := m
		call.Parts = parts
		out.Calls = append(out.Calls, call)
	}
	if len(out.Calls) == 0 && len(r.notes) > 0 {
		return out, &connector.Error{Class: connector.Unsupported, Code: "nothing_left", Shown: connector.Text{
			EN: "This channel can carry nothing of the message.", ZH: "该渠道无法发送此消息中的任何内容。"}}
	}
	return out, nil
}

type renderer struct {
	caps  connector.Capabilities
	link  func(canon.ID) (string, error)
	can   func(canon.Media, connector.MediaLimit) (string, bool)
	parts []canon.Part
	notes []Note
}

func (r *renderer) note(code string, p canon.Part, en, zh string) {
	r.notes = append(r.notes, Note{code, connector.PartKey(p), connector.Text{EN: en, ZH: zh}})
}

func (r *renderer) part(p canon.Part) error {
	level := r.caps.Part(p)
	var why connector.Text
	if level == connector.Full || level == connector.Partial {
		switch p := p.(type) {
		case canon.Text:
			r.text(p)
			return nil
		case canon.Media:
			var limit connector.MediaLimit
			var must bool
			if limit, why, must = toFit(r.caps, p); why == (connector.Text{}) || r.converts(p, limit, why) || !must {
				r.media(p)
				return nil
			}
			level = connector.Degrade
		case canon.Choices:
			if r.choicesFit(p) {
				r.parts = append(r.parts, p)
				return nil
			}
			level = connector.Degrade
		default:
			r.parts = append(r.parts, p)
			return nil
		}
	}
	switch level {
	case connector.Drop:
		r.note("dropped", p, "Left out: this channel has no "+partName(p).EN, "将被略去：该渠道不支持"+partName(p).ZH)
		return nil
	case connector.Reject:
		return &connector.Error{Class: connector.Unsupported, Code: "part_rejected", Shown: connector.Text{
			EN: "This channel refuses " + connector.PartKey(p) + ". Take it out and send again.",
			ZH: "该渠道拒绝发送 " + connector.PartKey(p) + "，请移除后重试。"}}
	}
	return r.degrade(p, why)
}

// degrade says a part in words, with a link where there is a file. why is for the
// agent, where more than the kind of part is the reason.
func (r *renderer) degrade(p canon.Part, why connector.Text) error {
	body := p.Fallback()
	if file := fileOf(p); !file.IsZero() && r.link != nil {
		url, err := r.link(file)
		if err != nil {
			return fmt.Errorf("make a link for file %s: %w", file, err)
		}
		body = strings.TrimSpace(body + "\n" + url)
		if why == (connector.Text{}) {
			why = connector.Text{EN: "this channel has no " + partName(p).EN, ZH: "该渠道不支持" + partName(p).ZH}
		}
		r.note("linked", p, "Sent as a link: "+why.EN, "将以链接发送："+why.ZH)
	} else if _, plain := p.(canon.Text); !plain {
		r.note("degraded", p, inWords(p).EN, inWords(p).ZH)
	}
	r.text(canon.Text{Body: body})
	return nil
}

func fileOf(p canon.Part) canon.ID {
	switch p := p.(type) {
	case canon.Media:
		return p.File
	case canon.Sticker:
		return p.Image.File
	case canon.Card:
		return p.Image.File
	}
	return canon.ID{}
}

func (r *renderer) text(t canon.Text) {
	if strings.TrimSpace(t.Body) == "" && strings.TrimSpace(t.HTML) == "" {
		return
	}
	if !r.caps.HTML {
		t.HTML = ""
		if strings.TrimSpace(t.Body) == "" {
			return // its words are in its HTML alone: there is nothing to say
		}
	}
	if !r.caps.Spans && len(t.Spans) > 0 {
		t = canon.Text{Body: t.Fallback(), HTML: t.HTML}
	}
	if r.caps.Text.Fits(t.Body) {
		r.parts = append(r.parts, t)
		return
	}
	pieces := r.caps.Text.Cut(t.Body)
	r.note("cut", t, fmt.Sprintf("Cut into %d messages", len(pieces)), fmt.Sprintf("将拆分为 %d 条消息", len(pieces)))
	for _, piece := range pieces {
		r.parts = append(r.parts, canon.Text{Body: piece})
	}
}

func (r *renderer) media(m canon.Media) {
	caption := m.Caption
	separate := caption != "" && (r.caps.Caption == (connector.Length{}) || !r.caps.Caption.Fits(caption) || r.caps.Media[m.Kind].NoCaption)
	if separate {
		m.Caption = ""
		r.note("caption", m, "The caption follows as a message of its own", "说明文字将另发一条")
	}
	r.parts = append(r.parts, m)
	if separate {
		r.text(canon.Text{Body: caption})
	}
}

// converts reports whether a file will be made to fit a limit, and notes it.
func (r *renderer) converts(m canon.Media, limit connector.MediaLimit, why connector.Text) bool {
	if r.can == nil || m.File.IsZero() || limit.Duration > 0 && m.Millis > limit.Duration.Milliseconds() {
		return false
	}
	to, ok := r.can(m, limit)
	if ok {
		kind := strings.ToUpper(to[strings.IndexByte(to, '/')+1:])
		r.note("converted", m, "Converted to "+kind+" of a size the channel takes: "+why.EN, "将转换为该渠道可接受的 "+kind+"："+why.ZH)
	}
	return ok
}

// toFit is what a file has to be converted to and why; why is empty where it goes
// as it is. Without must it goes as it is, too, where nothing can convert it.
func toFit(caps connector.Capabilities, m canon.Media) (limit connector.MediaLimit, why connector.Text, must bool) {
	limit = caps.Media[m.Kind]
	why = mediaFits(caps, m)
	must = why != connector.Text{}
	if len(limit.Native) == 0 {
		return limit, why, must
	}
	if !must && m.MIME != "" && !isOf(m.MIME, limit.Native) {
		why = connector.Text{EN: "as it is, it would arrive as a file to download", ZH: "原格式会以文件形式送达"}
	}
	limit.MIME = limit.Native
	return limit, why, must
}

// mediaFits is why a file does not fit; empty when it does.
func mediaFits(caps connector.Capabilities, m canon.Media) (why connector.Text) {
	limit, declared := caps.Media[m.Kind]
	if !declared {
		return why
	}
	if limit.Bytes > 0 && m.Size > limit.Bytes {
		return connector.Text{EN: "larger than the " + megabytes(limit.Bytes) + " this channel takes", ZH: "超出该渠道 " + megabytes(limit.Bytes) + " 的上限"}
	}
	if limit.Duration > 0 && m.Millis > limit.Duration.Milliseconds() {
		return connector.Text{EN: fmt.Sprintf("longer than the %.0f s this channel takes", limit.Duration.Seconds()), ZH: fmt.Sprintf("超出该渠道 %.0f 秒的上限", limit.Duration.Seconds())}
	}
	if limit.Side > 0 && max(m.Width, m.Height) > limit.Side {
		return connector.Text{EN: fmt.Sprintf("longer on one side than the %d pixels this channel takes", limit.Side), ZH: fmt.Sprintf("边长超出该渠道 %d 像素的上限", limit.Side)}
	}
	if len(limit.MIME) == 0 || m.MIME == "" {
		return why
	}
	if isOf(m.MIME, limit.MIME) {
		return why
	}
	base := plain(m.MIME)
	return connector.Text{EN: "this channel does not take " + base, ZH: "该渠道不接受 " + base}
}

// isOf reports whether a type is one of some, "image/*" allowed among them.
func isOf(of string, some []string) bool {
	base := plain(of)
	for _, pattern := range some {
		if ok, err := path.Match(pattern, base); err == nil && ok {
			return true
		}
	}
	return false
}

// plain is a type without its parameters.
func plain(of string) string {
	if base, _, err := mime.ParseMediaType(of); err == nil {
		return base
	}
	return of
}

func (r *renderer) choicesFit(c canon.Choices) bool {
	l := r.caps.Choices
	most := map[canon.ChoiceStyle]int{canon.ChoiceQuick: l.Quick, canon.ChoiceButtons: l.Buttons, canon.ChoiceList: l.List}[c.Style]
	if most > 0 && len(c.Options) > most || !r.caps.Text.Fits(c.Prompt) {
		return false
	}
	for _, o := range c.Options {
		if !l.Label.Fits(o.Label) || !l.Value.Fits(o.Value) {
			return false
		}
	}
	return true
}

// pack puts as many parts into a call as the channel takes.
func (r *renderer) pack() [][]canon.Part {
	most := max(1, r.caps.PartsPerCall)
	var calls [][]canon.Part
	for _, p := range r.parts {
		last := len(calls) - 1
		if last >= 0 && (len(calls[last]) < most && (r.caps.MixMedia || isMedia(calls[last][0]) == isMedia(p)) || r.joins(calls[last], p)) {
			calls[last] = append(calls[last], p)
			continue
		}
		calls = append(calls, []canon.Part{p})
	}
	return calls
}

// joins reports whether a part makes an album with what a call holds already.
func (r *renderer) joins(call []canon.Part, p canon.Part) bool {
	first, isMedia := call[0].(canon.Media)
	next, too := p.(canon.Media)
	return isMedia && too && len(call) < r.caps.Albums.Max && r.caps.Albums.Takes(first.Kind, next.Kind)
}

func isMedia(p canon.Part) bool {
	switch p.(type) {
	case canon.Media, canon.Sticker:
		return true
	}
	return false
}
