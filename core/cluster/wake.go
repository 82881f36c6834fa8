package cluster

import (
	"slices"
	"sync"

	"parley/core/canon"
)

// Topic is what a wake-up is about.
type Topic string

// The topics.
const (
	TopicInbox    Topic = "inbox"    // something waits to be handled
	TopicFeed     Topic = "feed"     // something happened
	TopicSettings Topic = "settings" // a tenant's directory changed
)

// Wakes tells all nodes that a tenant has something to do. A lost wake-up only
// delays: everybody also looks by themselves every second or two.
type Wakes interface {
	Wake(topic Topic, tenant canon.ID)
	// Listen calls f for every wake-up of a topic; f must not block.
	Listen(topic Topic, f func(tenant canon.ID)) (stop func())
}

// Local is the in-process side of Wakes and Presence. Safe for concurrent use;
// the zero value is ready.
type Local struct {
	mu        sync.Mutex
	listeners map[Topic][]*listener
	here      map[person]int
	watchers  []*watcher
}

type listener struct{ f func(canon.ID) }

// Wake calls the listeners of a topic.
func (l *Local) Wake(topic Topic, tenant canon.ID) {
	l.mu.Lock()
	all := l.listeners[topic]
	l.mu.Unlock()
	for _, x := range all {
		x.f(tenant)
	}
}

// Listen adds a listener.
func (l *Local) Listen(topic Topic, f func(canon.ID)) (stop func()) {
	x := &listener{f}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listeners == nil {
		l.listeners = map[Topic][]*listener{}
	}
	l.listeners[topic] = append(slices.Clone(l.listeners[topic]), x)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.listeners[topic] = slices.DeleteFunc(slices.Clone(l.listeners[topic]), func(y *listener) bool { return y == x })
	}
}
