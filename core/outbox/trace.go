package outbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/egress"
)

// tracer keeps the redacted exchanges of one attempt.
type tracer struct {
	mu  sync.Mutex
	all []egress.Exchange
}

// Record keeps an exchange.
func (t *tracer) Record(x egress.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, x)
}

// JSON is the exchanges, or "" when there were none.
func (t *tracer) JSON() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return ""
	}
	b := make([]byte, 0, 1024)
	b = append(b, '[')
	for i := range t.all {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendExchange(b, &t.all[i])
	}
	return string(append(b, ']'))
}

// appendExchange appends what json.Marshal would write: by hand, for that is done
// with every request.
func appendExchange(b []byte, x *egress.Exchange) []byte {
	b = field(append(b, '{'), "Method", x.Method)
	b = field(append(b, ','), "URL", x.URL)
	b = field(append(b, ','), "Remote", x.Remote)
	b = strconv.AppendInt(append(b, `,"Status":`...), int64(x.Status), 10)
	b = append(b, `,"Start":"`...)
	b = x.Start.AppendFormat(b, time.RFC3339Nano)
	b = strconv.AppendInt(append(b, `","Connected":`...), int64(x.Connected), 10)
	b = strconv.AppendInt(append(b, `,"Wrote":`...), int64(x.Wrote), 10)
	b = strconv.AppendInt(append(b, `,"FirstByte":`...), int64(x.FirstByte), 10)
	b = strconv.AppendInt(append(b, `,"Total":`...), int64(x.Total), 10)
	b = strconv.AppendBool(append(b, `,"Reused":`...), x.Reused)
	b = appendHeader(append(b, `,"RequestHeader":`...), x.RequestHeader)
	b = appendHeader(append(b, `,"ResponseHeader":`...), x.ResponseHeader)
	b = field(append(b, ','), "RequestBody", x.RequestBody)
	b = field(append(b, ','), "ResponseBody", x.ResponseBody)
	b = strconv.AppendInt(append(b, `,"RequestBytes":`...), x.RequestBytes, 10)
	b = strconv.AppendInt(append(b, `,"ResponseBytes":`...), x.ResponseBytes, 10)
	b = field(append(b, ','), "Err", x.Err)
	b = strconv.AppendInt(append(b, `,"Certainty":`...), int64(x.Certainty), 10)
	return append(b, '}')
}

func appendHeader(b []byte, h http.Header) []byte {
	if h == nil {
		return append(b, "null"...)
	}
	b = append(b, '{')
	for i, name := range slices.Sorted(maps.Keys(h)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(canon.AppendString(b, name), ":["...)
		for j, v := range h[name] {
			if j > 0 {
				b = append(b, ',')
			}
			b = canon.AppendString(b, v)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
