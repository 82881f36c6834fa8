package connector

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"parley/core/canon"
)

// Raw is a callback as it came: nobody vouches for it yet.
type Raw struct {
	Method  string
	Path    string // below the callback address, "" at the address itself
	Query   string
	Header  http.Header
	Body    []byte // at most the limit of the core
	From    netip.Addr
	Arrived time.Time
}

// Opened is what Unseal made of a Raw: authentic, and decrypted.
type Opened struct {
	Body []byte
	// Answer ends a handshake (echostr, challenge): it is written as it is and
	// nothing is stored.
	Answer *Reply
}

// Verified is an authentic body. Only the core makes one, from what Unseal
// returned without error, so no connector can decode what nobody checked.
type Verified struct {
	body  []byte
	raw   Raw
	valid bool
}

// Seal is how the core makes a Verified. A test of the house keeps it to the
// core, the conformance kit and the tools for authors.
func Seal(raw Raw, opened Opened) Verified {
	return Verified{body: opened.Body, raw: raw, valid: true}
}

// Body returns the authentic bytes; it panics on a zero Verified.
func (v Verified) Body() []byte {
	if !v.valid {
		panic("connector: Decode was given a body nobody verified")
	}
	return v.body
}

// Raw returns the callback the body came in.
func (v Verified) Raw() Raw { return v.raw }

// Batch is what one callback held.
type Batch struct {
	Envelopes []canon.Envelope
	Wakes     []Wake
	// Keep are small values for Env.Cache that a callback brings, such as the
	// ticket a platform hands out. They are durable before Ack.
	Keep []Kept
	// Signals are passed on to who looks at their threads, after the commit, and
	// never stored.
	Signals []Signalled
	// Refresh asks for the Conn's Refresh at once, after the commit: what was told
	// is worth asking the platform about. For a Conn that is a Refresher.
	Refresh bool
}

// Signalled is a signal of a thread.
type Signalled struct {
	Thread canon.ThreadKey
	Signal canon.Signal
}

// Kept is a value for Env.Cache.
type Kept struct {
	Name  string
	Value string // empty: forget it
	For   time.Duration
}

// Wake tells a Streamer that something is there to fetch under a key.
type Wake struct {
	Key   string // the cursor's key: an open_kfid, a mailbox
	Token string // what the nudge carried
}

// Outcome is what became of a callback.
type Outcome string

// The outcomes of a callback.
const (
	Committed Outcome = "committed" // durable: new or repeated, the platform may forget it
	Refused   Outcome = "refused"   // could not be decoded; repeating will not help
	Retry     Outcome = "retry"     // the store is away: the platform should try again
)

// Reply is an HTTP answer. It carries no error text.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Route is a path a connector listens on, below its callback address.
type Route struct {
	Method string
	// Path is "" or "/…"; its last segment may be "*" for any one segment, such as
	// an account's name, which nobody vouches for.
	Path string
}

// Takes tells whether a request is one of the route's.
func (r Route) Takes(method, path string) bool {
	if r.Method != method {
		return false
	}
	if head, any := strings.CutSuffix(r.Path, "*"); any {
		last, ok := strings.CutPrefix(path, head)
		return ok && last != "" && !strings.Contains(last, "/")
	}
	return r.Path == path
}

// Webhook receives by callback. The core calls, in this order: Unseal, Decode,
// commit, Ack.
type Webhook interface {
	Routes() []Route
	// Unseal authenticates the raw bytes and decrypts them. No I/O. Its error
	// is answered with 401 and an empty body.
	Unseal(Raw) (Opened, error)
	// Decode is pure; its error is answered by Ack with Refused.
	Decode(context.Context, Verified) (Batch, error)
	Ack(Raw, Outcome) Reply
}

// Replier takes the answer in the response to the callback. The core keeps a
// callback open whose envelope has a Ticket, and every repetition of it, until
// one message of the thread was written into exactly one of these responses,
// nothing is going to be said, or Hold passed; the others are answered by Ack.
type Replier interface {
	// Hold is how long after its arrival the core may keep a callback open.
	Hold() time.Duration
	// Reply writes a request into the response to an authentic callback. It is
	// pure; Status 0 says that this request cannot travel so and is to be sent.
	Reply(Raw, Request) Reply
}

// Repeater is a Replier whose platform calls again about an event that was left
// without an answer: what is said later can ride then. The core leaves a callback
// that will be repeated open after its Hold, until the platform hangs up, at most
// twice an event; one that will not be is answered by Ack.
type Repeater interface {
	// Repeats is how long after its arrival an authentic callback is repeated at
	// the latest, when nobody answers it; 0: not any more. It is pure.
	Repeats(Raw) time.Duration
}

// Cursors are positions by key.
type Cursors map[string]string

// Sink is where a Streamer or Server puts what it received.
type Sink interface {
	// Commit stores envelopes and cursors in one durable transaction. Only
	// after nil may the sender upstream be told.
	Commit(ctx context.Context, envelopes []canon.Envelope, cursors Cursors) error
	// Signal passes something on that is never stored.
	Signal(ctx context.Context, thread canon.ThreadKey, s canon.Signal)
}

// Streamer receives by socket, long poll, IDLE or cursor pull. Run blocks
// until ctx ends or the link fails; the core restarts it with backoff.
type Streamer interface {
	Run(ctx context.Context, from Cursors, wakes <-chan Wake, sink Sink) error
}

// Server is our own channel: it answers pages, sockets, messages and files
// under /chat/{account}.
type Server interface {
	Routes() []Route
	Serve(http.ResponseWriter, *http.Request, Sink)
}
