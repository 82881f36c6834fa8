package api

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/core/canon"
	"parley/core/connector"
)

// idDoc stands for canon.ID in the document.
type idDoc string

// Schema is a UUID; the empty text names nothing, which clears a field.
func (idDoc) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^$|^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, Description: "Id: a UUID", Examples: []any{"0190f3a2-7c1e-7abc-8def-0123456789ab"}}
}

// contentDoc stands for canon.Message, which writes its own JSON.
type contentDoc struct {
	ID       canon.ID       `json:"id,omitzero"`
	RemoteID canon.RemoteID `json:"remote_id,omitempty" doc:"The platform's id"`
	ClientID string         `json:"client_id,omitempty"`
	Parts    []contentPart  `json:"parts" maxItems:"50" doc:"Ordered contents"`
	ReplyTo  *canon.Ref     `json:"reply_to,omitempty"`
	Quote    string         `json:"quote,omitempty"`
	Subject  string         `json:"subject,omitempty" maxLength:"1000"`
	Locale   string         `json:"locale,omitempty" maxLength:"35" doc:"BCP 47"`
	Headers  []canon.Field  `json:"headers,omitempty"`
}

// contentPart is one part: its tag, and the fields of that kind of part.
type contentPart struct{}

// Schema lists the tags; what else a part holds follows from its tag.
func (contentPart) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{
		Type: huma.TypeObject, Required: []string{"type"}, AdditionalProperties: true,
		Description: "A part: text {body, html?, spans?}, media {kind, file, name?, mime?, size?, caption?}, location, sticker, contact, choices {style, prompt?, options}, template, card, or opaque (read only)",
		Properties: map[string]*huma.Schema{"type": {Type: huma.TypeString,
			Enum: []any{"text", "media", "location", "sticker", "contact", "choices", "template", "card", "opaque"}}},
	}
	s.PrecomputeMessages()
	return s
}

// aliases tells the registry about types that write their own JSON.
func aliases(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[canon.ID](), reflect.TypeFor[idDoc]())
	r.RegisterTypeAlias(reflect.TypeFor[canon.Message](), reflect.TypeFor[contentDoc]())
	r.Schema(reflect.TypeFor[Problem](), true, "Problem")
}

// schemaName names a type in the document.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[contentDoc]():
		return "Content"
	case reflect.TypeFor[connector.Text]():
		return "Words"
	case reflect.TypeFor[canon.Words]():
		return "EventWords" // the same shape; the document has a name for each type
	case reflect.TypeFor[connector.Check]():
		return "Check"
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// describe finishes the document: arrays are never null in what we write or
// take, and the output is the same on every run.
func (a *API) describe() ([]byte, error) {
	doc := a.huma.OpenAPI()
	all := doc.Components.Schemas.Map()
	delete(all, "ErrorModel") // the framework's own, which translate turns into Problem
	delete(all, "ErrorDetail")
	for _, s := range all {
		settle(s)
	}
	a.describeLive(doc)
	tags := map[string]bool{}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Patch} {
			if op == nil {
				continue
			}
			for _, t := range op.Tags {
				tags[t] = true
			}
			if op.RequestBody != nil {
				for _, m := range op.RequestBody.Content {
					if m.Schema != nil {
						settle(m.Schema)
					}
				}
			}
		}
	}
	names := make([]string, 0, len(tags))
	for t := range tags {
		names = append(names, t)
	}
	sort.Strings(names)
	for _, t := range names {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: t})
	}
	raw, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(strings.TrimRight(string(raw), "\n")), '\n'), nil
}

func settle(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	settle(s.Items)
	for _, p := range s.Properties {
		settle(p)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		settle(more)
	}
}
