package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parley/core/canon"
	"parley/internal/schemagen"
)

var update = flag.Bool("update", false, "write canon.schema.json anew")

// generate makes the schema of the vocabulary from the types themselves.
func generate(t *testing.T) []byte {
	t.Helper()
	g, err := schemagen.New("..")
	if err != nil {
		t.Fatal(err)
	}
	union := func(suffix, what string, members map[string]any) *schemagen.Schema {
		s := &schemagen.Schema{Description: what}
		for _, tag := range order(members) {
			s.OneOf = append(s.OneOf, g.Tagged(reflect.TypeOf(members[tag]), tag, suffix))
		}
		return s
	}
	g.Override["Message"] = func(s *schemagen.Schema) {
		s.Properties = append(s.Properties, schemagen.Property{Name: "parts", Schema: &schemagen.Schema{
			Type: "array", Description: "What the message holds, in order.", Items: &schemagen.Schema{Ref: "#/$defs/Part"},
		}})
		s.Required = append(s.Required, "parts")
	}
	// What a sender may leave out is not required, though we always write it.
	g.Override["Envelope"] = func(s *schemagen.Schema) {
		s.Properties = append(schemagen.Properties{{Name: "v", Schema: &schemagen.Schema{Type: "integer", Description: "Version of the vocabulary: 1."}}}, s.Properties...)
		s.Properties = append(s.Properties, schemagen.Property{Name: "event", Schema: &schemagen.Schema{Ref: "#/$defs/Event", Description: "What happened."}})
		s.Required = []string{"event_id", "event"}
	}
	optional := func(names ...string) func(*schemagen.Schema) {
		return func(s *schemagen.Schema) {
			var kept []string
			for _, r := range s.Required {
				if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+r+" ") {
					kept = append(kept, r)
				}
			}
			s.Required = kept
		}
	}
	g.Override["ThreadKey"] = optional("account")
	g.Override["Action"] = optional("value")
	g.Defs["Event"] = union("Event", "Anything that happens on a thread, told by its type. A type that is not known is kept and shown as it came.", events)
	g.Defs["Part"] = union("Part", "A piece of a message, told by its type. A type that is not known is kept and shown as it came.", parts)
	root := g.Of(reflect.TypeFor[canon.Envelope]())
	root.Schema, root.ID, root.Title, root.Defs = "https://json-schema.org/draft/2020-12/schema", ID, "Parley envelope", g.Defs
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var (
	events = tagged[canon.Event](canon.EventType, canon.Posted{}, canon.Edited{}, canon.Revoked{}, canon.Reacted{}, canon.Receipt{}, canon.Membership{}, canon.Action{}, canon.Call{}, canon.Session{}, canon.Unknown{})
	parts  = tagged[canon.Part](canon.PartType, canon.Text{}, canon.Media{}, canon.Location{}, canon.Sticker{}, canon.Contact{}, canon.Choices{}, canon.Template{}, canon.Card{}, canon.Opaque{})
	listed = map[string]int{}
)

func tagged[T any](tag func(T) string, members ...T) map[string]any {
	out := map[string]any{}
	for i, m := range members {
		out[tag(m)] = m
		listed[tag(m)] = i
	}
	return out
}

// order keeps the order in which the members were listed.
func order(members map[string]any) []string {
	out := make([]string, len(members))
	for tag := range members {
		out[listed[tag]] = tag
	}
	return out
}

func TestSchemaIsInStep(t *testing.T) {
	got := generate(t)
	if *update {
		if err := os.WriteFile("canon.schema.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
		text = got
	}
	if !bytes.Equal(got, Schema()) {
		t.Error("canon.schema.json is not what the types say: run go test ./core/canon/schema -update")
	}
}

// TestGoldenFilesFitTheSchema holds what the code writes against what is
// published, field by field.
func TestGoldenFilesFitTheSchema(t *testing.T) {
	var root schemagen.Schema
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../testdata/golden/*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		at := &root
		switch kind, _, _ := strings.Cut(name, "_"); kind {
		case "part":
			at = root.Defs["Part"]
		case "event":
			at = root.Defs["Event"]
		case "signal":
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := schemagen.Validate(&root, at, raw)
		if name == "part_media_odd" { // a kind that no enumeration names is read, but not promised
			if len(bad) == 0 {
				t.Error("a media kind nobody knows fits the schema")
			}
			continue
		}
		for _, b := range bad {
			t.Errorf("%s: %s", name, b)
		}
		var object map[string]any
		_ = json.Unmarshal(raw, &object)
		if tag, ok := object["type"].(string); ok {
			seen[tag] = true
		}
	}
	for _, members := range []map[string]any{events, parts} {
		for tag := range members {
			if !seen[tag] {
				t.Errorf("no golden file of type %s was checked", tag)
			}
		}
	}
}

func TestValidateSeesMistakes(t *testing.T) {
	var root schemagen.Schema
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		`{"event_id":"e","event":{"type":"revoked"}}`:                          "target is missing",
		`{"event_id":"e","event":{"type":"receipt","target":"r","state":"x"}}`: "want one of",
		`{"event":{"type":"revoked","target":"m"}}`:                            "event_id is missing",
		`{"event_id":5,"event":{"type":"revoked","target":"m"}}`:               "want a text",
		`{"event_id":"e","mood":1,"event":{"type":"revoked","target":"m"}}`:    "knows no field mood",
		`{"event_id":"e","event":{"type":"dance"}}`:                            "fits 0 of the alternatives",
	} {
		if bad := strings.Join(schemagen.Validate(&root, &root, []byte(in)), "; "); !strings.Contains(bad, want) {
			t.Errorf("%s: %s, want %q", in, bad, want)
		}
	}
	if bad := schemagen.Validate(&root, &root, []byte(`{"event_id":"e","from":{"id":"u"},"event":{"type":"revoked","target":"m"}}`)); len(bad) > 0 {
		t.Errorf("a good envelope: %v", bad)
	}
}
