package wechat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/canon/datum"
	"parley/core/connector"
)

// Routes: the handshake and the callbacks come to the callback address itself.
func (c *Conn) Routes() []connector.Route {
	return []connector.Route{{Method: http.MethodGet}, {Method: http.MethodPost}}
}

// Unseal checks signature and time, and decrypts; a handshake is echoed.
func (c *Conn) Unseal(raw connector.Raw) (connector.Opened, error) {
	body, echo, err := c.seal.open(raw, c.env.Clock())
	if err != nil {
		return connector.Opened{}, err
	}
	if raw.Method == http.MethodGet {
		return connector.Opened{Answer: &connector.Reply{Status: http.StatusOK, Header: plainText(), Body: []byte(echo)}}, nil
	}
	return connector.Opened{Body: body}, nil
}

func plainText() http.Header { return http.Header{"Content-Type": {"text/plain; charset=utf-8"}} }

// Ack answers "success", which ends the platform's repetitions. What was taken
// opens the customer's window.
func (c *Conn) Ack(raw connector.Raw, outcome connector.Outcome) connector.Reply {
	if outcome == connector.Committed {
		c.seen(raw)
	}
	return c.answer(outcome)
}

func (c *Conn) answer(outcome connector.Outcome) connector.Reply {
	switch outcome {
	case connector.Committed:
		return connector.Reply{Status: http.StatusOK, Header: plainText(), Body: []byte("success")}
	case connector.Refused:
		return connector.Reply{Status: http.StatusBadRequest}
	}
	return connector.Reply{Status: http.StatusServiceUnavailable}
}

// maxSeen is the largest body looked at once more for its window, in bytes:
// what is not looked at merely shows an older window.
const maxSeen = 8 << 10

// seen notes what the platform allows after a callback.
func (c *Conn) seen(raw connector.Raw) {
	if len(raw.Body) > maxSeen {
		return
	}
	body, _, err := c.seal.open(raw, raw.Arrived)
	if err != nil {
		return
	}
	if p, err := parse(body); err == nil {
		c.windows.opened(canon.RemoteID(p.FromUserName), c.grant(p), raw.Arrived)
	}
}

// Decode reads one message or event.
func (c *Conn) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	p, err := parse(v.Body())
	if err != nil {
		return connector.Batch{}, err
	}
	if c.original != "" && string(p.ToUserName) != c.original {
		return connector.Batch{}, errors.New("the body is for another account than its address")
	}
	e := c.envelope(p)
	if p.MsgType == "event" {
		c.event(&e, p, v.Body())
	} else {
		e.Event = posted(p, v.Body())
	}
	if !c.mini && answerable(e.Event) {
		// The response must be there within five seconds.
		e.Ticket = &canon.Ticket{Expires: e.Time.Add(5 * time.Second), Calls: 1, Parts: 1}
	}
	if p.Event == "subscribe_msg_sent_event" {
		if ends := p.ends(e); len(ends) > 0 {
			return connector.Batch{Envelopes: ends}, nil
		}
	}
	return connector.Batch{Envelopes: []canon.Envelope{e}}, nil
}

// answerable tells the events a bot or a person may have something to say to.
func answerable(e canon.Event) bool {
	switch e := e.(type) {
	case canon.Posted, canon.Action:
		return true
	case canon.Membership:
		return e.Kind == canon.MemberSubscribed || e.Kind == canon.MemberOpened
	}
	return false
}

func (c *Conn) envelope(p push) canon.Envelope {
	account, peer := canon.RemoteID(p.ToUserName), canon.RemoteID(p.FromUserName)
	if c.as != "" {
		account = c.as
	}
	at, _ := p.time()
	e := canon.Envelope{
		Account: account, Thread: canon.ThreadKey{Account: account, Peer: peer}, From: canon.Peer{ID: peer, Verified: true},
		EventID: p.id(), Time: at,
	}
	if p.UnionID != "" {
		e.From.Also = []canon.Alias{{Kind: "unionid", ID: canon.RemoteID(p.UnionID), Verified: true}}
	}
	return e
}

// id is what repetitions have in common: the message id, and of events sender,
// time, name and key (关于重试的消息排重).
func (p push) id() string {
	if p.MsgType != "event" && p.MsgID != "" {
		return "m:" + string(p.MsgID)
	}
	parts := []string{string(p.FromUserName), string(p.CreateTime), string(p.MsgType), string(p.Event), string(p.EventKey), string(p.MsgID), string(p.JobID), string(p.Content), string(p.MediaID)}
	for _, n := range p.notes() {
		parts = append(parts, string(n.MsgID), string(n.TemplateID), string(n.Consent))
	}
	quoted, _ := json.Marshal(parts) // strings always encode
	sum := sha256.Sum256(quoted)
	return "e:" + hex.EncodeToString(sum[:16])
}

// posted reads what a customer sent.
func posted(p push, body []byte) canon.Event {
	if p.MsgType == "text" && p.MenuTap != nil {
		// The id of the option comes back only if it is a number, and not
		// always: the words say which one it was.
		return canon.Action{Kind: canon.ActionButton, Label: string(p.Content)}
	}
	part := p.part()
	if part == nil {
		return unknown("message."+string(p.MsgType), body)
	}
	return canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(p.MsgID), Parts: []canon.Part{part}}}
}

func (p push) part() canon.Part {
	media := func(kind canon.MediaKind, mime string) canon.Part {
		return canon.Media{Kind: kind, RemoteID: canon.RemoteID(p.MediaID), State: canon.MediaPending, MIME: mime}
	}
	switch p.MsgType {
	case "text":
		return canon.Text{Body: string(p.Content)}
	case "image":
		m := media(canon.MediaImage, "image/jpeg").(canon.Media)
		m.URL = string(p.PicURL)
		return m
	case "voice":
		m := media(canon.MediaVoice, "audio/amr").(canon.Media)
		if strings.EqualFold(string(p.Format), "speex") {
			m.MIME = "audio/x-speex"
		}
		m.Caption = string(p.Recognition) // what the platform heard
		return m
	case "video", "shortvideo":
		return media(canon.MediaVideo, "video/mp4")
	case "location":
		lat, lon, ok := p.place()
		if !ok {
			return nil
		}
		return canon.Location{Lat: lat, Lon: lon, Title: string(p.Label)}
	case "link":
		return canon.Card{Kind: canon.CardLink, Title: string(p.Title), Text: string(p.Description), URL: openable(string(p.URL))}
	case "miniprogrampage":
		return canon.Card{Kind: canon.CardApp, Title: string(p.Title), AppID: string(p.AppID), Path: string(p.PagePath)}
	}
	return nil
}

func (p push) place() (lat, lon float64, ok bool) {
	lat, err1 := strconv.ParseFloat(string(p.LocationX), 64)
	lon, err2 := strconv.ParseFloat(string(p.LocationY), 64)
	if err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90) || !(lon >= -180 && lon <= 180) {
		return 0, 0, false
	}
	lat, lon = datum.FromGCJ(lat, lon) // the platform gives places as Chinese maps have them
	return lat, lon, true
}

// openable is an address that an agent may click on, or nothing.
func openable(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// unknown keeps a callback nobody taught us, as it came.
func unknown(name string, body []byte) canon.Unknown {
	raw := json.RawMessage(body)
	if !json.Valid(body) {
		raw, _ = json.Marshal(strings.ToValidUTF8(string(body), "\uFFFD")) // a string always encodes
	}
	return canon.Unknown{Name: strings.ToValidUTF8(name, ""), Raw: raw}
}
