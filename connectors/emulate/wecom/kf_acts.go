package wecom

import (
	"errors"
	"time"

	"parley/connectors/emulate"
)

// Enter is a customer opening the chat by a link with a scene and what was added
// to it. A welcome code comes with it if they had no welcome and no message in 48
// hours (94670 用户进入会话事件).
func (p *Platform) Enter(account, customer, scene, param string) {
	p.mu.Lock()
	a, c := p.account(account), p.chat(account, customer)
	ev := map[string]any{"event_type": "enter_session", "open_kfid": account, "external_userid": customer, "scene": scene}
	if param != "" {
		ev["scene_param"] = param
	}
	if p.now().Sub(c.welcomed) >= windowFor && p.now().Sub(c.last) >= windowFor {
		ev["welcome_code"] = p.give(c, 20*time.Second, -1)
	}
	p.append(a, map[string]any{"origin": 4, "msgtype": "event", "event": ev})
	p.mu.Unlock()
	p.nudge(account)
}

// Say is a customer writing words; it returns the message's id.
func (p *Platform) Say(account, customer, words string) string {
	return p.write(account, customer, emulate.Bubble{Text: words}, "text", map[string]any{"content": words})
}

// Wrote leaves a chat as it is when a customer has written and the message was
// fetched before.
func (p *Platform) Wrote(account, customer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chat(account, customer)
	c.state, c.last, c.sent = stateNew, p.now(), 0
}

// Write is a customer sending a message of any type, with the fields of it.
func (p *Platform) Write(account, customer, msgtype string, content map[string]any) string {
	return p.write(account, customer, emulate.Bubble{Text: "[" + msgtype + "]"}, msgtype, content)
}

func (p *Platform) write(account, customer string, b emulate.Bubble, msgtype string, content map[string]any) string {
	p.mu.Lock()
	a, c := p.account(account), p.chat(account, customer)
	if c.state == stateEnded || p.now().Sub(c.last) >= windowFor {
		c.state, c.servicer, c.pooled, c.manned = stateNew, "", false, false
	}
	c.last, c.sent = p.now(), 0
	id := p.append(a, map[string]any{"open_kfid": account, "external_userid": customer, "origin": 3, "msgtype": msgtype, msgtype: content})
	b.ID, b.From, b.At = id, "me", p.now()
	c.bubbles = append(c.bubbles, b)
	p.mu.Unlock()
	p.nudge(account)
	p.changed("wechatkf", customer)
	return id
}

// Send is a customer sending a file; kind is image, voice, video or file.
func (p *Platform) Send(account, customer, kind, name, mime string, body []byte) string {
	m := p.keep(kind, name, mime, body)
	return p.write(account, customer, emulate.Bubble{Media: []emulate.Media{m.shown()}}, kind, map[string]any{"media_id": m.id})
}

// Press is a customer pressing a line of a menu.
func (p *Platform) Press(account, customer, menuID string) error {
	p.mu.Lock()
	words, ok := p.chat(account, customer).menus[menuID]
	p.mu.Unlock()
	if !ok {
		return errors.New("no menu with this line was sent")
	}
	p.write(account, customer, emulate.Bubble{Text: words}, "text", map[string]any{"content": words, "menu_id": menuID})
	return nil
}

// Recall is a customer taking a message back.
func (p *Platform) Recall(account, customer, id string) error {
	p.mu.Lock()
	c := p.chat(account, customer)
	found := false
	for i, b := range c.bubbles {
		if b.ID == id && b.From == "me" && !b.Recalled {
			c.bubbles[i].Recalled, found = true, true
		}
	}
	if found {
		p.event(account, customer, "user_recall_msg", map[string]any{"recall_msgid": id})
	}
	p.mu.Unlock()
	if !found {
		return errors.New("only a message of one's own can be taken back")
	}
	p.nudge(account)
	p.changed("wechatkf", customer)
	return nil
}

// event puts an event about a customer on an account; the caller holds the lock.
func (p *Platform) event(account, customer, kind string, more map[string]any) {
	ev := map[string]any{"event_type": kind, "open_kfid": account}
	if customer != "" {
		ev["external_userid"] = customer
	}
	for name, v := range more {
		ev[name] = v
	}
	p.append(p.account(account), map[string]any{"origin": 4, "msgtype": "event", "event": ev})
}

// Refuses makes a customer refuse messages: they are taken, and reported as not
// delivered (94670 消息发送失败事件, fail_type 10).
func (p *Platform) Refuses(account, customer string, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.chat(account, customer).refuses = on
}

// Pick is a colleague in WeCom taking a chat from the pool.
func (p *Platform) Pick(account, customer, servicer string) {
	p.mu.Lock()
	c := p.chat(account, customer)
	c.state, c.servicer = stateHuman, servicer
	more := map[string]any{"change_type": 1, "new_servicer_userid": servicer}
	if !c.manned {
		more["msg_code"], c.manned = p.give(c, windowFor, stateHuman), true
	}
	p.event(account, customer, "session_status_change", more)
	p.mu.Unlock()
	p.nudge(account)
}

// DeskSay is the colleague who has the chat writing in WeCom.
func (p *Platform) DeskSay(account, customer, words string) string {
	p.mu.Lock()
	c := p.chat(account, customer)
	id := p.append(p.account(account), map[string]any{"open_kfid": account, "external_userid": customer, "servicer_userid": c.servicer, "origin": 5, "msgtype": "text", "text": map[string]any{"content": words}})
	c.bubbles = append(c.bubbles, emulate.Bubble{ID: id, From: "them", At: p.now(), Text: words})
	p.mu.Unlock()
	p.nudge(account)
	p.changed("wechatkf", customer)
	return id
}

// DeskRecall is the colleague taking a message back.
func (p *Platform) DeskRecall(account, customer, id string) {
	p.mu.Lock()
	c := p.chat(account, customer)
	p.event(account, customer, "servicer_recall_msg", map[string]any{"recall_msgid": id, "servicer_userid": c.servicer})
	p.mu.Unlock()
	p.nudge(account)
}

// DeskEnd is the colleague ending the session.
func (p *Platform) DeskEnd(account, customer string) {
	p.mu.Lock()
	c := p.chat(account, customer)
	more := map[string]any{"change_type": 3, "old_servicer_userid": c.servicer, "msg_code": p.give(c, 20*time.Second, stateEnded)}
	c.state, c.servicer = stateEnded, ""
	p.event(account, customer, "session_status_change", more)
	p.mu.Unlock()
	p.nudge(account)
	p.changed("wechatkf", customer)
}

// Serves is a colleague beginning or stopping to serve.
func (p *Platform) Serves(account, servicer string, on bool) {
	p.mu.Lock()
	status := 2
	if on {
		status = 1
	}
	p.event(account, "", "servicer_status_change", map[string]any{"servicer_userid": servicer, "status": status})
	p.mu.Unlock()
	p.nudge(account)
}

// State is the state of a session.
func (p *Platform) State(account, customer string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.chat(account, customer).state
}

// Seen is what a customer of an account sees, oldest first.
func (p *Platform) Seen(account, customer string) []emulate.Bubble {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]emulate.Bubble(nil), p.chat(account, customer).bubbles...)
}
