package telegram

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// pending is an update that was not taken yet.
type pending struct {
	id    int64
	at    time.Time
	queue string // updates of one queue are posted in order
	body  map[string]any
}

const (
	keptFor    = 24 * time.Hour
	pollMost   = 50 * time.Second // LONG_POLL_MAX_TIMEOUT
	startAgain = 7 * 24 * time.Hour
)

// named are the updates that are only sent to a bot that asked for them.
var named = []string{"chat_member", "message_reaction", "message_reaction_count"}

// Push makes an update of a kind: an object as the Bot API writes it, about a
// chat. It returns the update's number, 0 if the bot did not ask for the kind.
func (p *Platform) Push(kind string, chat int64, object map[string]any) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.push(kind, decimal(chat), object)
}

func (p *Platform) push(kind, queue string, object map[string]any) int64 {
	if len(p.allowed) > 0 && !slices.Contains(p.allowed, kind) || len(p.allowed) == 0 && slices.Contains(named, kind) {
		return 0
	}
	now := p.o.Clock()
	if !p.lastFresh.IsZero() && now.Sub(p.lastFresh) >= startAgain {
		p.lastUpdate -= 700_000_000 // "chosen randomly": far below all before
	}
	p.lastFresh = now
	p.lastUpdate++
	p.pending = append(p.pending, &pending{id: p.lastUpdate, at: now, queue: queue, body: map[string]any{"update_id": p.lastUpdate, kind: object}})
	p.wakePoll()
	p.deliver()
	return p.lastUpdate
}

// expire forgets what is older than a day.
func (p *Platform) expire() {
	now := p.o.Clock()
	p.pending = slices.DeleteFunc(p.pending, func(u *pending) bool { return now.Sub(u.at) > keptFor })
}

// Waiting is how many updates the bot has not taken yet.
func (p *Platform) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	return len(p.pending)
}

// Confirmed is how many updates an offset made the platform forget.
func (p *Platform) Confirmed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.confirmed
}

// poller is a getUpdates call that waits.
type poller struct {
	wake chan struct{} // something came
	end  chan string   // the call is ended, with what is said of it
}

func (p *Platform) wakePoll() {
	if p.poll != nil {
		select {
		case p.poll.wake <- struct{}{}:
		default:
		}
	}
}

// endPoll ends the call that waits.
func (p *Platform) endPoll(says string) {
	if p.poll != nil {
		p.poll.end <- says
		p.poll = nil
	}
}

const conflictHook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

// getUpdates answers what waits, or waits for something.
func (p *Platform) getUpdates(ctx context.Context, q *request) (any, *failure) {
	p.mu.Lock()
	if p.hook.url != "" {
		p.mu.Unlock()
		return nil, &failure{code: 409, says: conflictHook}
	}
	p.endPoll("Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
	p.readAllowed(q)
	if from := q.number("offset"); from > 0 {
		before := len(p.pending)
		p.pending = slices.DeleteFunc(p.pending, func(u *pending) bool { return u.id < from })
		p.confirmed += before - len(p.pending)
	}
	me := &poller{wake: make(chan struct{}, 1), end: make(chan string, 1)}
	p.poll = me
	p.mu.Unlock()

	wait := time.NewTimer(min(time.Duration(q.number("timeout"))*time.Second, pollMost))
	defer wait.Stop()
	for done := false; ; {
		p.mu.Lock()
		out := p.some(q.number("limit"))
		if len(out) > 0 || done {
			if p.poll == me {
				p.poll = nil
			}
			p.mu.Unlock()
			return out, nil
		}
		p.mu.Unlock()
		select {
		case <-me.wake:
		case says := <-me.end:
			if says == "" {
				return nil, &failure{code: 500, says: "Internal Server Error: restart"}
			}
			return nil, &failure{code: 409, says: says}
		case <-ctx.Done():
			done = true
		case <-p.ctx.Done():
			done = true
		case <-wait.C:
			done = true
		}
	}
}

func (p *Platform) some(limit int64) []map[string]any {
	p.expire()
	if limit <= 0 || limit > 100 {
		limit = 100
	}
	out := []map[string]any{}
	for _, u := range p.pending {
		if int64(len(out)) < limit && !p.held {
			out = append(out, u.body)
		}
	}
	return out
}

// readAllowed takes the list of wanted updates over; without one the last holds.
func (p *Platform) readAllowed(q *request) {
	var kinds []string
	if raw := q.text("allowed_updates"); raw != "" && json.Unmarshal([]byte(raw), &kinds) == nil {
		p.allowed = kinds
	}
}

// Polling tells that a getUpdates call waits.
func (p *Platform) Polling() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.poll != nil
}

// LastUpdate is the number of the newest update.
func (p *Platform) LastUpdate() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lastUpdate
}
