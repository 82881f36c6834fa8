package egress

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"
)

// Exchange is one request and its answer, or one dialled connection, as an
// operator may read it. Nothing in it is secret; bodies may hold message text.
type Exchange struct {
	Method string // "DIAL" for TCP
	URL    string
	Remote string // address and port that were reached
	Status int    // 0 without an answer

	Start     time.Time
	Connected time.Duration // from Start until a connection was there; 0 if never
	Wrote     time.Duration // until the request was written
	FirstByte time.Duration // until the first byte of the answer
	Total     time.Duration // until the answer was read or given up
	Reused    bool          // the connection was kept from an earlier exchange

	RequestHeader, ResponseHeader http.Header
	// Bodies are cut to [TraceBody] bytes; what is not text is described.
	RequestBody, ResponseBody string
	// RequestBytes is how much of the body was sent, 0 for one in memory that was
	// not written whole; ResponseBytes how much of the answer's the caller took.
	RequestBytes, ResponseBytes int64

	Err       string // empty when the exchange succeeded
	Certainty Certainty
}

// TraceBody is how many bytes of a body an [Exchange] keeps.
const TraceBody = 4 << 10

// Recorder keeps exchanges. Record is called once per exchange, when the answer
// was read to its end, closed, or failed; possibly from several goroutines. It
// must not block.
type Recorder interface {
	Record(Exchange)
}

type traceKey struct{}
type redactKey struct{}

// WithTrace has the exchanges made under ctx recorded.
func WithTrace(ctx context.Context, to Recorder) context.Context {
	return context.WithValue(ctx, traceKey{}, to)
}

// WithRedactor names the secrets of the exchanges made under ctx.
func WithRedactor(ctx context.Context, r *Redactor) context.Context {
	return context.WithValue(ctx, redactKey{}, r)
}

func recorder(ctx context.Context) Recorder {
	to, _ := ctx.Value(traceKey{}).(Recorder)
	return to
}

func redactorOf(ctx context.Context) *Redactor {
	r, _ := ctx.Value(redactKey{}).(*Redactor)
	return r
}

// capture keeps the beginning of a body, and somewhat more, so that a secret at
// the cut is whole when it is looked for.
type capture struct {
	buf   []byte
	limit int
	total int64
}

func (c *capture) add(p []byte) {
	c.total += int64(len(p))
	if room := c.limit - len(c.buf); room > 0 {
		c.buf = append(c.buf, p[:min(room, len(p))]...)
	}
}

func (c *capture) text(contentType string, r *Redactor) string {
	if len(c.buf) == 0 {
		return ""
	}
	if what := binary(contentType, c.buf); what != "" {
		return fmt.Sprintf("(%d bytes of %s)", c.total, what)
	}
	return strings.ToValidUTF8(redactFields(r.known(string(c.buf), TraceBody)), "\uFFFD")
}

// binary names what a body is, if it is not text.
func binary(contentType string, head []byte) string {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = ""
	}
	for _, text := range []string{"text/", "application/json", "application/xml", "application/x-www-form-urlencoded", "multipart/"} {
		if strings.HasPrefix(kind, text) {
			return ""
		}
	}
	switch {
	case strings.HasSuffix(kind, "+json"), strings.HasSuffix(kind, "+xml"):
		return ""
	case kind != "":
		return kind
	case bytes.IndexByte(head, 0) >= 0:
		return "data"
	}
	return ""
}
