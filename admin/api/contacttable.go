package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/sheet"
	"parley/core/store"
)

// tableColumn is a column of the table of contacts, by the name an import takes
// it under.
type tableColumn struct {
	target string
	name   connector.Text
	write  func(v core.Contact) string
}

const (
	attributePrefix = "attributes."
	exportPage      = 500
	tableTime       = 30 * time.Minute
)

// tableColumns are the columns an export writes and an import reads.
func tableColumns(defined []core.Attribute, tags map[canon.ID]string) []tableColumn {
	out := []tableColumn{
		{"id", connector.Text{EN: "Id", ZH: "编号"}, func(v core.Contact) string { return v.ID.String() }},
		{"external_id", connector.Text{EN: "External id", ZH: "外部编号"}, func(v core.Contact) string { return v.External }},
		{"name", connector.Text{EN: "Name", ZH: "姓名"}, func(v core.Contact) string { return v.Name }},
		{"phone", connector.Text{EN: "Phone", ZH: "电话"}, func(v core.Contact) string { return v.Phone }},
		{"email", connector.Text{EN: "E-mail", ZH: "邮箱"}, func(v core.Contact) string { return v.Email }},
		{"locale", connector.Text{EN: "Language", ZH: "语言"}, func(v core.Contact) string { return v.Locale }},
		{"tags", connector.Text{EN: "Tags", ZH: "标签"}, func(v core.Contact) string {
			var names []string
			for _, id := range v.Tags {
				names = append(names, tags[id])
			}
			return strings.Join(names, "\n")
		}},
	}
	for _, d := range defined {
		out = append(out, tableColumn{attributePrefix + d.Key, connector.Text{EN: d.Name, ZH: d.Name}, func(v core.Contact) string { return v.Attributes[d.Key] }})
	}
	return out
}

// Columns an export writes for people, and an import leaves alone.
var (
	columnAccounts = connector.Text{EN: "Accounts", ZH: "渠道账号"}
	columnCreated  = connector.Text{EN: "Created", ZH: "创建时间"}
	columnSeen     = connector.Text{EN: "Last seen", ZH: "最近来访"}
	columnRemote   = connector.Text{EN: "Account id", ZH: "账号内编号"}
)

type contactExport struct {
	ContactFilter
	Language string `query:"language" enum:"zh,en" doc:"Of the headings; absent: as Accept-Language asks"`
	BOM      bool   `query:"bom" default:"true" doc:"Begin with a byte order mark, as Excel wants it"`
}

func (a *API) addContactTable() {
	add(a, route{method: "GET", path: "/contacts/export.csv", tag: "Contacts", may: auth.ContactTable, act: "contact.exported", summary: "Contacts as a table for spreadsheets",
		doc: "All, or those a filter leaves. UTF-8, as it is read; no cell is a formula: those that begin like one get an apostrophe, which an import takes off again."}, a.exportContacts)
	add(a, route{method: "POST", path: "/contacts/import", tag: "Contacts", may: auth.ContactTable, act: "contact.imported", summary: "Read a table of contacts", most: maxTable,
		doc: "UTF-8, UTF-16 or GBK; comma, semicolon or tab; up to 100,000 rows. A row changes the contact found by match, or adds one; empty cells change nothing. Answers line by line (application/x-ndjson): {\"table\":{…}}, {\"error\":{…}} for each row left out, {\"progress\":{…}} after each batch, {\"done\":true,\"progress\":{…}} last. Sent again, it changes nothing more."}, a.importContacts)
}

func (a *API) exportContacts(ctx context.Context, c *call, in *contactExport) (*huma.StreamResponse, error) {
	defined, err := c.scope.Attributes(ctx)
	if err != nil {
		return nil, err
	}
	d, err := c.scope.Directory(ctx)
	if err != nil {
		return nil, err
	}
	tags, err := a.contactTags(ctx, c)
	if err != nil {
		return nil, err
	}
	names := make(map[canon.ID]string, len(tags))
	for name, id := range tags {
		names[id] = name
	}
	q := in.query(nil, exportPage)
	first, next, err := c.scope.Contacts(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := c.note(ctx, "", ""); err != nil {
		return nil, err
	}
	lang := in.Language
	if lang == "" {
		lang = c.lang
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		_, w := humachi.Unwrap(hc)
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(tableTime)) // where it cannot be set, the server's own stands
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="contacts.csv"`)
		w.WriteHeader(http.StatusOK)
		if in.BOM {
			_, _ = w.Write([]byte("\ufeff"))
		}
		cols := tableColumns(defined, names)
		out := csv.NewWriter(w)
		row := []string{}
		for _, col := range cols {
			row = append(row, sheet.Guard(col.name.In(lang)))
		}
		_ = out.Write(append(row, columnAccounts.In(lang), columnCreated.In(lang), columnSeen.In(lang)))
		for page := first; ; {
			where, err := c.scope.IdentitiesOf(ctx, page)
			if err != nil {
				panic(http.ErrAbortHandler) // a table cut short must not pass for a whole one
			}
			for _, v := range page {
				row = row[:0]
				for _, col := range cols {
					row = append(row, sheet.Guard(col.write(v)))
				}
				var on []string
				for _, i := range where[v.ID] {
					on = append(on, d.Accounts[i.Account].Name+": "+string(i.RemoteID))
				}
				if out.Write(append(row, sheet.Guard(strings.Join(on, "\n")), stamp(v.Created), stamp(v.Seen))) != nil {
					return // the caller went away
				}
			}
			out.Flush()
			if next == nil || out.Error() != nil {
				return
			}
			q.After = next
			if page, next, err = c.scope.Contacts(ctx, q); err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	}}, nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// contactTags are the tags of contacts by their names.
func (a *API) contactTags(ctx context.Context, c *call) (map[string]canon.ID, error) {
	out, after := map[string]canon.ID{}, canon.ID{}
	for {
		all, err := c.scope.Tags(ctx, core.TagContact, after, 200)
		if err != nil {
			return nil, err
		}
		for _, v := range all {
			out[v.Name], after = v.ID, v.ID
		}
		if len(all) < 200 {
			return out, nil
		}
	}
}

// readTable reads a file into records, the headings first, each with its row in
// the sheet.
func readTable(raw []byte) (records [][]string, rows []int, encoding string, err error) {
	bad := func(code, en, zh string) error {
		return core.Invalid(code, "body", connector.Text{EN: en, ZH: zh}, connector.Text{EN: "Save it as CSV UTF-8 and try again.", ZH: "请另存为“CSV UTF-8”后重试。"})
	}
	text, encoding, err := sheet.Text(raw)
	if err != nil {
		return nil, nil, "", bad("encoding", "The file is neither UTF-8 nor GBK.", "文件编码既不是 UTF-8 也不是 GBK。")
	}
	comma, text := sheet.Comma(text)
	if line := sheet.Widest(text, byte(comma), 200); line > 0 {
		return nil, nil, "", bad("columns", fmt.Sprintf("Line %d has more than 200 columns. Is a quotation mark missing?", line), fmt.Sprintf("第 %d 行超过 200 列，是否缺少引号？", line))
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma, in.FieldsPerRecord = comma, -1
	row, line, offset := 0, 1, int64(0)
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, "", bad("csv", fmt.Sprintf("The table cannot be read: %v.", err), fmt.Sprintf("无法读取表格：%v。", err))
		}
		begin, _ := in.FieldPos(0)
		row += 1 + begin - line // blank lines are rows of the sheet
		line += bytes.Count(text[offset:in.InputOffset()], []byte{'\n'})
		offset = in.InputOffset()
		if len(records) > maxContactRows {
			return nil, nil, "", bad("rows", "The file has more than 100,000 rows. Split it.", "文件超过 100000 行，请拆分。")
		}
		for i := range record {
			record[i] = strings.TrimSpace(sheet.Unguard(record[i]))
		}
		records, rows = append(records, record), append(rows, row)
	}
	if len(records) == 0 {
		return nil, nil, "", bad("empty", "The file is empty.", "文件为空。")
	}
	return records, rows, encoding, nil
}

const maxContactRows = 100_000

// guess says what the columns of a table hold, by their headings.
func guess(headings []string, cols []tableColumn) []string {
	out := make([]string, len(headings))
	taken := map[string]bool{}
	for i, h := range headings {
		for _, col := range cols {
			if !taken[col.target] && (strings.EqualFold(h, col.name.EN) || h == col.name.ZH || strings.EqualFold(h, col.target) || strings.EqualFold(strings.ReplaceAll(h, "-", ""), strings.ReplaceAll(col.name.EN, "-", ""))) {
				out[i], taken[col.target] = col.target, true
				break
			}
		}
	}
	return out
}

// matchOf is by what rows find their contacts where nobody says.
func matchOf(targets []string) store.ContactMatch {
	for _, m := range []store.ContactMatch{store.MatchID, store.MatchExternal, store.MatchEmail, store.MatchPhone} {
		for _, t := range targets {
			if t == string(m) {
				return m
			}
		}
	}
	return store.MatchExternal
}
