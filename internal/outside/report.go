package outside

import (
	"encoding/json"
	"fmt"
	"io"
)

// The ways a rule can end.
const (
	Kept    = "kept"
	Broken  = "broken"
	Untried = "untried"
)

// Result is one rule as it went.
type Result struct {
	Rule  string `json:"rule"`
	State string `json:"state"` // Kept, Broken or Untried
	Says  string `json:"says"`
	// Document is where the rule stands, with its heading.
	Document string   `json:"document"`
	Findings []string `json:"findings,omitempty"`
	Why      string   `json:"why,omitempty"` // it was not tried
}

// Report is a run of all rules.
type Report []Result

// Err says that rules are broken, or were not tried; nil when all are kept.
func (r Report) Err() error {
	n := map[string]int{}
	for _, x := range r {
		n[x.State]++
	}
	switch {
	case n[Broken] > 0:
		return fmt.Errorf("the application breaks %d of %d rules", n[Broken], len(r))
	case n[Untried] > 0:
		return fmt.Errorf("the application keeps the %d rules that were tried; %d were not, listed above with the reason", n[Kept], n[Untried])
	}
	return nil
}

// Print writes one line a rule, and below it what was found.
func (r Report) Print(w io.Writer) error {
	for _, x := range r {
		mark := map[string]string{Kept: "ok", Broken: "FAIL", Untried: "--"}[x.State]
		if _, err := fmt.Fprintf(w, "%-4s  %s\n", mark, x.Rule); err != nil {
			return err
		}
		for _, line := range x.Findings {
			fmt.Fprintf(w, "        %s\n", line)
		}
		switch x.State {
		case Broken:
			fmt.Fprintf(w, "        the rule: %s\n        see %s\n", x.Says, x.Document)
		case Untried:
			fmt.Fprintf(w, "        not tried: %s\n", x.Why)
		}
	}
	if r.Err() != nil {
		return nil
	}
	_, err := fmt.Fprintf(w, "\nthe application keeps all %d rules\n", len(r))
	return err
}

// PrintJSON writes one object a line.
func (r Report) PrintJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	for _, x := range r {
		if err := out.Encode(x); err != nil {
			return err
		}
	}
	return nil
}
