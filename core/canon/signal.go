package canon

// Signal passes through the hub and is never stored, logged or exported. The
// set is closed: Typing, Presence and Looking.
type Signal interface {
	signalType() string
}

// Typing says that someone is writing; on the web, Text is what stands in the
// visitor's box, not sent yet.
type Typing struct {
	On   bool   `json:"on"`
	Text string `json:"text,omitempty"`
}

// Presence says whether the customer is there.
type Presence struct {
	Online bool `json:"online"`
}

// Looking says which page or conversation someone has before them.
type Looking struct {
	Page  string `json:"page,omitempty"`
	Title string `json:"title,omitempty"`
	// Gone says that they have it before them no more.
	Gone bool `json:"gone,omitempty"`
}

func (Typing) signalType() string   { return "typing" }
func (Presence) signalType() string { return "presence" }
func (Looking) signalType() string  { return "looking" }

// SignalType returns the tag a signal has in JSON.
func SignalType(s Signal) string { return s.signalType() }
