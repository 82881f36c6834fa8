package meta

import (
	"encoding/json"
	"maps"
)

func parse(s string, into any) bool { return json.Unmarshal([]byte(s), into) == nil }

// pageEvent tells the hub of something in a conversation. One that another app
// controls comes on the standby channel.
func (p *Platform) pageEvent(c *chat, product Product, fromCustomer bool, what map[string]any) {
	e := map[string]any{"timestamp": p.now().UnixMilli()}
	customer, account := map[string]any{"id": c.customer}, map[string]any{"id": c.account}
	e["sender"], e["recipient"] = customer, account
	if !fromCustomer {
		e["sender"], e["recipient"] = account, customer
	}
	maps.Copy(e, what)
	object, channel := "page", "messaging"
	if product == Instagram {
		object = "instagram"
	}
	if c.owner != "" && c.owner != AppID {
		channel = "standby"
	}
	p.tell(product, map[string]any{
		"object": object,
		"entry":  []any{map[string]any{"id": c.account, "time": p.now().UnixMilli(), channel: []any{e}}},
	})
}

// echo tells the hub of a message the account itself sent, and on Messenger
// that it was delivered.
func (p *Platform) echo(c *chat, l *line, product Product, message map[string]any) {
	m := map[string]any{"mid": l.ID, "is_echo": true}
	if l.Text != "" {
		m["text"] = l.Text
	}
	if a := asObject(message["attachment"]); a != nil {
		m["attachments"] = []any{map[string]any{"type": text(a, "type"), "payload": map[string]any{"url": "https://scontent.example/echo"}}}
	}
	if product == Messenger {
		m["app_id"] = json.Number(AppID)
		if l.key != "" {
			m["metadata"] = l.key
		}
	}
	p.pageEvent(c, product, false, map[string]any{"message": m})
	if product == Messenger {
		p.pageEvent(c, product, true, map[string]any{"delivery": map[string]any{"mids": []any{l.ID}, "watermark": p.now().UnixMilli()}})
	}
}

// control tells the app that loses or gets a conversation.
func (p *Platform) control(c *chat, product Product, kind, from, to string) {
	what := map[string]any{"new_owner_app_id": to, "metadata": "from the inbox"}
	if from != "" {
		what["previous_owner_app_id"] = from
	}
	p.pageEvent(c, product, true, map[string]any{kind: what})
}
