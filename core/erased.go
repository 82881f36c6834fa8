package core

// Erased is how much of a contact or conversation was erased for good.
type Erased struct {
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	Files         int `json:"files"`
}
