package connector

import (
	"context"
	"io"
	"net/netip"
	"time"

	"parley/core/canon"
)

// Chat is what a channel of our own sees of the threads it serves: the
// customer's view, and only of a thread it names. Env carries one for drivers
// whose Conn is a Server. Safe for concurrent use.
type Chat interface {
	// Since returns the lines changed after revision since, in order of
	// revision, at most limit (≤ 200).
	Since(ctx context.Context, thread canon.ThreadKey, since int64, limit int) (Lines, error)
	// Before returns the lines standing before position before (0: the
	// newest), newest first, at most limit (≤ 200).
	Before(ctx context.Context, thread canon.ThreadKey, before int64, limit int) (Lines, error)
	// Standing tells who serves and what the customer should know.
	Standing(ctx context.Context, thread canon.ThreadKey) (Standing, error)
	// Watch calls wake, from any goroutine and never concurrently for one
	// watch, when a thread changed or an agent types; stop ends it. wake must
	// not block.
	Watch(thread canon.ThreadKey, wake func(Notice)) (stop func())
	// Store takes in a file of a customer: size-limited, sniffed, cleaned.
	// Errors are *Error of class Invalid with the reason in Shown.
	Store(ctx context.Context, thread canon.ThreadKey, name, mime string, body io.Reader) (canon.Media, error)
	// FileURL is an address the customer's browser can show the file at,
	// relative to the hub's public address. It lives ten minutes.
	FileURL(file canon.ID) string
	// Refused reports whether an address or, once known, a peer of the account
	// is blocked, and counts the refusal.
	Refused(ctx context.Context, account canon.ID, from netip.Addr, peer canon.RemoteID) bool
}

// Sighter is a Chat that keeps where chats were seen. Safe for concurrent use.
type Sighter interface {
	// Sighted notes that a page asked for the chat of an account, and whether its
	// site may show it. Each call is a write: do not call it at every request.
	Sighted(ctx context.Context, account canon.ID, s Sighting)
}

// Sighting is a page that asked for a chat, by the word of a browser.
type Sighting struct {
	Site    string // scheme and host
	Page    string // without query and fragment; the site alone where the browser tells no more
	Allowed bool
}

// Notice says what woke a watcher.
type Notice struct {
	Changed bool         // lines or standing changed: call Since or Standing
	Signal  canon.Signal // passed through, never stored
	Sender  Sender       // who the signal is from
}

// Lines is a stretch of a thread.
type Lines struct {
	Items []Line `json:"items"`
	// Rev is the thread's revision the stretch is current to: the next since.
	Rev int64 `json:"rev"`
	// More says that another call will return more.
	More bool `json:"more"`
	// Resync says since is beyond what is kept: forget everything and load anew.
	Resync bool `json:"resync,omitempty"`
}

// Line is one message as the customer sees it.
type Line struct {
	Pos     int64          `json:"pos"` // place in the thread
	Rev     int64          `json:"rev"` // rises with every change
	ID      canon.ID       `json:"id"`
	From    string         `json:"from"` // "customer", "bot", "agent" or "system"
	Sender  Sender         `json:"sender,omitzero"`
	At      time.Time      `json:"at"`
	Message canon.Message  `json:"message"` // empty once recalled
	State   canon.Delivery `json:"state,omitempty"`
	// Recalled and Edited are when that happened, else zero.
	Recalled time.Time `json:"recalled,omitzero"`
	Edited   time.Time `json:"edited,omitzero"`
}

// Standing is the state of service on a thread.
type Standing struct {
	Conversation canon.ID      `json:"conversation,omitzero"` // none open: zero
	Owner        string        `json:"owner"`                 // "bot", "queue", "agent" or ""
	Sender       Sender        `json:"sender,omitzero"`       // the bot or agent
	Place        int           `json:"place,omitempty"`       // in the queue, from 1
	Wait         time.Duration `json:"wait_ns,omitempty"`     // estimate; 0: none can be given
	Open         bool          `json:"open"`                  // within opening hours
	Opens        time.Time     `json:"opens,omitzero"`        // when closed: the next opening
	// HumanAsk is the word that asks for a person, for the button.
	HumanAsk string `json:"human_ask,omitempty"`
	Rev      int64  `json:"rev"`
	// Tenant settings the chat needs.
	RecallWithin time.Duration `json:"recall_within_ns"`
	ShowTyping   bool          `json:"show_typing"` // the live text of the visitor may be shown to agents
}
