package fake

import (
	"time"

	"parley/core/canon"
)

// Order is one call of the hub, as the section "Doing what the hub asks" of
// docs/http-connector.md says.
type Order struct {
	V       int             `json:"v"`
	Key     string          `json:"key"`
	Op      string          `json:"op"`
	Attempt int             `json:"attempt"`
	Account canon.RemoteID  `json:"account"`
	Thread  canon.ThreadKey `json:"thread"`
	Message *canon.Message  `json:"message"`
	Target  canon.RemoteID  `json:"target"`
	ReplyTo canon.RemoteID  `json:"reply_to"`
	Emoji   string          `json:"emoji"`
	On      bool            `json:"on"`
	Sender  *Speaker        `json:"sender"`
	Ticket  []byte          `json:"ticket"`
	Push    *Notice         `json:"push"`
}

// Speaker is who speaks for the business.
type Speaker struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Name   string `json:"name"`
	Avatar string `json:"avatar"`
}

// Notice is what the hub gives for a notice on the customer's devices.
type Notice struct {
	Title   string `json:"title"`
	Body    string `json:"body"`
	Devices []struct {
		Token   string `json:"token"`
		Service string `json:"service"`
		App     string `json:"app"`
	} `json:"devices"`
}

// Reply is what the platform says of a call.
type Reply struct {
	RemoteID canon.RemoteID   `json:"remote_id,omitempty"`
	State    string           `json:"state,omitempty"`
	At       *time.Time       `json:"at,omitempty"`
	Also     []canon.RemoteID `json:"also,omitempty"`
	Gone     []string         `json:"gone,omitempty"`
	Code     string           `json:"code,omitempty"`
	Text     string           `json:"text,omitempty"`
	Scope    string           `json:"scope,omitempty"`
	Taken    *bool            `json:"taken,omitempty"`
}
