package hub_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/orchestrate"
)

// desk hands questions put to a slow bot to the test, which answers them.
type deskOf struct {
	asked chan question
}

type question struct {
	orchestrate.Turn
	ctx    context.Context
	answer chan orchestrate.Answer
}

func slowly(r *rig) *deskOf {
	d := &deskOf{asked: make(chan question, 16)}
	r.act = func(ctx context.Context, t orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
		q := question{t, ctx, make(chan orchestrate.Answer, 1)}
		d.asked <- q
		select {
		case a := <-q.answer:
			return a, nil
		case <-ctx.Done():
			return orchestrate.Answer{}, ctx.Err()
		}
	}
	return d
}

func (d *deskOf) next(t *testing.T) question {
	t.Helper()
	select {
	case q := <-d.asked:
		return q
	case <-time.After(20 * time.Second):
		t.Fatal("the bot was not asked within 20 s")
		return question{}
	}
}

func ended(t *testing.T, q question) {
	t.Helper()
	select {
	case <-q.ctx.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the turn was not ended within 20 s")
	}
}

func TestASlowBotAnswersOnceAndTheNewerMessageWins(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		var d *deskOf
		r := newRigWith(t, url, "slow", func(r *rig) { d = slowly(r) })
		first := r.says("ann", "first")
		r.deliver(first)
		one := d.next(t)
		if one.Text != "first" || one.Customer.Name != "Customer ann" || !one.First {
			t.Fatalf("asked %q of %q, first %v", one.Text, one.Customer.Name, one.First)
		}
		r.send("ann", "second")
		two := d.next(t)
		ended(t, one)
		one.answer <- says("to the first")
		history, err := two.History(t.Context(), 5)
		if err != nil || len(history) != 1 || history[0].Message.Fallback() != "first" {
			t.Fatalf("history %+v %v", history, err)
		}
		two.answer <- says("to both")
		r.seesText("ann", "to both")
		if got := r.said("ann"); !slices.Equal(got, []string{"first", "second", "to both"}) {
			t.Fatalf("said %q", got)
		}
	})
}

func TestAPersonWhoTakesOverEndsTheTurn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		var d *deskOf
		r := newRigWith(t, url, "slow", func(r *rig) { d = slowly(r) })
		lin := r.agent("Lin", core.AgentAway, 5)
		r.send("ann", "hello")
		q := d.next(t)
		c := r.the("ann")
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, c.ID, lin); err != nil {
			t.Fatal(err)
		}
		ended(t, q)
		q.answer <- says("too late")
		r.post(c.ID, lin, "Lin here")
		r.seesText("ann", "Lin here")
		if turns, err := r.scope().Turns(t.Context(), 10); err != nil || len(turns) != 0 {
			t.Fatalf("turns left: %+v %v", turns, err)
		}
	})
}

func TestABotThatMissesItsDeadlineHandsOver(t *testing.T) {
	for _, kind := range []string{"slow", "streaming"} {
		t.Run(kind, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, url string) {
				forever := make(chan struct{})
				t.Cleanup(func() { close(forever) })
				r := newRigWith(t, url, kind, func(r *rig) {
					r.turnTime = 300 * time.Millisecond
					r.act = func(context.Context, orchestrate.Turn, func(string)) (orchestrate.Answer, error) {
						<-forever // it does not even listen to its context
						return orchestrate.Answer{}, errors.New("never")
					}
				})
				r.send("ann", "hello")
				if c := r.owned("ann", core.StatusQueue); c.Reason.Code != "bot_failed" {
					t.Fatalf("reason %+v", c.Reason)
				}
				r.seesText("ann", "Something went wrong on our side.", "I am passing you on to a person. You are number 1 in the queue.")
			})
		})
	}
}

func TestACrashRunsTheSameTurnAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		var d *deskOf
		r := newRigWith(t, url, "slow", func(r *rig) { d = slowly(r) })
		r.send("ann", "hello")
		before := d.next(t)
		r.crash()
		after := d.next(t)
		if after.ID != before.ID || after.Text != "hello" || after.Seed != before.Seed {
			t.Fatalf("turn %s %q, was %s", after.ID, after.Text, before.ID)
		}
		before.answer <- says("from the dead")
		after.answer <- says("alive")
		r.seesText("ann", "alive")
		if turns, err := r.scope().Turns(t.Context(), 10); err != nil || len(turns) != 0 {
			t.Fatalf("turns left: %+v %v", turns, err)
		}
	})
}

func TestAGrowingAnswerPassesAndIsNotStored(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		grow, done := make(chan string), make(chan struct{})
		r := newRigWith(t, url, "streaming", func(r *rig) {
			r.act = func(_ context.Context, _ orchestrate.Turn, partial func(string)) (orchestrate.Answer, error) {
				for text := range grow {
					partial(text)
				}
				return says("the whole answer"), nil
			}
		})
		items, stop := r.followed(t)
		defer stop()
		var mu sync.Mutex
		var partials []string
		go func() {
			defer close(done)
			for item := range items {
				if item.Signal == nil {
					continue
				}
				typing, ok := item.Signal.Signal.(canon.Typing)
				if !ok || item.Signal.Thread.IsZero() || !item.Signal.ToCustomer {
					continue
				}
				mu.Lock()
				partials = append(partials, typing.Text)
				mu.Unlock()
			}
		}()
		r.send("ann", "hello")
		for _, text := range []string{"unstored-the", "unstored-the whole"} {
			grow <- text
		}
		close(grow)
		r.seesText("ann", "the whole answer")
		eventually(t, "both partials passed", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(partials) == 2 && strings.HasSuffix(partials[1], "the whole")
		})
		r.nowhereStored("unstored")
		stop()
		<-done
	})
}
