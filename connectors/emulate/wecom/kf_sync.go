package wecom

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// account is a service account with what happened on it.
type account struct {
	id, name string
	manage   bool // the application may manage it
	entries  []entry
	empty    int // pages still to be given with nothing but has_more
	syncs    int // how often it was asked
	hold     chan struct{}
	forgets  int // how many cursors are not known from now on
}

// entry is one element of msg_list.
type entry struct {
	at  time.Time
	raw json.RawMessage
}

// nudge is what a callback's token is good for.
type nudge struct {
	account string
	ends    time.Time
}

const (
	nudgeLife = 10 * time.Minute
	keptFor   = 3 * 24 * time.Hour // sync_msg reaches back three days
)

func (p *Platform) account(id string) *account {
	for _, a := range p.accounts {
		if a.id == id {
			return a
		}
	}
	return nil
}

// append puts an element on an account and returns its msgid; the caller holds
// the lock and calls nudge afterwards, without it.
func (p *Platform) append(a *account, fields map[string]any) string {
	id := p.id("4XYm59AKqyxTqvcVJ7u4i3eeo2LK2")
	fields["msgid"], fields["send_time"] = id, p.now().Unix()
	raw, _ := json.Marshal(fields) // texts, numbers and maps always marshal
	a.entries = append(a.entries, entry{p.now(), raw})
	return id
}

// nudge posts a callback that says that an account has something new.
func (p *Platform) nudge(id string) {
	p.mu.Lock()
	token := secretID("ENC")
	p.nudges[token] = nudge{id, p.now().Add(nudgeLife)}
	inside := "<xml>" + element("ToUserName", CorpID) + element("CreateTime", strconv.FormatInt(p.now().Unix(), 10)) +
		element("MsgType", "event") + element("Event", "kf_msg_or_event") + element("Token", token) + element("OpenKfId", id) + "</xml>"
	p.mu.Unlock()
	p.post("wechatkf", []byte(inside))
}

// Nudge posts a callback about an account though nothing happened.
func (p *Platform) Nudge(account string) { p.nudge(account) }

// Syncs is how often an account was asked for messages.
func (p *Platform) Syncs(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.account(id); a != nil {
		return a.syncs
	}
	return 0
}

// Hold keeps the answers to sync_msg of an account back until release is called.
func (p *Platform) Hold(id string) (release func()) {
	gate := make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.account(id)
	a.hold = gate
	return func() {
		p.mu.Lock()
		if a.hold == gate {
			a.hold = nil
		}
		p.mu.Unlock()
		close(gate)
	}
}

// Inject puts a raw element on an account, as it stands, and nudges.
func (p *Platform) Inject(id string, raw json.RawMessage) {
	p.mu.Lock()
	a := p.account(id)
	a.entries = append(a.entries, entry{p.now(), raw})
	p.mu.Unlock()
	p.nudge(id)
}

// Repeat puts the newest n elements of an account on it once more, each as it
// stands: a page that comes twice.
func (p *Platform) Repeat(id string, n int) {
	p.mu.Lock()
	a := p.account(id)
	a.entries = append(a.entries, a.entries[max(0, len(a.entries)-n):]...)
	p.mu.Unlock()
	p.nudge(id)
}

// ForgetCursors has the next n calls with a cursor answered as if it had never
// been given.
func (p *Platform) ForgetCursors(id string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.account(id).forgets = n
}

func (p *Platform) syncMsg(r *request) (answer, *refusal) {
	var in struct {
		Cursor string `json:"cursor"`
		Token  string `json:"token"`
		Limit  int    `json:"limit"`
		ID     string `json:"open_kfid"`
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	a := p.account(in.ID)
	if a == nil {
		p.mu.Unlock()
		return answer{}, no(95000, "invalid open_kfid")
	}
	a.syncs++
	hold := a.hold
	p.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-p.ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if bad := p.mayAsk(a, in.Token); bad != nil {
		return answer{}, bad
	}
	if in.Limit < 0 || in.Limit > 1000 || len(in.Cursor) > 64 {
		return answer{}, no(40058, "invalid limit or cursor")
	}
	from, ok := p.from(a, in.Cursor)
	if in.Cursor != "" && a.forgets > 0 {
		a.forgets--
		ok = false
	}
	if !ok {
		return answer{}, no(40058, "invalid cursor")
	}
	if a.empty > 0 && from < len(a.entries) {
		a.empty--
		return page(from, true, nil), nil
	}
	size := min(p.o.PageSize, 1000)
	if in.Limit > 0 {
		size = min(size, in.Limit)
	}
	end := min(from+size, len(a.entries))
	var list []json.RawMessage
	for _, e := range a.entries[from:end] {
		list = append(list, e.raw)
	}
	a.empty = p.o.EmptyPages
	return page(end, end < len(a.entries), list), nil
}

// mayAsk checks the token of a callback, or counts a call without one.
func (p *Platform) mayAsk(a *account, token string) *refusal {
	if token != "" {
		n, known := p.nudges[token]
		if !known || len(token) > 128 || n.account != a.id || !p.now().Before(n.ends) {
			return no(95007, "invalid msgtoken")
		}
		return nil
	}
	recent := p.tokenless[a.id][:0:0]
	for _, at := range p.tokenless[a.id] {
		if p.now().Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	if len(recent) >= p.o.Tokenless {
		p.tokenless[a.id] = recent
		return no(45009, "api freq out of limit")
	}
	p.tokenless[a.id] = append(recent, p.now())
	return nil
}

// from is where a cursor stands; none means the oldest that is kept.
func (p *Platform) from(a *account, cursor string) (int, bool) {
	first := 0
	for first < len(a.entries) && p.now().Sub(a.entries[first].at) > keptFor {
		first++
	}
	if cursor == "" {
		return first, true
	}
	rest, ok := strings.CutPrefix(cursor, "4gw7MepFLfgF2VC5npN-")
	n, err := strconv.Atoi(rest)
	if !ok || err != nil || n < 0 || n > len(a.entries) {
		return 0, false
	}
	return max(n, first), true
}

func page(at int, more bool, list []json.RawMessage) answer {
	if list == nil {
		list = []json.RawMessage{}
	}
	hasMore := 0
	if more {
		hasMore = 1
	}
	return answer{fields: map[string]any{"next_cursor": fmt.Sprintf("4gw7MepFLfgF2VC5npN-%d", at), "has_more": hasMore, "msg_list": list}}
}

func (p *Platform) batchGet(r *request) (answer, *refusal) {
	var in struct {
		IDs []string `json:"external_userid_list"`
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	if len(in.IDs) == 0 || len(in.IDs) > 100 {
		return answer{}, no(40058, "invalid external_userid_list")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	found, invalid := []any{}, []string{}
	for _, id := range in.IDs {
		who := p.people[id]
		if who == nil || who.member {
			invalid = append(invalid, id)
			continue
		}
		one := map[string]any{"external_userid": id, "nickname": who.name, "avatar": "http://wx.qlogo.cn/mmopen/" + id + "/0", "gender": 1}
		if who.unionID != "" {
			one["unionid"] = who.unionID
		}
		found = append(found, one)
	}
	return answer{fields: map[string]any{"customer_list": found, "invalid_external_userid": invalid}}, nil
}

func (p *Platform) listAccounts(r *request) (answer, *refusal) {
	var in struct{ Offset, Limit int }
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []any{}
	for i, a := range p.accounts {
		if i >= in.Offset && (in.Limit == 0 || len(out) < in.Limit) {
			out = append(out, map[string]any{"open_kfid": a.id, "name": a.name, "avatar": "https://wework.qpic.cn/avatar/0", "manage_privilege": a.manage})
		}
	}
	return answer{fields: map[string]any{"account_list": out}}, nil
}
