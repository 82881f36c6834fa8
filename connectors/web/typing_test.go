package web

import (
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
	for i := range 40 { // one second of 40 key presses by the hub's clock
		l.send(map[string]string{"t": "typing", "text": "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"[:i+1]})
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
	if n := len(texts) - 1; n < 4 || n > 4+typingBurst {
		t.Errorf("%d live texts in a second, want four and at most %d that came at once", n, typingBurst)
	}
	if texts[0].Text != "a" || !texts[0].On {
		t.Errorf("first live text %+v", texts[0])
	}
	if len(r.hub.Commits()) != 0 {
		t.Error("typing was stored")
	}
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
