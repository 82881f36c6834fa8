package api

import (
	"testing"

	"parley/core"
)

// Who was invited into a conversation writes in it, and finds it and its count
// where their own are, as long as they are part of it.
func TestU06_AnInvitedColleagueFindsTheConversationUnderMine(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, wen, limited := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleLimited)
		ids := r.world(r.home(), lin.agent)
		at := "/conversations/" + ids["conversation"]
		has := func(c *caller, query string) bool {
			var page list[ConversationRow]
			c.do("GET", "/conversations?limit=100&"+query, nil).want(200).into(&page)
			for _, row := range page.Items {
				if row.Conversation.ID.String() == ids["conversation"] {
					return true
				}
			}
			return false
		}
		tallies := func(c *caller) (n Tallies) {
			c.do("GET", "/conversations/tallies", nil).want(200).into(&n)
			return n
		}
		if !has(lin, "status=agent&owner=me") {
			t.Fatal("the owner does not find it")
		}
		mine := tallies(lin).Mine
		for _, c := range []*caller{wen, limited} {
			add := map[string]any{"agent": c.agent}
			lin.do("POST", at+"/colleagues", add).want(204)
			if n := tallies(c); !has(c, "status=agent&owner=me") || n.Mine != 1 || n.Snoozed != 0 {
				t.Errorf("invited: found %v, %+v", has(c, "status=agent&owner=me"), n)
			}
			if has(c, "status=agent&owner="+c.agent.String()) {
				t.Error("what one was invited to is listed as one's own")
			}
			lin.do("POST", at+"/snooze", map[string]any{"until": r.store.Now().AddDate(0, 0, 1)}).want(200)
			if n := tallies(c); has(c, "status=agent&owner=me") || !has(c, "status=snoozed&owner=me") || n.Mine != 0 || n.Snoozed != 1 {
				t.Errorf("asleep: %+v", n)
			}
			lin.do("DELETE", at+"/snooze", nil).want(200)
			lin.do("DELETE", at+"/colleagues/"+c.agent.String(), nil).want(204)
			if n := tallies(c); has(c, "status=agent&owner=me") || n.Mine != 0 {
				t.Errorf("taken off: %+v", n)
			}
			if got := tallies(lin).Mine; got != mine {
				t.Errorf("the owner has %d, had %d", got, mine)
			}
		}
		// Whoever then has it, has it once.
		lin.do("POST", at+"/colleagues", map[string]any{"agent": wen.agent}).want(204)
		lin.do("POST", at+"/transfer", map[string]any{"agent": wen.agent}).want(200)
		if n := tallies(wen); !has(wen, "status=agent&owner=me") || n.Mine != 1 {
			t.Errorf("the new owner has %d", n.Mine)
		}
	})
}
