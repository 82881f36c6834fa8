package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"time"

	"parley/core/connector"
)

// Signer makes and opens tokens nobody else can make. Tokens are readable by
// their holder. A signer belongs to this package alone: one purpose, one key.
type Signer interface {
	Token(payload []byte) string
	OpenToken(token string) (payload []byte, err error)
}

// Options is what the hub lends all web links.
type Options struct {
	// Signer signs visitor tokens, socket tickets and file handles; required.
	// All nodes of an installation must use the same key.
	Signer Signer
	// ClientAddr returns the visitor's address, from forwarded headers only
	// where the proxy is trusted; required.
	ClientAddr func(*http.Request) netip.Addr
	// Limits bounds what one visitor may cost; zero fields take the default.
	Limits Limits

	assets *assets
}

// Limits bounds what one visitor may cost.
type Limits struct {
	FrameBytes  int64         // one frame or JSON body; default 64 KiB
	TextRunes   int           // one message; default 10,000
	FileBytes   int64         // one file; default 25 MiB
	FilesAMsg   int           // files in one message; default 10
	FrameRate   float64       // frames a second on one socket before 1008; default 20
	FrameBurst  float64       // default 60
	PostRate    float64       // stored events a second of one visitor; default 10
	PostBurst   float64       // default 40
	Sockets     int           // open sockets and waiting polls of one visitor; default 16
	TypingEvery time.Duration // least time between two live texts passed on; default 250 ms
	PollWait    time.Duration // how long a poll is held; default 25 s
	WriteWait   time.Duration // how long a write may take before the reader counts as gone; default 10 s
	TicketLife  time.Duration // default 30 s, which is also the most
	Queue       int           // answers waiting to be written to one socket before 4008; default 64
}

func (l Limits) withDefaults() Limits {
	l.FrameBytes = or(l.FrameBytes, 64<<10)
	l.TextRunes = or(l.TextRunes, 10_000)
	l.FileBytes = or(l.FileBytes, 25<<20)
	l.FilesAMsg = or(l.FilesAMsg, 10)
	l.FrameRate = or(l.FrameRate, 20)
	l.FrameBurst = or(l.FrameBurst, 60)
	l.PostRate = or(l.PostRate, 10)
	l.PostBurst = or(l.PostBurst, 40)
	l.Sockets = or(l.Sockets, 16)
	l.TypingEvery = or(l.TypingEvery, 250*time.Millisecond)
	l.PollWait = or(l.PollWait, 25*time.Second)
	l.WriteWait = or(l.WriteWait, 10*time.Second)
	l.TicketLife = min(or(l.TicketLife, 30*time.Second), 30*time.Second)
	l.Queue = or(l.Queue, 64)
	return l
}

func or[T comparable](v, instead T) T {
	var zero T
	if v == zero {
		return instead
	}
	return v
}

// New returns the driver of the web channel.
func New(o Options) connector.Driver {
	o.Limits = o.Limits.withDefaults()
	o.assets = builtAssets()
	return driver{o}
}

type driver struct{ options Options }

// Spec describes the channel.
func (d driver) Spec() connector.Spec { return spec(d.options.Limits) }

// Open makes the conn of one link. Without Env.Chat it can describe itself and
// send, but answers no visitor.
func (d driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	if d.options.Signer == nil || d.options.ClientAddr == nil {
		return nil, errors.New("open web link: the hub lent no signer or no client address")
	}
	values, bad := form(d.options.Limits).Complete(link.Config)
	if len(bad) > 0 {
		return nil, &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Shown: bad[0].Text, Err: bad[0]}
	}
	return newConn(d.options, link, newSite(values, link.PageURL), env), nil
}
