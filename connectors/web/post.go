package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/core/canon"
)

// postRequest is a message or a press. ID is the browser's key: the same post
// arrives again under the same id, and counts once.
type postRequest struct {
	ID     string        `json:"id"`
	Text   string        `json:"text,omitempty"`
	Files  []string      `json:"files,omitempty"` // handles from an upload
	Place  *placeRequest `json:"place,omitempty"`
	Action *pressRequest `json:"action,omitempty"`
}

type placeRequest struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// pressRequest is an option taken under a line of ours.
type pressRequest struct {
	Target string `json:"target"` // the line's remote id
	Value  string `json:"value"`
	Label  string `json:"label"`
	Menu   bool   `json:"menu,omitempty"`
	Note   string `json:"note,omitempty"` // why it was taken
}

// post commits a message or a press.
func (t *talk) post(ctx context.Context, in postRequest) error {
	if !clientKey(in.ID) {
		return invalid("id", "The message has no usable id.", "消息缺少有效编号。")
	}
	if t.site.asks(t.visitor) {
		return unanswered
	}
	event, err := t.event(in)
	if err != nil {
		return err
	}
	if err := t.may(ctx); err != nil {
		return err
	}
	envelope := t.envelope(t.account, t.visitor, "post:"+in.ID, event)
	envelope.Raw = in.sum()
	return t.commit(ctx, envelope)
}

func (t *talk) event(in postRequest) (canon.Event, error) {
	if in.Action != nil {
		return in.Action.event()
	}
	m := canon.Message{ClientID: in.ID, Locale: t.visitor.Locale}
	if text := words(in.Text); strings.TrimSpace(text) != "" {
		if n, most := utf8.RuneCountInString(text), t.options.Limits.TextRunes; n > most {
			return nil, invalid("text",
				fmt.Sprintf("The message has %d characters; %d can be sent at a time.", n, most),
				fmt.Sprintf("消息共 %d 字，一次最多发送 %d 字。", n, most))
		}
		m.Parts = append(m.Parts, canon.Text{Body: text})
	}
	if len(in.Files) > t.options.Limits.FilesAMsg {
		most := strconv.Itoa(t.options.Limits.FilesAMsg)
		return nil, invalid("files", "At most "+most+" files at a time.", "一次最多发送 "+most+" 个文件。")
	}
	for _, handle := range in.Files {
		c, err := t.conn.open(forFile, t.account.ID, handle)
		if err != nil || c.Media == nil || c.Visitor.Peer != t.visitor.Peer {
			return nil, invalid("files", "The file has to be chosen again.", "请重新选择文件。")
		}
		m.Parts = append(m.Parts, *c.Media)
	}
	if p := in.Place; p != nil {
		if !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
			return nil, invalid("place", "This is no place on the map.", "位置无效。")
		}
		m.Parts = append(m.Parts, canon.Location{Lat: p.Lat, Lon: p.Lon})
	}
	if len(m.Parts) == 0 {
		return nil, invalid("text", "The message is empty.", "消息内容为空。")
	}
	return canon.Posted{Message: m}, nil
}

func (p *pressRequest) event() (canon.Event, error) {
	if len(p.Target) > 200 || len(p.Value) > 4000 || len(p.Label) > 2000 || len(p.Note) > 8000 || (p.Value == "" && p.Label == "") {
		return nil, invalid("action", "This choice cannot be sent.", "该选项无法提交。")
	}
	kind := canon.ActionButton
	if p.Menu {
		kind = canon.ActionMenu
	}
	a := canon.Action{Kind: kind, Value: words(p.Value), Label: line(p.Label, 200), Target: canon.RemoteID(line(p.Target, 200))}
	if note := line(words(p.Note), 1000); note != "" {
		a.Fields = []canon.Field{{Name: "reason", Value: note}}
	}
	return a, nil
}

// sum names the content of a post, the same at every try: a repeated id with
// other words is told apart by it.
func (p postRequest) sum() string {
	raw, err := json.Marshal(p)
	if err != nil {
		return "" // no value of these types fails to encode
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// clientKey reports whether a browser's key is 8 to 64 of A–Z a–z 0–9 - _.
func clientKey(s string) bool {
	if len(s) < 8 || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func (x *exchange) messages() {
	var in postRequest
	if err := x.body(&in); err != nil {
		x.fail(err)
		return
	}
	x.done(x.post(x.r.Context(), in))
}

func (x *exchange) marks() {
	var in markRequest
	if err := x.body(&in); err != nil {
		x.fail(err)
		return
	}
	x.done(x.mark(x.r.Context(), in))
}

func (x *exchange) typed() {
	var in typingRequest
	if err := x.body(&in); err != nil {
		x.fail(err)
		return
	}
	x.typing(x.r.Context(), in)
	x.done(nil)
}
