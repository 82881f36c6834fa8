package http_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/canon"
	"parley/core/canon/schema"
	"parley/internal/schemagen"
)

const document = "../../docs/http-connector.md"

// TestDocumentIsInStep makes docs/http-connector.md from its template, canon's
// schema and the types of this connector.
func TestDocumentIsInStep(t *testing.T) {
	got := writeDocument(t)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(document, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Error("docs/http-connector.md is not what the code says: run UPDATE_GOLDEN=1 go test ./connectors/http -run Document and read the difference")
	}
	for name := range allDefs(t) {
		if !strings.Contains(string(got), "**"+name+"**") {
			t.Errorf("the document does not explain %s", name)
		}
	}
}

// TestCorpusFitsTheDocument: what the document promises to accept is what the
// corpus holds, and the kit shows that it is accepted.
func TestCorpusFitsTheDocument(t *testing.T) {
	root := canonSchema(t)
	foreign := map[string]bool{"newer_version": true, "unknown": true, "batch": true} // not of this version, or several
	for _, c := range in(t) {
		if foreign[c.Name] {
			continue
		}
		for _, bad := range schemagen.Validate(root, root, c.Body) {
			t.Errorf("%s: %s", c.Name, bad)
		}
	}
}

func canonSchema(t *testing.T) *schemagen.Schema {
	t.Helper()
	var root schemagen.Schema
	if err := json.Unmarshal(schema.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	return &root
}

// allDefs are canon's definitions and those of the calls out.
func allDefs(t *testing.T) map[string]*schemagen.Schema {
	t.Helper()
	defs := canonSchema(t).Defs
	g, err := schemagen.New("../../core/canon", "../../core/connector", ".")
	if err != nil {
		t.Fatal(err)
	}
	g.Of(reflect.TypeFor[connhttp.Call]())
	g.Of(reflect.TypeFor[connhttp.Answer]())
	g.Of(reflect.TypeFor[connhttp.Signal]())
	for _, name := range []string{"Call", "Sender", "Answer", "Signal"} {
		defs[name] = g.Defs[name]
	}
	return defs
}

func writeDocument(t *testing.T) []byte {
	t.Helper()
	defs, told := allDefs(t), map[string]bool{}
	object := func(name string) (string, error) {
		def := defs[name]
		if def == nil {
			return "", fmt.Errorf("nothing is called %s", name)
		}
		told[name] = true
		return "**" + name + "**. " + def.Description + "\n\n" + table(def), nil
	}
	tmpl, err := template.New("http-connector.md.tmpl").Funcs(template.FuncMap{
		"object": object,
		"union": func(name string) (string, error) {
			out := "**" + name + "**. " + defs[name].Description + "\n"
			told[name] = true
			for _, one := range defs[name].OneOf {
				member := strings.TrimPrefix(one.Ref, "#/$defs/")
				text, err := object(member)
				if err != nil {
					return "", err
				}
				tag, _ := defs[member].Properties.Get("type").Const.(string)
				out += "\n#### `" + tag + "`\n\n" + text
			}
			return out, nil
		},
		"rest": func() (string, error) {
			var out strings.Builder
			for _, name := range sortedNames(defs) {
				if told[name] || name == "Call" || name == "Sender" || name == "Answer" || name == "Signal" {
					continue
				}
				text, err := object(name)
				if err != nil {
					return "", err
				}
				out.WriteString(text + "\n")
			}
			return out.String(), nil
		},
		"form":    formTable,
		"example": func(path string) (string, error) { return indented(os.ReadFile(path)) },
		"wire": func(path string) (string, error) {
			raw, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			_, body, _ := strings.Cut(string(raw), "\n")
			body, _, _ = strings.Cut(body, "\n→")
			return indented([]byte(body), nil)
		},
	}).ParseFiles("testdata/http-connector.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	conn, _, _ := link(t, nil)
	var out bytes.Buffer
	if err := tmpl.Execute(&out, map[string]any{
		"Kind": connhttp.Kind, "Tolerance": int(connhttp.Tolerance.Seconds()), "MaxEnvelopes": connhttp.MaxEnvelopes, "MaxSignals": connhttp.MaxSignals, "MaxBody": connhttp.MaxBody,
		"TypingEvery":  int(conn.Capabilities(canon.ThreadKey{}).TypingEvery.Seconds()),
		"FileLife":     int(connhttp.FileLife / (24 * time.Hour)),
		"VectorSecret": connhttp.VectorSecret, "VectorID": connhttp.VectorID, "VectorAt": connhttp.VectorAt, "VectorBody": connhttp.VectorBody, "VectorSign": connhttp.VectorSign,
	}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sortedNames(defs map[string]*schemagen.Schema) []string {
	var names []string
	for name := range defs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func indented(raw []byte, err error) (string, error) {
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, bytes.TrimSpace(raw), "", "  "); err != nil {
		return "", err
	}
	return out.String(), nil
}

// table writes the fields of an object.
func table(def *schemagen.Schema) string {
	if len(def.Properties) == 0 {
		return ""
	}
	var out strings.Builder
	out.WriteString("| field | holds | | meaning |\n|---|---|---|---|\n")
	for _, p := range def.Properties {
		must := ""
		if slices.Contains(def.Required, p.Name) {
			must = "required"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", p.Name, holds(p.Schema), must, strings.ReplaceAll(p.Schema.Description, "|", `\|`))
	}
	return out.String()
}

func holds(s *schemagen.Schema) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, "#/$defs/")
	case s.Const != nil:
		return fmt.Sprintf("`%v`", s.Const)
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			if v == "" {
				v = "(empty)"
			}
			values = append(values, "`"+v+"`")
		}
		return strings.Join(values, ", ")
	case s.Type == "array":
		return "list of " + holds(s.Items)
	case s.Encoding != "":
		return "text in " + s.Encoding
	case s.Format == "date-time":
		return "time, RFC 3339"
	case s.Format == "uuid":
		return "id of the hub"
	case s.Type == "":
		return "anything"
	}
	return map[string]string{"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}[s.Type]
}

func formTable() string {
	var out strings.Builder
	out.WriteString("| field | | meaning |\n|---|---|---|\n")
	for _, f := range connhttp.New().Spec().Form.Fields {
		note := string(f.Kind)
		if f.Default != "" {
			note += ", `" + f.Default + "` if left out"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", f.Name, note, f.Help.EN)
	}
	return out.String()
}
