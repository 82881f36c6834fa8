package core

import (
	"encoding/json"
	"time"

	"parley/core/canon"
)

// Thread is the lasting lane with one peer on one account.
type Thread struct {
	ID       ID              `json:"id"`
	Account  ID              `json:"account"`
	Key      canon.ThreadKey `json:"key"`
	Identity ID              `json:"identity"`
	Contact  ID              `json:"contact"`
	// Pos is the place of the newest message, Rev the number of the newest
	// change.
	Pos int64 `json:"pos"`
	Rev int64 `json:"rev"`
	// Conversation is the open one, if any.
	Conversation ID `json:"conversation,omitzero"`
}

// Status is who holds a conversation, or that it is over. An open conversation
// is in exactly one of the first three.
type Status string

// The statuses.
const (
	StatusBot    Status = "bot"
	StatusQueue  Status = "queue"
	StatusAgent  Status = "agent"
	StatusClosed Status = "closed"
)

// StatusSnoozed is where lists show an agent's conversations that sleep. The
// owner of one is still the agent.
const StatusSnoozed Status = "snoozed"

// Open reports whether the conversation goes on.
func (s Status) Open() bool { return s != StatusClosed && s != "" }

// Owner is who may answer: a bot, a queue (of a team, or of agents in no
// team), or an agent.
type Owner struct {
	Kind Status `json:"kind" enum:"bot,queue,agent,closed"`
	ID   ID     `json:"id,omitzero"` // the bot or agent
	Team ID     `json:"team,omitzero"`
}

// Conversation is one round of service on a thread, from opened to closed.
type Conversation struct {
	ID      ID     `json:"id"`
	Thread  ID     `json:"thread"`
	Account ID     `json:"account"`
	Contact ID     `json:"contact"`
	Owner   Owner  `json:"owner"`
	Lease   int64  `json:"lease"` // version of the ownership
	Subject string `json:"subject,omitempty"`
	Locale  string `json:"locale,omitempty"`
	Tags    []ID   `json:"tags"`
	// Colleagues were added and may answer too.
	Colleagues []ID `json:"colleagues"`
	Unread     int  `json:"unread"` // messages of the customer no agent has read
	// LastAt, LastFrom and LastText are the newest message, for the list.
	LastAt   time.Time `json:"last_at"`
	LastFrom string    `json:"last_from,omitempty"`
	LastText string    `json:"last_text,omitempty"`
	// WaitingSince is when the customer began to wait for a person; zero when
	// nobody waits.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// Due is until when somebody shall answer, or close it, by the goal DueFor, which
	// gives DueWithin minutes of opening hours; zero while no clock runs.
	Due       time.Time `json:"due,omitzero"`
	DueFor    DueFor    `json:"due_for,omitempty" enum:"first,next,resolved"`
	DueWithin int       `json:"due_within,omitempty" doc:"Minutes of opening hours that the goal gives"`
	// Trouble marks a message that failed or is unconfirmed.
	Trouble bool `json:"trouble"`

	Created time.Time `json:"created"`
	Queued  time.Time `json:"queued,omitzero"`  // first put into a queue
	Picked  time.Time `json:"picked,omitzero"`  // first taken by an agent
	Replied time.Time `json:"replied,omitzero"` // first reply of an agent
	Closed  time.Time `json:"closed,omitzero"`
	CloseBy string    `json:"close_by,omitempty"` // "agent", "bot", "idle", "silent", "customer"

	Entry *canon.Entry `json:"entry,omitempty"`
	Visit *canon.Visit `json:"visit,omitempty"`
	// Reason is why the present owner has it: which rule won and why the
	// others did not.
	Reason Reason `json:"reason,omitzero"`
	// Score is how the customer rated it, 1 to 5; 0: not rated.
	Score int `json:"score,omitempty"`
	// Priority is how urgent the agents say it is.
	Priority Priority `json:"priority,omitempty" enum:",high,urgent"`
	// Snooze is set while the conversation sleeps.
	Snooze *Snooze `json:"snooze,omitempty"`
	// Place in the queue, from 1; only when queued and asked for one
	// conversation.
	Place int `json:"place,omitempty"`
}

// Priority is how urgent a conversation is, as an agent said; empty: as any.
type Priority string

// The priorities above the usual one.
const (
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// Standing is the list a conversation stands in: its owner's, or that of those
// that sleep.
func (c Conversation) Standing() Status {
	if c.Snooze != nil {
		return StatusSnoozed
	}
	return c.Owner.Kind
}

// Snooze is an agent's conversation put out of sight until a time or the
// customer's next message, whichever is first.
type Snooze struct {
	Until time.Time `json:"until,omitzero"` // zero: until the customer writes
	By    ID        `json:"by,omitzero"`
	At    time.Time `json:"at"`
	Why   string    `json:"why,omitempty"`
}

// Reason explains a change of owner.
type Reason struct {
	Code  string `json:"code"`            // "account_bot", "asked", "missed", "rule", "taken", "assigned", "transferred", "closed", …
	Text  string `json:"text,omitempty"`  // in the designer's or agent's words
	Steps []Step `json:"steps,omitempty"` // what was tried in turn, newest last
}

// StepCode is what was found at one step of looking for an owner.
type StepCode string

// The codes of steps, with the names they come with.
const (
	StepBotNamed     StepCode = "bot_named"       // the account names a bot: Account, Bot
	StepNoBot        StepCode = "bot_none"        // it names none: Account
	StepBotUnready   StepCode = "bot_unpublished" // it names one that is not published: Account
	StepTeamNamed    StepCode = "team_named"      // it names a team: Account, Team
	StepNoTeam       StepCode = "team_none"       // no team is named: agents in no team
	StepTeamGone     StepCode = "team_gone"       // the team a bot named is gone
	StepOffHours     StepCode = "off_hours"       // Team, or none: those in no team
	StepNobodyFree   StepCode = "nobody_free"     // likewise
	StepSmallestLoad StepCode = "smallest_load"   // likewise, and Agent
	StepBecameFree   StepCode = "became_free"     // Agent, who has the smallest load
	StepAsWritten    StepCode = "written"         // kept by an older hub: its words
)

// Step is one thing that was tried, with the names of that time.
type Step struct {
	Code    StepCode `json:"code"`
	Account string   `json:"account,omitempty"`
	Bot     string   `json:"bot,omitempty"`
	Team    string   `json:"team,omitempty"`
	Agent   string   `json:"agent,omitempty"`
	Words   string   `json:"words,omitempty"`
}

// UnmarshalJSON also reads the sentences that older hubs kept.
func (s *Step) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*s = Step{Code: StepAsWritten}
		return json.Unmarshal(raw, &s.Words)
	}
	type plain Step
	return json.Unmarshal(raw, (*plain)(s))
}

// OwnerChange is one line of a conversation's history of owners.
type OwnerChange struct {
	Lease  int64     `json:"lease"`
	At     time.Time `json:"at"`
	From   Owner     `json:"from"`
	To     Owner     `json:"to"`
	By     ID        `json:"by,omitzero"` // the agent who did it, if one did
	Reason Reason    `json:"reason"`
}

// From is who a message is from.
type From string

// The senders. Notes and events are never shown to the customer.
const (
	FromCustomer From = "customer"
	FromBot      From = "bot"
	FromAgent    From = "agent"
	FromSystem   From = "system" // said by the hub, such as the handoff line
	FromNote     From = "note"
	FromEvent    From = "event" // something happened: owner changed, call ended
)

// Message is one line of a thread.
type Message struct {
	ID           ID             `json:"id"`
	Thread       ID             `json:"thread"`
	Conversation ID             `json:"conversation"`
	Pos          int64          `json:"pos"`
	Rev          int64          `json:"rev"`
	From         From           `json:"from"`
	Sender       ID             `json:"sender,omitzero"` // agent, bot or contact
	Name         string         `json:"name,omitempty"`  // of the sender, as it was then
	At           time.Time      `json:"at"`
	Content      canon.Message  `json:"content"`
	State        canon.Delivery `json:"state,omitempty"` // of what we sent
	Failure      *Failure       `json:"failure,omitempty"`
	Edited       time.Time      `json:"edited,omitzero"`
	Recalled     time.Time      `json:"recalled,omitzero"`
	Reactions    []Reaction     `json:"reactions,omitempty"`
	Event        *LineEvent     `json:"event,omitempty"` // for FromEvent
	Why          *Why           `json:"why,omitempty"`   // for FromBot
	// Mentions are the agents a note names, who were told of it.
	Mentions []ID `json:"mentions,omitempty"`
}

// Failure is why a message did not leave, or may not have.
type Failure struct {
	Class string `json:"class"`
	Code  string `json:"code,omitempty"`
	Text  string `json:"text"`
	// Remedy is what a person can do.
	Remedy string `json:"remedy,omitempty"`
	Tries  int    `json:"tries"`
}

// Reaction is an emoji someone put on a message.
type Reaction struct {
	Emoji string `json:"emoji"`
	From  From   `json:"from"`
	By    ID     `json:"by,omitzero"`
}

// LineEvent is something that happened, shown small and centred.
type LineEvent struct {
	Kind   string       `json:"kind"` // "opened", "owner", "closed", "reopened", "snoozed", "woken", "overdue", "membership", "call", "rated", "rated_why", "onward", "origin", …
	Owner  *OwnerChange `json:"owner,omitempty"`
	Detail string       `json:"detail,omitempty"` // of "overdue" the goal
	Says   *canon.Words `json:"says,omitempty"`   // in place of Detail
	Until  time.Time    `json:"until,omitzero"`   // of "snoozed"; of "overdue", until when it should have been
	Score  int          `json:"score,omitempty"`  // of "rated", 1 to 5; Detail is the reason
	Other  *Elsewhere   `json:"other,omitempty"`  // for "onward" (it goes on there) and "origin" (it came from there)
}

// Elsewhere is another conversation with the same person, and why there is one.
type Elsewhere struct {
	Conversation ID     `json:"conversation"`
	Account      ID     `json:"account"`
	Kind         string `json:"kind"`              // of channel
	Name         string `json:"name"`              // of the account, as it was then
	Address      string `json:"address,omitempty"` // whom it goes on with
	// Why is "shut" (the first channel took nothing until the customer wrote) or
	// "chosen".
	Why string `json:"why" enum:"shut,chosen"`
}

// Why tells what in a bot answered.
type Why struct {
	Bot   ID     `json:"bot"`
	Rule  string `json:"rule,omitempty"`
	Name  string `json:"name,omitempty"`
	Match string `json:"match,omitempty"`
	Text  string `json:"text,omitempty"`
}
