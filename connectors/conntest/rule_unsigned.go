package conntest

import (
	"math/rand"
	"net/http"
	"strings"

	"parley/core/connector"
)

// withQuery sets or takes off a query parameter, values already escaped.
func withQuery(raw connector.Raw, name string, values []string) connector.Raw {
	var kept []string
	for _, pair := range strings.Split(raw.Query, "&") {
		if key, _, _ := strings.Cut(pair, "="); key != name && pair != "" {
			kept = append(kept, pair)
		}
	}
	for _, v := range values {
		kept = append(kept, name+"="+v)
	}
	raw.Query = strings.Join(kept, "&")
	return raw
}

// proofOf is the value of a header or query parameter.
func proofOf(raw connector.Raw, name string) string {
	if v := raw.Header.Get(name); v != "" {
		return v
	}
	for _, pair := range strings.Split(raw.Query, "&") {
		if key, v, _ := strings.Cut(pair, "="); key == name {
			return v
		}
	}
	return ""
}

// flips are how many bits of a body are turned in one case.
const flips = 512

func checkUnsigned(l *lab) {
	w := l.suite.Webhook
	if w == nil {
		return
	}
	if len(w.Proof) == 0 {
		l.find("the suite names no Proof: which header or parameter makes a callback authentic?")
	}
	for _, c := range sampled(w.In, 6) {
		l.at = c.Name
		raw := w.Sign(l.link, l.clock.Now(), c.Body)
		l.refuse("without any header and parameter", raw, connector.Raw{Method: raw.Method, Path: raw.Path, Body: raw.Body, From: raw.From, Arrived: raw.Arrived, Header: http.Header{}})
		if strangers := l.strangersSecrets(); strangers != nil {
			link := l.link
			link.Config = strangers
			l.refuse("signed with another secret", raw, w.Sign(link, l.clock.Now(), c.Body))
		}
		for _, name := range w.Proof {
			value := proofOf(raw, name)
			if value == "" {
				l.find("the authentic callback has no %s", name)
				continue
			}
			l.refuse("without "+name, raw, withProof(raw, name))
			l.refuse("with an empty "+name, raw, withProof(raw, name, ""))
			l.refuse("with "+name+" cut short", raw, withProof(raw, name, value[:len(value)/2]))
			for bit := range len(value) * 8 {
				turned := []byte(value)
				turned[bit/8] ^= 1 << (bit % 8)
				if strings.ContainsAny(string(turned), "\r\n&") || strings.EqualFold(string(turned), value) && !w.TokenOnly && isHex(value) {
					continue // no value a client could send, or the same hexadecimal digits
				}
				l.refuse("with one bit of "+name+" turned", raw, withProof(raw, name, string(turned)))
			}
		}
		if !w.TokenOnly {
			l.turnBody(raw)
		}
	}
	for _, f := range w.Forged {
		l.at = f.Name
		l.refuse("forged", connector.Raw{}, f.Raw(l.link, l.clock.Now()))
	}
	l.at = ""
	if n := l.hub.count(); n > 0 {
		l.find("%d rows were stored from callbacks that are not authentic", n)
	}
}

func isHex(s string) bool {
	return strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// refuse posts a callback that is not authentic; real is the authentic one, whose
// proof must not be told to a forger.
func (l *lab) refuse(how string, real, raw connector.Raw) {
	got := l.hub.post(raw)
	if got.unsealErr == nil {
		if got.answer == nil || got.answer.Status < 400 {
			l.find("a callback %s was accepted", how)
		}
		return
	}
	for _, name := range l.suite.Webhook.Proof {
		if v := proofOf(real, name); len(v) > 12 && strings.Contains(got.unsealErr.Error(), v) {
			l.find("the error tells a forger the right %s", name)
		}
	}
}

func (l *lab) turnBody(raw connector.Raw) {
	bits := len(raw.Body) * 8
	rnd := rand.New(rand.NewSource(int64(bits)))
	for i := range min(bits, flips) {
		bit := i
		if bits > flips {
			bit = rnd.Intn(bits)
		}
		turned := raw
		turned.Body = append([]byte(nil), raw.Body...)
		turned.Body[bit/8] ^= 1 << (bit % 8)
		l.refuse("with one bit of the body turned", raw, turned)
	}
	for how, body := range map[string][]byte{
		"with a byte more":        append(append([]byte(nil), raw.Body...), ' '),
		"with a byte less":        raw.Body[:max(0, len(raw.Body)-1)],
		"with the body taken off": nil,
	} {
		turned := raw
		turned.Body = body
		l.refuse(how, raw, turned)
	}
}

// strangersSecrets is the config with every secret replaced by one of the same
// shape; nil when there is none.
func (l *lab) strangersSecrets() connector.Values {
	out := connector.Values{}
	for name, v := range l.link.Config {
		out[name] = v
	}
	changed := false
	for _, name := range l.spec.Form.Secrets() {
		if len(out[name]) > 2 {
			out[name] = strings.Map(func(r rune) rune {
				switch {
				case r >= 'b' && r <= 'y', r >= 'B' && r <= 'Y', r >= '1' && r <= '8':
					return r + 1
				}
				return r
			}, out[name])
			if prefix, _, ok := strings.Cut(l.link.Config[name], "_"); ok && len(prefix) <= 6 {
				_, rest, _ := strings.Cut(out[name], "_")
				out[name] = prefix + "_" + rest // keeps "whsec_" and its like
			}
			changed = changed || out[name] != l.link.Config[name]
		}
	}
	if !changed {
		return nil
	}
	return out
}

// sampled is at most n of the cases, spread over the table.
func sampled[T any](all []T, n int) []T {
	if len(all) <= n {
		return all
	}
	out := make([]T, 0, n)
	for i := range n {
		out = append(out, all[i*len(all)/n])
	}
	return out
}

func checkHandshake(l *lab) {
	if l.suite.Webhook == nil {
		return
	}
	for _, h := range l.suite.Webhook.Handshakes {
		l.at = h.Name
		got := l.hub.post(h.Raw(l.link, l.clock.Now()))
		switch {
		case got.unsealErr != nil:
			l.find("it was refused: %v", got.unsealErr)
		case got.answer == nil:
			l.find("Unseal did not answer it")
		case got.answer.Status != h.Status || string(got.answer.Body) != h.Body:
			l.find("it was answered %d %q, not %d %q", got.answer.Status, got.answer.Body, h.Status, h.Body)
		}
	}
	if l.hub.count() > 0 {
		l.find("a handshake stored something")
	}
}
