package core

// Preferences are how somebody wants the application to behave: theirs alone,
// shown to nobody else, and the same at every machine.
type Preferences struct {
	// Keys are the keys of actions, by the action's name, where they differ from
	// those it comes with; an empty list: it has none. The application names both
	// and the hub keeps them.
	Keys map[string][]string `json:"keys"`
	// SingleKeys is whether keys without Ctrl or Alt do anything (WCAG 2.1.4).
	SingleKeys bool `json:"single_keys"`
	Ring       Ring `json:"ring"`
}

// Ring is how somebody is told of what happens while they look elsewhere.
type Ring struct {
	Notify  bool `json:"notify" doc:"Notifications of the browser, where it allows them"`
	Private bool `json:"private" doc:"Notifications say only that something came: no name, no words"`
	Volume  int  `json:"volume" minimum:"0" maximum:"100" doc:"Of sounds, in percent; 0: none"`
	// Which of them sound.
	Assigned  bool `json:"assigned" doc:"A conversation became theirs"`
	Waiting   bool `json:"waiting" doc:"A customer waits for their answer, or in a queue of theirs"`
	Mentioned bool `json:"mentioned" doc:"A colleague names them, or writes a note about a customer of theirs"`
	// Quiet is when neither sounds nor notifications come; what came is counted.
	Quiet Quiet `json:"quiet,omitzero"`
}

// Quiet are hours of the day in the zone of the person. Those that end before they
// begin go past midnight; those that end as they begin are the whole day.
type Quiet struct {
	On    bool   `json:"on"`
	From  string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"As 22:00"`
	Until string `json:"until" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
}

// DefaultPreferences are those of who has chosen none.
func DefaultPreferences() Preferences {
	return Preferences{Keys: map[string][]string{}, SingleKeys: true,
		Ring: Ring{Notify: true, Volume: 60, Assigned: true, Waiting: true, Mentioned: true, Quiet: Quiet{From: "22:00", Until: "08:00"}}}
}
