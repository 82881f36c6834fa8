package connector

import "slices"

// Schema is the part of JSON Schema 2020-12 a form needs.
type Schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Type        string             `json:"type,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Default     string             `json:"default,omitempty"`
	Examples    []string           `json:"examples,omitempty"`
	MinLength   int                `json:"minLength,omitempty"`
	MaxLength   int                `json:"maxLength,omitempty"`
	WriteOnly   bool               `json:"writeOnly,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	If          *Schema            `json:"if,omitempty"`
	Then        *Schema            `json:"then,omitempty"`
	AllOf       []*Schema          `json:"allOf,omitempty"`
	// AdditionalProperties is false for a whole form: unknown fields are refused.
	AdditionalProperties *bool `json:"additionalProperties,omitempty"`
	// Order is where the field stands in the form, from 1; Advanced fields are
	// folded away at first.
	Order    int  `json:"x-order,omitempty"`
	Advanced bool `json:"x-advanced,omitempty"`
}

// Schema describes the values of the form in a BCP 47 language. Every value is
// a text, as in Values.
func (f Form) Schema(lang string) *Schema {
	no := false
	out := &Schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", Type: "object",
		Properties: make(map[string]*Schema, len(f.Fields)), AdditionalProperties: &no,
	}
	for i, field := range f.Fields {
		s := field.schema(lang)
		s.Order = i + 1
		out.Properties[field.Name] = s
		if !field.Required || field.Default != "" || field.Generate {
			continue
		}
		if field.When == "" {
			out.Required = append(out.Required, field.Name)
			continue
		}
		asked := &Schema{Properties: map[string]*Schema{field.When: {Enum: field.WhenIn}}}
		if on, ok := f.Field(field.When); !ok || !slices.Contains(field.WhenIn, on.Default) {
			asked.Required = []string{field.When} // without the other field's default, this one is not shown
		}
		out.AllOf = append(out.AllOf, &Schema{If: asked, Then: &Schema{Required: []string{field.Name}}})
	}
	return out
}

func (f Field) schema(lang string) *Schema {
	s := &Schema{
		Type: "string", Title: f.Label.In(lang), Description: f.Help.In(lang),
		Default: f.Default, Advanced: f.Advanced,
	}
	if f.Example != "" {
		s.Examples = []string{f.Example}
	}
	if f.Pattern != "" {
		s.Pattern = "^(?:" + f.Pattern + ")$"
	}
	switch f.Kind {
	case FieldSecret:
		s.Format, s.WriteOnly = "password", true
	case FieldURL:
		s.Format = "uri"
	case FieldHost:
		s.Format = "hostname"
	case FieldNumber:
		s.Pattern = "^-?[0-9]+$"
	case FieldSwitch:
		s.Enum = []string{"true", "false"}
	case FieldChoice:
		for _, o := range f.Options {
			s.Enum = append(s.Enum, o.Value)
		}
	}
	if f.Kind != FieldNumber && f.Max > 0 {
		s.MinLength, s.MaxLength = f.Min, f.Max
	}
	return s
}
