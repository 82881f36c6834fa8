package meta

import (
	"context"
	"time"
)

// number is GET /{phone-number-id}.
func (p *Platform) number(id string) (outcome, *refusal) {
	return outcome{json: map[string]any{
		"id": id, "display_phone_number": "+1 555-078-3881", "verified_name": p.links[id].name, "quality_rating": "GREEN", "messaging_limit_tier": "TIER_1K",
	}}, nil
}

// me is GET /me: a page, by its own token.
func (p *Platform) me(q *request) (outcome, *refusal) {
	for _, page := range pages() {
		if p.speaks(q.token, page) {
			return outcome{json: p.pageInfo(page)}, nil
		}
	}
	if s, ok := p.logins.sessions[q.token]; ok {
		return outcome{json: map[string]any{"id": s.consent.user.id, "name": s.consent.user.name}}, nil
	}
	return outcome{json: map[string]any{"id": "122100000000000", "name": "Parley system user"}}, nil
}

func (p *Platform) pageInfo(page string) map[string]any {
	info := map[string]any{"id": page, "name": p.links[page].name, "access_token": p.pageToken(page), "tasks": []string{"MESSAGING", "MODERATE", "MANAGE"}}
	if page == Page {
		info["instagram_business_account"] = map[string]any{"id": Account, "username": p.links[Account].name}
	}
	return info
}

// accounts is GET /me/accounts: the pages a user may act for, with their tokens.
func (p *Platform) accounts(q *request) (outcome, *refusal) {
	if _, ok := p.logins.sessions[q.token]; ok {
		return outcome{json: map[string]any{"data": p.managed(q.token), "paging": map[string]any{"cursors": map[string]any{"after": "QVFK"}}}}, nil
	}
	if q.token != p.token {
		return outcome{}, bad("Tried accessing nonexisting field (accounts) on node type (Page)")
	}
	if q.URL.Query().Get("after") == "" { // one page of the list at a time
		return outcome{json: map[string]any{"data": []any{p.pageInfo(OtherPage)}, "paging": map[string]any{"cursors": map[string]any{"after": "QVFI"}, "next": "https://graph.facebook.com/next"}}}, nil
	}
	return outcome{json: map[string]any{"data": []any{p.pageInfo(Page), p.pageInfo(Nursery), p.pageInfo(Florist)}, "paging": map[string]any{"cursors": map[string]any{"after": "QVFJ"}}}}, nil
}

var objects = map[string]Product{"page": Messenger, "instagram": Instagram, "whatsapp_business_account": WhatsApp}

// subscriptions is /{app-id}/subscriptions, which takes the app's own token.
func (p *Platform) subscriptions(q *request) (outcome, *refusal) {
	if q.token != AppID+"|"+AppSecret {
		return outcome{}, no(190, 0, "This method must be called with an app access token")
	}
	switch q.Method {
	case "POST":
		product, ok := objects[text(q.in, "object")]
		if !ok {
			return outcome{}, bad("object must be one of page, instagram, whatsapp_business_account")
		}
		h := hook{text(q.in, "callback_url"), text(q.in, "verify_token")}
		if refused := p.ask(q, h); refused != nil {
			return outcome{}, refused
		}
		p.hooks[product] = h
		return outcome{json: map[string]any{"success": true}}, nil
	case "DELETE":
		delete(p.hooks, objects[q.URL.Query().Get("object")])
		return outcome{json: map[string]any{"success": true}}, nil
	}
	all := []any{}
	for object, product := range objects {
		if h := p.hooks[product]; h.url != "" {
			all = append(all, map[string]any{"object": object, "callback_url": h.url, "active": true})
		}
	}
	return outcome{json: map[string]any{"data": all}}, nil
}

// ask verifies an address, for which the world must not stand still.
func (p *Platform) ask(q *request, h hook) *refusal {
	if h.url == "" || h.verify == "" {
		return bad("callback_url and verify_token are required")
	}
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(q.Context(), 10*time.Second)
	err := verify(ctx, p.o.Delivery.Client, h.url, h.verify)
	cancel()
	p.mu.Lock()
	if err != nil {
		return no(2200, 0, "callback verification failed: %v", err)
	}
	return nil
}

// subscribedApps is /{waba-id}/subscribed_apps and /{page-id}/subscribed_apps.
func (p *Platform) subscribedApps(q *request, object string) (outcome, *refusal) {
	if p.isPage(object) && !p.speaks(q.token, object) {
		return outcome{}, no(190, 0, "This method must be called with a Page Access Token")
	}
	if p.isPage(object) && q.Method == "POST" && !p.may(q.token, "pages_manage_metadata") {
		return outcome{}, no(200, 0, "Requires pages_manage_metadata permission to manage the object")
	}
	switch q.Method {
	case "POST":
		if override := text(q.in, "override_callback_uri"); object == WABA && override != "" {
			h := hook{override, text(q.in, "verify_token")}
			if refused := p.ask(q, h); refused != nil {
				return outcome{}, refused
			}
			p.hooks[WhatsApp] = h
		}
		if p.isPage(object) && len(list(q.in, "subscribed_fields")) == 0 {
			return outcome{}, bad("subscribed_fields is required")
		}
		p.subs[object] = true
		return outcome{json: map[string]any{"success": true}}, nil
	case "DELETE":
		delete(p.subs, object)
		if object == WABA {
			delete(p.hooks, WhatsApp)
		}
		return outcome{json: map[string]any{"success": true}}, nil
	}
	all := []any{}
	if p.subs[object] {
		app := map[string]any{"id": AppID, "name": "Parley"}
		if object == WABA {
			app = map[string]any{"whatsapp_business_api_data": app, "override_callback_uri": p.hooks[WhatsApp].url}
		}
		all = append(all, app)
	}
	return outcome{json: map[string]any{"data": all}}, nil
}

// Subscribe has the WABA or a page send callbacks to an address, as a person
// would set it up in the App Dashboard.
func (p *Platform) Subscribe(product Product, address, verify string) {
	p.SetHook(product, address, verify)
	p.mu.Lock()
	defer p.mu.Unlock()
	if product == WhatsApp {
		p.subs[WABA] = true
		return
	}
	p.subs[Page], p.subs[OtherPage] = true, true
}
