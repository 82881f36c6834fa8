package played_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	httpconn "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
	"parley/internal/testenv"
)

// chance is the run's randomness, with its seed printed.
func chance(t testing.TB) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("PARLEY_TEST_SEED"); given != "" {
		n, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatalf("PARLEY_TEST_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// town is a hub with people at work and customers who write to them.
type town struct {
	*played.Hub
	*played.Caller
	t     *testing.T
	r     *rand.Rand
	clock *played.Clock
	http  *fake.Platform

	agents, teams, tags, labels []canon.ID // labels are of contacts
	clients                     []*page
	account                     canon.ID
	n                           int
}

func newTown(t *testing.T, r *rand.Rand, database string) *town {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	w := &town{t: t, r: r, clock: &played.Clock{}}
	platform, err := fake.New(secret, fake.WithClock(w.clock.Now), fake.WithoutLog())
	if err != nil {
		t.Fatal(err)
	}
	server := platform.Start()
	t.Cleanup(server.Close)
	w.http = platform
	w.Hub = played.Start(t, played.Setup{Driver: httpconn.Driver{}, Values: connector.Values{"secret": secret, "api_base": server.URL}, Clock: w.clock.Now, Database: database, API: true})
	w.Caller = w.Hub.Caller()
	w.account = w.Account
	one := func(path string, body any) canon.ID {
		var out struct{ ID canon.ID }
		w.Must(canon.ID{}, "POST", path, body, &out)
		return out.ID
	}
	w.agents = []canon.ID{w.Agent}
	for _, a := range []string{"Lin", "Bo"} {
		role := map[string]string{"Lin": "agent", "Bo": "limited"}[a]
		w.agents = append(w.agents, one("/agents", map[string]any{"name": a, "email": a + "@example.com", "role": role}))
	}
	w.teams = []canon.ID{one("/teams", map[string]any{"name": "Sales", "members": w.agents}), one("/teams", map[string]any{"name": "Repairs", "members": w.agents[:2]})}
	for _, name := range []string{"Urgent", "Return"} {
		w.tags = append(w.tags, one("/tags", map[string]any{"name": name, "scope": "conversation"}))
		w.labels = append(w.labels, one("/tags", map[string]any{"name": name, "scope": "contact"}))
	}
	w.Must(canon.ID{}, "PATCH", "/tenant", map[string]any{"settings": map[string]any{"rating": map[string]any{"on": true, "after": "both", "every": 0}}}, nil)
	return w
}

// some picks one.
func some[T any](w *town, of []T) T { return of[w.r.IntN(len(of))] }

// peer is a customer.
func (w *town) peer() canon.RemoteID { return canon.RemoteID(fmt.Sprintf("customer-%d", w.r.IntN(12))) }

func (w *town) word() string {
	w.n++
	return fmt.Sprintf("%s %d", some(w, []string{"hello", "第二天到吗", "where is my order", "a person please", "thanks"}), w.n)
}

// talk is a conversation that somebody may act upon.
func (w *town) talk() (core.Conversation, bool) {
	all := w.Conversations()
	if len(all) == 0 {
		return core.Conversation{}, false
	}
	return all[w.r.IntN(min(len(all), 15))], true
}

func (w *town) post(e canon.Envelope) {
	w.t.Helper()
	a, err := w.http.Post(w.t.Context(), w.Hook(), e)
	if err != nil || !a.Accepted() {
		w.t.Fatalf("the customer's event is not taken: %v %d", err, a.Status)
	}
}

// happens lets something happen, whatever chance says. What makes no sense then
// is refused, as it would be.
func (w *town) happens() {
	w.t.Helper()
	c, ok := w.talk()
	if !ok || w.r.IntN(4) == 0 {
		w.post(w.http.Says(w.peer(), w.word()))
		return
	}
	acts := w.acts(c)
	acts[w.r.IntN(len(acts))]()
}

// acts are all kinds of things that can happen to a conversation or beside it.
func (w *town) acts(c core.Conversation) []func() {
	as, at := some(w, w.agents), "/conversations/"+c.ID.String()
	no := canon.ID{}
	do := func(method, path string, body any) func() {
		return func() { w.Does(as, method, path, body, nil) }
	}
	says := func(parts map[string]any) func() { return do("POST", at+"/messages", parts) }
	other := some(w, w.Conversations())
	name := w.word()
	return []func(){
		do("POST", at+"/take", nil), do("POST", at+"/take", nil),
		do("POST", at+"/assign", map[string]any{"agent": some(w, w.agents)}), do("POST", at+"/assign", map[string]any{"team": some(w, w.teams)}),
		do("POST", at+"/transfer", map[string]any{"agent": some(w, w.agents), "note": "please"}), do("POST", at+"/assign", map[string]any{}),
		do("POST", at+"/return", nil), do("POST", at+"/close", nil), do("POST", at+"/close", nil), do("POST", at+"/reopen", nil), do("POST", at+"/read", nil),
		do("POST", at+"/colleagues", map[string]any{"agent": some(w, w.agents)}), do("DELETE", at+"/colleagues/"+some(w, w.agents).String(), nil),
		do("PUT", at+"/tags/"+some(w, w.tags).String(), nil), do("DELETE", at+"/tags/"+some(w, w.tags).String(), nil),
		do("POST", at+"/snooze", map[string]any{"until": w.clock.Now().Add(time.Duration(30+w.r.IntN(300)) * time.Second)}), do("POST", at+"/snooze", map[string]any{}), do("DELETE", at+"/snooze", nil),
		says(map[string]any{"text": name}), says(map[string]any{"text": name}), says(map[string]any{"text": name, "note": true}),
		func() { w.Does(c.Owner.ID, "POST", at+"/messages", map[string]any{"text": name}, nil) },
		func() { w.line(c, core.FromAgent, "recall", nil) },
		func() { w.line(c, core.FromAgent, "edit", map[string]any{"text": name}) },
		func() { w.customers(c) }, func() { w.customers(c) }, func() { w.customers(c) },
		func() {
			w.post(w.http.Does(w.key(c).Peer, canon.Action{Kind: canon.ActionButton, Value: fmt.Sprintf("parley:rate:%s:%d", c.ID, 1+w.r.IntN(5))}))
		},
		do("PATCH", "/contacts/"+c.Contact.String(), map[string]any{"name": "Name " + name}), do("PATCH", "/contacts/"+c.Contact.String(), map[string]any{"phone": "+49 30 " + strconv.Itoa(1000+w.n)}),
		do("PUT", "/contacts/"+c.Contact.String()+"/tags/"+some(w, w.labels).String(), nil), do("DELETE", "/contacts/"+c.Contact.String()+"/tags/"+some(w, w.labels).String(), nil),
		do("POST", "/contacts/"+c.Contact.String()+"/notes", map[string]any{"body": name}),
		func() {
			if w.r.IntN(4) == 0 && other.Contact != c.Contact {
				w.Does(no, "POST", "/contacts/"+c.Contact.String()+"/merge", map[string]any{"other": other.Contact}, nil)
			}
		},
		func() {
			w.Does(no, "PUT", "/agents/"+as.String()+"/state", map[string]any{"state": some(w, []string{"online", "online", "busy", "away", "invisible"})}, nil)
		},
		func() {
			w.Does(no, "PATCH", "/agents/"+as.String(), map[string]any{"max_load": 1 + w.r.IntN(20)}, nil)
		},
		func() { w.Does(no, "PATCH", "/accounts/"+w.account.String(), map[string]any{"name": name}, nil) },
		func() {
			w.Does(no, "PATCH", "/teams/"+some(w, w.teams).String(), map[string]any{"members": w.agents[w.r.IntN(3):]}, nil)
		},
		func() { w.Does(no, "PATCH", "/tags/"+some(w, w.tags).String(), map[string]any{"name": name}, nil) },
		do("POST", "/views", map[string]any{"name": name, "shared": w.r.IntN(2) == 0, "filter": map[string]any{"status": []string{"open"}}}),
		func() {
			w.Does(w.agents[0], "POST", "/bulks", map[string]any{"act": map[string]any{"kind": some(w, []string{"close", "wake"})}, "conversations": []canon.ID{c.ID, other.ID}}, nil)
		},
	}
}

// key is the thread of a conversation.
func (w *town) key(c core.Conversation) canon.ThreadKey {
	th, _, err := w.Store.For(w.Tenant).Thread(w.t.Context(), c.Thread)
	if err != nil {
		w.t.Fatal(err)
	}
	return th.Key
}

// line does something with one of the messages of a side.
func (w *town) line(c core.Conversation, from core.From, act string, body any) {
	for _, m := range w.Thread(c) {
		if m.From == from && w.r.IntN(2) == 0 {
			w.Does(m.Sender, "POST", "/messages/"+m.ID.String()+"/"+act, body, nil)
			return
		}
	}
}

// customers has the customer write, edit or take back, or react; or the platform
// say how far what we sent has got.
func (w *town) customers(c core.Conversation) {
	peer := w.key(c).Peer
	id := canon.RemoteID(fmt.Sprintf("m-%d", w.n))
	w.post(w.http.Does(peer, canon.Posted{Message: canon.Message{RemoteID: id, Parts: []canon.Part{canon.Text{Body: w.word()}}}}))
	switch w.r.IntN(4) {
	case 0:
		w.post(w.http.Does(peer, canon.Edited{Target: id, Message: canon.TextMessage(w.word())}))
	case 1:
		w.post(w.http.Does(peer, canon.Revoked{Target: id}))
	case 2:
		if seen := w.http.Seen(peer); len(seen) > 0 {
			l := some(w, seen)
			w.post(w.http.Does(peer, canon.Receipt{Target: l.RemoteID, State: some(w, []canon.Delivery{canon.Delivered, canon.Read}), Through: w.r.IntN(2) == 0}))
			w.post(w.http.Does(peer, canon.Reacted{Target: l.RemoteID, Emoji: "👍", Removed: w.r.IntN(3) == 0}))
		}
	}
}

// forget takes the feed away but for its newest entries, as what is beyond its
// retention is gone.
func (w *town) forget(keep int) {
	w.t.Helper()
	scope := w.Store.For(w.Tenant)
	last, oldest, err := scope.FeedSeq(w.t.Context())
	if err == nil && last-oldest+1 > int64(keep) {
		_, err = scope.PruneFeed(w.t.Context(), w.clock.Now().AddDate(1, 0, 0), int(last-oldest)+1-keep)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// passes lets time pass for everybody.
func (w *town) passes(d time.Duration) {
	w.clock.Pass(d)
	for _, p := range w.clients {
		p.Passes(d, time.Until(w.clock.Now()))
	}
}

func (w *town) seq() int64 {
	last, _, err := w.Store.For(w.Tenant).FeedSeq(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return last
}

// page is the application as somebody has it open.
type page struct {
	*played.Client
	name string
	at   canon.ID // the conversation before them
}

func (w *town) open(name string, who canon.ID) {
	w.t.Helper()
	w.clients = append(w.clients, &page{Client: w.Open(w.t, name, who), name: name})
}

// turn lets everybody look at something else: often two at the same.
func (w *town) turn() {
	var open []canon.ID
	for range 3 {
		if c, ok := w.talk(); ok && !slices.Contains(open, c.ID) {
			open = append(open, c.ID)
		}
	}
	for _, p := range w.clients {
		if len(open) > 0 {
			p.at = open[0]
		}
		p.Shows(open)
		if w.r.IntN(2) == 0 {
			slices.Reverse(open)
		}
	}
}

// loses takes somebody's network away and returns how it comes back.
func (w *town) loses(p *page) (back func()) {
	told := w.r.IntN(2) == 0
	switch w.r.IntN(4) {
	case 0: // nobody notices, and what was held comes, or is lost
		lost := w.r.IntN(2) == 0
		p.Wire.Hold()
		return func() {
			p.Wire.Mend(lost)
			if told {
				p.Event("online")
			}
		}
	default:
		if told {
			p.Event("offline") // otherwise the page finds out by itself
		}
		p.Wire.Cut()
		return func() {
			p.Wire.Mend(true)
			if told {
				p.Event("online")
			}
		}
	}
}

// accompanied fails unless everybody comes to be shown who else has before them
// what they have.
func (w *town) accompanied() {
	w.t.Helper()
	wrong := ""
	for rounds := 0; ; rounds++ {
		wrong = ""
		for _, p := range w.clients {
			var want []string
			for _, other := range w.clients {
				if other != p && !p.at.IsZero() && other.at == p.at && other.Sees(p.at) {
					want = append(want, other.name)
				}
			}
			if got := p.Company(p.at); !slices.Equal(got, want) && !p.at.IsZero() && p.Sees(p.at) {
				wrong = fmt.Sprintf("%s is shown that %v look at what they have open, and %v do", p.name, got, want)
			}
		}
		if wrong == "" {
			return
		}
		if rounds == 200 {
			w.t.Fatal(wrong)
		}
		w.passes(5 * time.Second)
	}
}

// After every loss of network, of whatever length and whatever happened
// meanwhile, the application holds what the hub does, byte for byte: lists,
// counters, threads, contacts and people; for who sees all and for who sees
// some.
func TestR16_AfterEveryLossTheApplicationHoldsWhatTheHubDoes(t *testing.T) {
	losses := map[string]int{"sqlite": 30, "postgres": 10}
	if testenv.Long() {
		losses = map[string]int{"sqlite": 500, "postgres": 500}
	}
	t.Run("sqlite", func(t *testing.T) { holds(t, "sqlite", losses["sqlite"]) })
	t.Run("postgres", func(t *testing.T) { holds(t, testenv.Postgres(t), losses["postgres"]) })
}

func holds(t *testing.T, database string, losses int) {
	r := chance(t)
	w := newTown(t, r, database)
	for range 30 {
		w.happens()
	}
	w.open("Mei", w.agents[0])
	w.open("Bo", w.agents[2])
	forgotten, lost, began := 0, 0, time.Now()
	defer func() { t.Logf("after %d losses, %s", lost, time.Since(began).Round(time.Second)) }()
	for lost < losses {
		if r.IntN(3) == 0 {
			w.turn()
		}
		var back []func()
		whose := r.IntN(3) // or everybody's
		for i, p := range w.clients {
			if whose == i || whose == 2 {
				back = append(back, w.loses(p))
				lost++
			}
		}
		for range r.IntN(12) {
			w.happens()
		}
		w.passes(time.Duration(r.Int64N(int64(120 * time.Second))))
		if r.IntN(12) == 0 {
			w.forget(r.IntN(3))
			forgotten++
		}
		for _, comes := range back {
			comes()
		}
		for range r.IntN(4) {
			w.happens() // while they catch up
		}
		for _, p := range w.clients {
			p.Equals(w.seq)
		}
		w.accompanied()
	}
	t.Logf("%d losses, %d entries, %d conversations; the feed was forgotten %d times", lost, w.seq(), len(w.Conversations()), forgotten)
}
