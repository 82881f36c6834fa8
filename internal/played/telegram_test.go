package played_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/telegram"
	"parley/core"
	"parley/core/canon"
)

// TestTelegram_SwitchingLosesAndDoublesNothing changes the way of receiving back and
// forth while a customer writes.
func TestTelegram_SwitchingLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	w := newTelegram(t, "polling")
	w.who("501").Does(emulate.Act{Kind: emulate.ActFollow})
	n := 0
	write := func(some int) {
		for range some {
			n++
			w.who("501").Says("message " + strconv.Itoa(n) + ";")
		}
	}
	write(5)
	for _, receive := range []string{"webhook", "polling", "webhook"} {
		var both sync.WaitGroup
		both.Go(func() { w.Change(w.values(receive)) })
		write(20)
		both.Wait()
		write(5)
		w.listens(receive)
		write(5)
	}
	c, _ := w.heard("message " + strconv.Itoa(n) + ";")
	w.Until("the platform has nothing left", func() bool { return w.p.Waiting() == 0 })
	var got, want []string
	for _, m := range w.Lines(c) {
		if m.From == core.FromCustomer {
			got = append(got, m.Content.Plain())
		}
	}
	for i := range n {
		want = append(want, "message "+strconv.Itoa(i+1)+";")
	}
	if !slices.Equal(got, want) {
		t.Errorf("the hub has %d messages of %d: %v", len(got), n, got)
	}
}

// TestTelegram_OneUpdateTenTimesAtOnce is one message, and a wrong secret none.
func TestTelegram_OneUpdateTenTimesAtOnce(t *testing.T) {
	t.Parallel()
	w := newTelegram(t, "webhook")
	post := func(secret string) int {
		body := `{"update_id":900000001,"message":{"message_id":5,"date":1772357400,"chat":{"id":501,"type":"private"},"from":{"id":501,"is_bot":false,"first_name":"A"},"text":"only once"}}`
		req, _ := http.NewRequest(http.MethodPost, w.Hook(), strings.NewReader(body))
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, wrong := range []string{"", "x", telegram.HookSecret(telegramToken, canon.ID{9})} {
		if got := post(wrong); got != http.StatusUnauthorized {
			t.Errorf("with the secret %q it is answered %d", wrong, got)
		}
	}
	if n := len(w.Conversations()); n != 0 {
		t.Fatalf("%d conversations came of it", n)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got := post(telegram.HookSecret(telegramToken, w.Link)); got != http.StatusOK {
				t.Errorf("answered %d", got)
			}
		})
	}
	all.Wait()
	c, _ := w.heard("only once")
	heard := 0
	for _, m := range w.Lines(c) {
		if m.From == core.FromCustomer {
			heard++
		}
	}
	if heard != 1 {
		t.Errorf("it is there %d times", heard)
	}
}

// TestTelegram_OneChatWaitsAndOthersGoOn obeys retry_after in the chat it is told for.
func TestTelegram_OneChatWaitsAndOthersGoOn(t *testing.T) {
	t.Parallel()
	w := newTelegram(t, "webhook")
	w.who("501").Does(emulate.Act{Kind: emulate.ActFollow})
	w.who("502").Does(emulate.Act{Kind: emulate.ActFollow})
	w.who("501").Sees("assistant")
	w.who("502").Sees("assistant")
	slow, quick := w.served("501", "I wait"), w.served("502", "I do not")
	w.p.Misbehave(emulate.Fault{Op: "sendMessage", Wait: time.Second})
	late := w.Post(slow, canon.ID{}, canon.Text{Body: "late"})
	w.who("501").Sees("late")
	w.Until("it is known to be sent", func() bool { return w.Message(late.ID).State == canon.Sent })
	if n := strings.Count(strings.Join(w.p.Lines("501"), "|"), "late"); n != 1 {
		t.Errorf("the customer sees it %d times", n)
	}
	limited := func() int {
		n := 0
		for _, c := range w.p.Calls() {
			if c.Status == http.StatusTooManyRequests {
				n++
			}
		}
		return n
	}
	w.p.Misbehave(emulate.Fault{Op: "sendMessage", Wait: time.Hour})
	w.Post(slow, canon.ID{}, canon.Text{Body: "in an hour"})
	w.Until("the limit is met again", func() bool { return limited() == 2 })
	w.Post(quick, canon.ID{}, canon.Text{Body: "soon"})
	w.who("502").Sees("soon")
}

// TestTelegram_GroupBecomesSupergroup: an answer that is on its way while the group moves
// arrives at its new place, once, and the conversation goes on there.
func TestTelegram_GroupBecomesSupergroup(t *testing.T) {
	t.Parallel()
	w := newTelegram(t, "polling")
	group := w.p.AddGroup("Buyers")
	old := fmt.Sprintf("501@%d", group)
	c := w.served(old, "anybody here?")
	w.p.Hold() // the hub does not hear of it yet
	fresh := fmt.Sprintf("501@%d", w.p.Migrate(group))
	w.Post(c, canon.ID{}, canon.Text{Body: "I am"})
	w.who(fresh).Sees("I am")
	w.p.Release(false)
	w.who(fresh).Says("thanks")
	if after, _ := w.heard("thanks"); after.ID != c.ID {
		t.Errorf("it is in conversation %s, before in %s", after.ID, c.ID)
	}
	w.Post(c, canon.ID{}, canon.Text{Body: "welcome"})
	w.who(fresh).Sees("welcome")
	if n := strings.Count(strings.Join(w.p.Lines(fresh), "|"), "I am"); n != 1 {
		t.Errorf("the group sees the answer %d times", n)
	}
}

// TestTelegram_TopicsAndBusinessChatsAreLanesOfTheirOwn: each is answered where it asks.
func TestTelegram_TopicsAndBusinessChatsAreLanesOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newTelegram(t, "webhook")
	asksRatings(t, w.Hub)
	forum := w.p.AddGroup("Forum", "Refunds", "Orders")
	refunds, orders := fmt.Sprintf("501@%d#2", forum), fmt.Sprintf("501@%d#3", forum)
	business := "501@" + w.p.Connect(502)
	served := map[string]core.Conversation{}
	for customer, text := range map[string]string{refunds: "a refund", orders: "an order", business: "is it open?"} {
		c := w.served(customer, text)
		w.Post(c, canon.ID{}, canon.Text{Body: "about " + text})
		served[customer] = c
	}
	for customer, text := range map[string]string{refunds: "a refund", orders: "an order", business: "is it open?"} {
		w.who(customer).Sees("about " + text)
		for _, line := range w.p.Lines(customer) {
			if strings.HasPrefix(line, ">about") && line != ">about "+text {
				t.Errorf("%s also sees %q", customer, line)
			}
		}
	}
	// A reaction is told without the topic its message stands in.
	w.who(orders).Does(emulate.Act{Kind: emulate.ActReact, Target: w.who(orders).Sees("about an order").ID, Value: "👍"})
	w.Until("it is on the message of the topic", func() bool {
		for _, m := range w.Lines(served[orders]) {
			if len(m.Reactions) == 1 && m.Reactions[0].Emoji == "👍" && m.Content.Plain() == "about an order" {
				return true
			}
		}
		return false
	})
	// The owner of the business account answers on a phone: the bot is silent.
	w.who(business).Does(emulate.Act{Kind: emulate.ActText, Text: "and tomorrow?"}, emulate.Act{Kind: emulate.ActRecall, Target: "1"})
	_, m := w.heard("and tomorrow?")
	if m.From != core.FromCustomer {
		t.Errorf("it is from %s", m.From)
	}
	// Who has a chat alone is asked how content they are, nobody of a group.
	for customer, c := range served {
		closes(t, w.Hub, c)
		if v, err := w.Store.For(w.Tenant).Rating(t.Context(), c.ID); (err == nil) != (customer == business) {
			t.Errorf("%s is asked: %+v, %v", customer, v, err)
		}
	}
}
