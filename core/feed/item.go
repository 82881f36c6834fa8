package feed

import (
	"sync"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// Passing is a signal on its way to those who watch a thread. It is never
// stored.
type Passing struct {
	Thread       canon.ID
	Conversation canon.ID
	Signal       canon.Signal
	Sender       connector.Sender
	ToCustomer   bool // from our side to theirs
}

// Item is what a follower receives: an entry or a signal. All followers share
// it and none may change it.
type Item struct {
	Entry *core.FeedEntry
	// Conversation is the one the entry is about, for deciding who may see it.
	Conversation *core.Conversation
	Message      *core.Message // of an entry about a message
	Signal       *Passing

	once sync.Once
	wire []byte
}

// Wire is the item as it goes out to all who see the whole of it: make is
// called once, whoever asks first, and what it returned is everybody's. Safe
// for concurrent use.
func (i *Item) Wire(make func() []byte) []byte {
	i.once.Do(func() { i.wire = make() })
	return i.wire
}

// size is about how many bytes an item keeps while it is in a log.
func (i *Item) size() int {
	n := 1 << 10
	if i.Entry != nil {
		n += 2 * len(i.Entry.Data) // and once more on the wire
	}
	if i.Signal != nil {
		if t, ok := i.Signal.Signal.(canon.Typing); ok {
			n += 2 * len(t.Text)
		}
	}
	return n
}
