package hub

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/ingest"
	"parley/core/outbox"
	"parley/core/store"
)

// mood is how a link has been since it was last written down.
type mood struct {
	tenant  canon.ID
	state   *connector.State
	in, out time.Time
	failing bool // the last send failed for the link's own reasons
	// accounts are the lights of single accounts that are not written down yet.
	accounts map[canon.ID]connector.State
	last     map[canon.ID]connector.State // as they were said last
	// own is what the link itself said last, notSetUp why its platform could not
	// be set up for it, pulse why it was not felt lately.
	own, notSetUp, pulse *connector.State
	// cut is why nothing comes in any more, once that has lasted; since is when a
	// streamer ended that has not been well again.
	cut   *connector.State
	since time.Time

	missed int              // pulses in a row that failed
	said   *connector.State // the light as it was said last
	counts map[canon.ID]store.Count
	ends   *time.Time // when the credentials run out, where that changed
}

// say turns the light, unless something worse stands: what is not set up at the
// platform, or gives no pulse, cannot be well. What was said already is not worth
// a write.
func (m *mood) say(s connector.State) {
	for _, worse := range []*connector.State{m.notSetUp, m.pulse, m.cut} {
		if worse != nil && !s.Health.Worse(worse.Health) {
			s = *worse
		}
	}
	if was := m.said; was != nil && was.Health == s.Health && was.Code == s.Code && was.Text == s.Text && was.Remedy == s.Remedy {
		return
	}
	m.state, m.said = &s, &s
}

// best is the light where nothing is wrong: what the link itself said last.
func (m *mood) best(now time.Time) connector.State {
	if m.own != nil {
		return *m.own
	}
	return connector.State{Health: connector.HealthGood, Code: "ok", At: now, Text: connector.Text{EN: "Working", ZH: "正常"}}
}

// count adds to what passed on an account.
func (m *mood) count(account canon.ID, c store.Count) {
	if m.counts == nil {
		m.counts = map[canon.ID]store.Count{}
	}
	sum := m.counts[account]
	sum.Add(c)
	m.counts[account] = sum
}

// sayOf turns the light of one account.
func (m *mood) sayOf(account canon.ID, s connector.State) {
	if m.accounts == nil {
		m.accounts = map[canon.ID]connector.State{}
	}
	if m.last == nil {
		m.last = map[canon.ID]connector.State{}
	}
	m.accounts[account], m.last[account] = s, s
}

// well tells whether an account's light was turned good last.
func (m *mood) well(account canon.ID) bool {
	return m.last[account].Health == connector.HealthGood
}

// told tells whether a light is red already for a reason: its connector may have
// said so, and knows better what to do.
func told(light connector.State, code string) bool {
	return light.Health == connector.HealthBad && light.Code == code
}

// carriesMany tells whether accounts of a link have lights of their own; h.mu is
// held.
func (h *Hub) carriesMany(link canon.ID) bool {
	l := h.links[link]
	return l != nil && l.many
}

func (h *Hub) mood(tenant, link canon.ID) *mood {
	m := h.moods[link]
	if m == nil {
		m = &mood{tenant: tenant}
		h.moods[link] = m
	}
	return m
}

// setState notes the light of a link. It is written down within five seconds:
// a light that flickers is not worth a write each time. What waited for an
// account or a link to be mended goes on when it says that it is well again.
func (h *Hub) setState(tenant, link canon.ID, s connector.State) {
	if s.At.IsZero() {
		s.At = h.o.Store.Now()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(tenant, link)
	if s.Account != "" {
		if l := h.links[link]; l != nil {
			if id, ok := l.account(s.Account); ok {
				if s.Health == connector.HealthGood && !m.well(id) {
					h.Outbox.Mended(link, id)
				}
				m.sayOf(id, s)
			}
		}
		return
	}
	if s.Health == connector.HealthGood {
		if m.own != nil && m.own.Health != connector.HealthGood {
			h.mended(link)
		}
		m.cut, m.since = nil, time.Time{}
	}
	m.own = &s
	m.say(s)
}

// mended lets what waits for a link go on; h.mu is held.
func (h *Hub) mended(link canon.ID) {
	l := h.links[link]
	if l == nil {
		return
	}
	ids := make([]canon.ID, len(l.accounts))
	for i, a := range l.accounts {
		ids[i] = a.ID
	}
	h.Outbox.Mended(link, ids...)
}

// noteOpened forgets what was said of a link as it was opened before.
func (h *Hub) noteOpened(l *openLink) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(l.tenant, l.id)
	m.own, m.notSetUp, m.pulse, m.cut, m.said, m.missed = nil, nil, nil, nil, nil, 0
	m.since = time.Time{}
}

// noteInstalled turns the light by how setting up at the platform went.
func (h *Hub) noteInstalled(l *openLink, e *connector.Error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(l.tenant, l.id)
	m.notSetUp = nil
	if e != nil {
		s := l.notSetUp(e)
		m.notSetUp = &s
	}
	m.say(m.best(h.o.Store.Now()))
}

// noteEnds keeps when a link's credentials run out.
func (h *Hub) noteEnds(l *openLink, ends time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mood(l.tenant, l.id).ends = &ends
}

func (h *Hub) noteTaken(line ingest.Line, outcome connector.Outcome, accounts []canon.ID) {
	if outcome != connector.Committed || len(accounts) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(line.Tenant, line.Link)
	m.in = h.o.Store.Now()
	for _, account := range accounts {
		m.count(account, store.Count{Came: 1})
	}
}

// noteSent keeps the light of links that only tell by their sends.
func (h *Hub) noteSent(line outbox.Line, e *connector.Error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.mood(line.Tenant, line.Link)
	if e == nil {
		m.count(line.Account.ID, store.Count{Went: 1})
	} else {
		m.count(line.Account.ID, store.Count{Failed: 1})
	}
	switch {
	case e == nil:
		m.out = h.o.Store.Now()
		if h.carriesMany(line.Link) && !m.well(line.Account.ID) {
			m.sayOf(line.Account.ID, connector.State{Health: connector.HealthGood, Code: "ok", At: m.out, Text: connector.Text{EN: "Working", ZH: "正常"}})
		}
		if m.failing || m.said == nil && m.in.IsZero() {
			m.say(connector.State{Health: connector.HealthGood, Code: "ok", At: h.o.Store.Now(), Text: connector.Text{EN: "Working", ZH: "正常"}})
		}
		m.failing = false
	case e.Class == connector.NeedsLogin && e.Scope == connector.ScopeAccount && h.carriesMany(line.Link):
		if told(m.last[line.Account.ID], e.Code) {
			break
		}
		m.sayOf(line.Account.ID, connector.State{Account: line.Account.RemoteID, Health: connector.HealthBad, Code: e.Code, At: h.o.Store.Now(), Text: e.Shown,
			Remedy: connector.Text{EN: "Look at this account at the platform, or sign it in again.", ZH: "请在平台检查该账号，或重新授权。"}})
	case e.Class == connector.NeedsLogin && m.said != nil && told(*m.said, e.Code):
		m.failing = true
	case e.Class == connector.NeedsLogin:
		m.failing = true
		m.say(connector.State{Health: connector.HealthBad, Code: e.Code, At: h.o.Store.Now(), Text: e.Shown,
			Remedy: connector.Text{EN: "Check the credentials of this account and save.", ZH: "请检查该账号的凭据并重新保存。"}})
	case e.Class == connector.Transient, e.Class == connector.Uncertain, e.Class == connector.RateLimited:
		m.failing = true
		text := e.Shown
		if text.EN == "" {
			text = connector.Text{EN: "The platform does not answer as it should.", ZH: "平台暂时没有正常响应。"}
		}
		m.say(connector.State{Health: connector.HealthPoor, Code: string(e.Class), At: h.o.Store.Now(), Text: text,
			Remedy: connector.Text{EN: "Nothing to do yet: sending is tried again by itself.", ZH: "暂不需要处理，系统会自动重试。"}})
	}
}

// saveMoods writes down what changed.
func (h *Hub) saveMoods(ctx context.Context) {
	h.mu.Lock()
	changed := map[canon.ID]mood{}
	now := h.o.Store.Now()
	for link, m := range h.moods {
		m.lasts(now)
		if m.state != nil || len(m.accounts) > 0 || !m.in.IsZero() || !m.out.IsZero() || len(m.counts) > 0 || m.ends != nil {
			changed[link] = *m
			m.state, m.accounts, m.in, m.out, m.counts, m.ends = nil, nil, time.Time{}, time.Time{}, nil, nil
		}
	}
	h.mu.Unlock()
	for link, m := range changed {
		err := h.o.Store.For(m.tenant).Write(ctx, func(t *store.Tx) error {
			if m.state != nil {
				if err := t.SetLinkState(ctx, link, written(*m.state)); err != nil {
					return err
				}
			}
			for account, s := range m.accounts {
				// One that was deleted meanwhile has no light.
				if err := t.SetAccountState(ctx, account, written(s)); err != nil {
					if _, gone := core.AsFault(err); !gone {
						return err
					}
				}
			}
			if m.ends != nil {
				if err := t.LinkEnds(ctx, link, *m.ends); err != nil {
					return err
				}
			}
			for account, c := range m.counts {
				if err := t.Count(account, c); err != nil {
					return err
				}
			}
			if m.in.IsZero() && m.out.IsZero() {
				return nil
			}
			return t.TouchLink(link, m.in, m.out)
		})
		if _, gone := core.AsFault(err); err != nil && !gone && ctx.Err() == nil {
			h.o.Log.Warn("the state of a link was not written down", "link", link, "err", err)
		}
		if m.state != nil || len(m.accounts) > 0 || m.ends != nil {
			h.Feed.Poke(m.tenant)
		}
	}
}

// written is a light as it is stored.
func written(s connector.State) core.LinkState {
	return core.LinkState{Health: s.Health, Code: s.Code, Text: s.Text, Remedy: s.Remedy, At: s.At}
}
