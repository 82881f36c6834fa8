package api

import (
	"slices"
	"strings"
	"testing"

	"parley/core"
)

// How urgent a conversation is, is said by anybody who serves, told to all who
// see it, and stays until it is said otherwise.
func TestU09_PriorityIsToldAndKept(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, wen := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent)
		ids := r.world(r.home(), lin.agent)
		at := "/conversations/" + ids["conversation"]
		told := wen.follow("")
		next(t, told, of("ready"))
		lin.do("PUT", at+"/priority", map[string]string{"priority": "urgent"}).want(204)
		next(t, told, func(f anyFrame) bool {
			return f.Kind == "conversation.changed" && f.Conversation.String() == ids["conversation"] && strings.Contains(string(f.Data), `"priority":"urgent"`)
		})
		var d ConversationDetail
		wen.do("GET", at, nil).want(200).into(&d)
		if d.Priority != core.PriorityUrgent {
			t.Errorf("it is %q", d.Priority)
		}
		var rows list[ConversationRow]
		wen.do("GET", "/conversations?status=open", nil).want(200).into(&rows)
		for _, row := range rows.Items {
			if want := row.ID.String() == ids["conversation"]; want != (row.Priority == core.PriorityUrgent) {
				t.Errorf("%s is listed as %q", row.ID, row.Priority)
			}
		}
		for query, want := range map[string]int{"priority=urgent": 0, "priority=high": -1, "priority=none,urgent&sort=priority": 0, "sort=priority": 0, "priority=none": -1} {
			wen.do("GET", "/conversations?status=open,closed&"+query, nil).want(200).into(&rows)
			at := slices.IndexFunc(rows.Items, func(row ConversationRow) bool { return row.ID.String() == ids["conversation"] })
			if at != want {
				t.Errorf("%s has it at %d of %d", query, at, len(rows.Items))
			}
		}
		if p := wen.do("GET", "/conversations?priority=soon", nil).want(422).problem(); p.Field != "query.priority[0]" {
			t.Errorf("%+v", p)
		}
		var view core.View
		lin.do("POST", "/views", map[string]any{"name": "Urgent", "filter": map[string]any{"priority": []string{"urgent"}, "sort": "priority"}}).want(201).into(&view)
		var counts ViewCounts
		if lin.do("GET", "/views/counts", nil).want(200).into(&counts); counts.Counts[view.ID.String()] != 1 {
			t.Errorf("the view shows %v", counts.Counts)
		}
		if p := lin.do("PUT", at+"/priority", map[string]string{"priority": "whatever"}).want(422).problem(); p.Field != "body.priority" {
			t.Errorf("%+v", p)
		}
		lin.do("PUT", at+"/priority", map[string]string{"priority": ""}).want(204)
		var after ConversationDetail
		if wen.do("GET", at, nil).want(200).into(&after); after.Priority != "" {
			t.Errorf("after it was taken back: %q", after.Priority)
		}
	})
}
