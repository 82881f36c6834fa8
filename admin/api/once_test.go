package api

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"testing"

	"parley/core"
)

func TestD09_IdempotencyKey(t *testing.T) { dialects(t, idempotency) }

func idempotency(t *testing.T, r *rig) {
	owner := r.signedIn(r.home(), core.RoleOwner)
	first := owner.with("Idempotency-Key", "k1").do("POST", "/teams", `{"name":"One"}`).want(201)
	again := owner.with("Idempotency-Key", "k1").do("POST", "/teams", `{"name":"One"}`).want(201)
	if string(first.body) != string(again.body) || again.header.Get("Idempotent-Replayed") != "true" || again.header.Get("Content-Type") != "application/json" {
		t.Errorf("repeated: %s, first: %s", again.body, first.body)
	}
	for _, c := range []struct{ path, send string }{{"/teams", `{"name":"Two"}`}, {"/tags", `{"name":"One"}`}, {"/teams?x=1", `{"name":"One"}`}} {
		if p := owner.with("Idempotency-Key", "k1").do("POST", c.path, c.send).want(422).problem(); p.Code != "idempotency_conflict" && p.Code != "invalid" {
			t.Errorf("%+v: %+v", c, p)
		}
	}
	// Somebody else's key is another key.
	r.signedIn(r.home(), core.RoleAdmin).with("Idempotency-Key", "k1").do("POST", "/teams", `{"name":"Three"}`).want(201)
	// A refusal is repeated too; what failed on our side may be tried again.
	owner.with("Idempotency-Key", "k2").do("POST", "/teams", `{"name":"One"}`).want(409)
	if p := owner.with("Idempotency-Key", "k2").do("POST", "/teams", `{"name":"One"}`).want(409).problem2(); p.Code != "taken" {
		t.Errorf("%+v", p)
	}
	// A secret is not kept for repeating.
	var made NewToken
	owner.with("Idempotency-Key", "k3").do("POST", "/tokens", `{"name":"Script","role":"agent"}`).want(201).into(&made)
	p := owner.with("Idempotency-Key", "k3").do("POST", "/tokens", `{"name":"Script","role":"agent"}`).want(409)
	if p.problem().Code != "answered_already" || strings.Contains(string(p.body), made.Secret) {
		t.Errorf("%s", p.body)
	}
	// Many at once: one is done, the others get its answer or are asked to wait.
	var wg sync.WaitGroup
	statuses := make([]int, 12)
	for i := range statuses {
		wg.Go(func() {
			statuses[i] = owner.with("Idempotency-Key", "k4").do("POST", "/teams", `{"name":"Four"}`).status
		})
	}
	wg.Wait()
	done := 0
	for _, s := range statuses {
		if s == 201 {
			done++
		} else if s != 409 {
			t.Errorf("status %d", s)
		}
	}
	var all list[core.Team]
	owner.do("GET", "/teams", nil).want(200).into(&all)
	fours := 0
	for _, team := range all.Items {
		if team.Name == "Four" {
			fours++
		}
	}
	if done == 0 || fours != 1 {
		t.Errorf("%d answers of 201, %d teams made", done, fours)
	}
	// Bodies that are read as they come.
	f1 := owner.with("Idempotency-Key", "k5").do("POST", "/files?name=a.txt", "hello").want(201)
	f2 := owner.with("Idempotency-Key", "k5").do("POST", "/files?name=a.txt", "hello").want(201)
	if string(f1.body) != string(f2.body) {
		t.Errorf("%s and %s", f1.body, f2.body)
	}
}

// problem2 is problem for an answer that was kept: its request id is the first's.
func (p reply) problem2() Problem {
	p.t.Helper()
	var out Problem
	p.into(&out)
	return out
}

// A request is known again by a hash that nobody can try passwords against who
// holds the database alone.
func TestX13_RequestsAreNotKeptAsPlainHashes(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.signedIn(r.home(), core.RoleOwner)
		send := `{"name":"Wen","email":"wen@example.com","role":"agent","password":"` + testPassword + `"}`
		owner.with("Idempotency-Key", "k").do("POST", "/agents", send).want(201)
		h := sha256.New()
		fmt.Fprintf(h, "POST\n%s/agents\n\n%d\n%s", prefix, len(send), send)
		plain, kept := h.Sum(nil), 0
		eachRow(t, r, r.home(), func(table string, cells []any) {
			for _, c := range cells {
				if b, ok := c.([]byte); ok && table == "idempotency" && len(b) == sha256.Size {
					kept++
					if bytes.Equal(b, plain) {
						t.Error("the hash of a body with a password is kept")
					}
				}
			}
		})
		if kept != 1 {
			t.Errorf("%d requests are kept", kept)
		}
	})
}
