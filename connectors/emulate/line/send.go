package line

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// The lives of reply tokens and retry keys.
const (
	replyLife = time.Minute
	keyLife   = 24 * time.Hour
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// outgoing is the body of a reply or push.
type outgoing struct {
	To         string            `json:"to"`
	ReplyToken string            `json:"replyToken"`
	Messages   []json.RawMessage `json:"messages"`
}

func (q request) outgoing() (outgoing, *refusal) {
	var out outgoing
	if json.Unmarshal(q.body, &out) != nil {
		return out, broken("json", "")
	}
	return out, nil
}

// reply answers by a reply token.
func (p *Platform) reply(q request) (answer, *refusal) {
	in, no := q.outgoing()
	if no != nil {
		return answer{}, no
	}
	if q.Header.Get("X-Line-Retry-Key") != "" {
		return answer{}, refused("retry key place", http.StatusBadRequest)
	}
	messages, no := p.check(in.Messages)
	if no != nil {
		return answer{}, no
	}
	p.mu.Lock()
	t := p.replies[in.ReplyToken]
	switch {
	case t == nil:
		no = refused("reply token", http.StatusBadRequest)
	case t.used:
		no = refused("reply once", http.StatusBadRequest)
	case p.o.Clock().Sub(t.at) > replyLife:
		no = refused("reply life", http.StatusBadRequest)
	}
	if no != nil {
		p.mu.Unlock()
		return answer{}, no
	}
	t.used = true
	a := p.deliver(t.peer, messages)
	p.mu.Unlock()
	p.changed(t.peer)
	return a, nil
}

// push sends without being asked.
func (p *Platform) push(q request) (answer, *refusal) {
	in, no := q.outgoing()
	if no != nil {
		return answer{}, no
	}
	key := strings.ToLower(q.Header.Get("X-Line-Retry-Key"))
	if key != "" && !uuid.MatchString(key) {
		return answer{}, refused("retry key form", http.StatusBadRequest)
	}
	messages, no := p.check(in.Messages)
	if no != nil {
		return answer{}, no
	}
	p.mu.Lock()
	a, no := p.take(in.To, key, messages)
	p.mu.Unlock()
	if no == nil {
		p.changed(in.To)
	}
	return a, no
}

// take is a push under its retry key; p.mu is held.
func (p *Platform) take(to, key string, messages []message) (answer, *refusal) {
	if p.people[to] == nil && p.groups[to] == nil {
		return answer{}, refused("recipient", http.StatusBadRequest)
	}
	now := p.o.Clock()
	if before, known := p.keys[key]; known && key != "" && now.Sub(before.at) < keyLife {
		return answer{}, &refusal{rule: "retry key once", status: http.StatusConflict, sent: before.sent}
	}
	if p.o.Monthly > 0 && p.pushed >= p.o.Monthly {
		return answer{}, refused("monthly", http.StatusTooManyRequests)
	}
	p.pushed += p.heads(to)
	a := p.deliver(to, messages)
	if key != "" {
		p.keys[key] = taken{now, a.body.(map[string]any)["sentMessages"].([]sentMessage)}
	}
	return a, nil
}

// heads is how many a push counts for: one for each who gets it.
func (p *Platform) heads(to string) int {
	if g := p.groups[to]; g != nil {
		return len(g.members)
	}
	return 1
}

// deliver shows messages to a customer; p.mu is held. One who blocked the
// account sees nothing, and nobody is told.
func (p *Platform) deliver(peer string, messages []message) answer {
	var sent []sentMessage
	var words []string
	for _, m := range messages {
		b := m.bubble
		b.ID, b.From, b.At = p.next(), "them", p.o.Clock()
		s := sentMessage{ID: b.ID}
		if m.quotable {
			s.Quote = "q" + p.secretOf("quote")
			p.quotes[s.Quote] = b.ID
		}
		b.ReplyTo = p.words(p.quotes[m.quote])
		sent = append(sent, s)
		words = append(words, m.words)
		p.show(peer, b, m.quick)
	}
	return answer{body: map[string]any{"sentMessages": sent}, call: emulate.Call{
		Visible: p.sees(peer), Text: strings.Join(words, "\n"), Peer: peer, ID: sent[0].ID,
	}}
}
