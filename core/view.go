package core

import "time"

// Filter says which conversations a list shows: those that fit one value of each
// field that has any.
type Filter struct {
	// Statuses are statuses of conversations, StatusSnoozed, and "open" for the
	// three that neither sleep nor are closed.
	Statuses []Status `json:"status,omitempty"`
	// Owners are agents and bots by id; "me" is whoever looks.
	Owners   []string `json:"owner,omitempty"`
	Accounts []ID     `json:"account,omitempty"`
	// Teams are by id; "none" is what is in no team.
	Teams     []string `json:"team,omitempty"`
	Tags      []ID     `json:"tag,omitempty"`
	Languages []string `json:"language,omitempty"` // as "zh"
	// Priorities are "urgent", "high", and "none" for as any.
	Priorities []string `json:"priority,omitempty"`
	// Wait is for how many minutes a customer waits at least; 0: any.
	Wait int `json:"wait,omitempty"`
	// Overdue leaves what should have been answered by now.
	Overdue bool   `json:"overdue,omitempty"`
	Sort    string `json:"sort,omitempty"` // "newest", "waiting", "due" or "priority"
}

// View is a filter with a name, one's own or shared.
type View struct {
	ID    ID     `json:"id"`
	Owner ID     `json:"owner,omitzero"` // whose; none: shared
	Roles []Role `json:"roles"`          // with whom it is shared; empty: with all
	Name  string `json:"name"`
	Icon  string `json:"icon"`
	Color string `json:"color"` // a colour name of the interface
	// Filter is what it shows.
	Filter  Filter    `json:"filter"`
	Place   int       `json:"place"` // views are in this order, then by age
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}
