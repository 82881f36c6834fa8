package outside

import (
	"maps"
	"slices"

	"parley/core/canon"
)

// arrives waits for what the customer wrote to be committed n times.
func (x *run) arrives(rule, at, words string, n int) bool {
	if x.until(func() bool { return len(x.hub.committed(words)) >= n }) {
		return true
	}
	switch got := len(x.hub.committed(words)); {
	case got > 0:
		x.find(rule, at, "the customer wrote %q %d times and the hub has it %d times", words, n, got)
	case x.hub.names(words) > 0:
		x.find(rule, at, "it came once and was not sent again: the message is lost")
	default:
		x.find(rule, at, "the customer wrote %q and it did not come; the newest message is %q", words, x.hub.last())
	}
	return false
}

// write has the customer write.
func (x *run) write(rule, words string, plan ...reaction) bool {
	if err := x.hub.customer(x.ctx, words, plan...); err != nil {
		x.find(rule, "the customer writes", "%v", err)
		return false
	}
	return true
}

func checkCustomer(x *run) {
	words := x.text(`你好 "Parley" 👩‍👩‍👧 مرحبا \n <b>&`)
	if !x.write("customer", words) || !x.arrives("customer", "a line of a customer", words, 1) {
		return
	}
	e := x.hub.committed(words)[0]
	x.mu.Lock()
	x.thread = e.Thread
	x.mu.Unlock()
	c := x.posting(x.text("an answer on the customer's thread"))
	if a := x.call(c); !a.took() {
		x.find("customer", "an answer on its thread", "answered %s", a)
		return
	}
	x.expect(c.Message.Plain())
	again := x.text("the same customer again")
	if x.write("customer", again) && x.arrives("customer", "a second line", again, 1) {
		if got := x.hub.committed(again)[0].Thread; got != e.Thread {
			x.find("customer", "a second line", "it came on the thread %v, the first on %v: one customer would be two", got, e.Thread)
		}
	}
}

func checkCommitFirst(x *run) {
	for at, plan := range map[string][]reaction{
		"answered 503, then 429":       {away, busy},
		"cut off before it was stored": {hangUp, hangUp},
	} {
		words := x.text("tried again, " + at)
		if x.write("commit first", words, plan...) && x.arrives("commit first", at, words, 1) && x.hub.names(words) > 1 {
			x.find("commit first", at, "it came under %d event ids: had the hub stored one of the tries, the customer would have written twice", x.hub.names(words))
		}
	}
}

func checkDedupe(x *run) {
	words := x.text("stored, answer lost")
	at := "cut off after it was stored"
	after := x.text("after the lost answer")
	if x.write("dedupe", words, lose) && x.arrives("dedupe", at, words, 1) && x.write("dedupe", after) && x.arrives("dedupe", "the next line", after, 1) {
		if n := x.hub.names(words); n > 1 {
			x.find("dedupe", at, "it was sent again under another event_id: the hub has it %d times", n)
		}
	}
	words = x.text("the same words twice")
	at = "the same words twice"
	if !x.write("dedupe", words) || !x.arrives("dedupe", at, words, 1) || !x.write("dedupe", words) || !x.arrives("dedupe", at, words, 2) {
		return
	}
	both := x.hub.committed(words)
	one, two := both[0].Event.(canon.Posted).Message, both[1].Event.(canon.Posted).Message
	if one.RemoteID != "" && one.RemoteID == two.RemoteID {
		x.find("dedupe", at, "both messages have the remote_id %q", one.RemoteID)
	}
}

func checkOrder(x *run) {
	first, second := x.text("first of two"), x.text("second of two")
	if !x.write("order", first, away, away) || !x.write("order", second) {
		return
	}
	if !x.arrives("order", "the first", first, 1) || !x.arrives("order", "the second", second, 1) {
		return
	}
	x.hub.mu.Lock()
	defer x.hub.mu.Unlock()
	at := func(words string) int {
		return slices.IndexFunc(x.hub.order, func(e canon.Envelope) bool {
			p, ok := e.Event.(canon.Posted)
			return ok && p.Message.Plain() == words
		})
	}
	if at(first) > at(second) {
		x.find("order", "the first has to be sent again", "the second came before it: send one thread's events one after the other")
	}
}

func checkRefusal(x *run) {
	refused, next := x.text("refused by the hub"), x.text("after what was refused")
	if x.write("refusal", refused, slices.Repeat([]reaction{decline}, 1000)...) && x.write("refusal", next) {
		x.arrives("refusal", "the line after it", next, 1)
	}
}

// checkReceipts looks at what was told of the messages of the whole run.
func checkReceipts(x *run) {
	c := x.posting(x.text("for a receipt"))
	if x.call(c).took() {
		x.expect(c.Message.Plain())
	}
	x.hub.mu.Lock()
	held := maps.Clone(x.hub.held)
	x.hub.mu.Unlock()
	for id := range held {
		if !x.until(func() bool { x.hub.mu.Lock(); defer x.hub.mu.Unlock(); return x.hub.rows[id] != "" }) {
			x.find("receipts", "answered 503", "the receipt %s was not sent again", id)
		}
	}
	states := map[canon.RemoteID][]canon.Delivery{}
	x.hub.mu.Lock()
	for _, e := range x.hub.order {
		if r, ok := e.Event.(canon.Receipt); ok {
			states[r.Target] = append(states[r.Target], r.State)
		}
	}
	x.hub.mu.Unlock()
	for target, told := range states {
		x.mu.Lock()
		known := x.taken[target]
		x.mu.Unlock()
		if !known {
			x.find("receipts", string(target), "no message was given this name, nor this key")
		}
		if slices.Contains(told, canon.Failed) && (slices.Contains(told, canon.Delivered) || slices.Contains(told, canon.Read)) {
			x.find("receipts", string(target), "it was told to have arrived and to have failed: %v", told)
		}
	}
}
