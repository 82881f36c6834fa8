package canon

// The quick way through the shapes that make up nearly all traffic: an
// envelope, a posted message, text. Each function gives what encoding/json
// would give, or leaves r bad; a fuzz test holds them to that.

func readEnvelope(r *reader) (e Envelope) {
	var seen uint32
	for key := r.open(); key != nil && !r.bad; key = r.more() {
		switch string(key) {
		case "v":
			r.once(&seen, 0)
			r.int()
		case "id":
			r.once(&seen, 1)
			e.ID = readID(r)
		case "account":
			r.once(&seen, 2)
			e.Account = RemoteID(r.str())
		case "thread":
			r.once(&seen, 3)
			e.Thread = readThread(r)
		case "from":
			r.once(&seen, 4)
			e.From = readPeer(r)
		case "event_id":
			r.once(&seen, 5)
			e.EventID = r.str()
		case "time":
			r.once(&seen, 6)
			if raw := r.raw(); !r.bad && e.Time.UnmarshalJSON(raw) != nil {
				r.fail()
			}
		case "order":
			r.once(&seen, 7)
			e.Order = r.int()
		case "group":
			r.once(&seen, 8)
			e.Group = r.str()
		case "raw":
			r.once(&seen, 9)
			e.Raw = r.str()
		case "event":
			r.once(&seen, 10)
			e.Event = readEvent(r)
		case "ticket":
			r.once(&seen, 11)
			r.into(&e.Ticket)
		case "entry":
			r.once(&seen, 12)
			r.into(&e.Entry)
		case "visit":
			r.once(&seen, 13)
			r.into(&e.Visit)
		default:
			r.fail()
		}
	}
	if e.Event == nil {
		r.fail()
	}
	return e
}

func readID(r *reader) (id ID) {
	if id.UnmarshalText([]byte(r.str())) != nil {
		r.fail()
	}
	return id
}

func readThread(r *reader) (k ThreadKey) {
	var seen uint32
	for key := r.open(); key != nil && !r.bad; key = r.more() {
		switch string(key) {
		case "account":
			r.once(&seen, 0)
			k.Account = RemoteID(r.str())
		case "peer":
			r.once(&seen, 1)
			k.Peer = RemoteID(r.str())
		case "thread":
			r.once(&seen, 2)
			k.Thread = RemoteID(r.str())
		default:
			r.fail()
		}
	}
	return k
}

func readPeer(r *reader) (p Peer) {
	var seen uint32
	for key := r.open(); key != nil && !r.bad; key = r.more() {
		switch string(key) {
		case "id":
			r.once(&seen, 0)
			p.ID = RemoteID(r.str())
		case "name":
			r.once(&seen, 1)
			p.Name = r.str()
		case "avatar":
			r.once(&seen, 2)
			p.Avatar = r.str()
		case "locale":
			r.once(&seen, 3)
			p.Locale = r.str()
		case "phone":
			r.once(&seen, 4)
			p.Phone = r.str()
		case "email":
			r.once(&seen, 5)
			p.Email = r.str()
		case "also":
			r.once(&seen, 6)
			r.into(&p.Also)
		case "ours":
			r.once(&seen, 7)
			p.Ours = r.bool()
		case "verified":
			r.once(&seen, 8)
			p.Verified = r.bool()
		default:
			r.fail()
		}
	}
	return p
}

// tag looks ahead at the tag of the object that follows, without entering it;
// "" when the tag is not its first field.
func (r *reader) tag() string {
	ahead := *r
	if string(ahead.open()) != "type" {
		return ""
	}
	tag := ahead.str()
	if ahead.bad {
		return ""
	}
	return tag
}

func readEvent(r *reader) Event {
	if r.tag() != "posted" {
		raw := r.raw()
		if r.bad {
			return nil
		}
		e, err := UnmarshalEvent(raw)
		if err != nil {
			r.fail()
		}
		return e
	}
	var p Posted
	var seen uint32
	for key := r.open(); key != nil && !r.bad; key = r.more() {
		switch string(key) {
		case "type":
			r.once(&seen, 0)
			r.str()
		case "message":
			r.once(&seen, 1)
			p.Message = readMessage(r)
		default:
			r.fail()
		}
	}
	if seen != 3 { // a posted event without a message is for encoding/json to judge
		r.fail()
	}
	return p
}

func readMessage(r *reader) (m Message) {
	var seen uint32
	m.Parts = []Part{}
	for key := r.open(); key != nil && !r.bad; key = r.more() {
		switch string(key) {
		case "id":
			r.once(&seen, 0)
			m.ID = readID(r)
		case "remote_id":
			r.once(&seen, 1)
			m.RemoteID = RemoteID(r.str())
		case "client_id":
			r.once(&seen, 2)
			m.ClientID = r.str()
		case "reply_to":
			r.once(&seen, 3)
			r.into(&m.ReplyTo)
		case "quote":
			r.once(&seen, 4)
			m.Quote = r.str()
		case "subject":
			r.once(&seen, 5)
			m.Subject = r.str()
		case "locale":
			r.once(&seen, 6)
			m.Locale = r.str()
		case "headers":
			r.once(&seen, 7)
			r.into(&m.Headers)
		case "parts":
			r.once(&seen, 8)
			r.want('[')
			if r.take(']') {
				continue
			}
			for !r.bad {
				m.Parts = append(m.Parts, readPart(r))
				if r.take(']') {
					break
				}
				r.want(',')
			}
		default:
			r.fail()
		}
	}
	return m
}

func readPart(r *reader) Part {
	if r.tag() != "text" {
		raw := r.raw()
		if r.bad {
			return nil
		}
		p, err := UnmarshalPart(raw)
		if err != nil {
			r.fail()
		}
		return p
	}
	var t Text
	var seen uint32
	for key := r.open(); key != nil && !r.bad; key = r.more() {
		switch string(key) {
		case "type":
			r.once(&seen, 0)
			r.str()
		case "body":
			r.once(&seen, 1)
			t.Body = r.str()
		case "html":
			r.once(&seen, 2)
			t.HTML = r.str()
		case "spans":
			r.once(&seen, 3)
			r.into(&t.Spans)
		default:
			r.fail()
		}
	}
	return t
}
