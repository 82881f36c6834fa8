package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/core"
)

// Every field an operation answers with but does not take is sent on every
// write: it must be refused by name, and nothing may change.
func TestX02_FieldsOnlyTheHubWritesAreRefused(t *testing.T) {
	r := newRig(t, sqliteURL)
	expected := verdicts(t)
	var doc struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(r.api.Document(), &doc); err != nil {
		t.Fatal(err)
	}
	// What a thing has, by any schema that shows it.
	extra := []string{"id", "tenant", "created", "updated", "owner", "lease", "role", "state", "load", "hits", "uses", "prefix", "hash", "secrets", "hook_url", "published", "draft", "by", "hits", "kind", "queued", "blocked", "verified", "remote_id", "link", "password_hash", "feed_seq", "slug"}
	owner := r.signedIn(r.home(), core.RoleOwner)
	tried := 0
	for _, op := range operations(t, r.api.Document()) {
		media, ok := op.RequestBody.Content["application/json"]
		if !ok || op.Method == http.MethodGet {
			continue
		}
		ref, _ := media.Schema["$ref"].(string)
		in := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		if in.Properties == nil {
			t.Errorf("%s takes a body without a schema of its own: %v", op.ID, media.Schema)
			continue
		}
		ids := r.world(r.home(), owner.agent)
		ids["session"] = ownSession(t, owner)
		for _, field := range extra {
			if _, takes := in.Properties[field]; takes {
				continue
			}
			sent := map[string]any{}
			if v := expected[op.ID].body; v != "" {
				if err := json.Unmarshal([]byte(body(v, ids, nil, "").(string)), &sent); err != nil {
					t.Fatal(err)
				}
			}
			sent[field] = "x"
			p := owner.do(op.Method, filled(op, ids, nil, ""), sent)
			if p.status != 422 {
				t.Errorf("%s %s with %q: %d, want 422: %s", op.Method, op.Path, field, p.status, p.body)
				continue
			}
			if got := p.problem(); !slices.ContainsFunc(got.Errors, func(e FieldProblem) bool { return e.Field == "body."+field }) || got.Remedy == "" {
				t.Errorf("%s with %q: the refusal does not name it: %s", op.ID, field, p.body)
			}
			tried++
		}
	}
	if tried < 500 {
		t.Errorf("only %d fields were tried", tried)
	}
}

type schema struct {
	Properties map[string]json.RawMessage `json:"properties"`
}

func TestUnknownFieldsAreNamedWithTheNearest(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.signedIn(r.home(), core.RoleOwner)
	for _, c := range []struct{ path, method, send, field, near string }{
		{"/tenant", "PATCH", `{"nmae":"Shop"}`, "body.nmae", "name"},
		{"/tenant", "PATCH", `{"settings":{"recall_witin":1}}`, "body.settings.recall_witin", "recall_within"},
		{"/hours", "POST", `{"name":"Days","time_zone":"UTC","week":[[{"fromm":1,"to":2}],[],[],[],[],[],[]]}`, "body.week[0][0].fromm", "from"},
	} {
		p := owner.do(c.method, c.path, c.send).want(422).problem()
		if p.Code != "invalid" || !slices.ContainsFunc(p.Errors, func(e FieldProblem) bool { return e.Field == c.field && strings.Contains(e.Remedy, c.near+"?") }) {
			t.Errorf("%s %s: %+v", c.path, c.send, p)
		}
	}
	for _, c := range []struct{ path, field string }{{"/teams?limt=3", "query.limt"}, {"/teams?limit=0", "query.limit"}, {"/teams?limit=201", "query.limit"}, {"/teams?limit=x", "query.limit"}, {"/conversations?status=odd", "query.status[0]"}, {"/conversations?owner=odd", "query.owner"}, {"/conversations?team=odd", "query.team"}} {
		if p := owner.do("GET", c.path, nil).want(422).problem(); p.Field != c.field {
			t.Errorf("%s: %+v", c.path, p)
		}
	}
}
