package meta

import (
	"fmt"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// pageCall is whatever a page's own token is needed for.
func (p *Platform) pageCall(q *request, page, edge string) (outcome, *refusal) {
	if !p.speaks(q.token, page) {
		return outcome{}, no(190, 0, "This method must be called with a Page Access Token")
	}
	switch {
	case edge == "" && q.Method == "GET":
		return outcome{json: p.pageInfo(page)}, nil
	case edge == "messages" && q.Method == "POST":
		return p.sendPage(q, page)
	case edge == "message_attachments" && q.Method == "POST":
		return p.attach(q, page)
	case edge == "messenger_profile" && q.Method == "POST":
		p.menus[page] = q.in
		return outcome{json: map[string]any{"result": "success"}}, nil
	case edge == "messenger_profile" && q.Method == "DELETE":
		delete(p.menus, page)
		return outcome{json: map[string]any{"result": "success"}}, nil
	case strings.HasSuffix(edge, "_thread_control") && q.Method == "POST":
		return p.threadControl(q, page, edge)
	}
	return outcome{}, bad("Unknown path components: /%s", edge)
}

// accountOf tells whom a page's call is for: its Instagram account has people
// of its own.
func (p *Platform) accountOf(page, customer string) (string, Product, *refusal) {
	who := p.people[customer]
	switch {
	case who != nil && who.product == Messenger:
		return page, Messenger, nil
	case who != nil && who.product == Instagram && page == Page:
		return Account, Instagram, nil
	}
	return "", "", no(100, 2018001, "No matching user found")
}

// sendPage is POST /{page-id}/messages, for Messenger and Instagram.
func (p *Platform) sendPage(q *request, page string) (outcome, *refusal) {
	customer := text(q.in, "recipient", "id")
	if customer == "" {
		return outcome{}, bad("Param recipient[id] must be given")
	}
	account, product, refused := p.accountOf(page, customer)
	if refused != nil {
		return outcome{}, refused
	}
	need := map[Product]string{Messenger: "pages_messaging", Instagram: "instagram_manage_messages"}[product]
	if !p.may(q.token, need) {
		return outcome{}, no(230, 0, "Requires %s permission to manage the object", need)
	}
	if p.people[customer].blocked {
		return outcome{}, no(551, 1545041, "This person isn't available right now.")
	}
	c := p.chat(account, customer)
	if action := text(q.in, "sender_action"); action != "" {
		return p.act(q, c, product, action)
	}
	if c.owner != "" && c.owner != AppID {
		return outcome{}, no(10, 2018300, "Another app is controlling this thread now")
	}
	if refused := first(p.timely(q, c, product), p.pacePage(page)); refused != nil {
		return outcome{}, refused
	}
	m := asObject(q.in["message"])
	body, refused := p.pageMessage(m, page, product)
	if refused != nil {
		return outcome{}, refused
	}
	l := &line{Bubble: body.bubble, text: strings.Join(body.said, "\n"), key: text(m, "metadata")}
	l.ID, l.From, l.At = fmt.Sprintf("m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM%04d", p.next()), "them", p.now()
	if quoted := text(q.in, "reply_to", "mid"); quoted != "" {
		if c.line(quoted) == nil {
			return outcome{}, bad("Param reply_to[mid] is not a message of this conversation")
		}
		l.ReplyTo = c.quote(quoted)
	}
	c.lines = append(c.lines, l)
	c.typing = false
	p.seen(c)
	p.echo(c, l, product, m)
	return outcome{visible: true, text: l.text, peer: customer, id: l.ID, json: map[string]any{"recipient_id": customer, "message_id": l.ID}}, nil
}

// timely holds the time to answer: 24 hours, and seven days for a person.
func (p *Platform) timely(q *request, c *chat, product Product) *refusal {
	late := no(10, 2018278, "This message is sent outside of allowed window.")
	if product == Instagram {
		late = no(10, 2534022, "This message is sent outside of allowed window.")
	}
	since := p.now().Sub(c.heard)
	switch text(q.in, "messaging_type") {
	case "RESPONSE", "UPDATE":
		if since > 24*time.Hour {
			return late
		}
	case "MESSAGE_TAG":
		if text(q.in, "tag") != "HUMAN_AGENT" {
			return bad("Param tag must be one of the message tags")
		}
		if since > 7*24*time.Hour {
			return late
		}
	default:
		return bad("Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}")
	}
	return nil
}

func (p *Platform) pacePage(page string) *refusal {
	now := p.now()
	var recent []time.Time
	for _, at := range p.sends[page] {
		if now.Sub(at) < time.Second {
			recent = append(recent, at)
		}
	}
	if len(recent) >= p.limits.Page {
		p.sends[page] = recent
		return no(613, 0, "Calls to this API have exceeded the rate limit.")
	}
	p.sends[page] = append(recent, now)
	return nil
}

// act is a sender action.
func (p *Platform) act(q *request, c *chat, product Product, action string) (outcome, *refusal) {
	switch action {
	case "typing_on", "typing_off":
		c.typing = action == "typing_on"
	case "mark_seen":
		for _, l := range c.lines {
			l.Read = l.Read || l.From == "me"
		}
	case "react", "unreact":
		l := c.line(text(q.in, "payload", "message_id"))
		if l == nil {
			return outcome{}, bad("Param payload[message_id] is not a message of this conversation")
		}
		with := text(q.in, "payload", "reaction")
		if action == "react" && product == Instagram && with != "love" {
			return outcome{}, bad("Param payload[reaction] must be love")
		}
		if action == "react" && with == "" {
			return outcome{}, bad("Param payload[reaction] must be given")
		}
		if with == "love" {
			with = "❤"
		}
		l.Reaction = with
	default:
		return outcome{}, bad("Param sender_action must be one of the sender actions")
	}
	p.seen(c)
	return outcome{peer: c.customer, json: map[string]any{"recipient_id": c.customer}}, nil
}

// threadControl moves a conversation between apps ("Conversation Control").
func (p *Platform) threadControl(q *request, page, edge string) (outcome, *refusal) {
	customer := text(q.in, "recipient", "id")
	account, _, refused := p.accountOf(page, customer)
	if refused != nil {
		return outcome{}, refused
	}
	c := p.chat(account, customer)
	switch edge {
	case "take_thread_control":
		c.owner = AppID
	case "release_thread_control":
		c.owner = ""
	case "pass_thread_control":
		if c.owner != "" && c.owner != AppID {
			return outcome{}, no(10, 2018300, "Another app is controlling this thread now")
		}
		target := text(q.in, "target_app_id")
		if target == "" {
			return outcome{}, bad("Param target_app_id must be given")
		}
		c.owner = target
	default:
		return outcome{}, bad("Unknown path components: /%s", edge)
	}
	p.seen(c)
	return outcome{json: map[string]any{"success": true}}, nil
}

// profile is GET /{person}: what a page may know of who wrote to it.
func (p *Platform) profile(q *request, id string) (outcome, *refusal) {
	who := p.people[id]
	if q.token == p.token || q.token == AppID+"|"+AppSecret || who.product == WhatsApp {
		return outcome{}, no(100, 33, "Unsupported get request. Object with ID '%s' cannot be loaded due to missing permissions", id)
	}
	out := map[string]any{"id": id, "name": who.Name}
	if who.product == Instagram {
		out["username"] = who.Name
	} else {
		first, last, _ := strings.Cut(who.Name, " ")
		out["first_name"], out["last_name"] = first, last
	}
	if who.picture != "" {
		out["profile_pic"] = "http://" + q.host + who.picture
	}
	return outcome{json: out}, nil
}

// buttonsOf shows buttons of a template.
func buttonsOf(all []any) (out []emulate.Button, said []string, refused *refusal) {
	if len(all) < 1 || len(all) > 3 {
		return nil, nil, bad("Param buttons must have 1 to 3 items")
	}
	for _, one := range all {
		b := asObject(one)
		if n := len([]rune(text(b, "title"))); n < 1 || n > 20 {
			return nil, nil, bad("Param title must be 1 to 20 characters")
		}
		button := emulate.Button{Label: text(b, "title")}
		switch text(b, "type") {
		case "postback":
			if n := len([]rune(text(b, "payload"))); n < 1 || n > 1000 {
				return nil, nil, bad("Param payload must be 1 to 1000 characters")
			}
			button.Value = text(b, "payload")
		case "web_url":
			if button.URL = text(b, "url"); button.URL == "" {
				return nil, nil, bad("Param url must be given")
			}
		case "phone_number":
			if button.URL = "tel:" + text(b, "payload"); text(b, "payload") == "" {
				return nil, nil, bad("Param payload must be given")
			}
		default:
			return nil, nil, bad("Param type must be one of the button types")
		}
		out, said = append(out, button), append(said, "["+button.Label+"]")
	}
	return out, said, nil
}
