package api

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/file"
	"parley/core/orchestrate"
	"parley/core/outbox"
	"parley/core/store"
)

// Desk carries out what agents do. *orchestrate.Orchestrator is one.
type Desk interface {
	Take(ctx context.Context, tenant, conversation, agent canon.ID) (core.Conversation, error)
	Assign(ctx context.Context, tenant, conversation canon.ID, to core.Owner, by canon.ID, note string) (core.Conversation, error)
	Return(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error)
	Close(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error)
	Reopen(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error)
	// Snooze puts a conversation to sleep until a time or the customer's next
	// message; Unsnooze wakes it.
	Snooze(ctx context.Context, tenant, conversation canon.ID, until time.Time, by canon.ID, why string) (core.Conversation, error)
	Unsnooze(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error)
	Post(ctx context.Context, tenant, conversation canon.ID, p orchestrate.Post) (core.Message, error)
	Recall(ctx context.Context, tenant, message, by canon.ID) (core.Message, error)
	Edit(ctx context.Context, tenant, message, by canon.ID, text string) (core.Message, error)
	React(ctx context.Context, tenant, message, by canon.ID, emoji string) (core.Message, error)
	// Correction is what an edit of a message sends where its channel changes none.
	Correction(ctx context.Context, tenant, message canon.ID, text string) (content canon.Message, ok bool, err error)
	Retry(ctx context.Context, tenant, message, by canon.ID) (core.Message, error)
	Arrived(ctx context.Context, tenant, message, by canon.ID) (core.Message, error)
	Discard(ctx context.Context, tenant, message, by canon.ID) (core.Message, error)
	// Hold sends what failed at a closed window when the customer writes again.
	Hold(ctx context.Context, tenant, message, by canon.ID) (core.Message, error)
	// Reach is what a thread can carry now; Preview what a message would become.
	Reach(ctx context.Context, tenant canon.ID, r store.Round, key canon.ThreadKey, person bool) (caps connector.Capabilities, ok bool, err error)
	Preview(ctx context.Context, tenant canon.ID, r store.Round, key canon.ThreadKey, m canon.Message, replyTo canon.ID, sees func(core.Conversation) bool) (outbox.Rendered, error)
	// Rendered is what would become of a message on an account, on whatever thread.
	Rendered(ctx context.Context, tenant canon.ID, account core.Account, m canon.Message) (outbox.Rendered, error)
	// Ways are where else a customer can be written to; Onward does it.
	Ways(ctx context.Context, tenant canon.ID, r store.Round, agent canon.ID, sees func(core.Conversation) bool) ([]orchestrate.Way, error)
	Onward(ctx context.Context, tenant, conversation canon.ID, p orchestrate.Onward) (core.Conversation, core.Message, error)
	AddColleague(ctx context.Context, tenant, conversation, agent, by canon.ID) error
	RemoveColleague(ctx context.Context, tenant, conversation, agent, by canon.ID) error
	MarkRead(ctx context.Context, tenant, conversation, agent canon.ID) error
	Typing(ctx context.Context, tenant, conversation, agent canon.ID, on bool) error
	// Try says something in the hub's own name, whoever has the conversation.
	Try(ctx context.Context, tenant, conversation canon.ID, text string) (core.Message, error)
	// TryTo is Try for somebody named by an address or as the platform names them.
	TryTo(ctx context.Context, tenant, account canon.ID, to, text string, by canon.ID) (core.Message, error)
	// Relieve gives what a person who may serve no more has to the queues.
	Relieve(ctx context.Context, tenant, agent, by canon.ID) error
	// Bulks goes on with what is to be done to many conversations.
	Bulks(tenant canon.ID)
	// Drain gives waiting conversations to agents who became free.
	Drain(tenant canon.ID)
	// Wake has arrivals handled that were put back.
	Wake(tenant canon.ID)
}

// Links knows the open links. *hub.Hub is one.
type Links interface {
	// Reload opens a link anew after it changed, or closes it when it is gone.
	Reload(ctx context.Context, tenant, link canon.ID) error
	Conn(tenant, link canon.ID) (connector.Conn, bool)
	// Install sets an open link up at its platform; has is false where there is
	// nothing to set up.
	Install(ctx context.Context, tenant, link canon.ID) (check connector.Check, has bool)
	// Verify tells each step of whether an open link works; open is false where
	// it is not open.
	Verify(ctx context.Context, tenant, link canon.ID, step func(connector.Check)) (ok, open bool)
	// Again decodes a stored callback once more.
	Again(ctx context.Context, tenant, link canon.ID, body []byte) ([]canon.Envelope, error)
	// Retake takes in a callback that could not be read when it came.
	Retake(ctx context.Context, tenant, link canon.ID, body []byte) (ok bool, err error)
	// Probe opens a link that is not stored.
	Probe(ctx context.Context, tenant canon.ID, kind string, values connector.Values) (connector.Conn, error)
	Capabilities(tenant, account canon.ID, key canon.ThreadKey) (connector.Capabilities, bool)
	HookURL(link canon.ID) string
	// Changed says that settings of a tenant changed: what is kept in memory of
	// them is read anew.
	Changed(tenant canon.ID)
}

// Files takes files in and gives addresses out. *hub.Hub is one.
type Files interface {
	Upload(ctx context.Context, tenant canon.ID, claim file.Claim, by, thread canon.ID, body io.Reader) (store.File, error)
	// Shred removes the bytes of erased files.
	Shred(ctx context.Context, tenant canon.ID) error
	// FileURL lives ten minutes.
	FileURL(tenant, id canon.ID, revision int64) string
}

// Feed tells what happened. *feed.Hub is one.
type Feed interface {
	Follow(tenant canon.ID, after int64) (f *feed.Follower, whole bool)
	Since(ctx context.Context, tenant canon.ID, since int64, limit int) (items []*feed.Item, last int64, resync bool, err error)
	Poke(tenant canon.ID)
	// Pass hands on a signal that is never stored.
	Pass(tenant canon.ID, p feed.Passing)
	// Typing is what a conversation's customer types at this moment, if anything.
	Typing(tenant, conversation canon.ID) (p feed.Passing, ok bool)
}

// Presence is told who has a live socket. *hub.Hub is one.
type Presence interface {
	// Join says that an agent is here until leave is called.
	Join(tenant, agent canon.ID) (leave func())
}

// The optional abilities of an orchestrate.BotKind, for the designer.
type (
	// Explainer answers a turn from any content, drafts with mistakes too, and
	// shows how; the explanation is JSON of the kind's own.
	Explainer interface {
		Explain(content json.RawMessage, t orchestrate.Turn) (orchestrate.Answer, json.RawMessage, error)
	}
	// Warner finds what a designer should look at but may leave.
	Warner interface {
		Warnings(content json.RawMessage) []BotWarning
	}
	// Speaker lists what a bot of a content may say, at most limit of it.
	Speaker interface {
		Says(content json.RawMessage, limit int) ([]BotSaid, error)
	}
	// Differ lists what it takes to get from one content to the other.
	Differ interface {
		Diff(from, to json.RawMessage) ([]BotChange, error)
	}
	// Exporter writes a content as a table.
	Exporter interface {
		Export(w io.Writer, content json.RawMessage, o TableOptions) error
	}
	// Importer reads such a table into a content. Nothing is stored.
	Importer interface {
		Import(r io.Reader, old json.RawMessage, o TableOptions) (BotImport, error)
	}
	// Referrer lists the teams and files a content names, so that foreign ones
	// are refused.
	Referrer interface {
		References(content json.RawMessage) (teams, files []canon.ID)
	}
)

// TableOptions say how a table is written and read.
type TableOptions struct {
	Language string
	Teams    map[canon.ID]string // names of teams, which people know
	Replace  bool                // remove what an imported table does not hold
}

// BotWarning is something a designer should look at.
type BotWarning struct {
	Kind  string         `json:"kind"`
	Field string         `json:"field" doc:"Path of what will not work as it seems to"`
	Other string         `json:"other,omitempty" doc:"Path of what wins instead"`
	Text  connector.Text `json:"text"`
}

// BotChange is one difference between two contents.
type BotChange struct {
	Section string   `json:"section" doc:"Which part of the content: rule, menu, or a group of settings"`
	ID      string   `json:"id,omitempty"`
	Name    string   `json:"name,omitempty"`
	Kind    string   `json:"kind" enum:"added,removed,changed,moved"`
	Fields  []string `json:"fields,omitempty" doc:"What differs, by the names of the fields"`
}

// BotImport is what a table would do to a content, or why it cannot.
type BotImport struct {
	Encoding  string          `json:"encoding" doc:"utf-8, utf-16 or gb18030"`
	Rows      int             `json:"rows"`
	Added     int             `json:"added"`
	Changed   int             `json:"changed"`
	Unchanged int             `json:"unchanged"`
	Removed   int             `json:"removed"`
	Items     []BotImportItem `json:"items" doc:"What is added, changed and removed; at most 500"`
	Errors    []BotCellError  `json:"errors" doc:"With any, nothing is imported"`
	Content   json.RawMessage `json:"-"`
}

// BotImportItem is one thing an import adds, changes or removes.
type BotImportItem struct {
	Row    int      `json:"row,omitempty"`
	ID     string   `json:"id"`
	Name   string   `json:"name,omitempty"`
	Kind   string   `json:"kind" enum:"added,removed,changed"`
	Fields []string `json:"fields,omitempty"`
}

// BotCellError is what is wrong in a table, and where.
type BotCellError struct {
	Row    int            `json:"row,omitempty" doc:"Row of the sheet, headings being row 1; none for the whole file"`
	Line   int            `json:"line,omitempty"`
	Column string         `json:"column,omitempty"`
	Item   int            `json:"item,omitempty" doc:"Which of several patterns or texts of the cell, from 1"`
	Text   connector.Text `json:"text"`
}
