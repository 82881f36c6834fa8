package core

import "time"

// Role is what a person or token may do.
type Role string

// The roles.
const (
	RoleOwner      Role = "owner"      // everything, including roles and the tenant itself
	RoleAdmin      Role = "admin"      // everything but owners
	RoleSupervisor Role = "supervisor" // leads those who serve: teams, states, routing, what is shared
	RoleAgent      Role = "agent"      // serves customers, sees all conversations
	RoleLimited    Role = "limited"    // serves customers, sees own and own teams' conversations
	RoleDesigner   Role = "designer"   // makes bots and reads what they say; serves nobody
	RoleBot        Role = "bot"        // a program: reads events, sends as a bot
)

// Roles lists the roles, most powerful first.
func Roles() []Role {
	return []Role{RoleOwner, RoleAdmin, RoleSupervisor, RoleAgent, RoleLimited, RoleDesigner, RoleBot}
}

// Serves reports whether a person of the role may have conversations.
func (r Role) Serves() bool { return r != RoleDesigner && r != RoleBot && r != "" }

// AgentState is whether an agent takes conversations.
type AgentState string

// The states of an agent. Only online agents are assigned to automatically;
// invisible ones look offline to others and may still work.
const (
	AgentOnline    AgentState = "online"
	AgentBusy      AgentState = "busy"
	AgentAway      AgentState = "away"
	AgentInvisible AgentState = "invisible"
	AgentOffline   AgentState = "offline"
)

// Agent is a person who serves.
type Agent struct {
	ID       ID         `json:"id"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Avatar   ID         `json:"avatar,omitzero"`
	Role     Role       `json:"role"`
	Language string     `json:"language"`
	TimeZone string     `json:"time_zone,omitempty"`
	State    AgentState `json:"state"`
	StateAt  time.Time  `json:"state_at,omitzero"`
	// MaxLoad binds automatic assignment only (0–100, or 200 with WideLoad).
	MaxLoad int `json:"max_load"`
	// Load counts conversations in progress; of others it is shown to who sees all
	// conversations, and 0 to who does not.
	Load     int       `json:"load"`
	Teams    []ID      `json:"teams"`
	Created  time.Time `json:"created"`
	Disabled time.Time `json:"disabled,omitzero"`
}

// Mention is a note in which somebody was named.
type Mention struct {
	Message      ID
	Conversation ID
	Unread       bool
}

// Team is a skill group.
type Team struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"`
	Hours   ID     `json:"hours,omitzero"` // own calendar; none: the tenant's
	Members []ID   `json:"members"`
	Queued  int    `json:"queued"` // conversations waiting now
	// Rating is whether its customers are asked how content they are, where that
	// differs from the business.
	Rating  TeamRating `json:"rating,omitempty" enum:"on,off" doc:"Whether its customers are asked how content they are; empty: as the business says"`
	Goals   *Goals     `json:"goals,omitempty" doc:"What its customers are promised; none: what the business promises"`
	Created time.Time  `json:"created"`
}

// Token is an API key. Its secret is shown once, when it is made.
type Token struct {
	ID       ID        `json:"id"`
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Prefix   string    `json:"prefix"` // the first characters, to recognise it by
	Created  time.Time `json:"created"`
	LastUsed time.Time `json:"last_used,omitzero"`
	Expires  time.Time `json:"expires,omitzero"`
}

// Canned is a common phrase.
type Canned struct {
	ID       ID     `json:"id"`
	Owner    ID     `json:"owner,omitzero"` // one agent's own; none: shared by all
	Shortcut string `json:"shortcut"`
	Title    string `json:"title"`
	Body     string `json:"body"`
	Folder   string `json:"folder,omitempty"`
	Uses     int    `json:"uses"`
}

// Audit is one sensitive act.
type Audit struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"`
	Actor   ID        `json:"actor,omitzero"`
	Name    string    `json:"name"` // of the actor, as it was then
	Action  string    `json:"action"`
	Target  string    `json:"target,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Address string    `json:"address,omitempty"`
}
