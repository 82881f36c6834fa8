package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// asked adds a conversation of an agent whose customer was asked, and answered
// unless score is 0.
func (r *rig) asked(tenant, agent canon.ID, score int, reason string) canon.ID {
	r.t.Helper()
	ids := r.world(tenant, agent)
	conversation, err := canon.ParseID(ids["conversation"])
	r.must(err)
	thread, err := canon.ParseID(ids["thread"])
	r.must(err)
	account, err := canon.ParseID(ids["account"])
	r.must(err)
	r.must(r.store.For(tenant).Write(context.Background(), func(t *store.Tx) error {
		ctx := context.Background()
		if err := t.AskRating(core.Rating{Conversation: conversation, Thread: thread, Account: account, Agent: agent, Message: canon.NewID()}); err != nil || score == 0 {
			return err
		}
		v, err := t.Rating(ctx, conversation)
		if err != nil {
			return err
		}
		if _, err := t.Rate(v, score, core.RatedByPress); err != nil || reason == "" {
			return err
		}
		_, err = t.RatingReason(conversation, reason)
		return err
	}))
	return conversation
}

func TestRatingsAreListedPageByPageAndFiltered(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.signedIn(r.home(), core.RoleOwner)
		other := r.signedIn(r.home(), core.RoleAgent)
		r.asked(r.second(), owner.agent, 5, "a stranger's")
		var want []string
		for i := range 7 {
			who := owner.agent
			if i == 3 {
				who = other.agent
			}
			want = append(want, r.asked(r.home(), who, i%6, "").String())
		}
		slices.Reverse(want)
		read := func(query string) (got []string, items []core.Rating) {
			next := ""
			for {
				var l list[core.Rating]
				owner.do("GET", "/ratings?limit=2&"+query+next, nil).want(200).into(&l)
				for _, v := range l.Items {
					got, items = append(got, v.Conversation.String()), append(items, v)
				}
				if l.Next == nil {
					return got, items
				}
				next = "&cursor=" + url.QueryEscape(*l.Next)
			}
		}
		if got, _ := read(""); !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got, items := read("agent=" + other.agent.String()); len(got) != 1 || items[0].Score != 3 {
			t.Errorf("%+v", items)
		}
		if got, _ := read("answered=true"); len(got) != 5 {
			t.Errorf("%d answered", len(got))
		}
		if got, items := read("score=5"); len(got) != 1 || items[0].Answered.IsZero() || items[0].Contact.IsZero() {
			t.Errorf("%+v", items)
		}
		if got, _ := read("since=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339)); len(got) != 0 {
			t.Errorf("%v were asked in an hour", got)
		}
		if got, _ := read("until=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339)); len(got) != 7 {
			t.Errorf("%d until then", len(got))
		}
		owner.do("GET", "/ratings?cursor=nonsense", nil).want(400)
		owner.do("GET", "/ratings?score=6", nil).want(422)
	})
}

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

func TestX08_TheTableOfRatingsHoldsNoFormula(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		owner := r.signedIn(r.home(), core.RoleOwner)
		reasons := []string{"=HYPERLINK(\"http://evil.example\")", "+1", "-1", "@SUM(A1)", "\tx", " '=1", "＝1", "plain, with \"quotes\"\nand a line"}
		for _, reason := range reasons {
			r.asked(r.home(), owner.agent, 4, reason)
		}
		p := owner.do("GET", "/ratings/export.csv", nil).want(200)
		if !bytes.HasPrefix(p.body, []byte("\ufeff")) || p.header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%q %v", p.body[:10], p.header)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(p.body), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != len(reasons)+1 {
			t.Fatalf("%d rows %v", len(rows), err)
		}
		var seen []string
		for _, row := range rows[1:] {
			for _, cell := range row {
				if rest := strings.TrimLeft(cell, "' "); rest != "" && strings.ContainsAny(rest[:1], "=+-@\t") && !strings.HasPrefix(cell, "'") {
					t.Errorf("the cell %q is a formula to a spreadsheet", cell)
				}
			}
			seen = append(seen, row[3])
			if row[2] != "4" || !strings.HasPrefix(row[5], "owner ") || row[9] != "Mei" {
				t.Errorf("%q", row)
			}
		}
		for _, reason := range reasons {
			if !slices.ContainsFunc(seen, func(s string) bool { return strings.TrimSpace(strings.TrimPrefix(s, "'")) == strings.TrimSpace(reason) }) {
				t.Errorf("%q is not in the table: %q", reason, seen)
			}
		}
		owner.do("GET", "/ratings/export.csv?score=1", nil).want(200)
	})
}

func TestRatingSettingsAreKeptAndChecked(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.signedIn(r.home(), core.RoleOwner)
	set := func(rating map[string]any) reply {
		return owner.do("PATCH", "/tenant", map[string]any{"settings": map[string]any{"rating": rating}})
	}
	var got core.Tenant
	set(map[string]any{"on": true, "after": "both", "scale": "stars", "every": 30, "question": map[string]any{"en": " Content? ", "zh": "满意吗？"}, "reasons": []any{map[string]any{"en": "Fast", "zh": "快"}, map[string]any{"en": " ", "zh": ""}}}).want(200).into(&got)
	want := `{true both stars 30 {Content? 满意吗？} { } [{Fast 快}]}`
	if fmt.Sprint(got.Settings.Rating) != want {
		t.Errorf("%v, want %v", got.Settings.Rating, want)
	}
	for name, bad := range map[string]map[string]any{
		"too long":      {"on": true, "every": 0, "question": map[string]any{"en": strings.Repeat("x", 301), "zh": ""}},
		"two lines":     {"on": true, "every": 0, "thanks": map[string]any{"en": "a\nb", "zh": ""}},
		"no such scale": {"on": true, "every": 0, "scale": "hearts"},
		"too rarely":    {"on": true, "every": 366},
		"a long reason": {"on": true, "every": 0, "reasons": []any{map[string]any{"en": strings.Repeat("x", 41), "zh": ""}}},
	} {
		if p := set(bad); p.status != 422 {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	var team core.Team
	owner.do("POST", "/teams", map[string]any{"name": "Repairs", "rating": "off"}).want(201).into(&team)
	if team.Rating != core.TeamRatingOff {
		t.Errorf("%+v", team)
	}
	for _, to := range []core.TeamRating{core.TeamRatingOn, core.TeamRatingAsTenant} {
		word := string(to)
		if word == "" {
			word = "tenant"
		}
		team = core.Team{}
		var all list[core.Team]
		owner.do("GET", "/teams", nil).want(200).into(&all)
		owner.do("PATCH", "/teams/"+all.Items[0].ID.String(), map[string]any{"rating": word}).want(200).into(&team)
		if team.Rating != to {
			t.Errorf("%q: %+v", word, team)
		}
	}
}
