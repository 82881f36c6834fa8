package line

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/webhook"

	"parley/core/canon"
)

// proofLength is of 32 bytes in base64.
const proofLength = 44

// canonical reports whether base64 is written the only way its bytes can be.
func canonical(s string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil
}

// common is what every event has ("Common properties").
type common struct {
	Type     string `json:"type"`
	At       int64  `json:"timestamp"` // milliseconds, of when it happened, also when told again
	ID       string `json:"webhookEventId"`
	Token    string `json:"replyToken"`
	Mode     string `json:"mode"`
	Delivery struct {
		Again bool `json:"isRedelivery"`
	} `json:"deliveryContext"`
	Source json.RawMessage `json:"source"`
}

// maxAt is the last millisecond of the year 9999.
const maxAt = 253_402_300_799_999

// event reads one event into the facts it holds. Most are one.
func (c *Conn) event(raw json.RawMessage, destination string, arrived time.Time) ([]canon.Envelope, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return nil, errors.New("it is no object")
	}
	var head common
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, errors.New("its common properties are not as documented")
	}
	if head.Type == "" || head.ID == "" || head.At <= 0 || head.At > maxAt {
		return nil, errors.New("it lacks its type, id or time")
	}
	read, err := webhook.UnmarshalEvent(raw)
	if err != nil {
		return nil, fmt.Errorf("it is not as %q is documented", connectorWord(head.Type))
	}
	lane, from, known, err := sourceOf(head.Source, destination)
	if err != nil {
		return nil, err
	}
	e := canon.Envelope{
		Account: c.account, Thread: c.thread(lane), From: canon.Peer{ID: canon.RemoteID(from), Verified: true},
		EventID: head.ID, Time: time.UnixMilli(head.At).UTC(), Order: head.At, Ticket: ticket(head, arrived),
	}
	if !known {
		e.Ticket = nil
		return unknown(e, head.Type, raw), nil
	}
	return c.facts(e, head, read, raw), nil
}

// connectorWord keeps what a stranger wrote out of logs.
func connectorWord(s string) string {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return "?"
		}
	}
	return s[:min(len(s), 40)]
}

// sourceOf finds the lane of an event. What concerns the account alone, such as
// its suspension, has no source we know and goes to the account's own lane.
func sourceOf(raw json.RawMessage, destination string) (lane, from string, known bool, err error) {
	if len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
		source, err := webhook.UnmarshalSource(raw)
		if err != nil {
			return "", "", false, errors.New("its source is not as documented")
		}
		lane, from = peerOf(source)
	}
	if known = lane != ""; !known {
		lane = destination
	}
	if lane == "" {
		return "", "", false, errors.New("it tells neither whom it is about nor for whom it is")
	}
	if from == "" {
		from = lane // a member of a group who does not let us know them
	}
	return lane, from, known, nil
}

// ticket is the reply token of an event, if it can be answered. A channel in
// standby, where a module has the chat, is given none.
func ticket(head common, arrived time.Time) *canon.Ticket {
	if head.Token == "" || head.Mode == "standby" || strings.Trim(head.Token, "0f") == "" { // a token of the console's test
		return nil
	}
	if arrived.IsZero() {
		arrived = time.UnixMilli(head.At)
	}
	return &canon.Ticket{Opaque: []byte(head.Token), Expires: arrived.Add(tokenLife).UTC(), Calls: 1, Parts: maxMessages}
}

// facts turns an event into what happened.
func (c *Conn) facts(e canon.Envelope, head common, read webhook.EventInterface, raw json.RawMessage) []canon.Envelope {
	switch ev := read.(type) {
	case webhook.MessageEvent:
		e.Group = groupOf(ev.Message)
		e.Event = canon.Posted{Message: message(ev.Message, raw)}
	case webhook.UnsendEvent:
		if ev.Unsend == nil || ev.Unsend.MessageId == "" {
			return unknown(e, head.Type, raw)
		}
		e.Event = canon.Revoked{Target: canon.RemoteID(ev.Unsend.MessageId)}
	case webhook.PostbackEvent:
		return c.postback(e, ev, raw)
	case webhook.FollowEvent:
		e.Event = canon.Membership{Kind: canon.MemberSubscribed}
	case webhook.UnfollowEvent:
		// Nobody can stop being a friend but by blocking the account.
		e.Event = canon.Membership{Kind: canon.MemberBlocked}
	case webhook.JoinEvent:
		e.Event = canon.Membership{Kind: canon.MemberJoined}
	case webhook.LeaveEvent:
		e.Event = canon.Membership{Kind: canon.MemberLeft}
	case webhook.MemberJoinedEvent:
		if ev.Joined == nil || len(ev.Joined.Members) == 0 {
			return unknown(e, head.Type, raw)
		}
		return members(e, canon.MemberJoined, ev.Joined.Members)
	case webhook.MemberLeftEvent:
		if ev.Left == nil || len(ev.Left.Members) == 0 {
			return unknown(e, head.Type, raw)
		}
		return members(e, canon.MemberLeft, ev.Left.Members)
	default:
		return unknown(e, head.Type, raw)
	}
	return []canon.Envelope{e}
}

// postback is a button of ours, an entry of the account's menu, or a date that
// was picked.
func (c *Conn) postback(e canon.Envelope, ev webhook.PostbackEvent, raw json.RawMessage) []canon.Envelope {
	if ev.Postback == nil {
		return unknown(e, "postback", raw)
	}
	a := canon.Action{Kind: canon.ActionButton, Value: ev.Postback.Data}
	if _, menu := ev.Postback.Params["newRichMenuAliasId"]; menu {
		a.Kind = canon.ActionMenu
	}
	if value, menu := strings.CutPrefix(a.Value, menuMark); menu {
		a.Kind, a.Value = canon.ActionMenu, value
	}
	for _, name := range []string{"date", "time", "datetime", "newRichMenuAliasId", "status"} {
		if v := ev.Postback.Params[name]; v != "" {
			a.Fields = append(a.Fields, canon.Field{Name: name, Value: v})
			if a.Label == "" && strings.Contains("date time datetime", name) {
				a.Label = v // what the customer picked is what they said
			}
		}
	}
	e.Event = a
	return []canon.Envelope{e}
}

// members is one fact for each who came or went. The event's id is the first's.
func members(e canon.Envelope, kind canon.MembershipKind, all []webhook.UserSource) []canon.Envelope {
	var out []canon.Envelope
	for i, m := range all {
		one := e
		if i > 0 {
			one.EventID += fmt.Sprintf("#%d", i)
			one.Ticket = nil // there is one for all of them
		}
		one.Event = canon.Membership{Kind: kind, Member: canon.Peer{ID: canon.RemoteID(m.UserId), Verified: true}}
		out = append(out, one)
	}
	return out
}

// unknown keeps what asks for nothing, such as beacons, account links and
// memberships, and whatever comes next that nobody taught us.
func unknown(e canon.Envelope, name string, raw json.RawMessage) []canon.Envelope {
	e.Event = canon.Unknown{Name: name, Raw: clone(raw), Says: inWords(name, raw)}
	return []canon.Envelope{e}
}
