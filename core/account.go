package core

import (
	"encoding/json"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Link is one set of credentials with its callback; it carries one account or
// many.
type Link struct {
	ID      ID               `json:"id"`
	Kind    string           `json:"kind"`
	Name    string           `json:"name"`
	Config  connector.Values `json:"config"`  // secrets are never here
	Secrets []string         `json:"secrets"` // names of the secrets that are set
	HookURL string           `json:"hook_url"`
	State   LinkState        `json:"state"`
	Paused  bool             `json:"paused"`
	Created time.Time        `json:"created"`
}

// LinkState is the light of a link with its reason.
type LinkState struct {
	Health connector.Health `json:"health"`
	Code   string           `json:"code,omitempty"`
	Text   connector.Text   `json:"text,omitzero"`
	Remedy connector.Text   `json:"remedy,omitzero"`
	At     time.Time        `json:"at,omitzero"`
	// Expires is when the credentials run out; zero: never, or not known.
	Expires time.Time `json:"expires,omitzero"`
	// LastIn and LastOut are when a message last arrived and left.
	LastIn  time.Time `json:"last_in,omitzero"`
	LastOut time.Time `json:"last_out,omitzero"`
}

// Account is one social account, mailbox or site a customer writes to.
type Account struct {
	ID       ID             `json:"id"`
	Link     ID             `json:"link"`
	Kind     string         `json:"kind"`
	Name     string         `json:"name"`
	RemoteID canon.RemoteID `json:"remote_id"`
	// Bot answers first; Team gets what people must answer. Neither: agents
	// who are in no team.
	Bot     ID        `json:"bot,omitzero"`
	Team    ID        `json:"team,omitzero"`
	Paused  bool      `json:"paused"`
	State   LinkState `json:"state"`
	Created time.Time `json:"created"`
}

// Bot is an automatic answerer.
type Bot struct {
	ID   ID     `json:"id"`
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Published is the version customers meet; 0: none yet.
	Published int `json:"published"`
	// Changed says that the draft differs from the published version.
	Changed bool            `json:"changed"`
	Draft   json.RawMessage `json:"draft,omitempty"`
	// DraftRev rises with every save: send it back so that two designers do
	// not overwrite each other.
	DraftRev int       `json:"draft_rev"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
}

// BotVersion is one published content of a bot.
type BotVersion struct {
	Bot     ID              `json:"bot"`
	Version int             `json:"version"`
	Content json.RawMessage `json:"content,omitempty"`
	By      ID              `json:"by,omitzero"`
	Note    string          `json:"note,omitempty"`
	At      time.Time       `json:"at"`
}

// Missed is a message a bot could not answer.
type Missed struct {
	N            int64     `json:"n"`
	Bot          ID        `json:"bot"`
	Conversation ID        `json:"conversation"`
	Message      ID        `json:"message"`
	Text         string    `json:"text"`
	At           time.Time `json:"at"`
}

// Sighting is a site whose pages asked for the chat of an account. It is what
// browsers say, and so only a hint.
type Sighting struct {
	Site    string    `json:"site" doc:"Scheme and host"`
	Page    string    `json:"page" doc:"The newest page, without what follows its path"`
	Allowed bool      `json:"allowed" doc:"Whether the site might show the chat then"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
}
