package rules

import (
	"reflect"
	"slices"
	"strings"
)

// ChangeKind is what happened to a piece of content.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
	Moved   ChangeKind = "moved" // a rule's place in the list, which decides between equals
)

// Change is one difference between two contents: of a rule, a menu or a group of
// settings.
type Change struct {
	Section string     `json:"section" enum:"rule,menu,basics,matching,welcome,default,repeated,timeout,human"`
	ID      string     `json:"id,omitempty" doc:"Of a rule or menu."`
	Name    string     `json:"name,omitempty"`
	Kind    ChangeKind `json:"kind" enum:"added,removed,changed,moved"`
	Fields  []string   `json:"fields,omitempty" doc:"What differs, by the names of the fields."`
}

// Diff lists what it takes to get from one content to the other: settings, then
// rules, then menus, which are told apart by id.
func Diff(from, to Content) []Change {
	all := []Change{}
	for _, name := range []string{"basics", "matching", "welcome", "default", "repeated", "timeout", "human"} {
		if fields := differ(section(from, name), section(to, name)); len(fields) > 0 {
			all = append(all, Change{Section: name, Kind: Changed, Fields: fields})
		}
	}
	all = diffList(all, "rule", from.Rules, to.Rules, func(r Rule) (string, string) { return r.ID, r.Name })
	all = diffPlaces(all, from.Rules, to.Rules)
	return diffList(all, "menu", from.Menus, to.Menus, func(m Menu) (string, string) { return m.ID, m.Name })
}

func section(c Content, name string) reflect.Value {
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if jsonName(v.Type().Field(i)) == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// diffList compares two lists by id: what is gone, then what is there now, in
// order.
func diffList[T any](all []Change, section string, from, to []T, name func(T) (id, name string)) []Change {
	old := make(map[string]T, len(from))
	for _, x := range from {
		id, _ := name(x)
		old[id] = x
	}
	now := make(map[string]bool, len(to))
	for _, x := range to {
		id, _ := name(x)
		now[id] = true
	}
	for _, x := range from {
		if id, called := name(x); !now[id] {
			all = append(all, Change{Section: section, ID: id, Name: called, Kind: Removed})
		}
	}
	for _, x := range to {
		id, called := name(x)
		was, ok := old[id]
		if !ok {
			all = append(all, Change{Section: section, ID: id, Name: called, Kind: Added})
			continue
		}
		if fields := differ(reflect.ValueOf(was), reflect.ValueOf(x)); len(fields) > 0 {
			all = append(all, Change{Section: section, ID: id, Name: called, Kind: Changed, Fields: fields})
		}
	}
	return all
}

// differ names the fields of two values of one struct type that differ. A
// missing list is the same as an empty one.
func differ(x, y reflect.Value) []string {
	var names []string
	for i := range x.NumField() {
		if !same(x.Field(i), y.Field(i)) {
			names = append(names, jsonName(x.Type().Field(i)))
		}
	}
	return names
}

func same(x, y reflect.Value) bool {
	switch x.Kind() {
	case reflect.Slice:
		if x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if !same(x.Index(i), y.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range x.NumField() {
			if !same(x.Field(i), y.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if x.IsNil() || y.IsNil() {
			return x.IsNil() == y.IsNil()
		}
		return same(x.Elem(), y.Elem())
	}
	return x.Equal(y)
}

// diffPlaces lists the rules that moved past others: those outside a longest run
// of rules that kept their order.
func diffPlaces(all []Change, from, to []Rule) []Change {
	was := make(map[string]int, len(from))
	for i, r := range from {
		was[r.ID] = i
	}
	var common []Rule
	for _, r := range to {
		if _, ok := was[r.ID]; ok {
			common = append(common, r)
		}
	}
	// ends[n] is where the run of n+1 rules that ends earliest in from ends;
	// before[i] is what precedes i in the best run that ends with it.
	var ends []int
	before := make([]int, len(common))
	for i, r := range common {
		n, _ := slices.BinarySearchFunc(ends, was[r.ID], func(j, place int) int { return was[common[j].ID] - place })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	kept := map[int]bool{}
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = before[i] {
			kept[i] = true
		}
	}
	for i, r := range common {
		if !kept[i] {
			all = append(all, Change{Section: "rule", ID: r.ID, Name: r.Name, Kind: Moved})
		}
	}
	return all
}
