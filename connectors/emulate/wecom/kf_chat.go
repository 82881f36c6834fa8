package wecom

import (
	"time"

	"parley/connectors/emulate"
)

// The states of a session (94669).
const (
	stateNew   = 0
	stateBot   = 1
	statePool  = 2
	stateHuman = 3
	stateEnded = 4
)

// chat is a customer with a service account.
type chat struct {
	account, customer string
	state             int
	servicer          string
	pooled, manned    bool      // this session was in the pool, with a servicer: codes are given once
	last              time.Time // of the customer's newest message
	sent              int       // since then
	welcomed          time.Time // when a welcome was sent last, or a message
	refuses           bool
	bubbles           []emulate.Bubble
	menus             map[string]string    // menu_id → words, of menus sent
	ours              map[string]time.Time // when send_msg sent a message
}

// code is a permission that an event or a change of state gave.
type code struct {
	chat  *chat
	ends  time.Time
	state int // the session must still be in it; -1: any
	used  bool
}

// The window of customer service (94677).
const (
	windowFor      = 48 * time.Hour
	windowMessages = 5
)

// chat returns a chat, a new one if need be; the caller holds the lock.
func (p *Platform) chat(account, customer string) *chat {
	key := chatKey(account, customer)
	c := p.chats[key]
	if c == nil {
		c = &chat{account: account, customer: customer, state: stateEnded, menus: map[string]string{}, ours: map[string]time.Time{}}
		p.chats[key] = c
	}
	return c
}

// give makes a code.
func (p *Platform) give(c *chat, life time.Duration, state int) string {
	name := secretID("CODE")
	p.codes[name] = &code{chat: c, ends: p.now().Add(life), state: state}
	return name
}

func (p *Platform) getState(r *request) (answer, *refusal) {
	_, c, bad := p.chatOf(r)
	if bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fields := map[string]any{"service_state": c.state}
	if c.state == stateHuman {
		fields["servicer_userid"] = c.servicer
	}
	return answer{fields: fields}, nil
}

type stateRequest struct {
	ID       string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

func (p *Platform) chatOf(r *request) (stateRequest, *chat, *refusal) {
	var in stateRequest
	if bad := r.read(&in); bad != nil {
		return in, nil, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r.note.Peer = in.Customer
	if p.account(in.ID) == nil {
		return in, nil, no(95000, "invalid open_kfid")
	}
	if who := p.people[in.Customer]; who == nil || who.member {
		return in, nil, no(40003, "invalid external_userid")
	}
	return in, p.chat(in.ID, in.Customer), nil
}

// transState changes a session where the table of 94669 allows it.
func (p *Platform) transState(r *request) (answer, *refusal) {
	in, c, bad := p.chatOf(r)
	if bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	allowed := map[int][]int{
		stateNew:   {stateBot, statePool, stateHuman, stateEnded},
		stateBot:   {statePool, stateHuman, stateEnded},
		statePool:  {stateHuman, stateEnded},
		stateHuman: {stateHuman, stateEnded},
	}
	if c.state == stateEnded {
		return answer{}, no(95013, "conversation ended")
	}
	fits := false
	for _, to := range allowed[c.state] {
		fits = fits || to == in.State
	}
	if !fits {
		return answer{}, no(95016, "invalid service state transfer")
	}
	fields := map[string]any{}
	switch in.State {
	case statePool:
		if !c.pooled {
			fields["msg_code"], c.pooled = p.give(c, windowFor, statePool), true
		}
	case stateHuman:
		if in.Servicer != Servicer {
			return answer{}, no(95014, "user is not a servicer")
		}
		if c.servicer = in.Servicer; !c.manned {
			fields["msg_code"], c.manned = p.give(c, windowFor, stateHuman), true
		}
	case stateEnded:
		fields["msg_code"] = p.give(c, 20*time.Second, stateEnded)
	}
	c.state = in.State
	return answer{fields: fields}, nil
}
