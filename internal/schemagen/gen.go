// Package schemagen writes JSON Schema 2020-12 from Go types: shapes by
// reflection, words and enumerations from the source of their packages. Tests
// use it to keep published schemas and documents in step with the code.
//
// It is no part of the product and reads nothing but Go source.
package schemagen

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Schema is a node of a JSON Schema.
type Schema struct {
	Schema      string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Encoding    string             `json:"contentEncoding,omitempty"`
	Const       any                `json:"const,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	OneOf       []*Schema          `json:"oneOf,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Properties  Properties         `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Defs        map[string]*Schema `json:"$defs,omitempty"`
}

// Properties are the fields of an object in the order of the Go struct.
type Properties []Property

// Property is one field.
type Property struct {
	Name   string
	Schema *Schema
}

// MarshalJSON writes the fields in order.
func (p Properties) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, f := range p {
		if i > 0 {
			out = append(out, ',')
		}
		raw, err := json.Marshal(f.Schema)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, strconv.Quote(f.Name)...), ':'), raw...)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads the fields in order.
func (p *Properties) UnmarshalJSON(raw []byte) error {
	var byName map[string]*Schema
	if err := json.Unmarshal(raw, &byName); err != nil {
		return err
	}
	in := json.NewDecoder(strings.NewReader(string(raw)))
	_, _ = in.Token()
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return err
		}
		var skip json.RawMessage
		if err := in.Decode(&skip); err != nil {
			return err
		}
		*p = append(*p, Property{name.(string), byName[name.(string)]})
	}
	return nil
}

// Get returns the field of that name.
func (p Properties) Get(name string) *Schema {
	for _, f := range p {
		if f.Name == name {
			return f.Schema
		}
	}
	return nil
}

// Generator collects definitions.
type Generator struct {
	Defs map[string]*Schema
	docs map[string]string   // "Type" or "Type.Field"
	enum map[string][]string // type → values of its constants
	// Override changes the definition of a type after it was made.
	Override map[string]func(*Schema)
}

// New reads the words of the packages in the given folders. Names of types must
// not repeat among them.
func New(folders ...string) (*Generator, error) {
	g := &Generator{Defs: map[string]*Schema{}, docs: map[string]string{}, enum: map[string][]string{}, Override: map[string]func(*Schema){}}
	for _, folder := range folders {
		paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(paths) == 0 {
			return nil, fmt.Errorf("no Go source in %s: %w", folder, err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			g.read(file)
		}
	}
	return g, nil
}

func (g *Generator) read(file *ast.File) {
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range decl.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				g.docs[s.Name.Name] = words(s.Doc, decl.Doc)
				if st, ok := s.Type.(*ast.StructType); ok {
					for _, f := range st.Fields.List {
						for _, name := range f.Names {
							g.docs[s.Name.Name+"."+name.Name] = words(f.Doc, f.Comment)
						}
					}
				}
			case *ast.ValueSpec:
				typ, ok := s.Type.(*ast.Ident)
				if decl.Tok != token.CONST || !ok || len(s.Values) != 1 {
					continue
				}
				if lit, ok := s.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if v, err := strconv.Unquote(lit.Value); err == nil {
						g.enum[typ.Name] = append(g.enum[typ.Name], v)
						g.docs[typ.Name+"="+v] = words(s.Doc, s.Comment)
					}
				}
			}
		}
	}
}

// words joins a comment to one line; the first that says something counts.
func words(groups ...*ast.CommentGroup) string {
	for _, c := range groups {
		if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
			return text
		}
	}
	return ""
}

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
	textType = reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()
)

// Of returns the schema of a type; structs are defined in Defs and referred to.
func (g *Generator) Of(t reflect.Type) *Schema {
	switch {
	case t == timeType:
		return &Schema{Type: "string", Format: "date-time"}
	case t == rawType:
		return &Schema{}
	case t.Kind() == reflect.Array && t.Implements(textType):
		return &Schema{Type: "string", Format: "uuid"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.Of(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return &Schema{Type: "string", Encoding: "base64"}
		}
		return &Schema{Type: "array", Items: g.Of(t.Elem())}
	case reflect.Struct:
		g.define(t, t.Name(), "")
		return &Schema{Ref: "#/$defs/" + t.Name()}
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.Float64:
		return &Schema{Type: "number"}
	case reflect.Int, reflect.Int64:
		return &Schema{Type: "integer"}
	default:
		return &Schema{Type: "string", Enum: g.enum[t.Name()]}
	}
}

// Tagged defines a struct that carries a tag in "type" under its name with a
// suffix, and refers to it.
func (g *Generator) Tagged(t reflect.Type, tag, suffix string) *Schema {
	g.define(t, t.Name()+suffix, tag)
	return &Schema{Ref: "#/$defs/" + t.Name() + suffix}
}

func (g *Generator) define(t reflect.Type, name, tag string) {
	if _, done := g.Defs[name]; done {
		return
	}
	s := &Schema{Type: "object", Description: g.docs[t.Name()]}
	g.Defs[name] = s
	if tag != "" {
		s.Properties = append(s.Properties, Property{"type", &Schema{Const: tag}})
		s.Required = append(s.Required, "type")
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue
		}
		field := g.Of(f.Type)
		field.Description = g.docs[t.Name()+"."+f.Name]
		// A Go comment begins with the Go name; readers here know the JSON name.
		if rest, ok := strings.CutPrefix(field.Description, f.Name+" "); ok {
			field.Description = name + " " + rest
		}
		if field.Description == "" && len(field.Enum) > 0 {
			field.Description = g.docs[f.Type.Name()]
		}
		if meanings := g.meanings(f.Type, field.Enum); meanings != "" {
			field.Description = strings.TrimSpace(strings.TrimSuffix(field.Description, ".") + " (" + meanings + ")")
		}
		s.Properties = append(s.Properties, Property{name, field})
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			s.Required = append(s.Required, name)
		}
	}
	if change := g.Override[t.Name()]; change != nil {
		change(s)
	}
}

// meanings lists what the values of an enumeration mean, where the source says.
func (g *Generator) meanings(t reflect.Type, values []string) string {
	var out []string
	for _, v := range values {
		if doc := g.docs[t.Name()+"="+v]; doc != "" && v != "" {
			out = append(out, v+": "+doc)
		}
	}
	return strings.Join(out, "; ")
}

// Names lists the definitions in order.
func (g *Generator) Names() []string {
	names := make([]string, 0, len(g.Defs))
	for name := range g.Defs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
