package core

import (
	"time"

	"parley/core/canon"
)

// ID is canon.ID: a UUID version 7.
type ID = canon.ID

// Tenant is one business in the installation.
type Tenant struct {
	ID       ID             `json:"id"`
	Slug     string         `json:"slug"`
	Name     string         `json:"name"`
	Language string         `json:"language"`
	Hours    ID             `json:"hours,omitzero"` // calendar; none: always open
	Settings TenantSettings `json:"settings"`
	Created  time.Time      `json:"created"`
}

// TenantSettings are the switches of a tenant. Durations are in seconds; 0
// turns the switch off.
type TenantSettings struct {
	// WideLoad raises the ceiling of an agent's maximum load from 100 to 200.
	WideLoad bool `json:"wide_load" doc:"Raises the ceiling of an agent's load from 100 to 200"`
	// IdleClose closes a conversation in which nobody said anything for so long.
	IdleClose int `json:"idle_close" minimum:"0" maximum:"2592000" doc:"Close a conversation after so many seconds without a message; 0: never"`
	// SilentClose closes a conversation whose customer did not answer for so long.
	SilentClose int `json:"silent_close" minimum:"0" maximum:"2592000" doc:"Close when the customer has not answered for so many seconds; 0: never"`
	// RequireTag refuses to close a conversation without a tag.
	RequireTag bool `json:"require_tag"`
	// RecallWithin is how long an agent may take a message back.
	RecallWithin int `json:"recall_within" minimum:"0" maximum:"86400" doc:"Seconds in which an agent may recall a message; 0: not at all"`
	// LiveTyping shows agents what a visitor types before it is sent.
	LiveTyping bool `json:"live_typing"`
	// HandoffLine and OffHoursLine are said to the customer; empty takes the
	// built-in line of the language. "{place}" is the place in the queue.
	HandoffLine  string `json:"handoff_line,omitempty" maxLength:"1000"`
	OffHoursLine string `json:"off_hours_line,omitempty" maxLength:"1000"`
	// HideAddress shows visitors' network addresses to administrators only.
	HideAddress bool `json:"hide_address"`
	// RequireSecondFactor lets nobody work who signs in by password alone.
	RequireSecondFactor bool `json:"require_second_factor" doc:"Everybody must have a second factor: who has none can do nothing but set one up"`
	// Rating is whether and how customers are asked how content they are.
	Rating RatingSettings `json:"rating,omitzero"`
	// Goals are within how long people answer, where a team has none of its own.
	Goals Goals `json:"goals,omitzero"`
	// MaxFile is the largest attachment in bytes; 0 takes 25 MB.
	MaxFile int64 `json:"max_file" minimum:"0" maximum:"1073741824"`
}

// DefaultSettings are the settings of a new tenant.
func DefaultSettings() TenantSettings {
	return TenantSettings{RecallWithin: 120, LiveTyping: true, HideAddress: true, Rating: RatingSettings{After: "person", Scale: "faces", Every: 7}}
}

// LoadCeiling is the most conversations an agent's maximum may be set to.
func (s TenantSettings) LoadCeiling() int {
	if s.WideLoad {
		return 200
	}
	return 100
}
