package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
)

func TestLiveTextPassesAboutFourTimesASecondAndIsNeverStored(t *testing.T) {
	r := newRig(t, Limits{FrameBurst: 1000})
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("hello")
	for i := range 400 { // ten seconds of 40 key presses each by the hub's clock
		l.send(map[string]string{"t": "typing", "text": strings.Repeat("a", i+1)})
		l.send(postRequestFrame("x", "")) // answered, so the frame before it is done
		l.next("nack")
		r.pass(25 * time.Millisecond)
	}
	l.send(map[string]string{"t": "typing", "text": ""}) // the end always passes
	var texts []canon.Typing
	eventually(t, "the last one passed", func() bool {
		texts = nil
		for _, one := range r.hub.Signals() {
			if ty, ok := one.(canon.Typing); ok {
				texts = append(texts, ty)
			}
		}
		return len(texts) > 0 && !texts[len(texts)-1].On
	})
	if n := len(texts) - 1; n < 40 || n > 40+typingBurst {
		t.Errorf("%d live texts in ten seconds, want forty and at most %d that came at once", n, typingBurst)
	}
	if texts[0].Text != "a" || !texts[0].On {
		t.Errorf("first live text %+v", texts[0])
	}
	if len(r.hub.Commits()) != 0 {
		t.Error("typing was stored")
	}
}

// A busy machine stalls for a while and then delivers at once what was sent in
// time: the newest of it is what stands in the box.
func TestLiveTextOfAStallIsPassedToItsNewest(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	const sent = 16 // four seconds of the panel's
	for i := range sent {
		l.send(map[string]string{"t": "typing", "text": strings.Repeat("a", i+1)})
	}
	eventually(t, "the newest passes", func() bool {
		return slices.Contains(r.hub.Signals(), canon.Signal(canon.Typing{On: true, Text: strings.Repeat("a", sent)}))
	})
}

func TestLiveTextStaysHomeWhenSwitchedOff(t *testing.T) {
	r := newRig(t, Limits{}, "live_typing", "false")
	s, _ := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.send(`{"t":"typing","text":"secret"}`)
	eventually(t, "typing passes", func() bool {
		for _, one := range r.hub.Signals() {
			if one == (canon.Typing{On: true}) {
				return true
			}
		}
		return false
	})
}

func TestVisitorSeesThatSomeoneTypesButNotAgentsWords(t *testing.T) {
	r := newRig(t, Limits{})
	s, thread := r.session(sessionRequest{})
	l := r.live(s.Ticket, 0)
	l.next("standing")
	r.hub.Type(thread, fakehub.Agent, true, "half a tho")
	if f := l.next("typing"); !f.On || f.Text != "" || f.Who == nil || f.Who.Name != "林小满" {
		t.Errorf("agent typing: %+v", f.frame)
	}
	r.hub.Type(thread, fakehub.Bot, true, "您的订单")
	if f := l.next("typing"); f.Text != "您的订单" {
		t.Errorf("bot's growing answer: %+v", f.frame)
	}
}
