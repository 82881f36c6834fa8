package hub_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/store"
)

const (
	asksRating = "How satisfied are you with our service?\n1. 😡 Very dissatisfied\n2. 🙁 Dissatisfied\n3. 😐 Neutral\n4. 🙂 Satisfied\n5. 😀 Very satisfied"
	thanksThem = "Thank you for your rating."
)

// rating turns the question on.
func (r *rig) rating(set core.RatingSettings) {
	r.t.Helper()
	set.On = true
	r.settings(func(t *core.Tenant) { t.Settings.Rating = set })
}

// served has a person answer a peer and close; it returns the conversation.
func (r *rig) served(peer, text string, agent canon.ID) core.Conversation {
	r.t.Helper()
	r.send(peer, text)
	eventually(r.t, peer+" has an open conversation", func() bool { c, ok := r.find(peer); return ok && c.Owner.Kind.Open() })
	c := r.the(peer)
	if _, err := r.hub.Desk.Take(r.t.Context(), r.tenant, c.ID, agent); err != nil {
		r.t.Fatal(err)
	}
	r.post(c.ID, agent, "here you are")
	r.closes(c.ID, agent)
	return c
}

func (r *rig) closes(conversation, agent canon.ID) {
	r.t.Helper()
	if _, err := r.hub.Desk.Close(r.t.Context(), r.tenant, conversation, agent); err != nil {
		r.t.Fatal(err)
	}
}

// rated waits until a conversation has a score.
func (r *rig) rated(conversation canon.ID, score int) core.Rating {
	r.t.Helper()
	var v core.Rating
	eventually(r.t, "the rating is kept", func() bool {
		var err error
		v, err = r.scope().Rating(r.t.Context(), conversation)
		return err == nil && v.Score == score
	})
	return v
}

// quiet waits until everything that arrived is handled.
func (r *rig) quiet() {
	r.t.Helper()
	eventually(r.t, "everything is handled", func() bool { return r.waiting() == 0 })
}

// questions counts how often a peer was asked, in the thread.
func (r *rig) questions(peer string) (n int) {
	for _, text := range r.said(peer) {
		if strings.HasPrefix(text, "How satisfied") {
			n++
		}
	}
	return n
}

// press is the customer pressing one of the five.
func (r *rig) press(peer string, score int) canon.Envelope {
	r.t.Helper()
	for _, m := range r.messages(peer) {
		for _, p := range m.Content.Parts {
			if c, ok := p.(canon.Choices); ok && c.Scale {
				return r.event(peer, canon.Action{Kind: canon.ActionButton, Value: c.Options[score-1].Value, Label: c.Options[score-1].Label})
			}
		}
	}
	r.t.Fatal(peer + " was not asked")
	return canon.Envelope{}
}

func (r *rig) events(peer, kind string) (out []core.LineEvent) {
	for _, m := range r.messages(peer) {
		if m.Event != nil && m.Event.Kind == kind {
			out = append(out, *m.Event)
		}
	}
	return out
}

func TestACustomerRatesWithOnePressOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.rating(core.RatingSettings{Every: 7})
		ada := r.agent("Ada", core.AgentOnline, 5)
		c := r.served("ann", "hello", ada)
		r.seesText("ann", "you said hello", "here you are", asksRating)
		press := r.press("ann", 4)
		for range 3 { // a platform repeats itself, and a customer presses again
			if code := r.deliver(press); code != 200 {
				t.Fatal(code)
			}
			r.deliver(r.press("ann", 1))
			r.quiet()
		}
		v := r.rated(c.ID, 4)
		if v.Agent != ada || !v.Bot.IsZero() || v.Account != r.account || v.Way != core.RatedByPress || v.Contact != c.Contact || v.Answered.IsZero() {
			t.Errorf("%+v", v)
		}
		r.seesText("ann", "you said hello", "here you are", asksRating, thanksThem)
		if n := len(r.conversations(core.StatusBot, core.StatusQueue, core.StatusAgent)); n != 0 {
			t.Errorf("%d conversations were opened by a rating", n)
		}
		got := r.the("ann")
		if got.ID != c.ID || got.Score != 4 || got.Owner.Kind != core.StatusClosed || got.Unread != 0 {
			t.Errorf("%+v", got)
		}
		if e := r.events("ann", "rated"); len(e) != 1 || e[0].Score != 4 {
			t.Errorf("lines %+v", e)
		}
		if taken := r.taken("ann"); !strings.HasSuffix(taken, ":4") {
			t.Errorf("taken %q", taken)
		}
		told := 0
		items, _, _, err := r.hub.Feed.Since(t.Context(), r.tenant, 0, 500)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.Entry.Kind == core.FeedRated && i.Conversation != nil && i.Conversation.Score == 4 {
				told++
			}
		}
		if told != 1 {
			t.Errorf("the feed tells %d times", told)
		}
	})
}

func TestATypedScoreRatesAndOtherWordsBeginAnew(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.tune = func(_ canon.ThreadKey, c *connector.Capabilities) {
				for _, style := range []string{"quick", "buttons", "list"} {
					c.Parts["choices."+style] = connector.Degrade
				}
			}
		})
		r.rating(core.RatingSettings{})
		ada := r.agent("Ada", core.AgentOnline, 20)
		for text, score := range map[string]int{"5": 5, " ２。": 2, "非常满意": 5, "不满意": 2, "4 stars": 4, "⭐⭐⭐": 3, "Very dissatisfied": 1, "🙂 Satisfied": 4, "五星": 5, "3分": 3} {
			peer := "typing " + text
			c := r.served(peer, "hello", ada)
			r.seesText(peer, "you said hello", "here you are", asksRating)
			r.send(peer, text)
			if v := r.rated(c.ID, score); v.Way != core.RatedByWords {
				t.Errorf("%q: %+v", text, v)
			}
			r.seesText(peer, "you said hello", "here you are", asksRating, thanksThem)
			if got := r.the(peer); got.ID != c.ID || got.Owner.Kind != core.StatusClosed || got.Unread != 0 {
				t.Errorf("%q: %+v", text, got)
			}
			if said := r.said(peer); !slices.Contains(said, strings.TrimSpace(text)) && !slices.Contains(said, text) {
				t.Errorf("%q is not in the thread: %q", text, said)
			}
		}
		for _, text := range []string{"6", "5 more please", "not satisfied with the price", "十", "一", "满意吗", "4.5", "😡 Very satisfied", "hello again"} {
			peer := "saying " + text
			c := r.served(peer, "hello", ada)
			r.seesText(peer, "you said hello", "here you are", asksRating)
			r.send(peer, text)
			r.seesText(peer, "you said hello", "here you are", asksRating, "you said "+text)
			if next := r.owned(peer, core.StatusBot); next.ID == c.ID {
				t.Errorf("%q did not begin a conversation", text)
			}
			// And there a number is what is said, as ever.
			r.send(peer, "5")
			r.seesText(peer, "you said hello", "here you are", asksRating, "you said "+text, "you said 5")
			if v, err := r.scope().Rating(t.Context(), c.ID); err != nil || v.Score != 0 {
				t.Errorf("%q: %+v %v", text, v, err)
			}
		}
		// A score comes soon after the question, or it is none.
		late := r.served("late", "hello", ada)
		r.seesText("late", "you said hello", "here you are", asksRating)
		r.later(25 * time.Hour)
		r.send("late", "5")
		if next := r.owned("late", core.StatusBot); next.ID == late.ID {
			t.Error("a day later a number was still taken for a score")
		}
	})
}

func TestAPressRatesItsConversationAlsoWhenTheNextOneIsOpen(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.rating(core.RatingSettings{})
		ada := r.agent("Ada", core.AgentOnline, 5)
		c := r.served("bob", "hello", ada)
		r.seesText("bob", "you said hello", "here you are", asksRating)
		press := r.press("bob", 5)
		r.send("bob", "one more thing")
		next := r.owned("bob", core.StatusBot)
		r.deliver(press)
		r.rated(c.ID, 5)
		if got := r.the("bob"); got.ID != next.ID || got.Owner.Kind != core.StatusBot || got.Score != 0 {
			t.Errorf("%+v", got)
		}
		// Somebody else's option rates nothing: it is an ordinary press.
		press.From.ID, press.Thread.Peer, press.EventID = "eve", "eve", "e-eve-1"
		press.Event = canon.Action{Kind: canon.ActionButton, Value: press.Event.(canon.Action).Value, Label: "1"}
		r.deliver(press)
		r.owned("eve", core.StatusBot)
		if v := r.rated(c.ID, 5); v.Score != 5 {
			t.Error("a stranger changed a rating")
		}
	})
}

func TestWhoIsNeverAsked(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.tune = func(key canon.ThreadKey, c *connector.Capabilities) {
				if key.Peer == "window" {
					c.Window.For = time.Hour
				}
				c.Group = key.Peer == "group"
			}
		})
		ada := r.agent("Ada", core.AgentOnline, 50)
		r.served("switched off", "hello", ada)
		r.rating(core.RatingSettings{Every: 7})

		// A person has it, but nobody ever answered.
		r.send("unanswered", "human")
		c := r.owned("unanswered", core.StatusAgent)
		r.closes(c.ID, ada)
		// The customer never said anything.
		r.deliver(r.event("opened", canon.Membership{Kind: canon.MemberOpened}))
		c = r.owned("opened", core.StatusBot)
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, ada); err != nil {
			t.Fatal(err)
		}
		r.closes(c.ID, ada)
		// A machine wrote last.
		r.send("automatic", "human")
		c = r.owned("automatic", core.StatusAgent)
		r.post(c.ID, ada, "hello")
		auto := r.says("automatic", "I am on holiday")
		posted := auto.Event.(canon.Posted)
		posted.Message.Headers = []canon.Field{{Name: "auto", Value: "auto-replied"}}
		auto.Event = posted
		r.deliver(auto)
		r.quiet()
		r.closes(c.ID, ada)
		// Blocked.
		r.send("blocked", "human")
		c = r.owned("blocked", core.StatusAgent)
		r.post(c.ID, ada, "hello")
		r.write(func(tx *store.Tx) error {
			_, err := tx.SaveBlock(t.Context(), core.Block{Kind: core.BlockContact, Contact: c.Contact, Reason: "spam"})
			return err
		})
		r.hub.Changed(r.tenant)
		r.closes(c.ID, ada)
		// The window is over.
		r.send("window", "human")
		c = r.owned("window", core.StatusAgent)
		r.post(c.ID, ada, "hello")
		r.later(2 * time.Hour)
		r.closes(c.ID, ada)
		// Several people write there.
		r.served("group", "hello", ada)
		// A bot had it, and only people's conversations are asked about.
		r.send("bot", "hello")
		c = r.owned("bot", core.StatusBot)
		if err := r.botCloses("bot"); err != nil {
			t.Fatal(err)
		}
		for _, peer := range []string{"switched off", "unanswered", "opened", "automatic", "blocked", "window", "group", "bot"} {
			if n := r.questions(peer); n != 0 {
				t.Errorf("%s was asked %d times", peer, n)
			}
		}
		// Once in seven days, and then again; never twice for one conversation.
		first := r.served("often", "hello", ada)
		r.served("often", "again", ada)
		if n := r.questions("often"); n != 1 {
			t.Errorf("asked %d times", n)
		}
		r.later(8 * 24 * time.Hour)
		r.served("often", "a week later", ada)
		if n := r.questions("often"); n != 2 {
			t.Errorf("asked %d times", n)
		}
		r.rating(core.RatingSettings{Every: 0})
		if _, err := r.hub.Desk.Reopen(t.Context(), r.tenant, r.the("often").ID, ada); err != nil {
			t.Fatal(err)
		}
		r.closes(r.the("often").ID, ada)
		if n := r.questions("often"); n != 2 {
			t.Errorf("asked %d times, twice about one conversation", n)
		}
		r.served("often", "and at once", ada)
		if n := r.questions("often"); n != 3 {
			t.Errorf("asked %d times", n)
		}
		if v, err := r.scope().Rating(t.Context(), first.ID); err != nil || v.Score != 0 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

// TestNobodyElseOffersAnOptionThatRates: what an agent, a program or a bot says
// cannot hold an option that rates a conversation.
func TestNobodyElseOffersAnOptionThatRates(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		offer := func(o canon.Option) canon.Message {
			o.Kind = canon.OptionReply
			return canon.Message{Parts: []canon.Part{canon.Choices{Style: canon.ChoiceButtons, Prompt: "Happy?", Options: []canon.Option{o}}}}
		}
		stolen := canon.Option{Label: "Yes", Value: "parley:rate:0190c000-0000-7000-8000-000000000000:5"}
		r := newRigWith(t, url, "acted", func(r *rig) {
			r.act = func(context.Context, orchestrate.Turn, func(string)) (orchestrate.Answer, error) {
				return orchestrate.Answer{Messages: []canon.Message{offer(stolen), canon.TextMessage("hello")}}, nil
			}
		})
		r.send("ann", "hi")
		r.seesText("ann", "hello")
		c, ada := r.the("ann"), r.agent("Ada", core.AgentOnline, 5)
		post := func(p orchestrate.Post) error {
			_, err := r.hub.Desk.Post(t.Context(), r.tenant, c.ID, p)
			return err
		}
		refused := func(what string, err error) {
			t.Helper()
			if f, ok := core.AsFault(err); !ok || f.Code != "reserved_value" || f.Kind != core.FaultInvalid || f.Field != "content" || f.Remedy.ZH == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		refused("a program", post(orchestrate.Post{As: core.FromBot, Name: "a program", Content: offer(stolen)}))
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, ada); err != nil {
			t.Fatal(err)
		}
		refused("an agent", post(orchestrate.Post{Agent: ada, Content: offer(stolen)}))
		refused("an agent, by the label", post(orchestrate.Post{Agent: ada, Content: offer(canon.Option{Label: stolen.Value})}))
		if err := post(orchestrate.Post{Agent: ada, Content: offer(canon.Option{Label: "Yes", Value: "rate"})}); err != nil {
			t.Error(err)
		}
		r.seesText("ann", "hello", "Happy?\n1. Yes")
	})
}

// botCloses lets time close what a bot has.
func (r *rig) botCloses(peer string) error {
	r.settings(func(t *core.Tenant) { t.Settings.IdleClose = 60 })
	r.later(2 * time.Minute)
	defer r.settings(func(t *core.Tenant) { t.Settings.IdleClose = 0 })
	err := r.hub.Desk.Sweep(r.t.Context(), r.tenant)
	r.owned(peer, core.StatusClosed)
	return err
}

func TestBotsConversationsAndTeamsAreAskedAboutAsSet(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "acted", func(r *rig) {
			r.act = func(_ context.Context, turn orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
				a := says("you said " + turn.Text)
				a.Close = turn.Text == "bye"
				if turn.Text == "human" {
					a.Handoff = &orchestrate.Handoff{Reason: "asked"}
				}
				return a, nil
			}
		})
		ada := r.agent("Ada", core.AgentOnline, 50)
		r.rating(core.RatingSettings{After: "bot", Scale: "stars", Question: connector.Text{EN: "Was that right?"}, Thanks: connector.Text{EN: "Noted."}})
		const stars = "Was that right?\n1. ★ Very dissatisfied\n2. ★★ Dissatisfied\n3. ★★★ Neutral\n4. ★★★★ Satisfied\n5. ★★★★★ Very satisfied"
		// The score in the same burst as the farewell still belongs to it.
		if code := r.deliver(r.says("cat", "bye"), r.says("cat", "★★★★")); code != 200 {
			t.Fatal(code)
		}
		r.seesText("cat", "you said bye", stars, "Noted.")
		if v := r.rated(r.the("cat").ID, 4); v.Bot != r.bot || !v.Agent.IsZero() {
			t.Errorf("%+v", v)
		}
		// What else is said in that burst begins anew.
		r.deliver(r.says("dan", "bye"), r.says("dan", "wait"))
		r.seesText("dan", "you said bye", stars, "you said wait")
		r.owned("dan", core.StatusBot)

		r.served("eli", "hello", ada)
		if n := r.questions("eli"); n != 0 {
			t.Error("a person's conversation was asked about")
		}
		// Time closes what a bot had.
		r.send("fay", "hello")
		r.owned("fay", core.StatusBot)
		if err := r.botCloses("fay"); err != nil {
			t.Fatal(err)
		}
		r.seesText("fay", "you said hello", stars)

		// A team's word overrides the business's.
		team := r.team("Repairs", ada)
		set := func(to core.TeamRating) {
			r.write(func(tx *store.Tx) error {
				v, err := tx.Team(t.Context(), team)
				if err != nil {
					return err
				}
				v.Rating = to
				_, err = tx.SaveTeam(t.Context(), v, canon.ID{})
				return err
			})
			r.hub.Changed(r.tenant)
		}
		ask := func(peer string) int {
			r.send(peer, "hello")
			c := r.owned(peer, core.StatusBot)
			if _, err := r.hub.Desk.Assign(t.Context(), r.tenant, c.ID, core.Owner{Kind: core.StatusQueue, Team: team}, ada, ""); err != nil {
				t.Fatal(err)
			}
			c = r.owned(peer, core.StatusAgent)
			r.post(c.ID, ada, "here you are")
			r.closes(c.ID, ada)
			return r.questions(peer)
		}
		r.settings(func(t *core.Tenant) { t.Settings.Rating = core.RatingSettings{} })
		if ask("gus") != 0 {
			t.Error("asked though switched off")
		}
		set(core.TeamRatingOn)
		if ask("hal") != 1 {
			t.Error("the team asks, but its customer was not asked")
		}
		r.rating(core.RatingSettings{})
		set(core.TeamRatingOff)
		if ask("ivy") != 0 {
			t.Error("the team does not ask, but its customer was asked")
		}
	})
}

func TestR05_TheQuestionSurvivesACrashOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) { r.p.idempotent = false })
		r.rating(core.RatingSettings{})
		ada := r.agent("Ada", core.AgentOnline, 5)
		block := make(chan struct{})
		r.p.when(func(q connector.Request) error {
			if strings.HasPrefix(q.Message.Fallback(), "here you are") {
				<-block // what stands before the question is still on its way
			}
			return nil
		})
		c := r.served("kim", "hello", ada)
		r.p.when(nil)
		close(block)
		r.crash()
		eventually(t, "the question arrives", func() bool { return slices.Contains(r.p.texts("kim"), asksRating) })
		press := r.press("kim", 5)
		r.deliver(press)
		r.crash()
		r.deliver(press)
		r.rated(c.ID, 5)
		r.quiet()
		if n := r.p.tries("kim", "How satisfied"); n != 1 {
			t.Errorf("asked %d times", n)
		}
		if e := r.events("kim", "rated"); len(e) != 1 {
			t.Errorf("%+v", e)
		}
	})
}

func TestALinkOpenedVotesForNothingUntilItIsConfirmed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, databaseURL string) {
		r := newRigWith(t, databaseURL, "parrot", func(r *rig) {
			r.p.tune = func(_ canon.ThreadKey, c *connector.Capabilities) { c.Choices.Pages = true }
		})
		r.rating(core.RatingSettings{})
		ada := r.agent("Ada", core.AgentOnline, 5)
		c := r.served("lea", "hello", ada)
		eventually(t, "the letter arrives", func() bool { return len(r.p.texts("lea")) == 3 })
		var links []string
		for _, line := range strings.Split(r.p.texts("lea")[2], "\n") {
			if _, at, ok := strings.Cut(line, "http://localhost"); ok {
				links = append(links, at)
			}
		}
		if len(links) != 5 {
			t.Fatalf("%q", r.p.texts("lea"))
		}
		// Nobody but the customer has the links.
		for _, m := range r.messages("lea") {
			if strings.Contains(m.Content.Fallback(), "/rate/") {
				t.Errorf("the thread shows %q", m.Content.Fallback())
			}
		}
		get := func(method, path string, form url.Values) (int, string) {
			t.Helper()
			req, err := http.NewRequest(method, r.srv.URL+path, strings.NewReader(form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, string(body)
		}
		for _, link := range links { // as a scanner does
			for _, method := range []string{"HEAD", "GET"} {
				if code, _ := get(method, link, nil); code != 200 {
					t.Fatalf("%s %d", method, code)
				}
			}
		}
		if v, err := r.scope().Rating(t.Context(), c.ID); err != nil || v.Score != 0 {
			t.Fatalf("opening a link voted: %+v %v", v, err)
		}
		if _, body := get("GET", links[3], nil); !strings.Contains(body, `value="4" required checked`) || !strings.Contains(body, "How satisfied are you with our service?") {
			t.Errorf("%s", body)
		}
		if code, _ := get("POST", links[3], url.Values{"score": {"9"}}); code != 422 {
			t.Errorf("a score of nine: %d", code)
		}
		code, body := get("POST", links[3], url.Values{"score": {"4"}, "offer": {"Friendly"}, "note": {" <b>quick</b> "}})
		if code != 200 || !strings.Contains(body, thanksThem) || !strings.Contains(body, "🙂 Satisfied") {
			t.Errorf("%d %s", code, body)
		}
		get("POST", links[0], url.Values{"score": {"1"}, "note": {"no"}})
		if v := r.rated(c.ID, 4); v.Way != core.RatedByPage || v.Reason != "Friendly · <b>quick</b>" {
			t.Errorf("%+v", v)
		}
		if e := r.events("lea", "rated"); len(e) != 1 || e[0].Detail != "Friendly · <b>quick</b>" {
			t.Errorf("%+v", e)
		}
		if got := r.p.texts("lea"); len(got) != 3 {
			t.Errorf("a letter of thanks went out: %q", got)
		}
		// A token of nobody's, or of a question long over.
		forged := links[0][:len("/rate/")+3] + "x" + links[0][len("/rate/")+4:]
		for _, path := range []string{"/rate/", "/rate/x.y", forged} {
			if code, _ := get("GET", path, nil); code != 404 {
				t.Errorf("%s: %d", path, code)
			}
		}
		r.later(91 * 24 * time.Hour)
		if code, _ := get("GET", links[0], nil); code != 404 {
			t.Errorf("three months later: %d", code)
		}
		// Typed as an answer to the letter it counts as well.
		other := r.served("moe", "hello", ada)
		eventually(t, "the letter arrives", func() bool { return len(r.p.texts("moe")) == 3 })
		r.send("moe", "5")
		r.rated(other.ID, 5)
	})
}
