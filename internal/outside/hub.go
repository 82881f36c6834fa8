package outside

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/canon"
	"parley/core/connector"
)

// reaction is what the hub does with a callback.
type reaction int

const (
	take    reaction = iota // commit, answer 204
	away                    // the store is away: 503
	busy                    // too many at once: 429
	hangUp                  // the connection breaks before the commit
	lose                    // it breaks between commit and answer
	decline                 // 400
)

// hub takes callbacks as the real one does, with a plan of misfortunes.
type hub struct {
	x    *run
	conn connector.Webhook

	mu    sync.Mutex
	came  int
	rows  map[string]string          // event id → its content
	tries map[string]map[string]bool // content → the event ids it came under
	order []canon.Envelope           // as committed
	plan  map[string][]reaction      // of a text, by try
	held  map[string]bool            // receipts that were answered 503 once
}

func newHub(x *run, conn connector.Webhook) *hub {
	return &hub{x: x, conn: conn, rows: map[string]string{}, tries: map[string]map[string]bool{}, plan: map[string][]reaction{}, held: map[string]bool{}}
}

// picture is the file that media of the kit point at.
const picture = "\x89PNG\r\n\x1a\n"

const filePath = "/files/kit.png"

func (h *hub) fileURL() string { return "http://" + h.x.Hook.Addr().String() + filePath }

// count is how many callbacks came.
func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.came
}

// ServeHTTP takes a callback.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == filePath {
		_, _ = io.WriteString(w, picture)
		return
	}
	if r.URL.Path == placePath && r.Method == http.MethodPut {
		h.put(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, connhttp.MaxBody+1))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			h.x.find("envelopes", "a callback", "it is over %d bytes", connhttp.MaxBody)
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.came++
	h.x.look("a callback", string(body))
	below, ours := strings.CutPrefix(r.URL.Path, HookPath)
	if r.Method != http.MethodPost || !ours || below != "" && below != uploadPath {
		h.x.find("signed callbacks", r.Method+" "+r.URL.Path, "callbacks are POSTs to %s", HookPath)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	raw := connector.Raw{Method: r.Method, Path: below, Header: r.Header, Body: body, Arrived: time.Now()}
	opened, err := h.conn.Unseal(raw)
	if err != nil {
		h.x.find("signed callbacks", head(body), "the signature does not fit: it is made of webhook-id, webhook-timestamp and the bytes of the body, no older than 300 seconds")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if opened.Answer != nil {
		write(w, *opened.Answer)
		return
	}
	batch, err := h.conn.Decode(r.Context(), connector.Seal(raw, opened))
	if err != nil {
		h.x.find("envelopes", head(body), "%v", err)
		h.answer(w, raw, connector.Refused)
		return
	}
	switch h.react(batch.Envelopes) {
	case take:
		h.commit(batch.Envelopes)
		h.answer(w, raw, connector.Committed)
	case lose:
		h.commit(batch.Envelopes)
		cut(w)
	case hangUp:
		cut(w)
	case busy:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case decline:
		w.WriteHeader(http.StatusBadRequest)
	default:
		h.answer(w, raw, connector.Retry)
	}
}

func (h *hub) answer(w http.ResponseWriter, raw connector.Raw, o connector.Outcome) {
	write(w, h.conn.Ack(raw, o))
}

func write(w http.ResponseWriter, reply connector.Reply) {
	for name, values := range reply.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}

// cut breaks the connection without an answer.
func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// react says what happens to a callback now, by the plan for what it holds.
func (h *hub) react(envelopes []canon.Envelope) reaction {
	for _, e := range envelopes {
		switch ev := e.Event.(type) {
		case canon.Posted:
			words := ev.Message.Plain()
			if h.tries[words] == nil {
				h.tries[words] = map[string]bool{}
			}
			h.tries[words][e.EventID] = true
			if plan := h.plan[words]; len(plan) > 0 {
				h.plan[words] = plan[1:]
				return plan[0]
			}
		case canon.Receipt:
			// The first of all receipts has to be sent twice.
			if len(h.held) == 0 {
				h.held[e.EventID] = true
				return away
			}
		}
	}
	return take
}

func (h *hub) commit(envelopes []canon.Envelope) {
	for _, e := range envelopes {
		now := content(e)
		switch was, again := h.rows[e.EventID]; {
		case !again:
			h.rows[e.EventID] = now
			h.order = append(h.order, e)
		case was != now:
			h.x.find("dedupe", "event_id "+e.EventID, "two different events share it, so the second is lost: %s and %s", head([]byte(was)), head([]byte(now)))
		}
	}
}

// content is what an event is compared by.
func content(e canon.Envelope) string {
	e.Ticket, e.Time, e.Order = nil, time.Time{}, 0
	raw, err := e.AppendJSON(nil)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// committed lists what was posted with these words.
func (h *hub) committed(words string) []canon.Envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.order), func(e canon.Envelope) bool {
		p, ok := e.Event.(canon.Posted)
		return !ok || p.Message.Plain() != words
	})
}

// names lists the event ids under which words came, committed or not.
func (h *hub) names(words string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.tries[words])
}

// last is what the newest message says, for a finding.
func (h *hub) last() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range slices.Backward(h.order) {
		if p, ok := e.Event.(canon.Posted); ok {
			return p.Message.Plain()
		}
	}
	return ""
}

// customer has the customer write, with what is to become of each try.
func (h *hub) customer(ctx context.Context, words string, plan ...reaction) error {
	h.mu.Lock()
	h.plan[words] = plan
	h.mu.Unlock()
	return h.x.Write(ctx, words)
}

// head is the beginning of a body, on one line.
func head(body []byte) string {
	s := strings.Join(strings.Fields(string(body)), " ")
	if len(s) > 160 {
		return strings.ToValidUTF8(s[:160], "") + "…"
	}
	return s
}
