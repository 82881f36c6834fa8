package cloud

import (
	"encoding/json"
	"strconv"

	"parley/connectors/meta/graph"
	"parley/core/canon"
)

var states = map[string]canon.Delivery{
	"sent": canon.Sent, "delivered": canon.Delivered, "read": canon.Read, "played": canon.Read, "failed": canon.Failed,
}

// status reads how far a message of ours got. It is about the row whose key it
// repeats, so that it is understood even where the answer to the send was lost;
// messages sent by other means are known by the platform's id alone.
func (d *decoder) status(raw json.RawMessage) canon.Envelope {
	var s status
	if json.Unmarshal(raw, &s) != nil || s.ID == "" || s.To == "" && s.User == "" {
		return d.wide("status", raw)
	}
	peer := canon.RemoteID(s.To)
	if peer == "" {
		peer = canon.RemoteID(s.User)
	}
	e := d.envelope(peer, "status:"+s.ID+":"+s.Status, graph.Time(s.At, d.at), graph.Unknown("status."+s.Status, raw))
	state, known := states[s.Status]
	if !known {
		return e
	}
	r := canon.Receipt{Target: canon.RemoteID(s.ID), State: state}
	if _, err := canon.ParseID(s.Key); err == nil {
		r.Target, r.RemoteID = canon.RemoteID(s.Key), canon.RemoteID(s.ID)
	}
	if len(s.Errors) > 0 {
		r.Code = strconv.FormatInt(int64(s.Errors[0].Code), 10)
		r.Reason = s.Errors[0].reason()
		if graph.Meaning(int(s.Errors[0].Code), 0).Class == "window_closed" {
			r.Late = true
			d.c.threads.Closed(e.Thread, d.c.env.Clock())
		}
	}
	e.Event = r
	return e
}

// reason is what the catalogue says of an error, else the platform.
func (m mischief) reason() string {
	if shown := graph.Meaning(int(m.Code), 0).Shown; shown.EN != "" {
		return shown.EN
	}
	if m.Data.Details != "" {
		return m.Data.Details
	}
	return m.Title
}

// call reads a step of a voice call. We do not answer calls on WhatsApp: a
// customer who rings is seen, and asked to a room of ours.
func (d *decoder) call(raw json.RawMessage) canon.Envelope {
	var k call
	if json.Unmarshal(raw, &k) != nil || k.ID == "" || k.From == "" && k.To == "" {
		return d.wide("call", raw)
	}
	peer := k.From
	if k.Way == "BUSINESS_INITIATED" {
		peer = k.To
	}
	if peer == "" {
		return d.wide("call", raw)
	}
	e := d.envelope(canon.RemoteID(peer), "call:"+k.ID+":"+k.Event+k.Status, graph.Time(k.At, d.at), graph.Unknown("call."+k.Event, raw))
	switch k.Event {
	case "connect":
		e.Event = canon.Call{Kind: canon.CallOffered, Call: canon.RemoteID(k.ID)}
	case "terminate":
		e.Event = canon.Call{Kind: canon.CallEnded, Call: canon.RemoteID(k.ID)}
	}
	return e
}
