package connector

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"parley/core/canon"
)

// Driver is one kind of channel. It holds no state of any account and is safe
// for concurrent use.
type Driver interface {
	Spec() Spec
	// Open makes a Conn for one link. It must not touch the network.
	Open(ctx context.Context, link Link, env Env) (Conn, error)
}

// Namer is a Driver that tells from a filled-in form what the platform knows the
// credentials by: two links of one kind with the same name would take each
// other's messages, so there is one. It is no secret. "": not known.
type Namer interface {
	Same(Values) string
}

// SameOf is what a platform knows credentials by; "" where that is not known.
func SameOf(d Driver, v Values) string {
	if n, ok := d.(Namer); ok {
		return n.Same(v)
	}
	return ""
}

// Conn is one open link, safe for concurrent use.
type Conn interface {
	// Capabilities answers from cached state what the thread can carry now.
	Capabilities(canon.ThreadKey) Capabilities
	// Send makes at most one call a customer can see. It never sleeps,
	// retries, splits or logs.
	Send(context.Context, Request) (Receipt, error)
	Close(context.Context) error
}

// Spec describes a kind of channel before any account exists.
type Spec struct {
	Kind string // "email", "telegram"; the word stored and used in the API
	Name Text   // as people call it
	Help Text   // one sentence: what it is and what will be needed
	Row  string // where the gallery shows it: "china", "world" or "own"
	Form Form
	// Ceiling is the most any account of this kind can do.
	Ceiling Capabilities
	// ManyAccounts: one link carries several accounts.
	ManyAccounts bool
	NeedsHTTPS   bool // callbacks only work on an https public address
	Docs         string
	// Callbacks are the addresses a platform's console asks for where there are
	// several; none: the link's callback address alone.
	Callbacks []Callback
}

// Callback is one of several addresses to enter at a platform.
type Callback struct {
	// Path stands behind the link's callback address: "", or "/…" with the word the
	// platform puts an account's name in place of.
	Path string
	Name Text // of the field there, in the console's own words
	Help Text // where it is, and what comes to it
}

// Text is a string in the languages of the interface.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// In returns the text in a BCP 47 language, English when there is none.
func (t Text) In(lang string) string {
	if len(lang) >= 2 && lang[:2] == "zh" && t.ZH != "" {
		return t.ZH
	}
	return t.EN
}

// Link is one set of credentials, opened.
type Link struct {
	ID       canon.ID
	Tenant   canon.ID
	Config   Values    // what the form asked for, secrets included
	Accounts []Account // those it carries, as far as known; RemoteID is empty before the link is stored
	HookURL  string    // the callback address people put into the platform
	PageURL  string    // public address of the hub, without a slash at the end
}

// Account is one account on a link.
type Account struct {
	ID       canon.ID
	RemoteID canon.RemoteID
	Name     string
}

// Env is what the hub lends a Conn.
type Env struct {
	// HTTP is the only client to use; every exchange is checked and traced.
	HTTP *http.Client
	// Dial opens a TCP connection through the same policy.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Files opens stored files for sending.
	Files Files
	// Cache keeps small values (tokens) shared by all nodes.
	Cache Cache
	// Convert turns recordings into formats a platform takes; nil: nothing here
	// can.
	Convert Converter
	// Chat is set for our own channels only.
	Chat Chat
	// Database names a database of a connector's own, made when it is not there,
	// for an SDK that keeps its state in SQL by itself; nil: none is lent. It is
	// one for all links of the hub, and apart from the hub's own tables.
	Database func(ctx context.Context, name string) (Database, error)
	Clock    func() time.Time
	Log      *slog.Logger // for the connection's own state; never for message text
	// State reports the health of the link; the hub debounces and shows it.
	State func(State)
}

// Database is what to open with database/sql.
type Database struct {
	Driver string // "sqlite" or "pgx"
	Source string // a secret: it may hold a password
}

// Converter turns recordings into other formats. Safe for concurrent use.
type Converter interface {
	// Can tells, by MIME types, whether from can become to.
	Can(from, to string) bool
	// Convert reads the whole body and returns the whole result. Its errors are
	// *Error of class Invalid for a body that is not what it says.
	Convert(ctx context.Context, body io.Reader, from, to string) (io.ReadCloser, error)
}

// Values is a filled-in form.
type Values map[string]string

// Cache keeps small values of one link, such as access tokens.
type Cache interface {
	Get(ctx context.Context, key string) (string, bool, error)
	Set(ctx context.Context, key, value string, ttl time.Duration) error
	Delete(ctx context.Context, key string) error
	// Once returns the value of key, made by fill when absent; concurrent
	// callers on all nodes share one fill.
	Once(ctx context.Context, key string, fill func(context.Context) (value string, ttl time.Duration, err error)) (string, error)
}

// Health is the light of a link.
type Health string

// The lights: working, working with trouble, not working, and not yet known.
const (
	HealthUnknown Health = "unknown"
	HealthGood    Health = "good"
	HealthPoor    Health = "poor"
	HealthBad     Health = "bad"
)

// Worse tells whether a light is worse than another.
func (h Health) Worse(than Health) bool { return h.gravity() > than.gravity() }

func (h Health) gravity() int {
	return slices.Index([]Health{HealthGood, HealthUnknown, HealthPoor, HealthBad}, h)
}

// State is how a link is, with what a person should do about it.
type State struct {
	// Account is the account it is about, on a link that carries several; empty:
	// the link, and with it all of them. An account shows the worse of both.
	Account canon.RemoteID
	Health  Health
	Code    string // stable machine code, e.g. "auth_failed"
	Text    Text   // what is the matter
	Remedy  Text   // what to do
	At      time.Time
}
