package meta

import (
	"fmt"
	"strings"
	"time"
)

// stamp is a time as the Cloud API writes it.
func stamp(at time.Time) string { return fmt.Sprint(at.Unix()) }

// cloudNotice wraps a value as the Cloud API does.
func cloudNotice(number string, value map[string]any) map[string]any {
	value["messaging_product"] = "whatsapp"
	value["metadata"] = map[string]any{"display_phone_number": "15550783881", "phone_number_id": number}
	return map[string]any{
		"object": "whatsapp_business_account",
		"entry":  []any{map[string]any{"id": WABA, "changes": []any{map[string]any{"field": "messages", "value": value}}}},
	}
}

// cloudSays tells the hub of a customer's message.
func (p *Platform) cloudSays(c *chat, id string, m map[string]any) {
	m["from"], m["id"], m["timestamp"] = c.customer, id, stamp(p.now())
	who := p.people[c.customer]
	p.tell(WhatsApp, cloudNotice(c.account, map[string]any{
		"contacts": []any{map[string]any{"profile": map[string]any{"name": who.Name}, "wa_id": c.customer}},
		"messages": []any{m},
	}))
}

// report tells how far a message of the account got.
func (p *Platform) report(c *chat, l *line, status string, code int, title string) {
	s := map[string]any{"id": l.ID, "status": status, "timestamp": stamp(p.now()), "recipient_id": c.customer}
	if l.key != "" {
		s["biz_opaque_callback_data"] = l.key
	}
	if code != 0 {
		s["errors"] = []any{map[string]any{
			"code": code, "title": title, "message": title, "error_data": map[string]any{"details": title + "."},
			"href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
		}}
	} else {
		s["conversation"] = map[string]any{"id": "c" + strings.Repeat("0", 8), "origin": map[string]any{"type": "service"}}
		s["pricing"] = map[string]any{"billable": false, "pricing_model": "PMP", "category": "service"}
	}
	p.tell(WhatsApp, cloudNotice(c.account, map[string]any{"statuses": []any{s}}))
}
