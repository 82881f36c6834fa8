package conntest

import (
	"net/http"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// longestHold is the longest a core will keep a callback open.
const longestHold = 30 * time.Second

// checkReply holds a Replier to its word: what it writes into a response, the
// platform must read as that message.
func checkReply(l *lab) {
	replier, ok := l.conn.(connector.Replier)
	w := l.suite.Webhook
	if reads := w != nil && w.Read != nil; ok != reads {
		l.find("the Conn is a connector.Replier: %v; the suite's platform reads answers in responses: %v", ok, reads)
		return
	}
	if !ok {
		return
	}
	if hold := replier.Hold(); hold <= 0 || hold > longestHold {
		l.find("it holds callbacks for %s; want more than nothing and at most %s", hold, longestHold)
	}
	raw, ok := l.ticketed()
	if !ok {
		l.find("no callback of the table gives a ticket alone in its body, so no answer ever travels in a response")
		return
	}
	if !l.open() { // what the table had the Conn keep is no matter of this rule
		return
	}
	replier = l.conn.(connector.Replier)
	if r, ok := replier.(connector.Repeater); ok {
		if within := r.Repeats(raw); within != 0 && within <= replier.Hold() {
			l.find("a callback is said to be repeated within %s of its arrival, while it is still held", within)
		}
	}
	caps := l.caps()
	for i, key := range connector.PartKeys() {
		if level := caps.Parts[key]; level == connector.Full || level == connector.Partial {
			l.at = key
			l.answer(replier, raw, l.request(byte(20+i), canon.Message{Parts: []canon.Part{l.part(key)}}))
		}
	}
	l.at = "texts at the limit"
	for _, text := range caps.Text.Cut("右 → left مرحبًا " + words(1) + " <b>&amp;]]></b> " + words(2)) {
		if got, rode := l.answer(replier, raw, l.request(90, canon.TextMessage(text))); !rode || got != text {
			l.find("the platform reads %q, not %q", got, text)
		}
	}
	l.at = "what is no message"
	r := l.request(91, canon.TextMessage("edited"))
	r.Op, r.Target = connector.OpEdit, "r-1"
	if _, rode := l.answer(replier, raw, r); rode {
		l.find("an edit is written as a message of its own")
	}
}

// ticketed is an authentic callback whose response may carry a message.
func (l *lab) ticketed() (connector.Raw, bool) {
	for _, c := range l.suite.Webhook.In {
		l.at = c.Name
		raw := l.signed(c.Body)
		got := l.hub.post(raw)
		if len(got.batch.Envelopes) == 1 && got.batch.Envelopes[0].Ticket != nil {
			return raw, true
		}
	}
	l.at = ""
	return connector.Raw{}, false
}

// answer writes a request into a response and has the platform read it; rode is
// false when the connector says that it is to be sent.
func (l *lab) answer(replier connector.Replier, raw connector.Raw, r connector.Request) (text string, rode bool) {
	if err := l.upload(&r); err != nil {
		l.find("Upload fails: %v", err)
		return "", false
	}
	before := l.net.opened()
	got, _ := call(l, "Reply", func() (connector.Reply, error) { return replier.Reply(raw, r), nil })
	if l.net.opened() != before {
		l.find("Reply touched the network")
	}
	if got.Status == 0 {
		return "", false
	}
	l.reply("an answer in a response", got)
	if got.Status != http.StatusOK {
		l.find("the answer has the status %d", got.Status)
	}
	text, err := l.suite.Webhook.Read(l.emu, l.link, got)
	if err != nil {
		l.find("the platform does not take the answer: %v", err)
	} else if text == "" {
		l.find("the platform took the answer, but a customer would see nothing")
	}
	return text, true
}
