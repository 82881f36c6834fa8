package conntest

import (
	"context"
	"net/http"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Suite is what the author of a connector writes. New and Play are required;
// Webhook, Stream and Server stand for the ways to receive, and must be there
// exactly when the Conn has the interface of that name.
type Suite struct {
	New func() connector.Driver
	// Play starts a fresh platform, which reads the time from clock. Every rule
	// plays with its own.
	Play func(clock func() time.Time) (Emulator, error)
	// Env lends the Conn more than the kit does by itself; optional.
	Env func(*connector.Env)
	// Golden is the folder of the golden files; "" means testdata/conntest.
	Golden string
	// Peer is the customer to write to; "peer-1" when empty.
	Peer canon.RemoteID
	// Thread is the thread of that customer, where a peer has several.
	Thread canon.RemoteID
	// Inbound is a message of the customer that can be marked as read; "m-1"
	// when empty.
	Inbound canon.RemoteID
	// Own says that the hub itself is the platform: Send makes no wire call.
	Own bool
	// Live says that the Conn sends over the socket that its stream holds: the
	// kit keeps Run going, and sends when the Conn reports that all is well.
	Live bool
	// Fixed says that the SDK knows one platform only: no field of the form can
	// point the connector elsewhere.
	Fixed bool

	Webhook *Webhook
	Stream  *Stream
	Server  *Server

	Out []OutCase
	// Parts replaces the kit's sample of a part, by its key, where the platform
	// knows only certain ones (a template, a sticker).
	Parts map[string]canon.Part
	// Fetch is required of a Conn that fetches.
	Fetch *FetchCase
}

// Emulator is the platform, played.
type Emulator interface {
	// Config is the form filled in for this platform. The kit looks for its
	// secrets wherever they must not be.
	Config() connector.Values
	Accounts() []connector.Account
	// Hosts lists "host:port" that the Conn may reach.
	Hosts() []string
	// Calls lists the wire requests the platform got, oldest first.
	Calls() []Call
	Close()
}

// Call is a wire request as the platform saw it.
type Call struct {
	// Visible says that a customer saw something new because of it: not for a
	// refused request, nor for a repetition the platform recognised.
	Visible bool
	// Text is the words of a visible call.
	Text string
	// Wire is how the call stands in the golden files, without what changes
	// from run to run.
	Wire string
}

// Webhook is the table of callbacks.
type Webhook struct {
	// Sign wraps a body as the platform would send it to the link now.
	Sign func(link connector.Link, now time.Time, body []byte) connector.Raw
	// Read is how the platform reads an answer in the response to a callback:
	// what the customer would see of it, or why it is refused. It must be there
	// exactly when the Conn is a connector.Replier.
	Read func(Emulator, connector.Link, connector.Reply) (text string, err error)
	// Proof names the headers, or query parameters, that make a callback
	// authentic.
	Proof []string
	// TokenOnly: the platform sends a secret and does not sign the body.
	TokenOnly bool

	// Begin lists what the platform told the hub before anything else happens: a
	// ticket, an authorisation. The kit posts it to every fresh Conn; the Conn may
	// keep of it, and nothing is stored. Optional.
	Begin func(Emulator) []connector.Raw

	In []InCase
	// Malformed are bodies that must be refused, however well signed.
	Malformed []Body
	// Forged are further callbacks that Unseal must refuse: a stale time, a
	// replayed nonce.
	Forged []Forgery
	// Handshakes are callbacks that Unseal itself answers.
	Handshakes []Handshake
	// Mutations is how many altered bodies are tried; 0 means 2,000.
	Mutations int
	// MaxEnvelopes is how many envelopes one body may hold; 0 means 20. Each is
	// allowed 4 KiB besides ten times the body.
	MaxEnvelopes int
}

// Body is a named body.
type Body struct {
	Name string
	Body []byte
}

// InCase is a callback that the platform sends. What it is decoded to is the
// golden file in/<Name>.json.
type InCase struct {
	Name string
	Body []byte
	// Again is the same callback as the platform would repeat it, where that
	// differs (a flag, a new reply token): it must store nothing new.
	Again []byte
	// Empty says that the callback holds no event and nothing to keep.
	Empty bool
}

// Forgery is a callback that is not authentic.
type Forgery struct {
	Name string
	Raw  func(link connector.Link, now time.Time) connector.Raw
}

// Handshake is a callback that stores nothing and wants a certain answer.
type Handshake struct {
	Name   string
	Raw    func(link connector.Link, now time.Time) connector.Raw
	Status int
	Body   string
}

// Stream is the table of what a Streamer fetches.
type Stream struct {
	Cases []StreamCase
	// Told tells how many facts the platform was told we hold (acknowledged,
	// marked as seen, deleted); nil if it is never told.
	Told func(Emulator) int
}

// StreamCase is something that happens on the platform. What is committed is
// the golden file stream/<Name>.json.
type StreamCase struct {
	Name string
	// Feed makes it happen.
	Feed func(Emulator) error
	// Envelopes is how many envelopes come of it.
	Envelopes int
}

// Server is the table of what visitors do to a channel of our own.
type Server struct {
	Cases []ServerCase
}

// ServerCase is something a visitor does. What is committed is the golden file
// server/<Name>.json.
type ServerCase struct {
	Name string
	// Do does it, with the same client ids each time, and returns the status
	// the visitor was given: of HTTP, or an equivalent where the answer comes
	// over a socket. Conn.Serve answers everything below url.
	Do func(ctx context.Context, client *http.Client, url string, link connector.Link) (status int, err error)
	// Envelopes is how many envelopes come of it.
	Envelopes int
}

// OutCase is a request to send. What the platform gets and what Send returns
// is the golden file out/<Name>.txt.
type OutCase struct {
	Name string
	// Message is posted, unless Request says otherwise.
	Message canon.Message
	// Request changes the request; optional.
	Request func(*connector.Request)
	// Before makes the platform misbehave; optional.
	Before func(Emulator)
	// Class is the class of the error Send must return; "" means success.
	Class connector.Class
	// Taken says that the platform took it though Send failed.
	Taken bool
}

// FetchCase is a medium that the platform holds.
type FetchCase struct {
	// Media names it; it is asked for after Play.
	Media func(Emulator) canon.Media
	Want  []byte
}

// Finding is one way in which a connector breaks a rule.
type Finding struct {
	Rule string // the rule's name, one of Rules
	Case string // the case of the author's table, or of the kit's
	Text string
}

func (f Finding) String() string {
	if f.Case == "" {
		return f.Rule + ": " + f.Text
	}
	return f.Rule + " (" + f.Case + "): " + f.Text
}
