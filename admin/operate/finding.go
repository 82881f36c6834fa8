package operate

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Level is how bad a finding is.
type Level string

// The levels. Skip says that a check could not be made because another one
// failed, or does not apply to this installation.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
	Skip Level = "skip"
)

// Finding is the result of one check.
type Finding struct {
	Name  string `json:"name"`
	Level Level  `json:"level"`
	Seen  string `json:"seen"`          // what was found
	Fix   string `json:"fix,omitempty"` // what to do about it; set for warn and fail
}

func ok(name, seen string, args ...any) Finding {
	return Finding{Name: name, Level: OK, Seen: fmt.Sprintf(seen, args...)}
}

func skip(name, why string) Finding { return Finding{Name: name, Level: Skip, Seen: why} }

func warn(name, fix, seen string, args ...any) Finding {
	return Finding{Name: name, Level: Warn, Seen: fmt.Sprintf(seen, args...), Fix: fix}
}

func fail(name, fix, seen string, args ...any) Finding {
	return Finding{Name: name, Level: Fail, Seen: fmt.Sprintf(seen, args...), Fix: fix}
}

// Healthy reports whether no check failed. A warning is no failure.
func Healthy(all []Finding) bool {
	return !slices.ContainsFunc(all, func(f Finding) bool { return f.Level == Fail })
}

// Print writes findings for people: what is wrong stands below the rest, with
// its remedy.
func Print(w io.Writer, all []Finding) error {
	width := 0
	for _, f := range all {
		width = max(width, len(f.Name))
	}
	var text strings.Builder
	count := map[Level]int{}
	for _, level := range []Level{OK, Skip, Warn, Fail} {
		for _, f := range all {
			if f.Level != level {
				continue
			}
			count[level]++
			fmt.Fprintf(&text, "%-4s  %-*s  %s\n", f.Level, width, f.Name, f.Seen)
			if f.Fix != "" {
				fmt.Fprintf(&text, "      %-*s  → %s\n", width, "", f.Fix)
			}
		}
	}
	fmt.Fprintf(&text, "\n%d checks: %d ok, %d to look at, %d failed, %d skipped\n", len(all), count[OK], count[Warn], count[Fail], count[Skip])
	_, err := io.WriteString(w, text.String())
	return err
}

// PrintJSON writes findings for programs, one object a line.
func PrintJSON(w io.Writer, all []Finding) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, f := range all {
		if err := encoder.Encode(f); err != nil {
			return fmt.Errorf("write the findings: %w", err)
		}
	}
	return nil
}
