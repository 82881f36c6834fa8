package conntest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

func checkTableOut(l *lab) {
	if len(l.suite.Out) == 0 {
		l.find("the table of requests is empty")
	}
	for i, c := range l.suite.Out {
		if i > 0 && !l.open() {
			return
		}
		l.at = c.Name
		r := l.request(byte(30+i), c.Message)
		if c.Request != nil {
			c.Request(&r)
		}
		if c.Before != nil {
			c.Before(l.emu)
		}
		before, seen := len(l.emu.Calls()), len(l.visible())
		receipt, err := l.send(r)
		var out strings.Builder
		for _, call := range l.emu.Calls()[before:] {
			out.WriteString(strings.TrimRight(call.Wire, "\n") + "\n\n")
		}
		if err != nil {
			fmt.Fprintf(&out, "error: class=%s code=%s scope=%s retry_after=%s\nshown: %s\n       %s\n", err.Class, err.Code, err.Scope, err.RetryAfter, err.Shown.EN, err.Shown.ZH)
		} else {
			fmt.Fprintf(&out, "receipt: remote_id=%s state=%s\n", receipt.RemoteID, receipt.State)
			for _, id := range receipt.Also {
				fmt.Fprintf(&out, "         also=%s\n", id)
			}
			if n := len(r.Message.Parts); isAlbum(r.Message, l.caps()) && len(receipt.Also) != n-1 {
				l.find("the album made %d messages, and the receipt names %d: the others can be neither reported on nor taken back", n, 1+len(receipt.Also))
			}
		}
		l.golden("out", c.Name, ".txt", []byte(out.String()))
		shown := len(l.visible()) - seen
		switch {
		case c.Class == "" && err != nil:
			l.find("Send failed: %v", err)
		case c.Class != "" && err == nil:
			l.find("Send succeeded; it must fail as %s", c.Class)
		case c.Class != "" && err.Class != c.Class:
			l.find("Send failed as %s, not as %s: %v", err.Class, c.Class, err)
		case err != nil && err.Retryable() && shown > 0:
			l.findAs("certainty", "Send failed as %s, which is repeated, but a customer saw the message", err.Class)
		case err != nil && (shown > 0) != c.Taken && !l.suite.Own:
			l.find("it failed, and %d messages became visible", shown)
		}
		if err != nil && (err.Class == connector.NeedsLogin || err.Class == connector.Invalid || err.Class == connector.Unsupported) && (err.Shown.EN == "" || err.Shown.ZH == "") {
			l.find("the error says nothing to the agent in English or Chinese")
		}
	}
}

// isAlbum reports whether a message is media that the channel shows as one album.
func isAlbum(m canon.Message, caps connector.Capabilities) bool {
	for _, p := range m.Parts {
		first, ok := m.Parts[0].(canon.Media)
		next, too := p.(canon.Media)
		if !ok || !too || !caps.Albums.Takes(first.Kind, next.Kind) {
			return false
		}
	}
	return len(m.Parts) > 1
}

// words makes a text that can be told from others.
func words(n int) string { return fmt.Sprintf("part number %d 第%d段", n, n) }

func checkOneCall(l *lab) {
	if l.suite.Own || l.caps().Parts["text"] != connector.Full {
		return
	}
	caps := l.caps()
	parts := max(1, min(caps.PartsPerCall, 3))
	var m canon.Message
	for i := range parts {
		m.Parts = append(m.Parts, canon.Text{Body: words(i + 1)})
	}
	l.at = fmt.Sprintf("%d texts in one request", parts)
	if _, err := l.send(l.request(50, m)); err != nil {
		l.find("Send failed: %v", err)
	}
	if n := len(l.visible()); n > 1 {
		l.find("one Send made %d calls that a customer sees: if the second fails, the first goes out again with it", n)
	}

	// The core's way: one request each. The second fails and is tried again.
	if !l.open() {
		return
	}
	l.at = "part 2 fails"
	first := l.request(51, canon.TextMessage(words(1)))
	second := l.request(52, canon.TextMessage(words(2)))
	if _, err := l.send(first); err != nil {
		l.find("part 1 failed: %v", err)
	}
	l.net.breakDown()
	if _, err := l.send(second); err == nil {
		l.find("part 2 succeeded without a network")
	}
	l.mend()
	second.Attempt = 2
	if _, err := l.send(second); err != nil {
		l.find("part 2 failed again: %v", err)
	}
	l.onceEach(words(1), words(2))

	// The network fails as soon as a customer has seen something: a Send that
	// has more to do stops half way.
	if !l.open() {
		return
	}
	l.at = "the network fails after the first visible call"
	r := l.request(53, m)
	l.net.silenceAfter(0)
	_, err := l.send(r)
	l.mend()
	if err != nil && (err.Retryable() || err.Class == connector.Uncertain && caps.Idempotent) {
		r.Attempt = 2
		_, _ = l.send(r)
	}
	for i := range parts {
		if n := l.seen(words(i + 1)); n > 1 {
			l.find("part %d was sent again when a later one failed: customers saw it %d times", i+1, n)
		}
	}
}

// seen counts the visible calls that hold a text.
func (l *lab) seen(text string) int {
	n := 0
	for _, v := range l.visible() {
		n += strings.Count(v, text)
	}
	return n
}

func (l *lab) onceEach(texts ...string) {
	for _, text := range texts {
		if n := l.seen(text); n != 1 {
			l.find("customers saw %q %d times", text, n)
		}
	}
}

func checkLength(l *lab) {
	limit := l.caps().Text
	if limit.Max == 0 || l.suite.Own || l.caps().Parts["text"] != connector.Full {
		return
	}
	n := byte(60)
	for name, piece := range map[string]string{
		"Chinese":                "今天天气很好，我们去公园吧。",
		"emoji with joiners":     "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇨🇳",
		"right to left":          "مرحبًا، كيف حالك اليوم؟ שלום וברכה. ",
		"letters with marks":     "e\u0301\u0323x\u0302 ",
		"one word without space": "abcdefghij",
	} {
		l.at = name
		long := strings.Repeat(piece, limit.Max*2/limit.Count(piece)+1)
		before := len(l.visible())
		pieces := limit.Cut(long)
		for _, p := range pieces {
			n++
			if _, err := l.send(l.request(n, canon.TextMessage(p))); err != nil {
				l.find("a text of %d %s was refused, the declared limit is %d: %v", limit.Count(p), limit.Unit, limit.Max, err)
				break
			}
		}
		got := l.visible()[before:]
		if strings.Join(strings.Fields(strings.Join(got, "")), "") != strings.Join(strings.Fields(long), "") {
			l.find("customers saw other words than were sent (%d pieces, %d seen)", len(pieces), len(got))
		}
		if n > 240 {
			n = 60
			if !l.open() {
				return
			}
		}
	}
	l.at = "one over the limit"
	over := strings.Repeat("中", limit.Max/limit.Count("中")+1)
	before := len(l.visible())
	_, err := l.send(l.request(250, canon.TextMessage(over)))
	if err == nil || len(l.visible()) != before {
		l.find("the suite's platform took %d %s; it must refuse what is over the declared limit, or nothing is proved", limit.Count(over), limit.Unit)
	} else if err.Class != connector.Invalid {
		l.find("the platform refused the text for its length, and Send failed as %s, not invalid", err.Class)
	}
}

func checkCertainty(l *lab) {
	if l.suite.Own || l.caps().Parts["text"] != connector.Full {
		return
	}
	caps := l.caps()
	l.at = "no connection"
	l.net.breakDown()
	switch _, err := l.send(l.request(70, canon.TextMessage("never left"))); {
	case err == nil:
		l.find("Send succeeded without a network")
	case err.Class != connector.Transient:
		l.find("no byte was written, and Send failed as %s, not transient: %v", err.Class, err)
	}
	l.mend()
	if l.seen("never left") > 0 {
		l.find("the platform has it all the same")
	}

	l.at = "the answer is lost"
	r := l.request(71, canon.TextMessage("taken, answer lost"))
	l.net.loseNext(len(l.visible()))
	_, err := l.send(r)
	l.mend()
	switch {
	case err == nil:
		l.find("Send succeeded without an answer")
	case err.Class != connector.Uncertain:
		l.find("the platform may have taken it, and Send failed as %s, not uncertain: it would be sent twice, or shown as lost", err.Class)
	}
	if n := l.seen("taken, answer lost"); n != 1 {
		l.find("the suite's platform shows the message %d times before any repetition", n)
	}
	if l.reopen() {
		l.settled(r, caps)
	}

	l.at = "a crash between send and record"
	r = l.request(72, canon.TextMessage("sent, not recorded"))
	first, err := l.send(r)
	if err != nil {
		l.find("Send failed: %v", err)
		return
	}
	l.clock.pass(time.Minute)
	if l.reopen() && caps.Idempotent {
		r.Attempt = 2
		second, err := l.send(r)
		if err != nil {
			l.find("the same key again failed: %v", err)
		} else if second.RemoteID != first.RemoteID {
			l.find("the same key again gave another message: %q, before %q", second.RemoteID, first.RemoteID)
		}
		if n := l.seen("sent, not recorded"); n != 1 {
			l.find("the capabilities say that the platform honours our key, and customers saw the message %d times", n)
		}
	}
}

// settled clears up a send whose answer was lost, by the means the Conn declares.
func (l *lab) settled(r connector.Request, caps connector.Capabilities) {
	if s, ok := l.conn.(connector.Settler); ok && caps.Can(connector.OpsSettle) {
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		got, err := call(l, "Settle", func() (*connector.Receipt, error) { return s.Settle(ctx, r) })
		if err != nil || got == nil {
			l.find("Settle does not find the message: %v, %v", got, err)
		}
		never, err := call(l, "Settle", func() (*connector.Receipt, error) {
			return s.Settle(ctx, l.request(79, canon.TextMessage("never sent")))
		})
		if err != nil || never != nil {
			l.find("Settle of a message never sent: %v, %v; want nil, nil", never, err)
		}
	}
	if caps.Idempotent {
		r.Attempt = 2
		if _, err := l.send(r); err != nil {
			l.find("the same key again failed: %v", err)
		}
		if n := l.seen("taken, answer lost"); n != 1 {
			l.find("the capabilities say that the platform honours our key, and customers saw the message %d times", n)
		}
	}
}
