package schemagen

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Validate holds a JSON text against a definition of a schema and says what
// does not fit, by path. It is stricter than the schema: a field that the schema
// does not name is an error, so that a document and the code cannot drift apart.
func Validate(root *Schema, at *Schema, raw []byte) []string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return []string{err.Error()}
	}
	return check(root, at, v, "")
}

func check(root, s *Schema, v any, path string) (bad []string) {
	say := func(format string, args ...any) {
		bad = append(bad, strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, args...))
	}
	if s.Ref != "" {
		def := root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
		if def == nil {
			say("nothing is defined as %s", s.Ref)
			return bad
		}
		return check(root, def, v, path)
	}
	if len(s.OneOf) > 0 {
		fits := 0
		var closest []string
		for _, one := range s.OneOf {
			errs := check(root, one, v, path)
			if len(errs) == 0 {
				fits++
			} else if closest == nil || len(errs) < len(closest) {
				closest = errs
			}
		}
		if fits != 1 {
			say("fits %d of the alternatives", fits)
			bad = append(bad, closest...)
		}
		return bad
	}
	if s.Const != nil && v != s.Const {
		say("is %v, want %v", v, s.Const)
	}
	switch s.Type {
	case "string":
		text, ok := v.(string)
		if !ok {
			say("is %T, want a text", v)
		} else if len(s.Enum) > 0 && !slices.Contains(s.Enum, text) {
			say("is %q, want one of %v", text, s.Enum)
		}
	case "integer", "number":
		if n, ok := v.(float64); !ok || s.Type == "integer" && n != float64(int64(n)) {
			say("is %v, want a number", v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			say("is %T, want true or false", v)
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			say("is %T, want a list", v)
		}
		for i, one := range list {
			bad = append(bad, check(root, s.Items, one, fmt.Sprintf("%s[%d]", path, i))...)
		}
	case "object":
		object, ok := v.(map[string]any)
		if !ok {
			say("is %T, want an object", v)
			return bad
		}
		for _, name := range s.Required {
			if _, there := object[name]; !there {
				say("%s is missing", name)
			}
		}
		for name, value := range object {
			field := s.Properties.Get(name)
			if field == nil {
				say("the schema knows no field %s", name)
				continue
			}
			bad = append(bad, check(root, field, value, path+"."+name)...)
		}
	}
	return bad
}
