package line

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"parley/connectors/emulate"
)

func (p *Platform) info(request) (answer, *refusal) {
	return answer{body: map[string]string{"userId": p.BotID(), "basicId": "@tea0042", "displayName": p.o.Name, "chatMode": "chat", "markAsReadMode": "manual"}}, nil
}

func (p *Platform) quota(request) (answer, *refusal) {
	if p.o.Monthly == 0 {
		return answer{body: map[string]any{"type": "none"}}, nil
	}
	return answer{body: map[string]any{"type": "limited", "value": p.o.Monthly}}, nil
}

func (p *Platform) consumption(request) (answer, *refusal) {
	return answer{body: map[string]any{"totalUsage": p.Pushed()}}, nil
}

func (p *Platform) profile(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.people[q.rest[0]]
	if m == nil || !m.friend || m.blocked {
		return answer{}, refused("stranger", http.StatusNotFound)
	}
	return answer{body: map[string]string{"userId": m.ID, "displayName": m.Name, "language": m.Lang, "pictureUrl": "https://profile.line-scdn.net/" + m.ID[1:9], "statusMessage": "☕"}}, nil
}

func (p *Platform) summary(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[q.rest[0]]
	if g == nil {
		return answer{}, refused("stranger", http.StatusNotFound)
	}
	return answer{body: map[string]string{"groupId": q.rest[0], "groupName": g.name}}, nil
}

// member names somebody of a group or room, a friend or not.
func (p *Platform) member(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, m := p.groups[q.rest[0]], p.people[q.rest[1]]
	if g == nil || m == nil || !slices.Contains(g.members, m.ID) || strings.HasPrefix(q.rest[0], "R") != (q.op == "room/member") {
		return answer{}, refused("member", http.StatusNotFound)
	}
	return answer{body: map[string]string{"userId": m.ID, "displayName": m.Name, "pictureUrl": "https://profile.line-scdn.net/" + m.ID[1:9]}}, nil
}

// loading shows the loading animation until the next message.
func (p *Platform) loading(q request) (answer, *refusal) {
	var in struct {
		Chat    string `json:"chatId"`
		Seconds *int   `json:"loadingSeconds"`
	}
	if json.Unmarshal(q.body, &in) != nil {
		return answer{}, broken("json", "")
	}
	if in.Seconds != nil && (*in.Seconds < 5 || *in.Seconds > 60 || *in.Seconds%5 != 0) {
		return answer{}, refused("loading time", http.StatusBadRequest)
	}
	p.mu.Lock()
	m := p.people[in.Chat]
	if m == nil {
		p.mu.Unlock()
		return answer{}, refused("loading chat", http.StatusBadRequest)
	}
	m.chat.loading = true
	p.mu.Unlock()
	p.changed(in.Chat)
	return answer{status: http.StatusAccepted, call: emulate.Call{Peer: in.Chat}}, nil
}

// markRead marks what the customer wrote up to a message.
func (p *Platform) markRead(q request) (answer, *refusal) {
	var in struct {
		Token string `json:"markAsReadToken"`
	}
	if json.Unmarshal(q.body, &in) != nil {
		return answer{}, broken("json", "")
	}
	p.mu.Lock()
	peer, known := p.reads[in.Token]
	if !known {
		p.mu.Unlock()
		return answer{}, refused("read token", http.StatusBadRequest)
	}
	if c := p.chatOf(peer); c != nil {
		for i := range c.bubbles {
			c.bubbles[i].Read = c.bubbles[i].Read || c.bubbles[i].From == "me"
		}
	}
	p.mu.Unlock()
	p.changed(peer)
	return answer{call: emulate.Call{Peer: peer}}, nil
}

func (p *Platform) endpoint(request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hook == "" {
		return answer{}, refused("hook set", http.StatusNotFound)
	}
	return answer{body: map[string]any{"endpoint": p.hook, "active": p.active}}, nil
}

func (p *Platform) setEndpoint(q request) (answer, *refusal) {
	var in struct {
		Endpoint string `json:"endpoint"`
	}
	if json.Unmarshal(q.body, &in) != nil {
		return answer{}, broken("json", "")
	}
	u, err := url.Parse(in.Endpoint)
	if err != nil || len(in.Endpoint) > 500 || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !p.o.PlainHTTP) {
		return answer{}, refused("hook address", http.StatusBadRequest)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook = in.Endpoint
	return answer{}, nil
}

// testEndpoint posts a callback without events and tells what came of it.
func (p *Platform) testEndpoint(q request) (answer, *refusal) {
	hook := p.Hook()
	if hook == "" {
		return answer{}, refused("hook set", http.StatusNotFound)
	}
	reply, err := emulate.Delivery{Client: p.o.Client, Timeout: answerTime}.Post(q.Context(), func(int) (*http.Request, error) {
		return p.callback(q.Context(), hook, false, nil)
	})
	body := map[string]any{"success": err == nil && reply.Status/100 == 2, "timestamp": p.o.Clock().UTC().Format("2006-01-02T15:04:05.000Z"),
		"statusCode": reply.Status, "reason": "OK", "detail": http.StatusText(reply.Status)}
	switch {
	case err != nil:
		body["reason"], body["detail"] = "COULD_NOT_CONNECT", strings.TrimSpace("the address does not answer")
	case reply.Status/100 != 2:
		body["reason"] = "ERROR_STATUS_CODE"
	}
	return answer{body: body}, nil
}
