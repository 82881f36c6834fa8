package api

import (
	"context"
	"strings"

	"parley/admin/auth"
	"parley/core/connector"
)

// ConnectorKind is a kind of channel an account can be linked on.
type ConnectorKind struct {
	Kind         string                 `json:"kind"`
	Name         connector.Text         `json:"name"`
	Help         connector.Text         `json:"help"`
	Row          string                 `json:"row" enum:"china,world,own"`
	Form         Form                   `json:"form"`
	Capabilities connector.Capabilities `json:"capabilities" doc:"The most an account of this kind can do"`
	ManyAccounts bool                   `json:"many_accounts"`
	NeedsHTTPS   bool                   `json:"needs_https"`
	Usable       bool                   `json:"usable" doc:"False where it needs https and this hub has none"`
	Docs         string                 `json:"docs,omitempty"`
	Callbacks    []CallbackAddress      `json:"callbacks,omitempty" doc:"What its console asks for where that is more than one callback address"`
}

// CallbackAddress is one of several addresses to enter at a platform.
type CallbackAddress struct {
	Path string         `json:"path" doc:"To put behind the hook_url as it stands"`
	Name connector.Text `json:"name" doc:"The field of the platform's console"`
	Help connector.Text `json:"help"`
}

// Form is what linking asks for.
type Form struct {
	Fields []FormField `json:"fields"`
	Docs   string      `json:"docs,omitempty" doc:"The platform's own page on where these values are"`
}

// FormField is one field of a form.
type FormField struct {
	Name     string         `json:"name"`
	Kind     string         `json:"kind" enum:"text,secret,url,host,number,switch,choice,list"`
	Label    connector.Text `json:"label"`
	Help     connector.Text `json:"help,omitzero"`
	Docs     string         `json:"docs,omitempty" doc:"The platform's page on this value, where it is another than the form's"`
	Default  string         `json:"default,omitempty"`
	Example  string         `json:"example,omitempty"`
	Required bool           `json:"required"`
	Advanced bool           `json:"advanced" doc:"Folded away at first"`
	Apart    bool           `json:"apart,omitempty" doc:"Changed on a page of its own, not in the form"`
	Generate bool           `json:"generate,omitempty" doc:"Left empty, the hub makes it up"`
	Pattern  string         `json:"pattern,omitempty"`
	Min      int            `json:"min,omitempty"`
	Max      int            `json:"max,omitempty"`
	Options  []FormOption   `json:"options,omitempty"`
	When     string         `json:"when,omitempty" doc:"Shown only if this field has one of when_in"`
	WhenIn   []string       `json:"when_in,omitempty"`
}

// FormOption is one value of a choice.
type FormOption struct {
	Value string         `json:"value"`
	Label connector.Text `json:"label"`
}

func formFields(all []connector.Field) []FormField {
	out := make([]FormField, len(all))
	for i, f := range all {
		out[i] = FormField{Name: f.Name, Kind: string(f.Kind), Label: f.Label, Help: f.Help, Docs: f.Docs, Default: f.Default, Example: f.Example,
			Required: f.Required, Advanced: f.Advanced, Apart: f.Apart, Generate: f.Generate, Pattern: f.Pattern, Min: f.Min, Max: f.Max, When: f.When, WhenIn: f.WhenIn}
		for _, o := range f.Options {
			out[i].Options = append(out[i].Options, FormOption{o.Value, o.Label})
		}
	}
	return out
}

func (a *API) addConnectors() {
	add(a, route{method: "GET", path: "/connectors", tag: "Channels", may: auth.AccountRead, summary: "Kinds of channel, with what linking asks for"},
		func(context.Context, *call, *none) (*answer[list[ConnectorKind]], error) {
			out := list[ConnectorKind]{Items: []ConnectorKind{}}
			for _, kind := range a.Connectors.Kinds() {
				d, _ := a.Connectors.Driver(kind)
				s := d.Spec()
				var callbacks []CallbackAddress
				for _, x := range s.Callbacks {
					callbacks = append(callbacks, CallbackAddress(x))
				}
				out.Items = append(out.Items, ConnectorKind{Kind: s.Kind, Name: s.Name, Help: s.Help, Row: s.Row, Form: Form{formFields(s.Form.Fields), s.Form.Docs},
					Capabilities: s.Ceiling, ManyAccounts: s.ManyAccounts, NeedsHTTPS: s.NeedsHTTPS,
					Usable: !s.NeedsHTTPS || strings.HasPrefix(a.PublicURL, "https://"), Docs: s.Docs, Callbacks: callbacks})
			}
			return &answer[list[ConnectorKind]]{out}, nil
		})
}
