package load

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"parley/connectors/http"
	"parley/core/canon"
)

// The places of a request that differ from one to the next, of fixed width.
const (
	eventMark = "E-0000000000000000000000000000" // also the id the signature is over
	peerMark  = "c-0000000000"
	stampMark = "1111111111"
	signMark  = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)

// request is a callback of the http connector, written once and patched.
// It belongs to one connection.
type request struct {
	signer *http.Signer
	raw    []byte
	body   []byte // the end of raw
	event  []spot // where the event id stands
	peer   []spot
	stamp  spot
	sign   spot

	run    string
	second int64
	id     [len(eventMark)]byte
}

// spot is a place in raw.
type spot struct{ from, to int }

func newRequest(p Plan) (*request, error) {
	signer, err := http.NewSigner(p.Secret)
	if err != nil {
		return nil, fmt.Errorf("sign requests: %w", err)
	}
	if len(p.Run) > 8 {
		return nil, fmt.Errorf("the name of a run %q has more than 8 bytes", p.Run)
	}
	body, err := canon.Envelope{
		Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: peerMark}, From: canon.Peer{ID: peerMark, Name: "王小明 " + peerMark, Locale: "zh-CN"},
		EventID: eventMark, Time: time.Now().UTC().Truncate(time.Second),
		Event: canon.Posted{Message: canon.Message{RemoteID: "m" + eventMark, Parts: []canon.Part{canon.Text{Body: p.Text}}}},
	}.AppendJSON(nil)
	if err != nil {
		return nil, fmt.Errorf("write a request: %w", err)
	}
	head := "POST " + p.Path + " HTTP/1.1\r\nHost: " + p.Addr + "\r\nContent-Type: application/json\r\nUser-Agent: parley-bench\r\n" +
		http.HeaderID + ": " + eventMark + "\r\n" + http.HeaderTimestamp + ": " + stampMark + "\r\n" + http.HeaderSignature + ": " + signMark + "\r\n" +
		"Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	r := &request{signer: signer, raw: append([]byte(head), body...), run: p.Run}
	r.body = r.raw[len(head):]
	r.event, r.peer = spots(r.raw, eventMark), spots(r.raw, peerMark)
	r.stamp, r.sign = spots(r.raw, stampMark)[0], spots(r.raw, signMark)[0]
	return r, nil
}

func spots(raw []byte, mark string) []spot {
	var out []spot
	for from := 0; ; {
		i := bytes.Index(raw[from:], []byte(mark))
		if i < 0 {
			return out
		}
		out = append(out, spot{from + i, from + i + len(mark)})
		from += i + len(mark)
	}
}

// fill makes it the n-th request of the run, from a customer, and signs it.
func (r *request) fill(n, customer int, now time.Time) []byte {
	copy(r.id[:], eventMark)
	copy(r.id[2:10], r.run)
	digits(r.id[10:], n)
	for _, s := range r.event {
		copy(r.raw[s.from:s.to], r.id[:])
	}
	for _, s := range r.peer {
		digits(r.raw[s.from+2:s.to], customer)
	}
	if unix := now.Unix(); unix != r.second {
		r.second = unix
		strconv.AppendInt(r.raw[r.stamp.from:r.stamp.from], unix, 10)
	}
	copy(r.raw[r.sign.from:r.sign.to], r.signer.Sign(string(r.id[:]), r.second, r.body))
	return r.raw
}

// digits writes a number right-aligned with zeros before it.
func digits(to []byte, n int) {
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = byte('0' + n%10)
		n /= 10
	}
}

// customerOf reads the customer out of a call to the platform; -1 when it
// names none of ours.
func customerOf(body []byte) int {
	i := bytes.Index(body, []byte(`"peer":"c-`))
	if i < 0 || len(body) < i+20 {
		return -1
	}
	n := 0
	for _, c := range body[i+10 : i+20] {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
