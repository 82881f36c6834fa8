package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type contactImport struct {
	DryRun  bool     `query:"dry_run" doc:"Only say what would happen"`
	Columns string   `query:"columns" maxLength:"20000" doc:"What each column holds, with commas between: id, external_id, name, phone, email, locale, tags, remote_id, attributes.KEY, or nothing to leave it out; absent: by the headings"`
	Match   string   `query:"match" enum:"id,external_id,email,phone,identity" doc:"By what a row finds its contact; absent: the first of these there is. identity is remote_id on account"`
	Account canon.ID `query:"account" doc:"For match=identity: the account the ids are of"`
	RawBody []byte   `contentType:"text/csv"`
}

// ImportTable is a table as it was read.
type ImportTable struct {
	Encoding string         `json:"encoding"`
	Rows     int            `json:"rows"`
	Match    string         `json:"match"`
	Columns  []ImportColumn `json:"columns"`
}

// ImportColumn is a column of it.
type ImportColumn struct {
	Heading string   `json:"heading"`
	Target  string   `json:"target" doc:"What it is taken for; empty: left out"`
	Samples []string `json:"samples"`
}

// ImportProgress counts rows.
type ImportProgress struct {
	Rows      int `json:"rows" doc:"Done so far"`
	Created   int `json:"created"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
}

// ImportError is a row that was left out, and why.
type ImportError struct {
	Row    int            `json:"row" doc:"Row of the sheet, headings being row 1"`
	Column string         `json:"column,omitempty"`
	Text   connector.Text `json:"text"`
}

// ImportLine is one line of the answer.
type ImportLine struct {
	Table    *ImportTable    `json:"table,omitempty"`
	Error    *ImportError    `json:"error,omitempty"`
	Progress *ImportProgress `json:"progress,omitempty"`
	Stopped  string          `json:"stopped,omitempty" doc:"Why it did not come to the end; what is done stays, and sending the table again goes on"`
	Done     bool            `json:"done,omitempty"`
}

// importBatch is how many rows one transaction takes, importErrors how many row
// errors are told of; all are counted.
const (
	importBatch  = 200
	importErrors = 500
)

// importer reads the rows of one table.
type importer struct {
	in      *contactImport
	targets []string
	defined []core.Attribute
	tags    map[string]canon.ID
	match   store.ContactMatch
	seen    map[string]int // keys, and the row that had it first
	told    int
	sum     ImportProgress
	say     func(any)
}

func (a *API) importContacts(ctx context.Context, c *call, in *contactImport) (*huma.StreamResponse, error) {
	if !in.Account.IsZero() {
		if _, err := c.scope.Account(ctx, in.Account); err != nil {
			return nil, err
		}
	} else if in.Match == string(store.MatchIdentity) {
		return nil, core.Invalid("account", "query.account", connector.Text{EN: "Whose ids are these?", ZH: "未指定这些编号所属的账号。"}, connector.Text{EN: "Name an account.", ZH: "请选择渠道账号。"})
	}
	defined, err := c.scope.Attributes(ctx)
	if err != nil {
		return nil, err
	}
	records, rows, encoding, err := readTable(in.RawBody)
	if err != nil {
		return nil, err
	}
	cols := append(tableColumns(defined, nil), tableColumn{target: "remote_id", name: columnRemote})
	m := &importer{in: in, defined: defined, seen: map[string]int{}, targets: guess(records[0], cols)}
	if in.Columns != "" {
		m.targets = strings.Split(in.Columns, ",")
	}
	for i, t := range m.targets {
		known := t == "" || slices.ContainsFunc(cols, func(c tableColumn) bool { return c.target == t })
		if !known || t != "" && slices.Contains(m.targets[:i], t) {
			return nil, core.Invalid("columns", "query.columns", connector.Text{EN: "There is no such column, or it is there twice: " + cut(t, 60) + ".", ZH: "列不存在或重复：" + cut(t, 60) + "。"},
				connector.Text{EN: "Name each column once.", ZH: "每个字段只能对应一列。"})
		}
	}
	if m.match = store.ContactMatch(in.Match); m.match == "" {
		m.match = matchOf(m.targets)
	}
	if m.tags, err = a.contactTags(ctx, c); err != nil {
		return nil, err
	}
	if !in.DryRun {
		if err := c.note(ctx, "", fmt.Sprintf("%d rows by %s", len(records)-1, m.match)); err != nil {
			return nil, err
		}
	} else if err := c.note(ctx, "", "dry run"); err != nil {
		return nil, err
	}
	table := ImportTable{Encoding: encoding, Rows: len(records) - 1, Match: string(m.match), Columns: []ImportColumn{}}
	for i, h := range records[0] {
		col := ImportColumn{Heading: h, Samples: []string{}}
		if i < len(m.targets) {
			col.Target = m.targets[i]
		}
		for _, r := range records[1:min(len(records), 4)] {
			if i < len(r) {
				col.Samples = append(col.Samples, r[i])
			}
		}
		table.Columns = append(table.Columns, col)
	}
	return streamedFor(tableTime, func(say func(any)) {
		m.say = say
		say(ImportLine{Table: &table})
		for from := 1; from < len(records); from += importBatch {
			to := min(from+importBatch, len(records))
			if err := m.batch(ctx, c, records[from:to], rows[from:to]); err != nil {
				p := asProblem(err, c.lang, requestID(ctx))
				a.Log.Warn("an import of contacts stopped", "request", p.RequestID, "row", rows[from], "err", err)
				say(ImportLine{Stopped: p.Detail, Progress: &m.sum})
				return
			}
			a.Feed.Poke(c.who.Tenant)
			sum := m.sum
			say(ImportLine{Progress: &sum})
		}
		say(ImportLine{Done: true, Progress: &m.sum})
	}), nil
}

// errDry takes a batch back that was only tried.
var errDry = errors.New("only tried")

// batch imports some rows in one transaction. A row that is refused is told of
// and does not hold up the others.
func (m *importer) batch(ctx context.Context, c *call, records [][]string, rows []int) error {
	type job struct {
		row int
		v   store.ContactRow
	}
	var jobs []job
	for i, r := range records {
		v, bad := m.read(r)
		if bad == nil {
			bad = m.twice(v, rows[i])
		}
		if bad != nil {
			m.fail(rows[i], *bad)
			continue
		}
		jobs = append(jobs, job{rows[i], v})
	}
	for m.match == store.MatchEmail || m.match == store.MatchPhone {
		n, err := c.scope.IndexContacts(ctx, 500)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	// A transaction may run again: what came of it is counted when it is over.
	type outcome struct {
		row  int
		what store.Imported
		err  *core.Fault
	}
	var all []outcome
	err := c.scope.Write(ctx, func(t *store.Tx) error {
		all = all[:0]
		for _, j := range jobs {
			what, err := t.ImportContact(ctx, j.v, m.match, m.in.Account, c.by())
			f, refused := core.AsFault(err)
			if err != nil && !refused {
				return err
			}
			all = append(all, outcome{j.row, what, f})
		}
		if m.in.DryRun {
			return errDry
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDry) {
		return err
	}
	for _, o := range all {
		if o.err != nil {
			m.fail(o.row, ImportError{Column: m.target(string(m.match)), Text: connector.Text{EN: o.err.Text.EN + " " + o.err.Remedy.EN, ZH: o.err.Text.ZH + o.err.Remedy.ZH}})
			continue
		}
		switch o.what {
		case store.ImportCreated:
			m.sum.Created++
		case store.ImportChanged:
			m.sum.Changed++
		case store.ImportUnchanged:
			m.sum.Unchanged++
		}
	}
	m.sum.Rows += len(records)
	return nil
}

func (m *importer) fail(row int, e ImportError) {
	m.sum.Failed++
	if m.told++; m.told > importErrors {
		return
	}
	e.Row = row
	m.say(ImportLine{Error: &e})
}

// target is the column matching goes by, as columns are named.
func (m *importer) target(match string) string {
	if match == string(store.MatchIdentity) {
		return "remote_id"
	}
	return match
}

// twice refuses a second row of the same contact.
func (m *importer) twice(v store.ContactRow, row int) *ImportError {
	key := map[store.ContactMatch]string{store.MatchID: v.Contact.ID.String(), store.MatchExternal: v.Contact.External,
		store.MatchEmail: v.Contact.Email, store.MatchPhone: v.Contact.Phone, store.MatchIdentity: string(v.Remote)}[m.match]
	if key == "" {
		return nil
	}
	if first, ok := m.seen[key]; ok {
		return &ImportError{Column: m.target(string(m.match)), Text: connector.Text{EN: fmt.Sprintf("Row %d is about the same contact.", first), ZH: fmt.Sprintf("与第 %d 行是同一个客户。", first)}}
	}
	m.seen[key] = row
	return nil
}

// read makes a contact of the cells of a row.
func (m *importer) read(record []string) (store.ContactRow, *ImportError) {
	v := store.ContactRow{Contact: core.Contact{Attributes: map[string]string{}}}
	for i, target := range m.targets {
		if i >= len(record) || record[i] == "" || target == "" {
			continue
		}
		if err := m.cell(&v, target, record[i]); err != nil {
			f, ok := core.AsFault(err)
			if !ok {
				return v, &ImportError{Column: target, Text: connector.Text{EN: err.Error(), ZH: err.Error()}}
			}
			return v, &ImportError{Column: target, Text: connector.Text{EN: f.Text.EN + " " + f.Remedy.EN, ZH: f.Text.ZH + f.Remedy.ZH}}
		}
	}
	return v, nil
}

func (m *importer) cell(v *store.ContactRow, target, text string) (err error) {
	limits := map[string]int{"name": 200, "phone": 40, "email": 254, "locale": 35, "external_id": 200, "remote_id": 200}
	if most, ok := limits[target]; ok && len([]rune(text)) > most {
		return core.Invalid("too_long", target, connector.Text{EN: fmt.Sprintf("This is longer than %d characters.", most), ZH: fmt.Sprintf("超过 %d 个字符。", most)}, connector.Text{EN: "Shorten it.", ZH: "请缩短。"})
	}
	switch target {
	case "id":
		if v.Contact.ID, err = canon.ParseID(text); err != nil {
			return core.Invalid("id", target, connector.Text{EN: "This is not an id.", ZH: "不是有效的编号。"}, connector.Text{EN: "Leave the column as the export wrote it.", ZH: "请保留导出文件中的编号。"})
		}
	case "external_id":
		v.Contact.External, err = oneLine(target, text)
	case "name":
		v.Contact.Name, err = oneLine(target, text)
	case "phone":
		v.Contact.Phone, err = oneLine(target, text)
	case "email":
		v.Contact.Email, err = address(target, text)
	case "locale":
		v.Contact.Locale, err = oneLine(target, text)
	case "remote_id":
		v.Remote = canon.RemoteID(text)
	case "tags":
		for _, name := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n;；,，、", r) }) {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			id, ok := m.tags[name]
			if !ok {
				return core.Invalid("tag", target, connector.Text{EN: "There is no tag " + cut(name, 60) + ".", ZH: "没有标签“" + cut(name, 60) + "”。"},
					connector.Text{EN: "Make it in the settings first.", ZH: "请先在设置中创建。"})
			}
			v.Tags = append(v.Tags, id)
		}
	default:
		key := strings.TrimPrefix(target, attributePrefix)
		v.Contact.Attributes[key], err = attributeValue(m.defined, key, text)
	}
	return err
}
