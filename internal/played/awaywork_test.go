package played_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/internal/played"
)

// office is what goes on while somebody is away: customers write, colleagues
// work, and who leads them changes what there is.
type office struct {
	t      *testing.T
	h      *played.Hub
	p      *fake.Platform
	owner  *played.Caller
	chance *rand.Rand

	agents, teams, tags []canon.ID
	talks               []core.Conversation // as of the last look
	said                int
	did                 map[string]int
}

type named struct{ ID canon.ID }

func newOffice(t *testing.T, h *played.Hub, p *fake.Platform, chance *rand.Rand) *office {
	o := &office{t: t, h: h, p: p, owner: h.Caller(), chance: chance, did: map[string]int{}}
	for i := range 3 {
		var team, tag named
		o.owner.Must(canon.ID{}, "POST", "/teams", map[string]any{"name": fmt.Sprintf("Team %d", i)}, &team)
		o.owner.Must(canon.ID{}, "POST", "/tags", map[string]any{"name": fmt.Sprintf("Tag %d", i), "scope": "conversation"}, &tag)
		o.teams, o.tags = append(o.teams, team.ID), append(o.tags, tag.ID)
	}
	o.agents = []canon.ID{h.Agent}
	return o
}

// hires adds somebody who may sign in.
func (o *office) hires(name, email, role string, teams ...canon.ID) canon.ID {
	o.t.Helper()
	var made named
	o.owner.Must(canon.ID{}, "POST", "/agents", map[string]any{"name": name, "email": email, "role": role, "password": passphrase, "teams": teams, "max_load": 40}, &made)
	o.owner.Must(canon.ID{}, "PUT", "/agents/"+made.ID.String()+"/state", map[string]any{"state": "online"}, nil)
	o.agents = append(o.agents, made.ID)
	return made.ID
}

func one[T any](o *office, all []T) (v T) {
	if len(all) > 0 {
		v = all[o.chance.IntN(len(all))]
	}
	return v
}

// customers is how many write: more than stand on one page of a list.
const customers = 70

func (o *office) writes() {
	o.t.Helper()
	o.said++
	id := canon.RemoteID(fmt.Sprintf("m-%d", o.said))
	peer := canon.RemoteID(fmt.Sprintf("customer-%d", o.chance.IntN(customers)))
	words := []string{"hello", "第二天到吗？", "Where is my parcel?", "是的", "I want a person"}[o.chance.IntN(5)]
	events := []canon.Envelope{o.p.Does(peer, canon.Posted{Message: canon.Message{RemoteID: id, Parts: []canon.Part{canon.Text{Body: words}}}})}
	switch o.chance.IntN(8) {
	case 0:
		events = append(events, o.p.Does(peer, canon.Edited{Target: id, Message: canon.Message{Parts: []canon.Part{canon.Text{Body: words + "!"}}}}))
	case 1:
		events = append(events, o.p.Does(peer, canon.Revoked{Target: id}))
	}
	for _, e := range events {
		if a, err := o.p.Post(o.t.Context(), o.h.Hook(), e); err != nil || !a.Accepted() {
			o.t.Fatalf("a customer's event is not taken: %v %d %s", err, a.Status, a.Body)
		}
	}
}

// looks remembers who talks.
func (o *office) looks() { o.talks = o.h.Conversations() }

// happens lets one thing happen. What may be refused, being too late, may.
func (o *office) happens() {
	o.t.Helper()
	if len(o.talks) == 0 || o.chance.IntN(5) < 2 {
		o.did["writes"]++
		o.writes()
		return
	}
	c := one(o, o.talks)
	at, who := "/conversations/"+c.ID.String(), "/contacts/"+c.Contact.String()
	agent, team, tag, nobody := one(o, o.agents), one(o, o.teams), one(o, o.tags), canon.ID{}
	type body = map[string]any
	acts := []struct {
		name   string
		weight int
		do     func() bool
	}{
		{"answers", 8, func() bool { return o.owner.Does(agent, "POST", at+"/messages", body{"text": "在的"}, nil) }},
		{"notes", 3, func() bool {
			return o.owner.Does(agent, "POST", at+"/notes", body{"text": "Seen", "mentions": []canon.ID{one(o, o.agents)}}, nil)
		}},
		{"takes", 5, func() bool { return o.owner.Does(agent, "POST", at+"/take", nil, nil) }},
		{"gives", 3, func() bool {
			return o.owner.Does(agent, "POST", at+"/transfer", body{"agent": one(o, o.agents)}, nil)
		}},
		{"queues", 4, func() bool { return o.owner.Does(agent, "POST", at+"/transfer", body{"team": team}, nil) }},
		{"returns", 1, func() bool { return o.owner.Does(agent, "POST", at+"/return", nil, nil) }},
		{"reads", 3, func() bool { return o.owner.Does(agent, "POST", at+"/read", nil, nil) }},
		{"closes", 4, func() bool { return o.owner.Does(agent, "POST", at+"/close", nil, nil) }},
		{"opens", 1, func() bool { return o.owner.Does(agent, "POST", at+"/reopen", nil, nil) }},
		{"tags", 3, func() bool { return o.owner.Does(agent, "PUT", at+"/tags/"+tag.String(), nil, nil) }},
		{"untags", 2, func() bool { return o.owner.Does(agent, "DELETE", at+"/tags/"+tag.String(), nil, nil) }},
		{"hurries", 2, func() bool {
			return o.owner.Does(agent, "PUT", at+"/priority", body{"priority": one(o, []string{"", "high", "urgent"})}, nil)
		}},
		{"snoozes", 2, func() bool {
			return o.owner.Does(agent, "POST", at+"/snooze", body{"until": o.h.Store.Now().Add(time.Duration(1+o.chance.IntN(600)) * time.Second).UTC().Format(time.RFC3339), "why": "later"}, nil)
		}},
		{"wakes", 1, func() bool { return o.owner.Does(agent, "DELETE", at+"/snooze", nil, nil) }},
		{"invites", 2, func() bool {
			return o.owner.Does(agent, "POST", at+"/colleagues", body{"agent": one(o, o.agents)}, nil)
		}},
		{"lets go", 1, func() bool {
			return o.owner.Does(agent, "DELETE", at+"/colleagues/"+one(o, o.agents).String(), nil, nil)
		}},
		{"renames", 2, func() bool {
			return o.owner.Does(nobody, "PATCH", who, body{"name": fmt.Sprintf("客户 %d", o.chance.IntN(1000))}, nil)
		}},
		{"state", 2, func() bool {
			return o.owner.Does(nobody, "PUT", "/agents/"+agent.String()+"/state", body{"state": one(o, []string{"online", "busy", "away"})}, nil)
		}},
		{"reads notes", 1, func() bool { return o.owner.Does(agent, "POST", "/mentions/read", nil, nil) }},
		{"joins", 1, func() bool {
			teams := []canon.ID{}
			for _, x := range o.teams {
				if o.chance.IntN(2) == 0 {
					teams = append(teams, x)
				}
			}
			return o.owner.Does(nobody, "PATCH", "/agents/"+agent.String(), body{"teams": teams}, nil)
		}},
		{"renames a tag", 1, func() bool {
			return o.owner.Does(nobody, "PATCH", "/tags/"+tag.String(), body{"name": fmt.Sprintf("Tag %d", o.chance.IntN(1000))}, nil)
		}},
		{"merges", 1, func() bool {
			return o.owner.Does(nobody, "POST", who+"/merge", body{"other": one(o, o.talks).Contact}, nil)
		}},
		{"bulk", 1, func() bool {
			return o.owner.Does(agent, "POST", "/bulks", body{"act": body{"kind": "tag", "tags": []canon.ID{tag}}, "filter": body{"status": []string{"open"}}}, nil)
		}},
		{"erases", 1, func() bool {
			if o.chance.IntN(4) > 0 {
				return false
			}
			return o.owner.Does(nobody, "DELETE", at, nil, nil)
		}},
	}
	all := 0
	for _, a := range acts {
		all += a.weight
	}
	n := o.chance.IntN(all)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			if a.do() {
				o.did[a.name]++
			}
			return
		}
	}
}
