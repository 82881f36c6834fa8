package torture

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/bots/rules"
	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// On every channel at once the platform has taken the hub's answer and the hub is
// killed before it hears so, again and again. Where the platform knows a
// repeated call by its key, it is repeated and the customer sees it once; else
// it is shown as unconfirmed and never sent again but by a person.
func TestR05_OnEveryChannelNothingIsSentTwiceUnsaid(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		if h.Database != "" && !testenv.Long() {
			// In short form two stand for all: one that knows a repeated call, and one
			// that does not.
			nothingTwice(t, h, served(t, playLine(), playTelegram(t)), 3)
			return
		}
		nothingTwice(t, h, outsides(t), long(100, 4))
	})
}

func nothingTwice(t *testing.T, h *rig.Hub, all []*outside, kills int) {
	api := start(t, h)
	plain, menu := answerer(t, api), menuAnswerer(t, api)
	for _, o := range all {
		bot := plain
		if o.rides {
			bot = menu
		}
		o.link(t, h, api, bot)
	}
	var asking sync.WaitGroup
	t.Cleanup(asking.Wait)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	for round := range kills {
		killedBetweenSendAndRecord(t, h, all, round, func(o *outside) { o.asks(ctx, &asking) })
	}
	for _, o := range all {
		o.door.open()
	}
	settled := bots(t, api, all, kills)

	// Nothing more comes by itself: not after another start, and not before the
	// next answer, which takes its turn behind all that is open.
	if err := h.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		o.asks(ctx, &asking)
	}
	after := bots(t, api, all, kills+1)
	eachSaw(t, all, kills+1)
	for _, o := range all {
		t.Run(o.kind, func(t *testing.T) {
			judgeDoubt(t, api, o, settled[o.kind], kills)
			if last := after[o.kind][kills]; !arrived(last) {
				t.Errorf("the answer after the kills is %q (%+v)", last.State, last.Failure)
			}
		})
	}
}

// killedBetweenSendAndRecord has every customer ask, waits until every platform
// has taken the answer, kills the hub, which has not heard so from any of them,
// and starts it again.
func killedBetweenSendAndRecord(t *testing.T, h *rig.Hub, all []*outside, round int, ask func(*outside)) {
	t.Helper()
	kept := map[*outside]*keeping{}
	for _, o := range all {
		if o.turn != nil {
			o.turn(round)
		}
		kept[o] = o.door.keep()
		ask(o)
	}
	patience := time.After(time.Minute)
	for _, o := range all {
		select {
		case <-kept[o].taken:
		case <-patience:
			t.Errorf("%s has no answer to question %d", o.kind, round+1)
		}
	}
	if err := h.Kill(); err != nil {
		t.Error(err)
	}
	for _, k := range kept {
		close(k.gone)
	}
	for _, o := range all {
		o.door.open()
	}
	if t.Failed() {
		eachSaw(t, all, round+1)
		t.FailNow()
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatalf("start after a kill: %v", err)
	}
}

// bots waits until every customer has so many answers of the bot that are done,
// and returns them, oldest first. One in doubt is done where only a person can
// tell what became of it.
func bots(t *testing.T, api *rig.API, all []*outside, want int) map[string][]core.Message {
	t.Helper()
	out := map[string][]core.Message{}
	err := rig.Until(t.Context(), time.Minute, func() (bool, error) {
		for _, o := range all {
			said, _, err := o.said(t.Context(), api)
			if err != nil {
				return false, err
			}
			if len(said) != want {
				return false, fmt.Errorf("%s has %d answers of %d", o.kind, len(said), want)
			}
			if i := slices.IndexFunc(said, func(m core.Message) bool { return !arrived(m) && (o.unasked || m.State != canon.Unconfirmed) }); i >= 0 {
				return false, fmt.Errorf("answer %d of %s is %q", i+1, o.kind, said[i].State)
			}
			out[o.kind] = said
		}
		return true, nil
	})
	if err != nil {
		eachSaw(t, all, want)
		t.Fatalf("answers are still on their way: %v", err)
	}
	return out
}

// eachSaw holds what the customers saw against what they asked.
func eachSaw(t *testing.T, all []*outside, asked int) {
	t.Helper()
	for _, o := range all {
		if n := o.answers(); n != asked {
			t.Errorf("%s: the customer asked %d questions and saw %d answers", o.kind, asked, n)
		}
	}
}

// said are the bot's answers to the channel's customer, and whether the
// conversation is marked as troubled.
func (o *outside) said(ctx context.Context, api *rig.API) (said []core.Message, trouble bool, err error) {
	talks, err := api.Conversations(ctx, "status=open&account="+o.account, 100)
	if err != nil {
		return nil, false, err
	}
	for _, talk := range talks {
		trouble = trouble || talk.Trouble
		lines, err := api.Messages(ctx, talk.ID.String())
		if err != nil {
			return nil, false, err
		}
		for _, m := range lines {
			if m.From == core.FromBot {
				said = append(said, m)
			}
		}
	}
	return said, trouble, nil
}

func arrived(m core.Message) bool {
	return slices.Contains([]canon.Delivery{canon.Sent, canon.Delivered, canon.Read}, m.State)
}

// judgeDoubt looks at the answers that were sent when the hub was killed: those
// the platform recognises or reports on arrived, the others wait for a person's
// word. One is said to have arrived, one is sent again.
func judgeDoubt(t *testing.T, api *rig.API, o *outside, said []core.Message, kills int) {
	t.Helper()
	var doubt []core.Message
	for round, m := range said {
		switch {
		case arrived(m) && (o.keyed(round) || o.unasked):
		case m.State == canon.Unconfirmed && !o.keyed(round) && !o.unasked:
			doubt = append(doubt, m)
			if m.Failure == nil || m.Failure.Text == "" {
				t.Errorf("answer %d is unconfirmed without words: %+v", round+1, m.Failure)
			}
		default:
			t.Errorf("answer %d is %q (%+v)", round+1, m.State, m.Failure)
		}
	}
	t.Logf("%d kills between send and record: %d answers are unconfirmed, %d known to have arrived", kills, len(doubt), kills-len(doubt))
	if _, trouble, err := o.said(t.Context(), api); err != nil || trouble != (len(doubt) > 0) {
		t.Errorf("with %d answers in doubt the conversation is marked: %v, %v", len(doubt), trouble, err)
	}
	if len(doubt) == 0 { // every answer went with a key, or was reported on
		return
	}
	word := func(m core.Message, what string) {
		t.Helper()
		if err := api.Call(t.Context(), http.MethodPost, "/messages/"+m.ID.String()+"/"+what, struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	before := o.answers()
	word(doubt[0], "retry")
	for _, m := range doubt[1:min(2, len(doubt))] {
		word(m, "arrived")
	}
	until(t, time.Minute, "the person's word does not count", func() (bool, error) {
		now, _, err := o.said(t.Context(), api)
		for _, m := range now {
			if slices.ContainsFunc(doubt[:min(2, len(doubt))], func(d core.Message) bool { return d.ID == m.ID }) && !arrived(m) {
				return false, fmt.Errorf("it is %q (%+v)", m.State, m.Failure)
			}
		}
		return err == nil, err
	})
	if n := o.answers(); n != before+1 {
		t.Errorf("a person had one answer sent again, and the customer sees %d more", n-before)
	}
}

// menuAnswerer is answerer with a menu under the answer.
func menuAnswerer(t *testing.T, api *rig.API) string {
	t.Helper()
	id, err := api.Bot(t.Context(), "rules", "answerer with a menu", rules.Content{
		Version: rules.Version, Basics: rules.Basics{Name: "Bot", Language: "zh"},
		Rules: []rules.Rule{{ID: "price", On: true, Match: rules.MatchKeyword, Patterns: []string{"price"}, Answers: []rules.Reply{rules.TextMenu(theAnswer, "more")}, Repeatable: true}},
		Menus: []rules.Menu{{ID: "more", Options: []rules.MenuOption{{Label: "price"}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
