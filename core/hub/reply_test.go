package hub_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// answering is a conn whose callbacks take the answer in their response. A text
// with "menu" in it cannot travel so.
type answering struct {
	*played
	hold    time.Duration
	decoded chan struct{} // told of every callback, when set
}

func (c answering) Hold() time.Duration { return c.hold }

func (c answering) Reply(raw connector.Raw, r connector.Request) connector.Reply {
	text := r.Message.Fallback()
	if strings.Contains(text, "menu") {
		return connector.Reply{}
	}
	return connector.Reply{Status: 200, Body: []byte("answer to " + raw.Header.Get("X-Nonce") + ": " + text)}
}

func (c answering) Decode(ctx context.Context, v connector.Verified) (connector.Batch, error) {
	if c.decoded != nil {
		defer func() { c.decoded <- struct{}{} }()
	}
	return c.played.Decode(ctx, v)
}

// answeringRig is a rig with a slow bot whose answers the test lets go, on a
// platform that takes them in the response for as long as hold.
func answeringRig(t *testing.T, url string, hold time.Duration) (r *rig, answers chan string, decoded chan struct{}) {
	return answeringRigOf(t, url, func(r *rig, decoded chan struct{}) {
		r.p.wrap = func(c *played) connector.Conn { return answering{c, hold, decoded} }
	})
}

// answeringRigOf is answeringRig with a platform of one's own.
func answeringRigOf(t *testing.T, url string, platform func(*rig, chan struct{})) (r *rig, answers chan string, decoded chan struct{}) {
	answers, decoded = make(chan string, 16), make(chan struct{}, 64)
	r = newRigWith(t, url, "slow", func(r *rig) {
		r.p.idempotent = false
		platform(r, decoded)
		r.act = func(ctx context.Context, _ orchestrate.Turn, _ func(string)) (orchestrate.Answer, error) {
			select {
			case text := <-answers:
				var a orchestrate.Answer
				for _, part := range strings.Split(text, "|") {
					a.Messages = append(a.Messages, canon.TextMessage(part))
				}
				return a, nil
			case <-ctx.Done():
				return orchestrate.Answer{}, ctx.Err()
			}
		}
	})
	return r, answers, decoded
}

// asks is a message that may be answered in the response.
func (r *rig) asks(peer, text string) canon.Envelope {
	e := r.says(peer, text)
	e.Ticket = &canon.Ticket{Expires: time.Now().Add(time.Minute), Calls: 1, Parts: 1}
	return e
}

// callback posts an envelope and returns what was answered; cancelling ctx hangs
// up.
func (r *rig) callback(ctx context.Context, nonce string, e canon.Envelope) <-chan string {
	r.t.Helper()
	body, err := json.Marshal(struct{ Envelopes []canon.Envelope }{[]canon.Envelope{e}})
	if err != nil {
		r.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", r.srv.URL+"/hooks/"+r.link.String(), strings.NewReader(string(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("X-Secret", "right")
	req.Header.Set("X-Nonce", nonce)
	out := make(chan string, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			out <- "no answer"
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		out <- string(text)
	}()
	return out
}

// answered waits for the answer to a callback.
func answered(t *testing.T, of <-chan string) string {
	t.Helper()
	select {
	case text := <-of:
		return text
	case <-time.After(20 * time.Second):
		t.Fatal("the callback is not answered")
		return ""
	}
}

func TestAnAnswerInTimeTravelsInTheResponse(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, decoded := answeringRig(t, url, time.Minute)
		got := r.callback(t.Context(), "n1", r.asks("ann", "hello"))
		<-decoded
		answers <- "good day|anything else?"
		if text := answered(t, got); text != "answer to n1: good day" {
			t.Fatalf("answered %q", text)
		}
		// The response carries one; the next goes the other way, after it.
		r.seesText("ann", "anything else?")
		r.inState("ann", "good day", canon.Sent)
		r.inState("ann", "anything else?", canon.Sent)
	})
}

func TestAnAnswerAfterTheHoldIsSent(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, _ := answeringRig(t, url, 30*time.Millisecond)
		e := r.asks("ann", "hello")
		for _, nonce := range []string{"n1", "n2", "n3"} {
			if text := answered(t, r.callback(t.Context(), nonce, e)); text != "" {
				t.Fatalf("%s was answered %q", nonce, text)
			}
		}
		answers <- "good day"
		r.seesText("ann", "good day")
		r.inState("ann", "good day", canon.Sent)
	})
}

func TestOfTriesAtOnceOneCarriesTheAnswer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, decoded := answeringRig(t, url, time.Minute)
		e := r.asks("ann", "hello")
		var tries []<-chan string
		for _, nonce := range []string{"n1", "n2", "n3"} {
			tries = append(tries, r.callback(t.Context(), nonce, e))
		}
		for range tries {
			<-decoded
		}
		answers <- "good day"
		carried := 0
		for _, try := range tries {
			if text := answered(t, try); strings.HasSuffix(text, ": good day") {
				carried++
			} else if text != "" {
				t.Errorf("a try was answered %q", text)
			}
		}
		if text := answered(t, r.callback(t.Context(), "n4", e)); text != "" {
			t.Errorf("a late try was answered %q", text)
		}
		r.inState("ann", "good day", canon.Sent)
		if carried != 1 || len(r.p.texts("ann")) != 0 {
			t.Errorf("%d tries carried the answer, %q were sent besides", carried, r.p.texts("ann"))
		}
	})
}

func TestTheSecondTryCarriesTheAnswerWhenThePlatformGaveUpTheFirst(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, decoded := answeringRig(t, url, time.Minute)
		e := r.asks("ann", "hello")
		ctx, hangUp := context.WithCancel(t.Context())
		first := r.callback(ctx, "n1", e)
		<-decoded
		hangUp()
		if text := answered(t, first); text != "no answer" {
			t.Fatalf("the first try was answered %q", text)
		}
		second := r.callback(t.Context(), "n2", e)
		<-decoded
		answers <- "good day"
		if text := answered(t, second); text != "answer to n2: good day" {
			t.Fatalf("the second try was answered %q", text)
		}
		r.inState("ann", "good day", canon.Sent)
		if got := r.p.texts("ann"); len(got) != 0 {
			t.Errorf("sent besides: %q", got)
		}
	})
}

func TestWhoeverHungUpIsSentTheAnswer(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, decoded := answeringRig(t, url, time.Minute)
		ctx, hangUp := context.WithCancel(t.Context())
		first := r.callback(ctx, "n1", r.asks("ann", "hello"))
		<-decoded
		eventually(t, "the bot is asked", func() bool { _, ok := r.find("ann"); return ok })
		hangUp()
		answered(t, first)
		// What is written before the hub hears of it counts as said: nobody can know better.
		eventually(t, "the hub heard that they hung up", func() bool { return r.asked.Load() == 0 })
		answers <- "good day"
		r.seesText("ann", "good day")
	})
}

func TestWhatCannotTravelInTheResponseIsSent(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, decoded := answeringRig(t, url, time.Minute)
		got := r.callback(t.Context(), "n1", r.asks("ann", "hello"))
		<-decoded
		answers <- "the menu"
		if text := answered(t, got); text != "" {
			t.Fatalf("answered %q", text)
		}
		r.seesText("ann", "the menu")
	})
}

func TestACallbackThatNobodyWillAnswerIsNotHeld(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.wrap = func(c *played) connector.Conn { return answering{c, time.Hour, nil} }
		})
		lin := r.agent("Lin", core.AgentOnline, 5)
		answered(t, r.callback(t.Context(), "n1", r.asks("ann", "hello")))
		conv := r.owned("ann", core.StatusAgent)
		if text := answered(t, r.callback(t.Context(), "n2", r.asks("ann", "are you there"))); text != "" {
			t.Fatalf("answered %q", text)
		}
		r.post(conv.ID, lin, "yes")
		eventually(t, "the person's answer is sent", func() bool {
			got := r.p.texts("ann")
			return len(got) > 0 && got[len(got)-1] == "yes"
		})
	})
}

func TestManyAnswersEachRideOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.idempotent = false
			r.p.wrap = func(c *played) connector.Conn { return answering{c, 300 * time.Millisecond, nil} }
		})
		var all sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]int{}
		const people, tries = 20, 3
		for p := range people {
			peer := string(rune('a' + p))
			e := r.asks(peer, "hello "+peer)
			for range tries {
				all.Add(1)
				got := r.callback(t.Context(), "n", e)
				go func() {
					defer all.Done()
					if text := <-got; text != "" {
						mu.Lock()
						seen[strings.TrimPrefix(text, "answer to n: ")]++
						mu.Unlock()
					}
				}()
			}
		}
		all.Wait()
		for p := range people {
			peer := string(rune('a' + p))
			r.inState(peer, "you said hello "+peer, canon.Sent)
			if n := seen["you said hello "+peer] + len(r.p.texts(peer)); n != 1 {
				t.Errorf("%s saw the answer %d times", peer, n)
			}
		}
	})
}
