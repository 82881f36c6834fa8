package core

// Goals are what customers are promised: within how many minutes of opening
// hours somebody answers. 0 promises nothing.
type Goals struct {
	// First is for the first reply of a person, Next for every later one.
	First int `json:"first,omitempty" minimum:"0" maximum:"43200" doc:"Minutes of opening hours until the first reply of a person; 0: no goal"`
	Next  int `json:"next,omitempty" minimum:"0" maximum:"43200" doc:"Minutes until every later reply; 0: no goal"`
	// Resolved is until the conversation is closed, not counting while the customer
	// is the one to answer.
	Resolved int `json:"resolved,omitempty" minimum:"0" maximum:"43200" doc:"Minutes until the conversation is closed, without those in which the customer is the one to answer; 0: no goal"`
}

// DueFor is which goal a time is set by.
type DueFor string

// The goals.
const (
	DueFirst    DueFor = "first"
	DueNext     DueFor = "next"
	DueResolved DueFor = "resolved"
)

// Within is the minutes a goal gives.
func (g Goals) Within(f DueFor) int {
	switch f {
	case DueFirst:
		return g.First
	case DueNext:
		return g.Next
	case DueResolved:
		return g.Resolved
	}
	return 0
}
