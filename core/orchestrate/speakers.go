package orchestrate

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// speaker is somebody who said something in a group, of whom the platform told
// no more than an id.
type speaker struct {
	thread  canon.ID
	member  canon.RemoteID
	message canon.ID // what they said
}

// speakers remembers the names of members of groups. The zero value is empty.
type speakers struct {
	mu    sync.Mutex
	known map[speaker]named // without the message
}

type named struct {
	name string    // "": the platform does not tell
	at   time.Time // when it was asked
}

// speakerKept is how long a name is used before it is asked for anew.
const speakerKept = 24 * time.Hour

func (k *speakers) name(who speaker, now time.Time) (string, bool) {
	who.message = canon.ID{}
	k.mu.Lock()
	defer k.mu.Unlock()
	n, ok := k.known[who]
	return n.name, ok && now.Sub(n.at) < speakerKept
}

func (k *speakers) keep(who speaker, name string, now time.Time) {
	who.message = canon.ID{}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil || len(k.known) >= lookupsKept {
		k.known = map[speaker]named{}
	}
	k.known[who] = named{name, now}
}

// speaks notes who of a group said a line: by the name that came along or is
// known, else to be asked for.
func (s *scene) speaks(from canon.Peer, line *core.Message) {
	if from.Name != "" {
		line.Name = from.Name
		return
	}
	who := speaker{s.ch.Lane.Thread.ID, from.ID, line.ID}
	name, known := s.o.speakers.name(who, s.now)
	if name != "" {
		line.Name = name
	}
	if !known {
		s.unnamed = append(s.unnamed, who)
	}
}

// askNames asks the platform, beside everything else, who spoke in a group.
func (o *Orchestrator) askNames(s *scene) {
	if len(s.unnamed) == 0 || o.ctx.Err() != nil {
		return
	}
	th := s.ch.Lane.Thread
	line, ok := o.lines.LineOf(s.tenant, th.Account)
	if !ok {
		return
	}
	profiler, can := line.Conn.(connector.MemberProfiler)
	if !can || !line.Conn.Capabilities(th.Key).Can(connector.OpsProfile) {
		return
	}
	all := s.unnamed
	o.work.Add(1)
	go func() {
		defer o.work.Done()
		ctx, cancel := context.WithTimeout(o.ctx, lookupTime)
		defer cancel()
		for _, who := range all {
			name, known := o.speakers.name(who, s.now)
			if !known {
				peer, err := member(ctx, profiler, line.Account, th.Key, who.member)
				if e := connector.AsError(err); e != nil && e.Class != connector.Gone && e.Class != connector.Invalid {
					o.log.Debug("who speaks in a group cannot be had", "kind", line.Kind, "err", err)
					return // asked again when they speak next
				}
				name = peer.Name
				o.speakers.keep(who, name, s.now)
			}
			if name == "" {
				continue
			}
			if err := o.rename(ctx, s.tenant, who.message, name); err != nil {
				o.log.Debug("a line was not given its speaker's name", "message", who.message, "err", err)
			}
		}
	}()
}

// member survives a connector's panic.
func member(ctx context.Context, p connector.MemberProfiler, account connector.Account, group canon.ThreadKey, id canon.RemoteID) (out canon.Peer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in the connector: %v", r)
		}
	}()
	return p.Member(ctx, account, group, id)
}

// rename gives a line the name of who spoke.
func (o *Orchestrator) rename(ctx context.Context, tenant, message canon.ID, name string) error {
	_, err := o.amend(ctx, tenant, message, func(t *store.Tx, s *scene, m core.Message) (core.Message, error) {
		m.Name, m.Rev = name, s.number()
		s.change(m)
		if err := t.NameSpeaker(m.ID, name); err != nil {
			return m, err
		}
		return m, t.Rewrite(ctx, m, nil)
	})
	return err
}
