package core

// Calendar says when people serve.
type Calendar struct {
	ID       ID     `json:"id"`
	Name     string `json:"name" minLength:"1" maxLength:"60"`
	TimeZone string `json:"time_zone"` // IANA name
	// Week holds the periods of each day, Monday first.
	Week     [7][]Period `json:"week"`
	Holidays []Holiday   `json:"holidays"`
}

// Period is a stretch of a day in minutes since midnight; To may be 1440.
type Period struct {
	From int `json:"from" minimum:"0" maximum:"1439"`
	To   int `json:"to" minimum:"1" maximum:"1440"`
}

// Holiday replaces the periods of one date; none: closed.
type Holiday struct {
	Date    string   `json:"date"` // 2006-01-02
	Name    string   `json:"name,omitempty"`
	Periods []Period `json:"periods,omitempty"`
}
