package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"parley/core"
)

func (c *caller) search(t *testing.T, q string) SearchAnswer {
	t.Helper()
	p := c.do("GET", "/search?q="+url.QueryEscape(q), nil)
	var out SearchAnswer
	if err := json.Unmarshal(p.body, &out); p.status != 200 || err != nil {
		t.Fatalf("%s: %d %v: %s", q, p.status, err, p.body)
	}
	return out
}

func TestSearch(t *testing.T) { dialects(t, searchAll) }

func searchAll(t *testing.T, r *rig) {
	owner := r.signedIn(r.home(), core.RoleOwner)
	ids := r.world(r.home(), owner.agent)
	r.world(r.second(), owner.agent)
	limited := r.signedIn(r.home(), core.RoleLimited)

	one := owner.search(t, "hell")
	at := slices.IndexFunc(one.Items, func(v MessageFound) bool { return v.Conversation.String() == ids["conversation"] })
	if len(one.Items) != 3 || at < 0 || one.Items[at].Pos != 1 || one.Next != nil || len(one.Customers) != 0 {
		t.Fatalf("%+v", one)
	}
	if s := one.Items[at].Snippet; len(s) != 1 || s[0].Text != "Hello" || !s[0].Hit {
		t.Errorf("the snippet is %+v", s)
	}
	who := owner.search(t, "mei@example.com")
	if !slices.ContainsFunc(who.Customers, func(v core.Contact) bool { return v.ID.String() == ids["contact"] }) ||
		len(who.Conversations) != 3 || !slices.ContainsFunc(who.Conversations, func(v ConversationRow) bool { return v.Conversation.ID.String() == ids["conversation"] }) {
		t.Errorf("%+v", who)
	}
	for q, n := range map[string]int{
		"from:me": 6, "from:mei": 3, "from:nobody": 0, "help from:mei": 0, "in:account": 9, "in:telex": 0,
		"tag:tag": 0, "after:2020-01-01 regular": 3, "before:2020-01-01 regular": 0, `"can I help"`: 3, "regular": 3, "a.txt": 3, "hello -": 3,
	} {
		if got := owner.search(t, q); len(got.Items) != n {
			t.Errorf("%s finds %d, want %d", q, len(got.Items), n)
		}
	}
	if got := owner.search(t, "from:nobody"); len(got.Unmatched) != 1 || got.Unmatched[0] != "from:nobody" {
		t.Errorf("unmatched: %q", got.Unmatched)
	}
	for _, q := range []string{"hello", "mei", "from:mei", "in:account"} {
		if got := limited.search(t, q); len(got.Items)+len(got.Customers)+len(got.Conversations) != 0 {
			t.Errorf("a limited agent finds %s: %+v", q, got)
		}
	}
	for q, want := range map[string][2]string{
		"form:mei":          {"search_operator", "form:"},
		"label:vip":         {"search_operator", "label:"},
		"tag:":              {"search_operator", "tag:"},
		"before:yesterday":  {"search_date", "before:yesterday"},
		"after:2026-13-01":  {"search_date", "after:2026-13-01"},
		"!?":                {"search_empty", ""},
		"hello before:26/1": {"search_date", "before:26/1"},
	} {
		p := owner.do("GET", "/search?q="+url.QueryEscape(q), nil)
		if got := p.problem(); p.status != 422 || got.Code != want[0] || !strings.Contains(string(p.body), want[1]) || !strings.Contains(string(p.body), "query.q") || got.Remedy == "" {
			t.Errorf("%s: %d %s", q, p.status, p.body)
		}
	}
}
