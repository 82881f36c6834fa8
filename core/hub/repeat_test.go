package hub_test

import (
	"context"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// repeating is answering on a platform that calls again about what was left
// without an answer.
type repeating struct {
	answering
	within time.Duration
}

func (c repeating) Repeats(connector.Raw) time.Duration { return c.within }

// repeats makes the rig's platform one that calls again within a time.
func repeats(r *rig, hold, within time.Duration, decoded chan struct{}) {
	r.p.wrap = func(c *played) connector.Conn { return repeating{answering{c, hold, decoded}, within} }
}

func TestAnAnswerBetweenTwoTriesRidesOnTheSecond(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, decoded := answeringRigOf(t, url, func(r *rig, decoded chan struct{}) { repeats(r, time.Millisecond, time.Minute, decoded) })
		e := r.asks("ann", "hello")
		ctx, hangUp := context.WithCancel(t.Context())
		first := r.callback(ctx, "n1", e)
		<-decoded
		eventually(t, "the bot is asked", func() bool { _, ok := r.find("ann"); return ok })
		hangUp()
		answered(t, first)
		answers <- "good day"
		r.inState("ann", "good day", canon.Sending)
		if text := answered(t, r.callback(t.Context(), "n2", e)); text != "answer to n2: good day" {
			t.Fatalf("the second try was answered %q", text)
		}
		r.inState("ann", "good day", canon.Sent)
		if got := r.p.texts("ann"); len(got) != 0 {
			t.Errorf("sent besides: %q", got)
		}
	})
}

func TestWhatIsNotRepeatedAfterAllIsSent(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, answers, _ := answeringRigOf(t, url, func(r *rig, decoded chan struct{}) { repeats(r, time.Millisecond, 300*time.Millisecond, decoded) })
		e := r.asks("ann", "hello")
		if text := answered(t, r.callback(t.Context(), "n1", e)); text != "" {
			t.Fatalf("the first try was answered %q", text)
		}
		answers <- "good day"
		r.seesText("ann", "good day")
		if text := answered(t, r.callback(t.Context(), "n2", e)); text != "" {
			t.Errorf("a late try was answered %q", text)
		}
	})
}

func TestTheThirdTryIsNotLeftUnanswered(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r, _, _ := answeringRigOf(t, url, func(r *rig, decoded chan struct{}) { repeats(r, time.Millisecond, time.Hour, decoded) })
		e := r.asks("ann", "hello")
		ctx, hangUp := context.WithCancel(t.Context())
		tries := []<-chan string{r.callback(ctx, "n1", e), r.callback(ctx, "n2", e), r.callback(ctx, "n3", e)}
		got := 0
		select {
		case <-tries[0]:
			got++
		case <-tries[1]:
			got++
		case <-tries[2]:
			got++
		case <-time.After(20 * time.Second):
		}
		hangUp()
		if got != 1 {
			t.Error("none of three tries is answered")
		}
	})
}
