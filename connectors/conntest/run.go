package conntest

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// rule is one clause of the contract with its proof.
type rule struct {
	name string
	// says is the clause in one sentence, for whoever reads a red test.
	says string
	run  func(*lab)
}

// rules in the order they are tried.
func rules() []rule {
	return []rule{
		{"form", "The form is complete in both languages, accepts its own examples, and marks every credential as secret; Open touches no network.", checkForm},
		{"capabilities", "Capabilities name every part, only known operations, kinds and units, and stay under the ceiling of the Spec.", checkCapabilities},
		{"abilities", "A Conn has an ability exactly when its Capabilities say so, and the ability works.", checkAbilities},
		{"parts", "A part declared full or partial can be sent.", checkParts},
		{"unsigned", "A callback that is not authentic to the last bit is refused by Unseal, stores nothing and is told nothing.", checkUnsigned},
		{"handshake", "A handshake is answered by Unseal and stores nothing.", checkHandshake},
		{"table in", "A callback is decoded to the envelopes of its golden file, each complete.", checkTableIn},
		{"dedupe", "The same event has the same id however often it comes, and no two events share one.", checkDedupe},
		{"commit first", "Nothing is acknowledged before it is durable, and Unseal and Decode do no I/O.", checkCommitFirst},
		{"crash in", "A crash before or after the commit loses nothing and doubles nothing; the Conn remembers no event by itself.", checkCrashIn},
		{"malformed", "A malformed body is refused with 4xx; no body makes the connector panic or use more than ten times its size.", checkMalformed},
		{"receipts", "Statuses never go back: receipts say sent, delivered, read or failed, as declared, and end alike in any order.", checkReceipts},
		{"table out", "A request becomes the calls of its golden file, a failure the class of its case.", checkTableOut},
		{"one call", "One Send makes at most one call a customer can see; a part that failed never makes its neighbour go out twice.", checkOneCall},
		{"length", "Texts cut by the declared limit arrive whole, and the platform refuses longer ones.", checkLength},
		{"reply", "An answer written into the response to a callback is read by the platform as that message; what cannot travel so is left to Send.", checkReply},
		{"certainty", "A failure before the first byte is transient, one after the platform took the message uncertain; the same key never shows twice.", checkCertainty},
		{"stream", "What the platform holds is committed, with cursors, before the platform is told; a crash loses and doubles nothing.", checkStream},
		{"server", "A visitor is told that a message was taken only after it was committed; the same client id is one row.", checkServer},
	}
}

// The rules that hold at every moment of every other rule.
const (
	ruleSecrets = "secrets"
	ruleNetwork = "network"
	rulePanic   = "panic"
)

// Document explains the rules, each under a heading of its name.
const Document = "docs/writing-a-connector.md"

// Rules lists the names of the rules and what each says.
func Rules() map[string]string {
	out := map[string]string{
		ruleSecrets: "No credential is in any log line, error, answer, state or test report.",
		ruleNetwork: "No connection is opened to any host but the platform.",
		rulePanic:   "Nothing panics.",
	}
	for _, r := range rules() {
		out[r.name] = r.says
	}
	return out
}

// Run holds a connector to every rule.
func Run(t *testing.T, s Suite) {
	t.Helper()
	if s.Golden == "" {
		s.Golden = filepath.Join("testdata", "conntest")
	}
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, f := range try(r, s) {
				t.Errorf("%s\n\tthe rule: %s\n\tsee %s#%s", f, Rules()[f.Rule], Document, strings.ReplaceAll(f.Rule, " ", "-"))
			}
		})
	}
}

// Check holds a connector to every rule and returns what it breaks. Golden
// files are compared only if the suite names their folder.
func Check(s Suite) []Finding {
	var out []Finding
	for _, r := range rules() {
		out = append(out, try(r, s)...)
	}
	return out
}

// try runs one rule. A panic outside a call of the connector is a mistake of
// the suite and reported like a finding.
func try(r rule, s Suite) (out []Finding) {
	l := &lab{suite: s, rule: r.name, clock: newClock(), log: &logbook{}}
	defer func() {
		if p := recover(); p != nil {
			out = append(l.findings, Finding{rulePanic, l.at, fmt.Sprintf("the rule %q ended in a panic: %v", r.name, p)})
		}
	}()
	defer l.close()
	if l.open() {
		r.run(l)
	}
	l.close()
	return l.findings
}
