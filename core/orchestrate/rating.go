package orchestrate

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// ratePrefix begins the value of an option that rates: the conversation and the
// score follow. 64 bytes hold it, the least a channel takes.
const ratePrefix = "parley:rate:"

// typedWithin is how long after the question a typed score still answers it.
const typedWithin = 24 * time.Hour

// askedFor is how long the page behind a link answers.
const askedFor = 90 * 24 * time.Hour

// Reserved tells values of options that the hub alone offers: an option of
// somebody else's making must not rate a conversation.
func Reserved(value string) bool { return strings.HasPrefix(value, ratePrefix) }

// errReserved refuses such an option.
var errReserved = core.Invalid("reserved_value", "content", connector.Text{EN: "The value of an option must not begin with " + ratePrefix + ": it is how customers rate a conversation.", ZH: "选项的值不能以 " + ratePrefix + " 开头，该前缀用于客户评价会话。"},
	connector.Text{EN: "Give the option another value. To ask for a rating, turn it on under Settings.", ZH: "请为该选项换一个值。如需邀请客户评价，请在“设置”中开启满意度评价。"})

// offersReserved reports whether a message has such an option.
func offersReserved(m canon.Message) bool {
	return slices.ContainsFunc(m.Parts, func(p canon.Part) bool {
		c, ok := p.(canon.Choices)
		return ok && slices.ContainsFunc(c.Options, func(o canon.Option) bool {
			return Reserved(o.Value) || o.Value == "" && Reserved(o.Label) // many channels give the label back then
		})
	})
}

// rateValue is the value of an option that rates a conversation.
func rateValue(conversation canon.ID, score int) string {
	return ratePrefix + conversation.String() + ":" + strconv.Itoa(score)
}

// rateOf reads such a value.
func rateOf(value string) (conversation canon.ID, score int, ok bool) {
	rest, ok := strings.CutPrefix(value, ratePrefix)
	if !ok {
		return conversation, 0, false
	}
	id, points, _ := strings.Cut(rest, ":")
	conversation, err := canon.ParseID(id)
	if err != nil || len(points) != 1 || points[0] < '1' || points[0] > '0'+core.BestScore {
		return canon.ID{}, 0, false
	}
	return conversation, int(points[0] - '0'), true
}

// askRating has the customer asked about the conversation that ends now; a group
// is not: whoever presses first would speak for all. had is who had it. The question is one more message of the closing transaction.
func (s *scene) askRating(had core.Owner, how string) {
	r := s.round()
	person := how == "agent" || how != "bot" && had.Kind == core.StatusAgent
	set := s.book.Settings().Rating
	if !set.Asks(s.book.Teams[r.Owner.Team].Rating, person) || had.Kind == core.StatusQueue && !person {
		return
	}
	if r.Asked.IsZero() || r.Answered.IsZero() || s.account.Paused || s.book.IsBlocked(r.Contact, s.now) {
		return // nobody served, or nobody was served
	}
	s.last = append(s.last, func(t *store.Tx, s *scene) error {
		since := s.now // with 0 days only this very conversation counts
		if set.Every > 0 {
			since = s.now.AddDate(0, 0, -set.Every)
		}
		may, err := t.MayAskRating(s.ctx, s.round().Conversation, since)
		if err != nil || !may {
			return err
		}
		wrote, _, err := t.NewestOf(s.ctx, s.round().Conversation, core.FromCustomer)
		if err != nil || isAutomatic(wrote) {
			return err
		}
		caps, linked, err := s.o.Reach(s.ctx, s.tenant, *s.round(), s.ch.Lane.Thread.Key, false)
		if err != nil || !linked || caps.Group || caps.Window.Shut(s.now) || caps.Quota.Limit > 0 && caps.Quota.Used >= caps.Quota.Limit {
			return err
		}
		asked := core.Rating{Conversation: r.ID, Thread: r.Thread, Account: r.Account, Team: r.Owner.Team}
		if person {
			asked.Agent = had.ID
			if had.Kind != core.StatusAgent {
				asked.Agent = s.ch.Owners[len(s.ch.Owners)-1].By
			}
		} else {
			asked.Bot = had.ID
		}
		line, err := s.question(caps)
		if err != nil {
			// A channel that cannot carry it never keeps a conversation open.
			s.o.log.Debug("a customer cannot be asked for a rating", "account", s.account.ID, "err", err)
			return nil
		}
		asked.Message = line.ID
		return t.AskRating(asked)
	})
}

// question says the question, as the channel can best carry it.
func (s *scene) question(caps connector.Capabilities) (*core.Message, error) {
	r, lang, set := s.round(), s.language(), s.book.Settings().Rating
	c := canon.Choices{Style: scaleStyle(caps), Prompt: wordsIn(set.Question, sayRate, lang), Scale: true, Offers: reasonsIn(set, lang)}
	for score := 1; score <= core.BestScore; score++ {
		c.Options = append(c.Options, canon.Option{Kind: canon.OptionReply, Label: scoreLabel(set.Scale, score, lang), Value: rateValue(r.ID, score)})
	}
	m := core.Message{ID: canon.NewID(), From: core.FromSystem, Content: canon.Message{Parts: []canon.Part{c}}}
	if !caps.Choices.Pages || s.o.rateURL == nil {
		line, _, err := s.say(m, 0, "")
		return line, err
	}
	// The links are the customer's alone: who reads the thread must not be able
	// to answer in their place.
	c.Options = append([]canon.Option(nil), c.Options...)
	for i := range c.Options {
		c.Options[i].Kind, c.Options[i].Value = canon.OptionURL, ""
		c.Options[i].URL = s.o.rateURL(s.tenant, r.ID, i+1)
	}
	line, _, err := s.sayAs(m, canon.Message{Parts: []canon.Part{c}}, 0, "")
	return line, err
}

// scaleStyle is the style in which a channel shows five options best.
func scaleStyle(caps connector.Capabilities) canon.ChoiceStyle {
	best, level := canon.ChoiceButtons, connector.Drop
	rank := map[connector.Level]int{connector.Full: 4, connector.Partial: 3, connector.Degrade: 2}
	for _, k := range []struct {
		style canon.ChoiceStyle
		most  int
	}{{canon.ChoiceQuick, caps.Choices.Quick}, {canon.ChoiceButtons, caps.Choices.Buttons}, {canon.ChoiceList, caps.Choices.List}} {
		l := caps.Part(canon.Choices{Style: k.style})
		if k.most > 0 && k.most < core.BestScore {
			l = connector.Degrade
		}
		if rank[l] > rank[level] {
			best, level = k.style, l
		}
	}
	return best
}

// score is an answer to the question about a conversation.
type score struct {
	conversation canon.ID
	points       int
	reason       string
	way          core.RatingWay
}

// mayRate reports whether an envelope can be such an answer, by its words alone.
func mayRate(e canon.Envelope) bool {
	switch ev := e.Event.(type) {
	case canon.Action:
		if _, _, ok := rateOf(ev.Value); ok {
			return true
		}
		return ev.Value == "" && scoreIn(ev.Label) > 0
	case canon.Posted:
		return e.Group == "" && !e.From.Ours && len(ev.Message.Parts) == 1 && scoreIn(ev.Message.Plain()) > 0
	}
	return false
}

// scoreFrom finds what an envelope answers; ok is false when it is an ordinary
// message.
func (o *Orchestrator) scoreFrom(ctx context.Context, tenant canon.ID, th core.Thread, e canon.Envelope) (a score, ok bool, err error) {
	words, way := "", core.RatedByWords
	switch ev := e.Event.(type) {
	case canon.Action:
		if conversation, points, pressed := rateOf(ev.Value); pressed {
			v, err := o.store.For(tenant).Rating(ctx, conversation)
			if _, gone := core.AsFault(err); gone || err == nil && v.Thread != th.ID {
				return a, false, nil // never asked here: an option of somebody else's making
			}
			a = score{conversation, points, "", core.RatedByPress}
			for _, f := range ev.Fields {
				if f.Name == "reason" {
					a.reason = strings.TrimSpace(f.Value)
				}
			}
			return a, err == nil, err
		}
		words, way = ev.Label, core.RatedByPress
	case canon.Posted:
		words = ev.Message.Plain()
	}
	if !th.Conversation.IsZero() {
		return a, false, nil // they speak with somebody
	}
	v, ok, err := o.store.For(tenant).OpenRating(ctx, th.ID, o.store.Now().Add(-typedWithin))
	return score{v.Conversation, scoreIn(words), "", way}, ok, err
}

// rated handles the head of a lane if it is an answer to a question of ours:
// nobody is asked about it and no conversation is begun.
func (o *Orchestrator) rated(ctx context.Context, tenant canon.ID, book *Book, q *queue, th core.Thread) (done bool, err error) {
	a := q.head()
	if th.ID.IsZero() || book.IsBlocked(th.Contact, o.store.Now()) {
		return false, nil
	}
	given, ok, err := o.scoreFrom(ctx, tenant, th, a.env)
	if err != nil || !ok {
		return false, err
	}
	return true, o.atDesk(ctx, tenant, given.conversation, func(t *store.Tx, s *scene) error {
		if err := t.Handled([]int64{a.N}, store.InboxHandled); err != nil {
			return err
		}
		s.came(a.env)
		if ev, posted := a.env.Event.(canon.Posted); posted {
			// What they typed stands in the thread; it waits for nobody.
			s.after = cmp.Or(ev.Message.RemoteID, s.after)
			s.line(core.Message{From: core.FromCustomer, Sender: s.ch.Lane.Contact.ID, Name: s.ch.Lane.Contact.Name, Content: ev.Message})
		}
		s.round().Asked = s.now
		s.letGo()
		return s.rate(t, given)
	})
}

// rate keeps a score and tells everybody. Only the first counts, and of reasons
// too; a repeat changes nothing.
func (s *scene) rate(t *store.Tx, a score) error {
	r := s.round()
	v, err := t.Rating(s.ctx, r.ID)
	if err != nil {
		return err
	}
	first, err := t.Rate(v, a.points, a.way)
	if err != nil {
		return err
	}
	points := v.Score
	if first {
		points = a.points
	}
	why := false
	if a.reason != "" {
		if why, err = t.RatingReason(r.ID, a.reason); err != nil {
			return err
		}
	}
	if !first && !why {
		return nil
	}
	r.Score = points
	event := &core.LineEvent{Kind: "rated", Score: points}
	taken := store.Taken{Message: v.Message, Value: rateValue(r.ID, points)}
	if why {
		event.Detail, taken.Said = a.reason, a.reason
	}
	if !first {
		event.Kind = "rated_why"
	}
	s.line(core.Message{From: core.FromEvent, Sender: s.ch.Lane.Contact.ID, Name: s.ch.Lane.Contact.Name, Event: event})
	taken.Rev = s.number()
	s.ch.Taken = &taken
	s.feed = append(s.feed,
		core.FeedEntry{Kind: core.FeedChanged, Conversation: r.ID, Subject: v.Message},
		core.FeedEntry{Kind: core.FeedRated, Conversation: r.ID, Subject: r.ID})
	if first && a.way != core.RatedByPage {
		s.system(wordsIn(s.book.Settings().Rating.Thanks, sayThanks, s.language()))
	}
	return nil
}

// Rate keeps what a customer answered on the page behind a link.
func (o *Orchestrator) Rate(ctx context.Context, tenant, conversation canon.ID, points int, reason string) error {
	if points < 1 || points > core.BestScore {
		return core.Invalid("score", "score", connector.Text{EN: "Choose one of the five.", ZH: "请选择一项评价。"}, connector.Text{})
	}
	return o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		if s.book.IsBlocked(s.round().Contact, s.now) {
			return core.NotFound("rating")
		}
		if v, err := t.Rating(ctx, conversation); err != nil || s.now.Sub(v.Asked) > askedFor {
			return errOr(err, core.NotFound("rating"))
		}
		return s.rate(t, score{conversation, points, strings.TrimSpace(reason), core.RatedByPage})
	})
}

// Asked is what the page behind a link shows.
type Asked struct {
	Business, Language string
	Question, Thanks   string
	Labels             [core.BestScore]string
	Reasons            []string
	Score              int // given already; 0: not yet
	Reason             string
}

// Asked reads the question about a conversation, for the page behind a link. It
// changes nothing.
func (o *Orchestrator) Asked(ctx context.Context, tenant, conversation canon.ID) (Asked, error) {
	scope := o.store.For(tenant)
	v, err := scope.Rating(ctx, conversation)
	if err != nil {
		return Asked{}, err
	}
	if o.store.Now().Sub(v.Asked) > askedFor {
		return Asked{}, core.NotFound("rating")
	}
	r, err := scope.Round(ctx, conversation)
	if err != nil {
		return Asked{}, err
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return Asked{}, err
	}
	set, lang := book.Settings().Rating, book.Language(r.Locale)
	out := Asked{Business: book.Tenant.Name, Language: lang, Question: wordsIn(set.Question, sayRate, lang), Thanks: wordsIn(set.Thanks, sayThanks, lang),
		Reasons: reasonsIn(set, lang), Score: v.Score, Reason: v.Reason}
	for i := range out.Labels {
		out.Labels[i] = scoreLabel(set.Scale, i+1, lang)
	}
	return out, nil
}
