package api

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type attributeInput struct {
	Body struct {
		Key     string             `json:"key,omitempty" maxLength:"40" pattern:"^([a-z][a-z0-9_]*)?$" doc:"Stays as it is; absent: made for you"`
		Name    string             `json:"name" minLength:"1" maxLength:"60"`
		Kind    core.AttributeKind `json:"kind" enum:"text,number,date,choice,yes_no"`
		Options []string           `json:"options,omitempty" maxItems:"100" doc:"Of a choice"`
	}
}

type attributeChange struct {
	ByID
	Body struct {
		Name    *string   `json:"name,omitempty" minLength:"1" maxLength:"60"`
		Options *[]string `json:"options,omitempty" maxItems:"100"`
		Pos     *int      `json:"pos,omitempty" minimum:"0" maximum:"1000"`
	}
}

func (a *API) addAttributes() {
	add(a, route{method: "GET", path: "/attributes", tag: "Contacts", may: auth.ContactRead, summary: "What the tenant keeps of its contacts"},
		func(ctx context.Context, c *call, _ *struct{}) (*answer[list[core.Attribute]], error) {
			all, err := c.scope.Attributes(ctx)
			return listOf(all, len(all), nil), err
		})
	add(a, route{method: "POST", path: "/attributes", tag: "Contacts", may: auth.AttributeWrite, act: "attribute.created", summary: "Define an attribute of contacts", status: 201},
		func(ctx context.Context, c *call, in *attributeInput) (*answer[core.Attribute], error) {
			v := core.Attribute{Key: in.Body.Key, Name: in.Body.Name, Kind: in.Body.Kind, Options: in.Body.Options}
			if v.Key == "" {
				v.Key = "a" + strings.ReplaceAll(canon.NewID().String(), "-", "")[17:] // the end is chance, the beginning the time
			}
			return a.saveAttribute(ctx, c, v)
		})
	add(a, route{method: "PATCH", path: "/attributes/{id}", tag: "Contacts", may: auth.AttributeWrite, act: "attribute.changed", summary: "Change an attribute of contacts",
		doc: "Its kind and key stay: values are written by them."},
		func(ctx context.Context, c *call, in *attributeChange) (*answer[core.Attribute], error) {
			v, err := c.scope.Attribute(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			set(&v.Name, in.Body.Name)
			set(&v.Options, in.Body.Options)
			set(&v.Pos, in.Body.Pos)
			return a.saveAttribute(ctx, c, v)
		})
	add(a, route{method: "DELETE", path: "/attributes/{id}", tag: "Contacts", may: auth.AttributeWrite, act: "attribute.deleted", summary: "Delete an attribute", status: 204,
		doc: "Values contacts have stay with them as texts under its key."},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return in.ID.String(), t.DeleteAttribute(in.ID, c.by()) })
		})
}

func (a *API) saveAttribute(ctx context.Context, c *call, v core.Attribute) (*answer[core.Attribute], error) {
	var err error
	if v.Name, err = oneLine("body.name", v.Name); err != nil {
		return nil, err
	}
	if v.Kind != core.AttributeChoice {
		v.Options = nil
	}
	for i, o := range v.Options {
		o, err := oneLine("body.options", o)
		if err != nil {
			return nil, err
		}
		if utf8.RuneCountInString(o) > 100 || slices.Contains(v.Options[:i], o) {
			return nil, core.Invalid("options", "body.options", connector.Text{EN: "An option is there twice, or is too long.", ZH: "选项重复或过长。"},
				connector.Text{EN: "Up to 100 characters, each once.", ZH: "每项不超过 100 个字符，且不得重复。"})
		}
		v.Options[i] = o
	}
	if v.Kind == core.AttributeChoice && len(v.Options) == 0 {
		return nil, core.Invalid("options", "body.options", connector.Text{EN: "A choice needs options.", ZH: "选择类属性需要选项。"}, connector.Text{EN: "Write at least one.", ZH: "请至少填写一项。"})
	}
	fresh := v.ID
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		v.ID = fresh // a second run makes a new one
		v, err = t.SaveAttribute(ctx, v, c.by())
		return v.ID.String() + " " + v.Name, err
	})
	return &answer[core.Attribute]{v}, err
}

// attributeValue checks a value by what is defined of its key. Empty passes: it
// takes the value away.
func attributeValue(defined []core.Attribute, key, value string) (string, error) {
	field := "body.attributes." + cut(key, 60)
	if key == "" || utf8.RuneCountInString(key) > 60 || utf8.RuneCountInString(value) > 1000 {
		return "", tooManyValues(field)
	}
	at := slices.IndexFunc(defined, func(d core.Attribute) bool { return d.Key == key })
	if at < 0 || strings.TrimSpace(value) == "" {
		return strings.TrimSpace(value), nil
	}
	out, ok := defined[at].Written(value)
	if !ok {
		return "", core.Invalid("attribute", field, connector.Text{EN: "This is no value of " + defined[at].Name + ".", ZH: "“" + defined[at].Name + "”的取值不正确。"}, defined[at].Wanted())
	}
	return out, nil
}

func tooManyValues(field string) error {
	return core.Invalid("attributes", field, connector.Text{EN: "There are too many attributes, or one is too long.", ZH: "属性过多或过长。"},
		connector.Text{EN: "At most 100; keys up to 60, values up to 1,000 characters.", ZH: "最多 100 个，名称不超过 60 字符，值不超过 1000 字符。"})
}

// withAttributes is a contact's attributes after a change.
func withAttributes(had, change map[string]string) map[string]string {
	out := maps.Clone(had)
	if out == nil {
		out = map[string]string{}
	}
	for key, value := range change {
		if out[key] = value; value == "" {
			delete(out, key)
		}
	}
	return out
}
