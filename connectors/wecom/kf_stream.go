package wecom

import (
	"context"
	"encoding/json"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// pageSize is how many messages one sync_msg asks for; the most it gives (94670).
const pageSize = 1000

// Run fetches what the accounts hold: at once, on every nudge, and from time to
// time for the nudges that got lost. However many nudges of one account wait,
// they make one fetch.
func (k *kf) Run(ctx context.Context, from connector.Cursors, wakes <-chan connector.Wake, sink connector.Sink) error {
	s := &pull{kf: k, sink: sink, at: connector.Cursors{}, ill: map[string]bool{}}
	for _, id := range k.waiting {
		k.state(connector.State{Account: id, Health: connector.HealthPoor, Code: "not_chosen", Text: text("No service account has been chosen yet.", "尚未选择客服账号。"),
			Remedy: text("Choose one of the list on the account's page.", "请在账号页面从列表中选择客服账号。")})
	}
	for key, cursor := range from {
		s.at[key] = cursor
	}
	if err := s.look(ctx, s.all("")); err != nil {
		return s.failed(ctx, err)
	}
	timer := time.NewTimer(k.poll)
	defer timer.Stop()
	for {
		var todo map[string]string
		select {
		case <-ctx.Done():
			return ctx.Err()
		case w, open := <-wakes:
			if !open {
				wakes = nil
				continue
			}
			todo = s.gather(w, wakes)
		case <-timer.C:
			todo = s.all("")
			timer.Reset(k.poll)
		}
		if err := s.look(ctx, todo); err != nil {
			return s.failed(ctx, err)
		}
	}
}

// pull is one run over the accounts.
type pull struct {
	*kf
	sink connector.Sink
	at   connector.Cursors // by account
	ill  map[string]bool   // accounts whose light is not green
}

// crowded is how many nudges at once mean that the queue may have been full, so
// that others were dropped.
const crowded = 32

// gather takes the nudges that wait: the token of the newest for each account.
func (s *pull) gather(first connector.Wake, wakes <-chan connector.Wake) map[string]string {
	todo := map[string]string{}
	n := 0
	take := func(w connector.Wake) {
		n++
		if w.Key == s.of { // an old callback names no account
			for key := range s.all(w.Token) {
				todo[key] = w.Token
			}
			return
		}
		todo[w.Key] = w.Token
	}
	take(first)
	for {
		select {
		case w, open := <-wakes:
			if open {
				take(w)
				continue
			}
		default:
		}
		if n >= crowded {
			for key := range s.all("") {
				if _, named := todo[key]; !named {
					todo[key] = ""
				}
			}
		}
		return todo
	}
}

// all lists the accounts that are linked, and those asked for before.
func (s *pull) all(token string) map[string]string {
	out := map[string]string{}
	for _, id := range s.accounts {
		out[string(id)] = token
	}
	for key := range s.at {
		out[key] = token
	}
	return out
}

// look fetches accounts one after the other. One that is refused for itself, such
// as a deleted one, does not keep the others waiting: its own light turns.
func (s *pull) look(ctx context.Context, todo map[string]string) error {
	for key, token := range todo {
		err := s.drain(ctx, key, token)
		e := connector.AsError(err)
		if e == nil {
			if s.ill[key] {
				delete(s.ill, key)
				s.state(connector.State{Account: canon.RemoteID(key), Health: connector.HealthGood, Code: "ok", Text: goodText})
			}
			continue
		}
		if ctx.Err() != nil || e.Class != connector.Invalid && e.Class != connector.Gone {
			return err
		}
		s.ill[key] = true
		s.state(connector.State{Account: canon.RemoteID(key), Health: connector.HealthBad, Code: e.Code, Text: oneTrouble, Remedy: e.Shown})
	}
	s.state(connector.State{Health: connector.HealthGood, Code: "ok", Text: goodText})
	return nil
}

var (
	goodText   = text("Messages of WeChat customer service are being fetched.", "微信客服消息接收正常。")
	oneTrouble = text("Messages of this service account cannot be fetched.", "该客服账号无法接收消息。")
	allTrouble = text("Messages of WeChat customer service cannot be fetched.", "无法拉取微信客服消息。")
)

// failed reports why a run ends.
func (s *pull) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := connector.AsError(err)
	if e.Code == "store_away" {
		return err // not the platform's fault
	}
	health := connector.HealthPoor
	if e.Class == connector.NeedsLogin {
		health = connector.HealthBad
	}
	remedy := e.Shown
	if remedy.EN == "" {
		remedy = text("It is tried again by itself. If it lasts, check the network and the API's address.", "系统会自动重试。如持续出现，请检查网络和接口地址。")
	}
	s.state(connector.State{Health: health, Code: e.Code, Text: allTrouble, Remedy: remedy})
	return err
}

// page is an answer of sync_msg.
type page struct {
	NextCursor string            `json:"next_cursor"`
	HasMore    int               `json:"has_more"`
	MsgList    []json.RawMessage `json:"msg_list"`
}

// drain fetches an account page by page until has_more is 0: a page may be short
// or empty and still not the last (94670).
func (s *pull) drain(ctx context.Context, key, token string) error {
	for idle := 0; idle < maxIdle; idle++ {
		p, err := s.page(ctx, key, token)
		if err != nil {
			return err
		}
		envelopes := make([]canon.Envelope, 0, len(p.MsgList))
		for _, raw := range p.MsgList {
			envelopes = append(envelopes, s.message(canon.RemoteID(key), raw))
		}
		next := p.NextCursor
		if next == "" {
			next = s.at[key]
		}
		if len(envelopes) > 0 || next != s.at[key] {
			s.introduce(ctx, envelopes)
			if err := s.sink.Commit(ctx, envelopes, connector.Cursors{key: next}); err != nil {
				return err
			}
			s.opened(ctx, envelopes)
		}
		if next != s.at[key] || len(envelopes) > 0 {
			idle = 0
		}
		s.at[key] = next
		if p.HasMore == 0 {
			return nil
		}
	}
	return nil // the next look goes on
}

// maxIdle is after how many pages without message and step an account is left
// until the next look, so that one that never ends does not keep the others.
const maxIdle = 100

// page asks for the next page. A nudge's token that has run out (95007) is left
// away: without one the call is only limited more strictly. A cursor WeCom does
// not know any more (40058) is left away too: what it still holds comes again from
// its oldest, and what is stored already is known by its msgid.
func (s *pull) page(ctx context.Context, key, token string) (page, error) {
	var p page
	in := struct {
		Cursor   string `json:"cursor,omitempty"`
		Token    string `json:"token,omitempty"`
		Limit    int    `json:"limit"`
		OpenKFID string `json:"open_kfid"`
	}{s.at[key], token, pageSize, s.open(canon.RemoteID(key))}
	err := s.call(ctx, "kf/sync_msg", "/cgi-bin/kf/sync_msg", in, &p)
	if e := connector.AsError(err); e != nil && e.Code == "95007" && token != "" {
		in.Token = ""
		err = s.call(ctx, "kf/sync_msg", "/cgi-bin/kf/sync_msg", in, &p)
	}
	if e := connector.AsError(err); e != nil && e.Code == "40058" && in.Cursor != "" {
		in.Cursor = ""
		err = s.call(ctx, "kf/sync_msg", "/cgi-bin/kf/sync_msg", in, &p)
	}
	return p, connector.Harmless(err)
}
