package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// verdict is what testdata/authz.yaml expects of one operation.
type verdict struct {
	May    yaml.Node `yaml:"may"`
	Own    yaml.Node `yaml:"own"`
	Body   any       `yaml:"body"`
	Query  string    `yaml:"query"`
	Hidden int       `yaml:"hidden"`

	may    []string
	public bool
	own    int
	ownBy  map[string]int
	body   string
}

func verdicts(t *testing.T) map[string]verdict {
	t.Helper()
	raw, err := os.ReadFile("testdata/authz.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Operations map[string]verdict `yaml:"operations"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for id, v := range file.Operations {
		if v.public = v.May.Value == "public"; !v.public {
			if err := v.May.Decode(&v.may); err != nil {
				t.Fatalf("%s: %v", id, err)
			}
		}
		if v.Own.Kind == yaml.ScalarNode {
			err = v.Own.Decode(&v.own)
		} else if v.Own.Kind != 0 {
			err = v.Own.Decode(&v.ownBy)
		}
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if v.Body != nil {
			b, err := json.Marshal(v.Body)
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			v.body = string(b)
		}
		file.Operations[id] = v
	}
	return file.Operations
}

var (
	callers   = []string{"owner", "admin", "supervisor", "agent", "limited", "designer", "bot", "visitor", "anonymous"}
	pathParam = regexp.MustCompile(`\{(\w+)\}`)
	mark      = regexp.MustCompile(`\{(\w+)\}`)
)

// things are what the first word of a path is about, by the names of a world.
var things = map[string]string{"accounts": "account", "links": "link", "contacts": "contact", "conversations": "conversation", "messages": "message", "files": "file",
	"teams": "team", "agents": "agent", "hours": "hours", "tags": "tag", "blocks": "block", "canned": "canned", "views": "view", "bulks": "bulk", "tokens": "token", "bots": "bot", "sessions": "session", "attributes": "attribute"}

// scoped are the things a limited agent sees only of their own conversations.
var scoped = []string{"contact", "conversation", "message", "file"}

// named is the name in a world of a parameter of a path, or what stands there
// whatever the world.
func named(op operation, param string) (name, fixed string) {
	words := strings.Split(strings.TrimPrefix(op.Path, prefix+"/"), "/")
	switch {
	case param == "kind":
		return "", "inbox"
	case param == "txn":
		return "", "none"
	case param == "version":
		return "", "1"
	case param == "tag" && words[0] == "contacts":
		return "contact_tag", ""
	case param == "note", param == "merge", param == "tag", param == "agent":
		return param, ""
	case param == "n" && words[0] == "unrouted":
		return "unrouted", ""
	case param == "n":
		return "dead", ""
	}
	return things[words[0]], ""
}

// filled writes the address of an operation. Parameters in elsewhere are taken
// from there.
func filled(op operation, ids, elsewhere map[string]string, which string) string {
	return pathParam.ReplaceAllStringFunc(op.Path, func(p string) string {
		param := p[1 : len(p)-1]
		name, fixed := named(op, param)
		if fixed != "" {
			return fixed
		}
		if name == which {
			return elsewhere[name]
		}
		return ids[name]
	})
}

func body(text string, ids, elsewhere map[string]string, which string) any {
	if text == "" {
		return nil
	}
	return mark.ReplaceAllStringFunc(text, func(p string) string {
		name := p[1 : len(p)-1]
		if name == which && elsewhere[name] != "" {
			return elsewhere[name]
		}
		if v := ids[name]; v != "" {
			return v
		}
		return p
	})
}

// missing is a world in which nothing is.
func missing(like map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range like {
		if out[k] = canon.NewID().String(); len(v) < 30 {
			out[k] = "4611686018427387000"
		}
	}
	return out
}

// unlike takes out of an answer what differs by request.
func unlike(p reply) string {
	var v map[string]any
	if err := json.Unmarshal(p.body, &v); err != nil {
		return string(p.body)
	}
	delete(v, "request_id")
	b, _ := json.Marshal(v) // it was JSON a moment ago
	return string(b)
}

func TestX01_X02_Matrix(t *testing.T) { dialects(t, matrix) }

func matrix(t *testing.T, r *rig) {
	r.api.Follow = time.Millisecond // nothing is sent here
	expected := verdicts(t)
	ops := operations(t, r.api.Document())
	slices.SortFunc(ops, func(a, b operation) int { return strings.Compare(a.ID, b.ID) })
	home, other := r.home(), r.second()
	r.signedIn(home, core.RoleOwner) // there is always one more owner
	stranger := r.signedIn(other, core.RoleOwner)
	foreign := r.world(other, stranger.agent)
	foreign["session"] = ownSession(t, stranger)
	before := tenantRows(t, r, other)
	for _, op := range ops {
		if op.ID == "get-live" {
			continue // TestX09
		}
		v, ok := expected[op.ID]
		if !ok {
			t.Errorf("testdata/authz.yaml does not say who may %s", op.ID)
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			for _, who := range callers {
				// Which role may do what is no matter of the database: these two are asked
				// on one.
				if (who == "supervisor" || who == "designer") && r.store.Dialect() != store.SQLite {
					continue
				}
				m := &caseOf{t: t, r: r, op: op, v: v, who: who, home: home, foreign: foreign}
				m.run()
			}
		})
	}
	for id := range expected {
		if !slices.ContainsFunc(ops, func(op operation) bool { return op.ID == id }) {
			t.Errorf("testdata/authz.yaml speaks of %s, which is no operation", id)
		}
	}
	if after := tenantRows(t, r, other); after != before {
		t.Errorf("the other tenant's rows changed:\n%s\nto\n%s", before, after)
	}
	for _, canary := range canaries {
		if strings.Contains(r.logged(), canary) {
			t.Errorf("the log shows %q", canary)
		}
	}
}

// caseOf is one operation asked for by one caller.
type caseOf struct {
	t       *testing.T
	r       *rig
	op      operation
	v       verdict
	who     string
	home    canon.ID
	foreign map[string]string
}

func ownSession(t *testing.T, c *caller) string {
	var l list[OwnSession]
	c.do("GET", "/sessions", nil).want(200).into(&l)
	return l.Items[0].ID.String()
}

func (m *caseOf) ask(c *caller, ids, elsewhere map[string]string, inPath, inBody string) reply {
	path := filled(m.op, ids, elsewhere, inPath)
	if m.v.Query != "" {
		path += "?" + fmt.Sprint(body(m.v.Query, ids, elsewhere, inBody))
	}
	send := body(m.v.body, ids, elsewhere, inBody)
	if m.op.ID == "post-files" {
		path, send = path+"?name=a.txt", "hello"
	}
	if m.op.ID == "post-bots-id-import" {
		c, send = c.with("Content-Type", "text/csv"), "say\nhi again\n"
	}
	if m.op.ID == "post-contacts-import" {
		c, send = c.with("Content-Type", "text/csv"), "name,remote_id\nMei,"+word()+"\n"
	}
	p := c.do(m.op.Method, path, send)
	for _, canary := range canaries {
		if bytes.Contains(p.body, []byte(canary)) {
			m.t.Errorf("%s: the answer shows %q: %s", m.who, canary, p.body)
		}
	}
	for _, cookie := range c.cookies {
		if len(cookie) > 20 && bytes.Contains(p.body, []byte(cookie)) {
			m.t.Errorf("%s: the answer shows the cookie", m.who)
		}
	}
	if p.status >= 400 {
		p.problem()
	}
	return p
}

func (m *caseOf) run() {
	t, r := m.t, m.r
	c := r.as(t, m.home, m.who)
	owner := c.agent
	if owner.IsZero() {
		owner = canon.NewID()
	}
	ids := r.world(m.home, owner)
	if c.cookies != nil && !c.agent.IsZero() {
		ids["session"] = ownSession(t, c)
	}
	audits := r.audits(m.home)
	switch {
	case !m.v.public && (m.who == "visitor" || m.who == "anonymous"):
		for _, from := range []map[string]string{ids, m.foreign, missing(ids)} {
			if p := m.ask(c, from, nil, "", ""); p.status != 401 {
				t.Errorf("%s: %d, want 401", m.who, p.status)
			}
		}
		return
	case !m.v.public && !slices.Contains(m.v.may, m.who):
		for _, from := range []map[string]string{ids, m.foreign, missing(ids)} {
			if p := m.ask(c, from, nil, "", ""); p.status != 403 {
				t.Errorf("%s: %d, want 403: %s", m.who, p.status, p.body)
			}
		}
		return
	}
	m.elsewhere(c, ids)
	if left := r.auditsSince(m.home, audits); len(left) > 0 {
		t.Errorf("%s: what was refused left lines in the audit: %v", m.who, left)
	}
	p := m.ask(c, ids, nil, "", "")
	want := m.v.own
	if by, ok := m.v.ownBy[m.who]; ok {
		want = by
	}
	if want == 0 && p.status/100 != 2 || want != 0 && p.status != want {
		t.Errorf("%s with what is their own: %d, want %d: %s", m.who, p.status, want, p.body)
	}
	if left := r.auditsSince(m.home, audits); p.status < 300 && (len(left) > 0) != (m.op.Audit != "") {
		t.Errorf("%s: X-14: %v in the audit, x-audit is %q", m.who, left, m.op.Audit)
	}
}

// elsewhere asks for foreign and missing things, in the path and in the body:
// they are answered alike, as not there. A limited agent gets the same for what
// is out of their sight.
func (m *caseOf) elsewhere(c *caller, ids map[string]string) {
	nowhere := missing(ids)
	worlds := map[string]map[string]string{"foreign": m.foreign, "missing": nowhere}
	var hidden map[string]string
	if m.who == "limited" {
		hidden = m.r.world(m.home, canon.NewID())
	}
	compare := func(place string, ask func(from map[string]string) reply, hide bool) {
		all := map[string]string{}
		for kind, from := range worlds {
			p := ask(from)
			if p.status != 404 {
				m.t.Errorf("%s, %s %s: %d, want 404: %s", m.who, kind, place, p.status, p.body)
			}
			all[kind] = unlike(p)
		}
		if hide && hidden != nil {
			p := ask(hidden)
			if want := max(m.v.Hidden, 404); p.status != want && m.v.Hidden == 0 || m.v.Hidden != 0 && p.status != m.v.Hidden {
				m.t.Errorf("%s, out of sight %s: %d, want %d: %s", m.who, place, p.status, want, p.body)
			}
			if m.v.Hidden == 0 {
				all["hidden"] = unlike(p)
			}
		}
		for kind, text := range all {
			if text != all["missing"] {
				m.t.Errorf("%s: %s tells more when %s:\n%s\n%s", m.who, place, kind, text, all["missing"])
			}
		}
	}
	for _, g := range pathParam.FindAllStringSubmatch(m.op.Path, -1) {
		name, fixed := named(m.op, g[1])
		if fixed != "" {
			continue
		}
		compare("in the path: "+name, func(from map[string]string) reply { return m.ask(c, ids, from, name, "") }, slices.Contains(scoped, name))
	}
	for _, g := range mark.FindAllStringSubmatch(m.v.body+m.v.Query, -1) {
		if name := g[1]; name != "new" {
			compare("in the body: "+name, func(from map[string]string) reply { return m.ask(c, ids, from, "", name) }, slices.Contains(scoped, name))
		}
	}
}
