package canon

import (
	"encoding/json"
	"time"
)

// Event is anything that happens on a thread. The set is closed: Posted,
// Edited, Revoked, Reacted, Receipt, Membership, Action, Call, Session and
// Unknown.
type Event interface {
	eventType() string
}

// Posted is a new message.
type Posted struct {
	Message Message `json:"message"`
}

// Edited replaces the content of an earlier message.
type Edited struct {
	Target  RemoteID `json:"target"`
	Message Message  `json:"message"`
}

// Revoked takes an earlier message back.
type Revoked struct {
	Target RemoteID `json:"target"`
}

// Reacted puts a reaction on a message, or takes it off.
type Reacted struct {
	Target  RemoteID `json:"target"`
	Emoji   string   `json:"emoji"`
	Removed bool     `json:"removed,omitempty"`
}

// Receipt is what the platform says of something we sent.
type Receipt struct {
	Target RemoteID `json:"target"`
	State  Delivery `json:"state"`
	// Through says that everything sent before Target has reached State too.
	Through bool `json:"through,omitempty"`
	// RemoteID is the platform's id of it, where Target is our key: a row whose
	// send was never answered learns it.
	RemoteID RemoteID `json:"remote_id,omitempty"`
	// Until stands in for Target where the platform only says how far in time:
	// everything sent on the thread up to then has reached State.
	Until  time.Time `json:"until,omitzero"`
	Code   string    `json:"code,omitempty"`   // the platform's code of a failure
	Reason string    `json:"reason,omitempty"` // its words
	// Late says that it failed because the time to answer was over.
	Late bool `json:"late,omitempty"`
}

// MembershipKind tells what happened between a person and the account or group.
type MembershipKind string

// The kinds of membership.
const (
	MemberSubscribed   MembershipKind = "subscribed"
	MemberUnsubscribed MembershipKind = "unsubscribed"
	MemberBlocked      MembershipKind = "blocked" // the customer blocked us
	MemberJoined       MembershipKind = "joined"
	MemberLeft         MembershipKind = "left"
	MemberOpened       MembershipKind = "opened" // the chat was opened: the moment of the welcome
	MemberClosed       MembershipKind = "closed"
	MemberMoved        MembershipKind = "moved" // a group goes on under another id, that of Member
)

// Membership is a person coming or going.
type Membership struct {
	Kind   MembershipKind `json:"kind"`
	Member Peer           `json:"member,omitzero"` // when it is not the sender
}

// ActionKind tells what the customer pressed.
type ActionKind string

// The kinds of action.
const (
	ActionButton ActionKind = "button"
	ActionMenu   ActionKind = "menu"
	ActionScan   ActionKind = "scan"
	ActionForm   ActionKind = "form"
)

// Action is a button, menu, scan or form.
type Action struct {
	Kind   ActionKind `json:"kind"`
	Value  string     `json:"value"`           // what the option carried
	Label  string     `json:"label,omitempty"` // what the customer read on it
	Target RemoteID   `json:"target,omitempty"`
	Fields []Field    `json:"fields,omitempty"` // what a form held
}

// CallKind is a step of a call on the platform's own network.
type CallKind string

// The kinds of call event.
const (
	CallOffered  CallKind = "offered"
	CallAccepted CallKind = "accepted"
	CallRejected CallKind = "rejected"
	CallEnded    CallKind = "ended"
	CallMissed   CallKind = "missed"
)

// Call is a call the platform tells us about.
type Call struct {
	Kind  CallKind `json:"kind"`
	Call  RemoteID `json:"call"`
	Video bool     `json:"video,omitempty"`
}

// SessionKind tells who the platform's own desk gave the chat to.
type SessionKind string

// The kinds of session event.
const (
	SessionTaken    SessionKind = "taken"    // the platform's desk took the chat
	SessionReturned SessionKind = "returned" // it gave the chat back to us
	SessionEnded    SessionKind = "ended"
)

// Session is the platform's own desk taking, returning or ending the chat.
type Session struct {
	Kind   SessionKind `json:"kind"`
	Desk   string      `json:"desk,omitempty"`
	Reason string      `json:"reason,omitempty"`
}

// Unknown is something no one taught us yet: stored and shown, never dropped.
type Unknown struct {
	Name string          `json:"name"` // the platform's type
	Raw  json.RawMessage `json:"raw,omitempty"`
	Says Words           `json:"says,omitzero"` // what it says in words, when it is known
}

func (Posted) eventType() string     { return "posted" }
func (Edited) eventType() string     { return "edited" }
func (Revoked) eventType() string    { return "revoked" }
func (Reacted) eventType() string    { return "reacted" }
func (Receipt) eventType() string    { return "receipt" }
func (Membership) eventType() string { return "membership" }
func (Action) eventType() string     { return "action" }
func (Call) eventType() string       { return "call" }
func (Session) eventType() string    { return "session" }
func (Unknown) eventType() string    { return "unknown" }

// EventType returns the tag an event has in JSON.
func EventType(e Event) string { return e.eventType() }
