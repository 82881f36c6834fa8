package cluster

import (
	"slices"

	"parley/core/canon"
)

// Presence knows who has a live socket on any node.
type Presence interface {
	// Join says that somebody is here until leave is called. One person may
	// join many times.
	Join(tenant, who canon.ID) (leave func())
	Here(tenant, who canon.ID) bool
	// Watch calls f when somebody comes who was not here, or goes for good; f
	// must not block.
	Watch(f func(tenant, who canon.ID, here bool)) (stop func())
}

type person struct{ tenant, who canon.ID }

type watcher struct {
	f func(tenant, who canon.ID, here bool)
}

// Join says that somebody is here.
func (l *Local) Join(tenant, who canon.ID) (leave func()) {
	p := person{tenant, who}
	l.count(p, 1)
	left := false
	return func() {
		l.mu.Lock()
		again := left
		left = true
		l.mu.Unlock()
		if !again {
			l.count(p, -1)
		}
	}
}

func (l *Local) count(p person, by int) {
	l.mu.Lock()
	if l.here == nil {
		l.here = map[person]int{}
	}
	was := l.here[p]
	l.here[p] += by
	now := l.here[p]
	if now == 0 {
		delete(l.here, p)
	}
	all := l.watchers
	l.mu.Unlock()
	if (was == 0) != (now == 0) {
		for _, w := range all {
			w.f(p.tenant, p.who, now > 0)
		}
	}
}

// Here reports whether somebody is here.
func (l *Local) Here(tenant, who canon.ID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.here[person{tenant, who}] > 0
}

// Watch adds a watcher.
func (l *Local) Watch(f func(tenant, who canon.ID, here bool)) (stop func()) {
	w := &watcher{f}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watchers = append(slices.Clone(l.watchers), w)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.watchers = slices.DeleteFunc(slices.Clone(l.watchers), func(x *watcher) bool { return x == w })
	}
}
