package api

import (
	"testing"

	"parley/core"
)

// Whoever may serve no more hands over what they have, at once; so does somebody
// who becomes a designer. Nobody gives a designer a conversation.
func TestWhoServesNoMoreHandsOver(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		admin := r.signedIn(r.home(), core.RoleAdmin)
		for name, change := range map[string]map[string]any{"disabled": {"disabled": true}, "a designer": {"role": "designer"}} {
			t.Run(name, func(t *testing.T) {
				c := r.signedIn(r.home(), core.RoleAgent)
				ids := r.world(r.home(), c.agent)
				socket := c.follow("")
				next(t, socket, of("ready"))
				admin.do("PATCH", "/agents/"+c.agent.String(), change).want(200)
				var v ConversationDetail
				admin.do("GET", "/conversations/"+ids["conversation"], nil).want(200).into(&v)
				if v.Owner.Kind != core.StatusQueue || v.Reason.Code != "owner_gone" || v.WaitingSince.IsZero() {
					t.Errorf("%+v because of %+v", v.Owner, v.Reason)
				}
				var a core.Agent
				admin.do("GET", "/agents/"+c.agent.String(), nil).want(200).into(&a)
				if a.Load != 0 {
					t.Errorf("they carry %d", a.Load)
				}
				if code := closed(t, socket); code != closeSignedOut {
					t.Errorf("the socket ends with %d", code)
				}
				admin.do("POST", "/conversations/"+ids["conversation"]+"/assign", map[string]any{"agent": c.agent}).want(404)
			})
		}
	})
}
