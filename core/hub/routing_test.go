package hub_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/core"
	"parley/core/canon"
	"parley/core/orchestrate"
	"parley/core/store"
)

func (r *rig) route(bot, team canon.ID) {
	r.t.Helper()
	r.write(func(tx *store.Tx) error {
		a, err := tx.Account(r.t.Context(), r.account)
		if err != nil {
			return err
		}
		a.Bot, a.Team = bot, team
		_, err = tx.ChangeAccount(r.t.Context(), a, canon.ID{})
		return err
	})
	r.hub.Changed(r.tenant)
}

func (r *rig) state(agent canon.ID, s core.AgentState) {
	r.t.Helper()
	r.write(func(tx *store.Tx) error {
		_, err := tx.StoreState(r.t.Context(), agent, s, canon.ID{})
		return err
	})
	r.hub.Desk.Drain(r.tenant)
}

func (r *rig) load(agent canon.ID) int {
	r.t.Helper()
	a, err := r.scope().Agent(r.t.Context(), agent)
	if err != nil {
		r.t.Fatal(err)
	}
	return a.Load
}

func TestRoutingByAccountTeamAndLoad(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		// No bot and no team: agents in no team; never one of a team.
		inTeam := r.agent("Tess", core.AgentOnline, 10)
		sales := r.team("Sales", inTeam)
		free := r.agent("Finn", core.AgentOnline, 10)
		r.send("ann", "hello")
		if c := r.owned("ann", core.StatusAgent); c.Owner.ID != free || c.Queued.IsZero() || c.Picked.IsZero() || c.WaitingSince.IsZero() {
			t.Fatalf("owner %+v, queued %v, picked %v, waiting %v", c.Owner, c.Queued, c.Picked, c.WaitingSince)
		}
		r.seesText("ann", "Finn is taking over and will answer you here.")
		// The account's team gets what people must answer.
		r.route(canon.ID{}, sales)
		r.send("bob", "hello")
		if c := r.owned("bob", core.StatusAgent); c.Owner.ID != inTeam || c.Owner.Team != sales {
			t.Fatalf("owner %+v", c.Owner)
		}
		// The smallest share of the maximum wins, not the smallest count.
		small := r.agent("Sam", core.AgentOnline, 1)
		wide := r.agent("Wim", core.AgentOnline, 100)
		support := r.team("Support", small, wide)
		r.route(canon.ID{}, support)
		for i := range 4 {
			r.send(fmt.Sprintf("c%d", i), "hello")
			r.owned(fmt.Sprintf("c%d", i), core.StatusAgent)
		}
		if r.load(small) != 1 || r.load(wide) != 3 {
			t.Fatalf("loads %d and %d", r.load(small), r.load(wide))
		}
		changes, err := r.scope().OwnerChanges(t.Context(), r.the("c0").ID)
		if err != nil || len(changes) != 2 || changes[1].Lease != 2 || len(changes[1].Reason.Steps) == 0 || changes[1].Reason.Steps[len(changes[1].Reason.Steps)-1].Code != core.StepSmallestLoad {
			t.Fatalf("changes %+v %v", changes, err)
		}
	})
}

func TestOnlyOnlineAgentsBelowTheirMaximumAreAssigned(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, false)
		r.agent("Busy", core.AgentBusy, 10)
		r.agent("Away", core.AgentAway, 10)
		r.agent("Hidden", core.AgentInvisible, 10)
		r.agent("Gone", core.AgentOffline, 10)
		none := r.agent("None", core.AgentOnline, 0)
		for i := range 3 {
			r.send(fmt.Sprintf("c%d", i), "hello")
			c := r.owned(fmt.Sprintf("c%d", i), core.StatusQueue)
			r.seesText(fmt.Sprintf("c%d", i), fmt.Sprintf("I am passing you on to a person. You are number %d in the queue.", i+1))
			round, err := r.scope().Placed(t.Context(), c.ID)
			if err != nil || round.Place != i+1 {
				t.Fatalf("place %d %v", round.Place, err)
			}
		}
		if r.load(none) != 0 {
			t.Fatal("an agent with maximum 0 was assigned")
		}
		// Who waited longest comes first, as soon as somebody is free.
		lin := r.agent("Lin", core.AgentOnline, 1)
		if c := r.owned("c0", core.StatusAgent); c.Owner.ID != lin {
			t.Fatalf("owner %+v", c.Owner)
		}
		// Taking by hand may exceed the maximum.
		second := r.the("c1")
		if second.Owner.Kind != core.StatusQueue {
			t.Fatalf("the maximum was exceeded: %+v", second.Owner)
		}
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, second.ID, lin); err != nil {
			t.Fatal(err)
		}
		if r.load(lin) != 2 {
			t.Fatalf("load %d", r.load(lin))
		}
		// Closing makes room only below the maximum.
		if _, err := r.hub.Desk.Close(t.Context(), r.tenant, second.ID, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := r.hub.Desk.Close(t.Context(), r.tenant, r.the("c0").ID, lin); err != nil {
			t.Fatal(err)
		}
		if c := r.owned("c2", core.StatusAgent); c.Owner.ID != lin || r.load(lin) != 1 {
			t.Fatalf("owner %+v, load %d", c.Owner, r.load(lin))
		}
		// A raised maximum drains too.
		r.send("c3", "hello")
		r.owned("c3", core.StatusQueue)
		r.write(func(tx *store.Tx) error {
			a, err := tx.Agent(t.Context(), lin)
			if err != nil {
				return err
			}
			a.MaxLoad = 2
			_, err = tx.ChangeAgent(t.Context(), a, canon.ID{})
			return err
		})
		r.owned("c3", core.StatusAgent)
	})
}

func TestOneWhoWritesIntoAQueueWithoutWaitingIsServed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		// The owner of the account answers on their own phone: the bot is silent.
		e := r.says("ann", "I am on it")
		e.From = canon.Peer{ID: "main", Ours: true}
		r.deliver(e)
		c := r.owned("ann", core.StatusQueue)
		if !c.WaitingSince.IsZero() {
			t.Fatal("nobody waits for a person who has just spoken")
		}
		r.send("ann", "great, when?")
		eventually(t, "ann waits now", func() bool { return !r.the("ann").WaitingSince.IsZero() })
		r.agent("Lin", core.AgentOnline, 5)
		r.owned("ann", core.StatusAgent)
		eventually(t, "ann is told who serves", func() bool { return len(r.p.texts("ann")) > 0 })
		page, err := r.scope().Messages(t.Context(), c.Thread, 0, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			if m.From == core.FromBot {
				t.Fatalf("the bot spoke: %q", m.Content.Fallback())
			}
		}
	})
}

func TestTransfersAndColleagues(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		ctx := t.Context()
		lin, max := r.agent("Lin", core.AgentOnline, 5), r.agent("Max", core.AgentAway, 5)
		r.send("ann", "human")
		c := r.owned("ann", core.StatusAgent)
		if c.Owner.ID != lin {
			t.Fatalf("owner %+v", c.Owner)
		}
		post := func(agent canon.ID, text string) error {
			_, err := r.hub.Desk.Post(ctx, r.tenant, c.ID, orchestrate.Post{Agent: agent, Content: canon.TextMessage(text)})
			return err
		}
		if fault, ok := core.AsFault(post(max, "hi")); !ok || fault.Code != "not_owner" {
			t.Fatalf("a stranger posted: %v", fault)
		}
		if err := r.hub.Desk.AddColleague(ctx, r.tenant, c.ID, max, lin); err != nil {
			t.Fatal(err)
		}
		if err := post(max, "hi from Max"); err != nil {
			t.Fatal(err)
		}
		if err := r.hub.Desk.RemoveColleague(ctx, r.tenant, c.ID, max, lin); err != nil {
			t.Fatal(err)
		}
		if post(max, "again") == nil {
			t.Fatal("a removed colleague posted")
		}
		// To an agent, away or not; to a team nobody of which is there; to a bot.
		if _, err := r.hub.Desk.Assign(ctx, r.tenant, c.ID, core.Owner{Kind: core.StatusAgent, ID: max}, lin, "yours"); err != nil {
			t.Fatal(err)
		}
		if r.load(lin) != 0 || r.load(max) != 1 {
			t.Fatalf("loads %d %d", r.load(lin), r.load(max))
		}
		empty := r.team("Empty")
		if _, err := r.hub.Desk.Assign(ctx, r.tenant, c.ID, core.Owner{Kind: core.StatusQueue, Team: empty}, max, ""); err != nil {
			t.Fatal(err)
		}
		if got := r.the("ann"); got.Owner.Kind != core.StatusQueue || got.Owner.Team != empty || r.load(max) != 0 {
			t.Fatalf("owner %+v, load %d", got.Owner, r.load(max))
		}
		if err := r.hub.Desk.AddColleague(ctx, r.tenant, c.ID, max, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := r.hub.Desk.Return(ctx, r.tenant, c.ID, lin); err != nil {
			t.Fatal(err)
		}
		if fault, ok := core.AsFault(post(max, "over the bot")); !ok || fault.Code != "not_owner" {
			t.Fatalf("a colleague spoke beside the bot: %v", fault)
		}
		r.send("ann", "hello bot")
		r.seesText("ann", "Lin is taking over and will answer you here.", "hi from Max", "you said hello bot")
		for _, bad := range []core.Owner{{Kind: core.StatusAgent, ID: canon.NewID()}, {Kind: core.StatusQueue, Team: canon.NewID()}, {Kind: core.StatusBot, ID: canon.NewID()}, {Kind: core.StatusClosed}} {
			if _, err := r.hub.Desk.Assign(ctx, r.tenant, c.ID, bad, lin, ""); err == nil {
				t.Fatalf("assigned to %+v", bad)
			}
		}
		changes, err := r.scope().OwnerChanges(ctx, c.ID)
		if err != nil || len(changes) != 5 {
			t.Fatalf("%d changes %v", len(changes), err)
		}
		for i, o := range changes {
			if o.Lease != int64(i+1) || o.Reason.Code == "" || i > 0 && o.From != changes[i-1].To {
				t.Fatalf("change %d: %+v", i, o)
			}
		}
	})
}

func TestTimesOfAConversationAreKept(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		step := func() time.Time { r.later(time.Minute); return r.store.Now() }
		created := step()
		r.send("ann", "hello")
		r.owned("ann", core.StatusBot)
		queued := step()
		r.send("ann", "human")
		r.owned("ann", core.StatusQueue)
		picked := step()
		lin := r.agent("Lin", core.AgentOnline, 1)
		c := r.owned("ann", core.StatusAgent)
		replied := step()
		r.post(c.ID, lin, "hi")
		step()
		r.post(c.ID, lin, "still there?")
		closed := step()
		if _, err := r.hub.Desk.Close(t.Context(), r.tenant, c.ID, lin); err != nil {
			t.Fatal(err)
		}
		c = r.the("ann")
		for name, pair := range map[string][2]time.Time{"created": {c.Created, created}, "queued": {c.Queued, queued}, "picked": {c.Picked, picked}, "replied": {c.Replied, replied}, "closed": {c.Closed, closed}} {
			if d := pair[0].Sub(pair[1]); d < 0 || d > 30*time.Second {
				t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
			}
		}
		if c.CloseBy != "agent" || !c.WaitingSince.IsZero() {
			t.Errorf("closed by %q, waiting %v", c.CloseBy, c.WaitingSince)
		}
	})
}

// Whatever agents and customers do, loads and counts equal a recount.
func TestLoadsAndCountsAlwaysEqualARecount(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		ctx := t.Context()
		agents := []canon.ID{r.agent("A", core.AgentOnline, 2), r.agent("B", core.AgentOnline, 1), r.agent("C", core.AgentAway, 3)}
		team := r.team("T", agents[2])
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(3, 12).Draw(rt, "steps") {
				peer := fmt.Sprintf("p%d", rapid.IntRange(0, 5).Draw(rt, "peer"))
				agent := rapid.SampledFrom(agents).Draw(rt, "agent")
				c, known := r.find(peer)
				// Refusals are part of the play; what matters is what is kept.
				switch step := rapid.IntRange(0, 8).Draw(rt, "step"); {
				case step < 2 || !known:
					r.send(peer, rapid.SampledFrom([]string{"hello", "human", "nonsense", "die"}).Draw(rt, "text"))
					eventually(t, "it is handled", func() bool { return r.waiting() == 0 })
				case step == 2:
					_, _ = r.hub.Desk.Take(ctx, r.tenant, c.ID, agent)
				case step == 3:
					_, _ = r.hub.Desk.Close(ctx, r.tenant, c.ID, agent)
				case step == 4:
					_, _ = r.hub.Desk.Reopen(ctx, r.tenant, c.ID, agent)
				case step == 5:
					_, _ = r.hub.Desk.Return(ctx, r.tenant, c.ID, agent)
				case step == 6:
					_, _ = r.hub.Desk.Assign(ctx, r.tenant, c.ID, core.Owner{Kind: core.StatusQueue, Team: team}, agent, "")
				case step == 7:
					_, _ = r.hub.Desk.Post(ctx, r.tenant, c.ID, orchestrate.Post{Agent: agent, Content: canon.TextMessage("x")})
				default:
					r.state(agent, rapid.SampledFrom([]core.AgentState{core.AgentOnline, core.AgentAway}).Draw(rt, "state"))
				}
			}
			r.recount(rt, agents)
		})
	})
}

// recount holds the kept counts against the conversations themselves, at a
// moment in which no queue is being handed out.
func (r *rig) recount(rt *rapid.T, agents []canon.ID) {
	var wrong string
	eventually(r.t, "counts equal a recount", func() bool {
		wrong = r.difference(agents)
		return wrong == ""
	})
	if wrong != "" {
		rt.Fatal(wrong)
	}
}

func (r *rig) difference(agents []canon.ID) string {
	want := map[string]int64{}
	loads := map[canon.ID]int{}
	for _, c := range r.conversations(core.StatusBot, core.StatusQueue, core.StatusAgent, core.StatusClosed) {
		want["status:"+string(c.Owner.Kind)]++
		if c.Owner.Kind.Open() {
			want["account:"+c.Account.String()]++
		}
		switch c.Owner.Kind {
		case core.StatusQueue:
			want["queue:"+c.Owner.Team.String()]++
		case core.StatusAgent, core.StatusBot:
			want["owner:"+c.Owner.ID.String()]++
		}
		if c.Owner.Kind == core.StatusAgent {
			loads[c.Owner.ID]++
		}
	}
	have, err := r.scope().Tallies(r.t.Context())
	if err != nil {
		return err.Error()
	}
	for name, n := range have {
		if want[name] != n {
			return fmt.Sprintf("%s is kept as %d, counted %d", name, n, want[name])
		}
	}
	for name, n := range want {
		if have[name] != n {
			return fmt.Sprintf("%s is kept as %d, counted %d", name, have[name], n)
		}
	}
	for _, a := range agents {
		if r.load(a) != loads[a] {
			return fmt.Sprintf("load of %s is kept as %d, counted %d", a, r.load(a), loads[a])
		}
	}
	return ""
}
