package orchestrate

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/feed"
	"parley/core/store"
)

// HumanAsk is the value of an option or button that asks for a person, on
// every channel and with every bot.
const HumanAsk = "parley:human"

// maxMisses is how often in a row a bot may fail before people take over.
const maxMisses = 2

// asked is what a bot is asked, as a pending turn keeps it.
type asked struct {
	Cause   Cause          `json:"cause"`
	Message *canon.Message `json:"message,omitempty"`
	ID      canon.ID       `json:"id"` // of the message
	Pos     int64          `json:"pos"`
	Text    string         `json:"text,omitempty"`
	Value   string         `json:"value,omitempty"`
	First   bool           `json:"first,omitempty"`
	Event   string         `json:"event,omitempty"` // the platform's id of what it answers
}

// ask puts a question to the bot that owns the conversation. A bot that
// answers from memory is asked at once; for another a turn is kept, and its
// answer committed when it comes.
func (s *scene) ask(q asked) {
	r := s.round()
	bot, published, ok := s.book.Bot(r.Owner.ID)
	if !ok {
		s.handoff(Handoff{Reason: "bot_gone"})
		return
	}
	r.Version = published.Version
	q.First = r.Turns == 0
	if n := len(s.heard); n > 0 {
		q.Event = s.heard[n-1]
	}
	r.Turns++
	s.ch.NoSilence = true
	turn := s.turn(q)
	if _, instant := bot.(Instant); !instant {
		cause, err := json.Marshal(q)
		if err != nil {
			s.o.log.Error("cannot keep a turn", "err", err)
			s.handoff(Handoff{Reason: "bot_failed"})
			return
		}
		s.ch.Turn = &store.TurnRow{ID: canon.NewID(), Conversation: r.ID, Lease: r.Lease, Bot: r.Owner.ID, Cause: cause, Deadline: s.now.Add(s.o.turnTime)}
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Second)
	defer cancel()
	answer, err := answerOf(ctx, bot, turn)
	s.take(q, answer, err)
}

// turn builds the question.
func (s *scene) turn(q asked) Turn {
	r := s.round()
	open, _ := s.book.Open(s.account.Team, s.now)
	t := Turn{
		ID: canon.NewID(), Tenant: s.tenant, Bot: r.Owner.ID, Conversation: r.ID, Account: r.Account, Cause: q.Cause,
		Text: strings.TrimSpace(q.Text), Value: q.Value, Language: s.language(), First: q.First, Open: open, Misses: r.Misses, Memory: r.Memory,
		Customer: Customer{Name: s.ch.Lane.Contact.Name, Locale: s.ch.Lane.Contact.Locale},
		Now:      s.now, Deadline: s.now.Add(s.o.turnTime), Seed: binary.BigEndian.Uint64(r.ID[8:]) ^ uint64(r.Turns)*0x9e3779b97f4a7c15,
		Capabilities: s.o.capabilities(s.tenant, r.Account, s.ch.Lane.Thread.Key),
	}
	if q.Message != nil {
		t.Message = *q.Message
	}
	if r.Entry != nil {
		t.Entry = *r.Entry
	}
	if r.Visit != nil {
		t.Visit = *r.Visit
	}
	thread, pos, scope := s.ch.Lane.Thread.ID, q.Pos, s.o.store.For(s.tenant)
	t.History = func(ctx context.Context, n int) ([]Said, error) {
		all, err := scope.Recent(ctx, thread, pos, min(n, 200))
		out := make([]Said, len(all))
		for i, m := range all {
			out[i] = Said{From: string(m.From), Message: m.Content, At: m.At}
		}
		return out, err
	}
	return t
}

func (s *scene) language() string { return s.book.Language(s.round().Locale) }

// errBotGone says that a bot was taken back while it was asked.
var errBotGone = errors.New("the bot is not published any more")

// answerOf runs a bot and turns its panic into an error.
func answerOf(ctx context.Context, bot Bot, turn Turn) (a Answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a bot: %v\n%s", r, debug.Stack())
		}
	}()
	return bot.Answer(ctx, turn)
}

// take carries out what a bot answered, or what follows when it did not.
func (s *scene) take(q asked, a Answer, err error) {
	r := s.round()
	botID := r.Owner.ID
	if err != nil {
		s.o.log.Error("a bot failed", "bot", botID, "conversation", r.ID, "err", err)
		switch {
		case q.Cause == CauseOpened || q.Cause == CauseSilence:
			// The customer asked nothing yet: they miss nothing.
		case errors.Is(err, errBotGone):
			s.handoff(Handoff{Reason: "bot_gone"})
		default:
			s.system(sayBotFailed.In(s.language()))
			s.handoff(Handoff{Reason: "bot_failed"})
		}
		return
	}
	if len(a.Memory) > 16<<10 {
		s.o.log.Warn("a bot's memory is over 16 KiB and was not kept", "bot", botID, "bytes", len(a.Memory))
		a.Memory = nil
	}
	r.Memory = a.Memory
	said := 0
	why := &core.Why{Bot: botID, Rule: a.Why.Rule, Name: a.Why.Name, Match: a.Why.Match, Text: a.Why.Text}
	for _, m := range a.Messages {
		if m.Empty() {
			continue
		}
		if offersReserved(m) {
			s.o.log.Warn("a bot's message cannot be sent", "bot", botID, "conversation", r.ID, "err", errReserved)
			continue
		}
		_, _, err := s.say(core.Message{From: core.FromBot, Sender: botID, Name: s.book.Bots[botID].Name, Content: m, Why: why}, r.Lease, "")
		if err != nil {
			s.o.log.Warn("a bot's message cannot be sent", "bot", botID, "conversation", r.ID, "err", err)
			continue
		}
		said++
	}
	if a.Why.Rule != "" {
		s.ch.Hits = append(s.ch.Hits, store.Hit{Bot: botID, Rule: a.Why.Rule})
	}
	missed := a.Missed || said == 0 && a.Handoff == nil && !a.Close && (q.Cause == CauseMessage || q.Cause == CauseAction)
	if missed {
		r.Misses++
		if q.Cause == CauseMessage {
			s.ch.Missed = append(s.ch.Missed, core.Missed{Bot: botID, Conversation: r.ID, Message: q.ID, Text: q.Text})
		}
	} else if q.Cause == CauseMessage || q.Cause == CauseAction {
		r.Misses = 0
	}
	switch {
	case a.Handoff != nil:
		s.handoff(*a.Handoff)
	case q.Value == HumanAsk:
		s.handoff(Handoff{Reason: "asked"})
	case r.Misses >= maxMisses:
		s.handoff(Handoff{Reason: "missed"})
	case a.Close:
		r.CloseBy = "bot"
		s.own(core.Owner{Kind: core.StatusClosed, ID: botID}, core.Reason{Code: "closed", Text: "bot"}, canon.ID{}, core.FeedClosed)
		s.askRating(core.Owner{Kind: core.StatusBot, ID: botID}, "bot")
	case a.WakeAfter > 0:
		s.ch.Silence = s.now.Add(a.WakeAfter)
	}
}

// running is a bot at work.
type running struct {
	tenant canon.ID
	turn   canon.ID
	cancel context.CancelFunc
}

// maxTurns is how many pending turns of a tenant are looked at.
const maxTurns = 500

// silence ends the work of a bot whose conversation changed hands.
func (o *Orchestrator) silence(conversation canon.ID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r, ok := o.turns[conversation]; ok {
		r.cancel()
		delete(o.turns, conversation)
	}
}

// Turns runs the bots whose turns are pending: new ones at once, and after a
// restart those a crash interrupted, under the same id.
func (o *Orchestrator) Turns(ctx context.Context, tenant canon.ID) error {
	o.starting.Lock() // what is pending must not grow old before it is acted on
	defer o.starting.Unlock()
	pending, err := o.store.For(tenant).Turns(ctx, maxTurns)
	if err != nil {
		return err
	}
	live := map[canon.ID]canon.ID{}
	for _, p := range pending {
		live[p.Conversation] = p.ID
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for conv, r := range o.turns {
		// A newer message has its own turn; one that is gone was answered, or
		// somebody else has the conversation.
		if id, ok := live[conv]; r.tenant == tenant && id != r.turn && (ok || len(pending) < maxTurns) {
			r.cancel()
			delete(o.turns, conv)
		}
	}
	for _, p := range pending {
		if r, ok := o.turns[p.Conversation]; ok && r.turn == p.ID || o.ctx.Err() != nil {
			continue
		}
		run, cancel := context.WithDeadline(o.ctx, p.Deadline)
		o.turns[p.Conversation] = running{tenant, p.ID, cancel}
		o.work.Add(1)
		go func() {
			defer o.work.Done()
			defer cancel()
			o.play(run, tenant, p)
			o.mu.Lock()
			if o.turns[p.Conversation].turn == p.ID {
				delete(o.turns, p.Conversation)
			}
			o.mu.Unlock()
		}()
	}
	return nil
}

// play asks a bot that takes its time and commits the answer if the turn is
// still current.
func (o *Orchestrator) play(ctx context.Context, tenant canon.ID, p store.TurnRow) {
	var q asked
	if err := json.Unmarshal(p.Cause, &q); err != nil {
		o.log.Error("a kept turn cannot be read", "turn", p.ID, "err", err)
	}
	book, err := o.books.Get(context.WithoutCancel(ctx), tenant)
	if err != nil {
		o.log.Error("cannot run a bot", "turn", p.ID, "err", err)
		return
	}
	var answer Answer
	bot, _, ok := book.Bot(p.Bot)
	if !ok {
		err = errBotGone
	} else {
		var turn Turn
		var thread canon.ID
		turn, thread, err = o.question(ctx, book, p, q)
		if err == nil {
			turn.ID, turn.Deadline = p.ID, p.Deadline
			answer, err = inTime(ctx, func() (Answer, error) {
				st, ok := bot.(Streamer)
				if !ok {
					return answerOf(ctx, bot, turn)
				}
				return streamOf(ctx, st, turn, func(text string) {
					if ctx.Err() != nil {
						return
					}
					o.signal(tenant, feed.Passing{Thread: thread, Conversation: p.Conversation, Signal: canon.Typing{On: true, Text: text}, Sender: senderOf(core.FromBot, p.Bot, book.Bots[p.Bot].Name), ToCustomer: true})
				})
			})
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return // superseded, or the hub stops: the turn stays for who comes next
	}
	err = o.atDesk(context.WithoutCancel(ctx), tenant, p.Conversation, func(t *store.Tx, s *scene) error {
		r := s.round()
		if r.Lease != p.Lease || r.Owner.Kind != core.StatusBot {
			return nil // somebody else has it now
		}
		s.ch.TurnDone = p.ID
		s.heard = append(s.heard, q.Event)
		s.take(q, answer, err)
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrStale) {
		o.log.Error("cannot commit a bot's answer", "turn", p.ID, "err", err)
	}
}

// inTime waits for a bot until its deadline and no longer: one that does not
// listen to its context must not leave the customer waiting.
func inTime(ctx context.Context, ask func() (Answer, error)) (Answer, error) {
	type result struct {
		answer Answer
		err    error
	}
	done := make(chan result, 1)
	go func() {
		a, err := ask()
		done <- result{a, err}
	}()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
		return Answer{}, fmt.Errorf("the bot did not answer in time: %w", ctx.Err())
	}
}

func streamOf(ctx context.Context, bot Streamer, turn Turn, partial func(string)) (a Answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a bot: %v\n%s", r, debug.Stack())
		}
	}()
	return bot.Stream(ctx, turn, partial)
}

// question builds the turn of a kept question from what is stored now.
func (o *Orchestrator) question(ctx context.Context, book *Book, p store.TurnRow, q asked) (turn Turn, thread canon.ID, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while asking a bot: %v\n%s", r, debug.Stack())
		}
	}()
	scope := o.store.For(book.Tenant.ID)
	r, err := scope.Round(ctx, p.Conversation)
	if err != nil {
		return turn, thread, err
	}
	th, read, err := scope.Thread(ctx, r.Thread)
	if err != nil {
		return turn, thread, err
	}
	people, err := scope.ContactsByID(ctx, []canon.ID{r.Contact})
	if err != nil {
		return turn, thread, err
	}
	l := &store.Lane{Thread: th, ReadPos: read, Round: &r, Contact: core.Contact{ID: r.Contact}}
	if len(people) > 0 {
		l.Contact = people[0]
	}
	return o.scene(ctx, book, l, o.store.Now()).turn(q), th.ID, nil
}
