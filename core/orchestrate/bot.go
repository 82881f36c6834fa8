package orchestrate

import (
	"context"
	"encoding/json"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// BotKind makes bots of one kind from what a designer wrote. It holds no state
// of any bot.
type BotKind interface {
	Kind() string // "rules"
	// Blank is the content a new bot starts with.
	Blank(lang string) json.RawMessage
	// Check reads the content and says what is wrong with it, by field path
	// ("rules[3].patterns[0]"). A bot with errors cannot be published.
	Check(content json.RawMessage) []connector.FieldError
	// Open makes a bot that answers from the content. It must not touch the
	// network.
	Open(content json.RawMessage) (Bot, error)
}

// Bot answers customers. One Bot serves all conversations of one published
// version; it is safe for concurrent use and keeps nothing between turns but
// what it returns in Answer.Memory.
type Bot interface {
	// Answer runs outside any transaction. The core commits its result only if
	// the turn is still current; ctx ends at the turn's deadline or when a
	// newer message or a person cancels it. A crash re-runs the same turn.
	Answer(ctx context.Context, turn Turn) (Answer, error)
}

// Instant is a Bot that answers from memory, within about a millisecond and
// without waiting for anything: the core may run it while handling the message,
// so that question and answer commit together.
type Instant interface {
	Bot
	Instant()
}

// Streamer is a Bot that shows its answer growing. partial is passed on as a
// signal and never stored; the returned Answer is what counts.
type Streamer interface {
	Bot
	Stream(ctx context.Context, turn Turn, partial func(text string)) (Answer, error)
}

// Cause is why a bot is asked.
type Cause string

// The causes of a turn.
const (
	CauseOpened  Cause = "opened"  // the chat was opened: the moment of the welcome
	CauseMessage Cause = "message" // the customer wrote
	CauseAction  Cause = "action"  // the customer pressed something
	CauseSilence Cause = "silence" // the customer was silent for Answer.WakeAfter
)

// Turn is one question put to a bot.
type Turn struct {
	ID           canon.ID // the same when a crash makes it run again
	Tenant       canon.ID
	Bot          canon.ID
	Conversation canon.ID
	Account      canon.ID
	Cause        Cause
	Message      canon.Message // for CauseMessage
	Text         string        // what the customer wrote or pressed, trimmed
	Value        string        // for CauseAction: what the option carried
	Language     string        // BCP 47, as far as known
	First        bool          // the first turn of this conversation
	Open         bool          // people serve now
	Misses       int           // turns in a row this bot could not answer
	Memory       json.RawMessage
	Customer     Customer
	Entry        canon.Entry
	Visit        canon.Visit
	Capabilities connector.Capabilities
	Now          time.Time
	Deadline     time.Time
	// Seed decides between variants: the same turn picks the same one.
	Seed uint64
	// History returns up to n messages before this one, oldest first.
	History func(ctx context.Context, n int) ([]Said, error)
}

// Customer is what a bot may know of the person.
type Customer struct {
	Name   string
	Locale string
	Tags   []string
}

// Said is one earlier message.
type Said struct {
	From    string // "customer", "bot" or "agent"
	Message canon.Message
	At      time.Time
}

// Answer is what a bot wants done. Everything in it commits together or not at
// all.
type Answer struct {
	// Messages go out in order; empty ones are dropped by the core, which then
	// treats an answer of nothing as a miss.
	Messages []canon.Message
	// Missed says the bot did not understand: counted, listed for the
	// designer, and handed off after the second in a row.
	Missed bool
	// Handoff gives the conversation to people after Messages were sent.
	Handoff *Handoff
	// Close ends the conversation after Messages were sent.
	Close bool
	// Memory is kept for the next turn of this conversation, at most 16 KiB.
	Memory json.RawMessage
	// WakeAfter asks for a CauseSilence turn if the customer says nothing for
	// that long; 0 asks for none.
	WakeAfter time.Duration
	Why       Why
}

// Handoff names where to and why.
type Handoff struct {
	Team   canon.ID // zero: as the routing says
	Reason string   // "asked", "missed", "rule", "repeated"
	// Text is said instead of the tenant's handoff line; the core appends the
	// customer's place. OffText is said instead when nobody serves.
	Text    string
	OffText string
}

// Why tells the designer what answered.
type Why struct {
	Rule  string `json:"rule,omitempty"` // id of the rule
	Name  string `json:"name,omitempty"`
	Match string `json:"match,omitempty"` // "keyword", "exact", "regex", "menu", "welcome", "default", "repeated", "timeout", "human"
	Text  string `json:"text,omitempty"`  // the words that matched
}
