package api

import (
	"fmt"
	"strings"
	"testing"

	"parley/core"
	"parley/core/canon"
)

func TestBadInput(t *testing.T) { dialects(t, badInput) }

func badInput(t *testing.T, r *rig) {
	owner := r.signedIn(r.home(), core.RoleOwner)
	ids := r.world(r.home(), owner.agent)
	long := strings.Repeat("长", 300)
	for _, c := range []struct {
		name, method, path string
		send               any
		status             int
		code, field        string
	}{
		{"no JSON", "POST", "/teams", `{"name": "x"`, 400, "malformed", "body"},
		{"JSON of another kind", "POST", "/teams", `["x"]`, 422, "invalid", "body"},
		{"two values", "POST", "/teams", `{"name":"a"}{"name":"b"}`, 400, "malformed", "body"},
		{"no body", "POST", "/teams", nil, 400, "body_missing", "body"},
		{"null", "POST", "/teams", `null`, 422, "invalid", "body"},
		{"a character the database cannot keep", "POST", "/teams", `{"name":"a\u0000b"}`, 400, "malformed", "body"},
		{"a text of 10 MB", "POST", "/conversations/" + ids["conversation"] + "/messages", `{"text":"` + strings.Repeat("x", 10<<20) + `"}`, 413, "too_large", "body"},
		{"a field too long", "POST", "/teams", map[string]any{"name": long}, 422, "invalid", "body.name"},
		{"a name with line breaks", "POST", "/teams", map[string]any{"name": "a\r\nSet-Cookie: x=1"}, 422, "one_line", "body.name"},
		{"a name that turns its direction", "POST", "/tags", map[string]any{"scope": "contact", "name": "a\u202egpj"}, 422, "one_line", "body.name"},
		{"a name of blanks", "POST", "/teams", map[string]any{"name": " \t "}, 422, "empty", "body.name"},
		{"a field missing", "POST", "/teams", `{}`, 422, "invalid", "body.name"},
		{"a field of another type", "POST", "/teams", `{"name":7}`, 422, "invalid", "body.name"},
		{"null in a list", "POST", "/teams", `{"name":"x","members":[null]}`, 422, "invalid", "body.members[0]"},
		{"no id", "POST", "/teams", `{"name":"x","hours":"../../etc"}`, 422, "invalid", "body.hours"},
		{"no id in the path", "GET", "/teams/..%2f..%2fetc", nil, 422, "invalid", "path.id"},
		{"a cursor that was made up", "GET", "/teams?cursor=abc", nil, 400, "bad_cursor", "query.cursor"},
		{"a cursor of another list", "GET", "/teams?cursor=" + cursorText("tags", canon.NewID()), nil, 400, "bad_cursor", "query.cursor"},
		{"a cursor with more in it", "GET", "/conversations?cursor=" + cursorText("conversations newest", map[string]any{"a": 1, "x": 2}), nil, 400, "bad_cursor", "query.cursor"},
		{"a cursor of another order", "GET", "/conversations?sort=waiting&cursor=" + cursorText("conversations newest", map[string]any{"a": 1}), nil, 400, "bad_cursor", "query.cursor"},
		{"an unknown channel", "POST", "/accounts", `{"connector":"telex","name":"x"}`, 422, "connector", "body.connector"},
		{"an unknown field of a form", "POST", "/accounts", `{"connector":"played","name":"x","config":{"secrt":"abcdefgh","secret":"abcdefgh"}}`, 422, "invalid", "body.config.secrt"},
		{"a form not filled in", "POST", "/accounts", `{"connector":"played","name":"x"}`, 422, "invalid", "body.config.secret"},
		{"an address of the wrong kind", "POST", "/agents", `{"name":"x","email":"no address","role":"agent","password":"correct horse 8 battery"}`, 422, "email", "body.email"},
		{"a role there is not", "POST", "/agents", `{"name":"x","email":"x@example.com","role":"root","password":"correct horse 8 battery"}`, 422, "invalid", "body.role"},
		{"a common password", "POST", "/agents", `{"name":"x","email":"x@example.com","role":"agent","password":"password123"}`, 422, "password_common", "body.password"},
		{"a load over the ceiling", "POST", "/agents", `{"name":"x","email":"x@example.com","role":"agent","password":"correct horse 8 battery","max_load":150}`, 422, "max_load", "body.max_load"},
		{"a time zone there is not", "PATCH", "/me", `{"time_zone":"Mars/Olympus"}`, 422, "time_zone", "body.time_zone"},
		{"periods that overlap", "POST", "/hours", `{"name":"x","time_zone":"UTC","week":[[{"from":60,"to":120},{"from":90,"to":180}],[],[],[],[],[],[]]}`, 422, "periods", "body.week[0]"},
		{"six days", "POST", "/hours", `{"name":"x","time_zone":"UTC","week":[[],[],[],[],[],[]]}`, 422, "invalid", "body.week"},
		{"the same holiday twice", "POST", "/hours", `{"name":"x","time_zone":"UTC","week":[[],[],[],[],[],[],[]],"holidays":[{"date":"2026-10-01"},{"date":"2026-10-01"}]}`, 422, "date", "body.holidays[1].date"},
		{"a menu entry without a name", "PUT", "/accounts/" + ids["account"] + "/menu", `{"items":[{"label":"Orders","kind":"reply","value":"o"},{"label":"","kind":"reply","value":"x"}]}`, 422, "invalid", "body.items[1].label"},
		{"a menu entry that does nothing", "PUT", "/accounts/" + ids["account"] + "/menu", `{"items":[{"label":"Orders"}]}`, 422, "invalid", "body.items[0].kind"},
		{"the picture of a menu that is none", "GET", "/accounts/" + ids["account"] + "/menu/picture", ``, 409, "no_menu_picture", ""},
		{"a menu the platform refuses", "PUT", "/accounts/" + ids["account"] + "/menu", `{"items":[{"label":"Forbidden","kind":"reply","value":"x"}]}`, 409, "platform_refused", ""},
		{"no network", "POST", "/blocks", `{"kind":"address","prefix":"everyone","reason":"x"}`, 422, "prefix", "body.prefix"},
		{"everybody", "POST", "/blocks", `{"kind":"address","prefix":"0.0.0.0/0","reason":"x"}`, 422, "prefix", "body.prefix"},
		{"a block in the past", "POST", "/blocks", `{"kind":"address","prefix":"203.0.113.7","reason":"x","expires":"2020-01-01T00:00:00Z"}`, 422, "expires", "body.expires"},
		{"nothing to say", "POST", "/conversations/" + ids["conversation"] + "/messages", `{}`, 422, "content", "body.content"},
		{"a part there is not", "POST", "/conversations/" + ids["conversation"] + "/messages", `{"content":{"parts":[{"type":"hologram"}]}}`, 422, "invalid", "body.content.parts[0].type"},
		{"a part nobody can send", "POST", "/conversations/" + ids["conversation"] + "/messages", `{"content":{"parts":[{"type":"opaque"}]}}`, 422, "part", "body.content.parts[0]"},
		{"a file that names none", "POST", "/conversations/" + ids["conversation"] + "/messages", `{"content":{"parts":[{"type":"media","kind":"file"}]}}`, 422, "file", "body.content.parts[0].file"},
		{"two owners", "POST", "/conversations/" + ids["conversation"] + "/transfer", `{"team":"` + ids["team"] + `","agent":"` + ids["agent"] + `"}`, 422, "one_owner", "body"},
		{"a draft of old", "PUT", "/bots/" + ids["bot"] + "/draft", `{"content":{"say":"x"},"draft_rev":1}`, 409, "draft_changed", "body.draft_rev"},
		{"a draft that is no object", "PUT", "/bots/" + ids["bot"] + "/draft", `{"content":"x","draft_rev":2}`, 422, "content", "body.content"},
		{"a name that is taken", "POST", "/tags", `{"scope":"contact","name":"Taken"}`, 409, "taken", "body.name"},
		{"no such address", "GET", "/nothing", nil, 404, "not_found", ""},
		{"another method", "PUT", "/teams", nil, 405, "method_not_allowed", ""},
		{"a key too long", "POST", "/teams", `{"name":"x"}`, 422, "idempotency_key", "header.Idempotency-Key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			who := owner
			switch c.code {
			case "taken":
				owner.do("POST", c.path, c.send).want(201)
			case "idempotency_key":
				who = owner.with("Idempotency-Key", strings.Repeat("k", 256))
			}
			for _, lang := range []string{"en", "zh-CN,zh;q=0.9"} {
				p := who.with("Accept-Language", lang).do(c.method, c.path, c.send)
				if p.status != c.status {
					t.Fatalf("status %d, want %d: %s", p.status, c.status, p.body)
				}
				got := p.problem()
				if got.Code != c.code || got.Field != c.field || got.Detail == "" || got.Remedy == "" {
					t.Errorf("code %q field %q: %s; want %q and %q", got.Code, got.Field, p.body, c.code, c.field)
				}
				for _, said := range []string{got.Detail, got.Remedy} {
					if chinese := strings.ContainsFunc(said, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }); chinese != strings.HasPrefix(lang, "zh") {
						t.Errorf("in %s it says %q", lang, said)
					}
				}
			}
		})
	}
}

func TestListsGoOnByCursor(t *testing.T) { dialects(t, pages) }

func pages(t *testing.T, r *rig) {
	owner := r.signedIn(r.home(), core.RoleOwner)
	for i := range 25 {
		owner.do("POST", "/tags", map[string]any{"scope": "contact", "name": fmt.Sprintf("Tag %02d", i)}).want(201)
		owner.do("POST", "/blocks", map[string]any{"kind": "address", "prefix": fmt.Sprintf("203.0.113.%d", i), "reason": "x"}).want(201)
		r.world(r.home(), owner.agent)
	}
	for _, c := range []struct {
		path  string
		least int
	}{
		{"/tags", 75}, {"/tags?scope=contact", 50}, {"/blocks", 50}, {"/teams", 25}, {"/agents", 26}, {"/accounts", 25}, {"/links", 25}, {"/contacts", 25}, {"/contacts?q=mei", 25}, {"/hours", 25},
		{"/canned", 25}, {"/tokens", 25}, {"/bots", 25}, {"/audit", 50}, {"/conversations", 25}, {"/conversations?owner=me", 25}, {"/unrouted", 25}, {"/dead-letters?kind=inbox", 25}, {"/dead-letters?kind=outbox", 25},
	} {
		seen, cursor, rounds := map[string]bool{}, "", 0
		for ; ; rounds++ {
			path := c.path + "?limit=10"
			if strings.Contains(c.path, "?") {
				path = c.path + "&limit=10"
			}
			var page list[map[string]any]
			owner.do("GET", path+"&cursor="+cursor, nil).want(200).into(&page)
			for _, item := range page.Items {
				key := fmt.Sprint(item["id"], item["n"])
				if seen[key] {
					t.Errorf("%s: %s came twice", c.path, key)
				}
				seen[key] = true
			}
			if page.Next == nil {
				break
			}
			cursor = *page.Next
		}
		if len(seen) < c.least || rounds < 2 {
			t.Errorf("%s: %d items in %d pages, want %d", c.path, len(seen), rounds+1, c.least)
		}
	}
}
