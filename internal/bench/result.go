package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Result is one figure.
type Result struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Reference is what the same run measured to compare with, Ratio is
	// Value / Reference. 0: there is none.
	Reference  float64 `json:"reference,omitempty"`
	Ratio      float64 `json:"ratio,omitempty"`
	Target     string  `json:"target,omitempty"` // what is hoped for, in words
	Conditions string  `json:"conditions"`
}

// report prints results as they come.
type report struct {
	out  io.Writer
	json bool
}

func (r *report) add(one Result) error {
	one.Value, one.Reference = round(one.Value), round(one.Reference)
	if one.Reference != 0 {
		one.Ratio = round(one.Value / one.Reference)
	}
	if r.json {
		raw, err := json.Marshal(one)
		if err != nil {
			return fmt.Errorf("write a result: %w", err)
		}
		_, err = fmt.Fprintf(r.out, "%s\n", raw)
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-44s %12s %-9s", one.Name, number(one.Value), one.Unit)
	if one.Reference != 0 {
		fmt.Fprintf(&b, " beside %10s = %s×", number(one.Reference), number(one.Ratio))
	}
	if one.Target != "" {
		fmt.Fprintf(&b, "  [%s]", one.Target)
	}
	fmt.Fprintf(&b, "\n    %s\n", one.Conditions)
	_, err := io.WriteString(r.out, b.String())
	return err
}

// round keeps four digits: the rest is noise.
func round(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// median of some figures; 0 of none.
func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}

// spread shows how far the rounds lay apart.
func spread(all []float64) string {
	if len(all) == 0 {
		return "no rounds"
	}
	shown := make([]string, len(all))
	for i, v := range all {
		shown[i] = number(round(v))
	}
	return strings.Join(shown, ", ")
}
