package outside

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/canon"
)

// The headers of a signature.
const (
	headerID        = connhttp.HeaderID
	headerTimestamp = connhttp.HeaderTimestamp
	headerSignature = connhttp.HeaderSignature
)

func checkUnsigned(x *run) {
	c := x.posting(x.text("forged"))
	x.forbid(c.Message.Plain())
	body, err := json.Marshal(c)
	if err != nil {
		x.find("unsigned", "the kit", "%v", err)
		return
	}
	now := time.Now()
	other, err := connhttp.NewSigner("another-secret-of-nobody")
	if err != nil {
		x.find("unsigned", "the kit", "%v", err)
		return
	}
	foreign := http.Header{}
	other.SetHeaders(foreign, c.Key, now, body)
	change := func(name string, to func(string) string) http.Header {
		h := x.signed(c.Key, now, body)
		h[name] = []string{to(h.Get(name))}
		return h
	}
	flip := func(at int) func(string) string {
		return func(s string) string {
			letter := byte('A')
			if s[at] == letter {
				letter = 'B'
			}
			return s[:at] + string(letter) + s[at+1:]
		}
	}
	forgeries := map[string]http.Header{
		"no signature":                     {},
		"signed with another secret":       foreign,
		"the first byte of it changed":     change(headerSignature, flip(3)),
		"a byte in its middle changed":     change(headerSignature, flip(24)),
		"its last byte changed":            change(headerSignature, flip(44)),
		"half of the signature":            change(headerSignature, func(s string) string { return s[:24] }),
		"an empty signature":               change(headerSignature, func(string) string { return "v1," }),
		"another webhook-id":               change(headerID, func(s string) string { return s + "x" }),
		"another webhook-timestamp":        change(headerTimestamp, func(string) string { return "1" + x.signed(c.Key, now, body).Get(headerTimestamp)[1:] + "0" }),
		"signed an hour ago":               x.signed(c.Key, now.Add(-time.Hour), body),
		"signed an hour from now":          x.signed(c.Key, now.Add(time.Hour), body),
		"a webhook-timestamp of no number": change(headerTimestamp, func(string) string { return "now" }),
	}
	for name, h := range forgeries {
		x.refusal(name, x.post(x.ctx, body, h))
	}
	x.refusal("a body changed after signing", x.post(x.ctx, bytes.Replace(body, []byte("forged"), []byte("Forged"), 1), x.signed(c.Key, now, body)))

	// A secret being replaced: the right signature stands behind another.
	d := x.posting(x.text("two signatures"))
	if body, err = json.Marshal(d); err != nil {
		return
	}
	h := x.signed(d.Key, now, body)
	h[headerSignature] = []string{foreign.Get(headerSignature) + " " + h.Get(headerSignature)}
	if a := x.post(x.ctx, body, h); !a.took() {
		x.find("unsigned", "two signatures, the second fits", "answered %s; while a secret is replaced several stand behind each other", a)
	} else {
		x.expect(d.Message.Plain())
		x.note(a, d.Key)
	}
}

// note keeps the name of a message that was taken past call.
func (x *run) note(a answer, key string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.taken[a.named(key)], x.taken[canon.RemoteID(key)] = true, true
}

func (x *run) refusal(name string, a answer) {
	if a.err != nil || a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
		x.find("unsigned", name, "answered %s, not 401", a)
	}
}

func checkMalformed(x *run) {
	whole, err := json.Marshal(x.posting(x.text("broken off")))
	if err != nil {
		return
	}
	x.forbid("broken off")
	for name, body := range map[string]string{
		"nothing":                    "",
		"no JSON":                    "{",
		"no UTF-8":                   "\xff\xfe{\x00}",
		"a list":                     "[]",
		"null":                       "null",
		"a text":                     `"post"`,
		"nothing in it":              "{}",
		"no key":                     `{"v":1,"op":"post","account":"main","thread":{"account":"main","peer":"p"},"message":{"parts":[{"type":"text","body":"no key"}]}}`,
		"no message":                 `{"v":1,"op":"post","key":"kit-no-message","account":"main","thread":{"account":"main","peer":"p"}}`,
		"parts that are no list":     `{"v":1,"op":"post","key":"kit-no-list","account":"main","thread":{"account":"main","peer":"p"},"message":{"parts":"text"}}`,
		"an operation that is a 7":   `{"v":1,"op":7,"key":"kit-seven","account":"main"}`,
		"a call broken off":          string(whole[:len(whole)/2]),
		"ten thousand open brackets": strings.Repeat("[", 10_000),
	} {
		if a := x.post(x.ctx, []byte(body), x.signed("kit-malformed", time.Now(), []byte(body))); !a.refused() {
			x.find("malformed", name, "answered %s, not 4xx", a)
		}
	}
	if a := x.call(x.operation("probe", "")); !a.took() {
		x.find("malformed", "a probe after them", "answered %s: the application did not survive", a)
	}
}

func checkAnswers(x *run) {
	names := map[canon.RemoteID]string{}
	for _, words := range []string{"first", "second", "second"} {
		c := x.posting(x.text(words))
		a := x.call(c)
		switch {
		case !a.took():
			x.find("answers", "a text", "answered %s, not 2xx", a)
			continue
		case !a.readable:
			x.find("answers", "a text", "the body is no Answer in JSON")
			continue
		case len(a.said.RemoteID) > 255:
			x.find("answers", "a text", "the remote_id has %d bytes", len(a.said.RemoteID))
		case a.said.State != "" && a.said.State != canon.Sent && a.said.State != canon.Delivered:
			x.find("answers", "a text", "the state is %q", a.said.State)
		}
		if earlier := names[a.named(c.Key)]; earlier != "" {
			x.find("answers", "two texts", "both are named %q: a receipt for one would be taken for the other", a.said.RemoteID)
		}
		names[a.named(c.Key)] = c.Key
		x.expect(c.Message.Plain())
	}
	c := x.posting(x.text("with a field of a later version"))
	body, err := json.Marshal(c)
	if err != nil {
		return
	}
	body = append(body[:len(body)-1], `,"later":{"than":"this"}}`...)
	if a := x.post(x.ctx, body, x.signed(c.Key, time.Now(), body)); !a.took() {
		x.find("answers", "a field that is not known", "answered %s; pass it over", a)
	} else {
		x.expect(c.Message.Plain())
		x.note(a, c.Key)
	}
}

// same tells whether a repetition was recognised.
func (x *run) same(rule, at string, first, again answer, key string) {
	switch {
	case again.status != http.StatusConflict && !again.took():
		x.find(rule, at, "answered %s, not 409 or 2xx", again)
	case again.took() && again.said.RemoteID != first.said.RemoteID,
		again.status == http.StatusConflict && again.said.RemoteID != "" && again.said.RemoteID != first.named(key):
		x.find(rule, at, "it is named %q, before %q: the customer has it twice", again.said.RemoteID, first.said.RemoteID)
	}
}

func checkKey(x *run) {
	c := x.posting(x.text("one key"))
	first := x.call(c)
	if !first.took() {
		x.find("key", "the first time", "answered %s", first)
		return
	}
	x.expect(c.Message.Plain())
	for c.Attempt = 2; c.Attempt <= 3; c.Attempt++ {
		x.same("key", "the same key again", first, x.call(c), c.Key)
	}

	c = x.posting(x.text("one key at the same moment"))
	x.expect(c.Message.Plain())
	answers := make([]answer, 8)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = x.call(c) })
	}
	all.Wait()
	took := -1
	for i, a := range answers {
		if a.took() {
			took = i
		}
	}
	if took < 0 {
		x.find("key", "eight times at the same moment", "answered %s and so on: nobody took it", answers[0])
		return
	}
	for _, a := range answers {
		x.same("key", "eight times at the same moment", answers[took], a, c.Key)
	}
}

func checkCertainty(x *run) {
	one, two := x.posting(x.text("part 1")), x.posting(x.text("part 2, answer lost"))
	x.expect(one.Message.Plain())
	x.expect(two.Message.Plain())
	first := x.call(one)
	if !first.took() {
		x.find("certainty", "part 1", "answered %s", first)
		return
	}
	x.lose(two)
	two.Attempt = 2
	second := x.call(two)
	if !second.took() && second.status != http.StatusConflict {
		x.find("certainty", "part 2 again, after its answer was lost", "answered %s, not 409 or 2xx: the message would be lost, or shown as unconfirmed", second)
		return
	}
	two.Attempt = 3
	third := x.call(two)
	if second.said.RemoteID != "" && third.said.RemoteID != "" && second.said.RemoteID != third.said.RemoteID {
		x.find("certainty", "part 2 a third time", "it is named %q, before %q", third.said.RemoteID, second.said.RemoteID)
	}
	if second.named(two.Key) == first.named(one.Key) {
		x.find("certainty", "part 2", "it has the name of part 1, %q", first.said.RemoteID)
	}
	one.Attempt = 2
	x.same("certainty", "part 1 again, after part 2", first, x.call(one), one.Key)
}
