package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"parley/admin/api"
	"parley/bots/rules"
	"parley/core/canon"
	"parley/core/orchestrate"
)

// rulesDesigner shows the rules bot to the API, which knows no kind by name.
type rulesDesigner struct{ orchestrate.BotKind }

var (
	_ api.Explainer = rulesDesigner{}
	_ api.Warner    = rulesDesigner{}
	_ api.Speaker   = rulesDesigner{}
	_ api.Differ    = rulesDesigner{}
	_ api.Exporter  = rulesDesigner{}
	_ api.Importer  = rulesDesigner{}
	_ api.Referrer  = rulesDesigner{}
)

// Explain answers a turn from any content and shows how.
func (rulesDesigner) Explain(content json.RawMessage, t orchestrate.Turn) (orchestrate.Answer, json.RawMessage, error) {
	x, err := rules.Explain(content, t)
	if err != nil {
		return orchestrate.Answer{}, nil, err
	}
	shown, err := json.Marshal(x)
	return x.Answer, shown, err
}

// Warnings finds what a designer should look at.
func (rulesDesigner) Warnings(content json.RawMessage) []api.BotWarning {
	c, bad := rules.Parse(content)
	if len(bad) > 0 {
		return nil // Check names them
	}
	out := []api.BotWarning{}
	for _, w := range rules.Warnings(c) {
		out = append(out, api.BotWarning{Kind: string(w.Kind), Field: w.Field, Other: w.Other, Text: w.Text})
	}
	return out
}

// Says lists what a bot of a content may say.
func (rulesDesigner) Says(content json.RawMessage, limit int) ([]api.BotSaid, error) {
	c, err := parseRules(content)
	if err != nil {
		return nil, err
	}
	said := rules.Says(c, limit)
	out := make([]api.BotSaid, len(said))
	for i, s := range said {
		out[i] = api.BotSaid{Field: s.Field, Message: s.Message}
	}
	return out, nil
}

// Diff lists what it takes to get from one content to the other.
func (rulesDesigner) Diff(from, to json.RawMessage) ([]api.BotChange, error) {
	a, err := parseRules(from)
	if err != nil {
		return nil, err
	}
	b, err := parseRules(to)
	if err != nil {
		return nil, err
	}
	out := []api.BotChange{}
	for _, c := range rules.Diff(a, b) {
		out = append(out, api.BotChange{Section: c.Section, ID: c.ID, Name: c.Name, Kind: string(c.Kind), Fields: c.Fields})
	}
	return out, nil
}

// Export writes a content as a table.
func (rulesDesigner) Export(w io.Writer, content json.RawMessage, o api.TableOptions) error {
	c, err := parseRules(content)
	if err != nil {
		return err
	}
	return rules.ExportCSV(w, c, tableOptions(o))
}

// Import reads such a table into a content.
func (rulesDesigner) Import(r io.Reader, old json.RawMessage, o api.TableOptions) (api.BotImport, error) {
	c, err := parseRules(old)
	if err != nil {
		return api.BotImport{}, err
	}
	im, err := rules.ImportCSV(r, c, tableOptions(o))
	if err != nil {
		return api.BotImport{}, err
	}
	out := api.BotImport{Encoding: im.Encoding, Rows: im.Rows, Added: im.Added, Changed: im.Changed, Unchanged: im.Unchanged, Removed: im.Removed,
		Items: []api.BotImportItem{}, Errors: []api.BotCellError{}}
	for _, i := range im.Items {
		out.Items = append(out.Items, api.BotImportItem{Row: i.Row, ID: i.ID, Name: i.Name, Kind: string(i.Kind), Fields: i.Fields})
	}
	for _, e := range im.Errors {
		out.Errors = append(out.Errors, api.BotCellError{Row: e.Row, Line: e.Line, Column: e.Column, Item: e.Item, Text: e.Text})
	}
	if len(out.Errors) == 0 {
		out.Content, err = json.Marshal(im.Content)
	}
	return out, err
}

// References lists the teams and files a content names.
func (rulesDesigner) References(content json.RawMessage) (teams, files []canon.ID) {
	c, err := parseRules(content)
	if err != nil {
		return nil, nil
	}
	return rules.References(c)
}

func tableOptions(o api.TableOptions) rules.CSVOptions {
	return rules.CSVOptions{Lang: o.Language, Teams: o.Teams, Replace: o.Replace}
}

func parseRules(content json.RawMessage) (rules.Content, error) {
	c, bad := rules.Parse(content)
	if len(bad) > 0 {
		errs := make([]error, len(bad))
		for i, e := range bad {
			errs[i] = e
		}
		return c, fmt.Errorf("read the rules: %w", errors.Join(errs...))
	}
	return c, nil
}
