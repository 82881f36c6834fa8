package core

import "time"

// MaxBulk is how many conversations one bulk takes.
const MaxBulk = 1000

// BulkAct is what a bulk does to each of its conversations. Doing it twice is as
// doing it once.
type BulkAct struct {
	Kind string `json:"kind" enum:"assign,tag,untag,close,snooze,wake"`
	// To whom, for assign: one of them, or nobody named: the queue of no team.
	Agent ID `json:"agent,omitzero"`
	Team  ID `json:"team,omitzero"`
	Bot   ID `json:"bot,omitzero"`
	// Tags are put on or taken off; of close, put on before.
	Tags  []ID      `json:"tags,omitempty" maxItems:"50"`
	Until time.Time `json:"until,omitzero"`                 // of snooze; zero: until the customer writes
	Note  string    `json:"note,omitempty" maxLength:"500"` // why, for colleagues
}

// Owner is to whom an assignment goes.
func (a BulkAct) Owner() Owner {
	switch {
	case !a.Agent.IsZero():
		return Owner{Kind: StatusAgent, ID: a.Agent}
	case !a.Bot.IsZero():
		return Owner{Kind: StatusBot, ID: a.Bot}
	}
	return Owner{Kind: StatusQueue, Team: a.Team}
}

// BulkState is how far a bulk is.
type BulkState string

// The states of a bulk. A cancelled one leaves done what was done.
const (
	BulkRunning   BulkState = "running"
	BulkDone      BulkState = "done"
	BulkCancelled BulkState = "cancelled"
)

// Bulk is one act on many conversations, each of which may fail for a reason of
// its own.
type Bulk struct {
	ID      ID        `json:"id"`
	By      ID        `json:"by"` // the agent or token who asked for it
	Act     BulkAct   `json:"act"`
	State   BulkState `json:"state" enum:"running,done,cancelled"`
	Total   int       `json:"total"`
	Done    int       `json:"done"`
	Failed  int       `json:"failed"`
	Created time.Time `json:"created"`
	Ended   time.Time `json:"ended,omitzero"`
	Program bool      `json:"-"` // a token asked for it, in nobody's name
}
