package conntest

import (
	"net/http"
	"slices"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

func (l *lab) signed(body []byte) connector.Raw {
	return l.suite.Webhook.Sign(l.link, l.clock.Now(), body)
}

func checkTableIn(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	if len(w.In) == 0 {
		l.find("the table of callbacks is empty")
	}
	for _, c := range w.In {
		l.at = c.Name
		got := l.hub.post(l.signed(c.Body))
		if !l.took(got) {
			continue
		}
		if (len(got.batch.Envelopes)+len(got.batch.Wakes)+len(got.batch.Keep) == 0) != c.Empty {
			l.find("it was decoded to %d envelopes, %d wakes and %d values to keep", len(got.batch.Envelopes), len(got.batch.Wakes), len(got.batch.Keep))
		}
		if got.batch.Refresh && !is[connector.Refresher](l.conn) {
			l.find("it asks for a refresh, and the Conn is no connector.Refresher")
		}
		l.complete(got.batch.Envelopes)
		if text, err := batchText(got.batch); err != nil {
			l.find("an envelope cannot be written: %v", err)
		} else {
			l.golden("in", c.Name, ".json", text)
		}
	}
}

// took reports whether an authentic callback went all the way.
func (l *lab) took(got taken) bool {
	switch {
	case got.unsealErr != nil:
		l.find("the authentic callback was refused: %v", got.unsealErr)
	case got.answer != nil:
		l.findAs("commit first", "Unseal answered a callback that holds events: it was acknowledged and nothing was stored")
	case got.decodeErr != nil:
		l.find("it could not be decoded: %v", got.decodeErr)
	default:
		return true
	}
	return false
}

// complete looks whether each envelope has what the core needs.
func (l *lab) complete(envelopes []canon.Envelope) {
	for i, e := range envelopes {
		switch {
		case e.Event == nil:
			l.find("envelope %d has no event", i)
			continue
		case e.EventID == "":
			l.find("envelope %d has no event id, so it cannot be told from others", i)
		case e.Account == "" || e.Thread.Account != e.Account:
			l.find("envelope %d names the account %q, its thread %q", i, e.Account, e.Thread.Account)
		case e.Thread.Peer == "":
			l.find("envelope %d has no peer, so nobody can be answered", i)
		case e.Time.IsZero() || e.Time.Location() != time.UTC:
			l.find("envelope %d has the time %s; want the platform's, in UTC", i, e.Time)
		case !e.ID.IsZero():
			l.find("envelope %d has an id of ours; the core gives those", i)
		case e.Ticket != nil && (e.Ticket.Expires.IsZero() || e.Ticket.Calls < 1):
			l.find("envelope %d has a ticket that never expires or allows no call", i)
		}
		switch ev := e.Event.(type) {
		case canon.Posted:
			if len(ev.Message.Parts) == 0 {
				l.find("envelope %d posts a message without parts", i)
			}
			l.files(i, ev.Message)
		case canon.Edited:
			l.files(i, ev.Message)
		}
		var back canon.Envelope
		if raw, err := e.AppendJSON(nil); err != nil || back.UnmarshalJSON(raw) != nil {
			l.find("envelope %d cannot be written and read back: %v", i, err)
		}
	}
}

// files looks whether each file of a message is here, comes later, or is said to
// be gone.
func (l *lab) files(envelope int, m canon.Message) {
	for n, p := range m.Parts {
		file, ok := canon.MediaOf(p)
		switch {
		case !ok || !file.File.IsZero() || file.State == canon.MediaExpired:
		case file.State != canon.MediaPending:
			l.find("envelope %d, part %d: the file is neither in our store nor pending, so nobody would fetch it: set its State to canon.MediaPending", envelope, n)
		case !is[connector.Fetcher](l.conn):
			l.find("envelope %d, part %d: the file is pending, and the Conn is no connector.Fetcher, so it would be shown as gone: write Fetch, and declare connector.OpsFetch", envelope, n)
		}
	}
}

func checkDedupe(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	owners := map[string]string{} // row → case
	contents := map[string]string{}
	for _, c := range w.In {
		l.at = c.Name
		first := l.hub.post(l.signed(c.Body))
		if !l.took(first) {
			continue
		}
		for _, e := range first.batch.Envelopes {
			key, now := rowKey(e), content(e)
			if earlier, used := contents[key]; used && earlier != now {
				l.find("two different events share the event id %q, so one of them is lost (the other is of %q): dedupe by the id of the event, not of the message or thread", e.EventID, owners[key])
			}
			owners[key], contents[key] = c.Name, now
		}
		rows := l.hub.count()
		l.clock.pass(time.Second)
		again := map[string][]byte{"sent again": c.Body}
		if c.Again != nil {
			again["repeated by the platform in its own way"] = c.Again
		}
		for how, body := range again {
			got := l.hub.post(l.signed(body))
			if !l.took(got) {
				continue
			}
			if n := l.hub.count(); n != rows {
				l.find("%s, it stored %d rows more: the event id changes from try to try", how, n-rows)
				rows = n
			}
			if got.reply.Status/100 != 2 {
				l.find("%s, it was answered %d: the platform will repeat it for ever", how, got.reply.Status)
			}
		}
	}
}

func checkCommitFirst(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	for _, c := range w.In {
		l.at = c.Name
		l.hub.set(func() error { return errAway }, nil, nil)
		got := l.hub.post(l.signed(c.Body))
		l.hub.set(nil, nil, nil)
		if !l.took(got) {
			continue
		}
		if got.reply.Status < 500 {
			l.find("the store was away and the platform was answered %d: it takes the event for delivered and never repeats it", got.reply.Status)
		}
		if got := l.hub.post(l.signed(c.Body)); got.reply.Status/100 != 2 {
			l.find("it was committed and answered %d", got.reply.Status)
		}
	}
}

func checkCrashIn(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	for _, c := range w.In {
		l.at = c.Name
		l.hub.set(func() error { return errAway }, nil, nil)
		lost := l.hub.post(l.signed(c.Body))
		l.hub.set(nil, nil, nil)
		if !l.took(lost) {
			continue
		}
		// The same Conn sees the callback again: it must not think it knows it.
		got := l.hub.post(l.signed(c.Body))
		if l.took(got) && len(got.batch.Envelopes) != len(lost.batch.Envelopes) {
			l.find("repeated after a failed commit it was decoded to %d envelopes, before to %d: the Conn remembers what the hub has not stored", len(got.batch.Envelopes), len(lost.batch.Envelopes))
		}
		rows := l.hub.count()
		// Committed, and the process dies before the answer leaves.
		if !l.reopen() {
			return
		}
		l.hub.post(l.signed(c.Body))
		if n := l.hub.count(); n != rows {
			l.find("repeated after a crash it stored %d rows more", n-rows)
		}
		for _, e := range lost.batch.Envelopes {
			if !slices.ContainsFunc(l.hub.stored(), func(s canon.Envelope) bool { return s.EventID == e.EventID && s.Account == e.Account }) {
				l.find("the event %q was lost", e.EventID)
			}
		}
	}
}

// reportable are the states a platform may report.
var reportable = []canon.Delivery{canon.Sent, canon.Delivered, canon.Read, canon.Failed}

func checkReceipts(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	caps := l.caps()
	bodies := map[canon.RemoteID][][]byte{}
	for _, c := range w.In {
		l.at = c.Name
		for _, e := range l.hub.post(l.signed(c.Body)).batch.Envelopes {
			r, ok := e.Event.(canon.Receipt)
			if !ok {
				continue
			}
			if !slices.Contains(reportable, r.State) {
				l.find("it moves a status to %q; a platform reports sent, delivered, read or failed", r.State)
			} else if r.State != canon.Failed && !slices.Contains(caps.Receipts, r.State) {
				l.find("it reports %q, which the capabilities do not list", r.State)
			}
			if r.Target == "" {
				if r.Until.IsZero() {
					l.find("it names neither a message nor a time")
				}
				continue
			}
			bodies[r.Target] = append(bodies[r.Target], c.Body)
		}
	}
	for target, list := range bodies {
		l.at = string(target)
		l.anyOrder(target, list)
	}
}

// anyOrder plays the receipts of one message in several orders.
func (l *lab) anyOrder(target canon.RemoteID, bodies [][]byte) {
	var ends []canon.Delivery
	for turn := range min(len(bodies), 4) * 2 {
		order := append(slices.Clone(bodies[turn/2:]), bodies[:turn/2]...)
		if turn%2 == 1 {
			slices.Reverse(order)
		}
		state := canon.Sending
		for _, body := range order {
			for _, e := range l.hub.post(l.signed(body)).batch.Envelopes {
				if r, ok := e.Event.(canon.Receipt); ok && r.Target == target {
					state = state.Advance(r.State)
				}
			}
		}
		ends = append(ends, state)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(ends)))) > 1 {
		l.find("its receipts end in %v, by their order", ends)
	}
}

func checkMalformed(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	for _, c := range w.Malformed {
		l.at = c.Name
		rows := l.hub.count()
		got := l.measured(c.Body)
		switch {
		case got.answer != nil && got.answer.Status/100 != 4:
			l.find("Unseal answered it with %d", got.answer.Status)
		case got.unsealErr == nil && got.answer == nil && got.decodeErr == nil:
			l.find("it was taken, as %d envelopes", len(got.batch.Envelopes))
		}
		if l.hub.count() != rows {
			l.find("it stored something")
		}
	}
	n := w.Mutations
	if n == 0 {
		n = 2000
	}
	l.at = "mutations"
	for body := range mutations(w, n) {
		got := l.measured(body)
		if got.decodeErr == nil {
			l.complete(got.batch.Envelopes)
		}
	}
}

// measured posts a signed body and looks at status and memory.
func (l *lab) measured(body []byte) taken {
	raw := l.signed(body)
	got := l.hub.post(raw)
	most := l.suite.Webhook.MaxEnvelopes
	if most == 0 {
		most = 20
	}
	allowed := uint64(10*len(body) + most*4<<10 + 64<<10)
	used := allocated(func() { l.hub.read(raw) })
	for try := 0; used > allowed && try < 3; try++ {
		// Something else in this process may have allocated: the least counts.
		used = min(used, allocated(func() { l.hub.read(raw) }))
	}
	if used > allowed {
		l.find("a body of %d bytes made it allocate %d: %s", len(body), used, head(body))
	}
	if got.outcome == connector.Refused && got.reply.Status/100 != 4 {
		l.find("a body that cannot be decoded is answered %d, not 4xx: %s", got.reply.Status, head(body))
	}
	if got.outcome == connector.Refused && got.reply.Status == http.StatusTooManyRequests {
		l.find("a body that cannot be decoded is answered 429: the platform will repeat it for ever")
	}
	return got
}

func head(body []byte) string {
	if len(body) > 120 {
		return string(body[:120]) + "…"
	}
	return string(body)
}
