package setting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

func unknownName(name, where string, known []string) error {
	return fmt.Errorf("unknown setting %s (%s); did you mean %s? `parley config print` lists all", name, where, nearest(name, known))
}

// nearest is the known name with the fewest changes.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance is Levenshtein's, over names in one case and with one kind of dash.
// A name cut short counts as one change.
func distance(a, b string) int {
	same := strings.NewReplacer("-", "_", ".", "_")
	a, b = same.Replace(strings.ToLower(a)), same.Replace(strings.ToLower(b))
	if a != b && strings.HasPrefix(b, a+"_") {
		return 1
	}
	return levenshtein.ComputeDistance(a, b)
}

// query joins options in a fixed order.
func query(options []string) string {
	if len(options) == 0 {
		return ""
	}
	slices.Sort(options)
	return "?" + strings.Join(options, "&")
}
