package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"parley/core/connector"
	"parley/core/sheet"
)

// Limits of a file that is imported.
const (
	MaxCSVBytes   = 20 << 20
	MaxCSVRows    = 100_000
	maxCSVColumns = 64
	// maxItems bounds the changes an import lists; all are counted.
	maxItems = 500
)

// Import is what a file would do to the rules, or why it cannot.
type Import struct {
	Encoding  string       `json:"encoding" doc:"utf-8, utf-16 or gb18030."`
	Rows      int          `json:"rows" doc:"Rows that hold a rule."`
	Added     int          `json:"added"`
	Changed   int          `json:"changed"`
	Unchanged int          `json:"unchanged"`
	Removed   int          `json:"removed"`
	Items     []ImportItem `json:"items" doc:"What is added, changed and removed; at most 500."`
	Errors    []CellError  `json:"errors" doc:"At most 200. With any, nothing is imported."`
	// Content is the content after the import; empty if there are errors.
	Content Content `json:"-"`

	more bool // errors beyond the limit
}

// ImportItem is a rule that an import adds, changes or removes.
type ImportItem struct {
	Row    int        `json:"row,omitempty" doc:"Row of the sheet, headings being row 1; none for a rule removed."`
	ID     string     `json:"id"`
	Name   string     `json:"name,omitempty"`
	Kind   ChangeKind `json:"kind" enum:"added,removed,changed"`
	Fields []string   `json:"fields,omitempty"`
}

// CellError is what is wrong in a file, and where.
type CellError struct {
	Row    int            `json:"row,omitempty" doc:"Row of the sheet, headings being row 1; none for the whole file."`
	Line   int            `json:"line,omitempty" doc:"Line of the file the row begins on."`
	Column string         `json:"column,omitempty"`
	Item   int            `json:"item,omitempty" doc:"Which of several patterns, answers, menus or texts, from 1."`
	Text   connector.Text `json:"text"`
}

// ImportCSV reads a table as ExportCSV writes it, or as a spreadsheet saved it:
// comma, semicolon or tab, UTF-8, UTF-16 or GBK, headings in English or Chinese
// in any order. A row changes the rule of its id or adds one; a row without an
// id gets one made of its patterns, so that the same file imported twice adds
// nothing the second time. Columns a file lacks stay as they are. Nothing is
// stored: the caller shows the result, and keeps Content if it is wanted. The
// error is one of reading from r.
func ImportCSV(r io.Reader, old Content, o CSVOptions) (Import, error) {
	im := &importer{old: old, o: o, table: newTable(o), cols: columns()}
	im.out.Items, im.out.Errors = []ImportItem{}, []CellError{}
	raw, err := io.ReadAll(io.LimitReader(r, MaxCSVBytes+1))
	if err != nil {
		return Import{}, fmt.Errorf("read the file: %w", err)
	}
	if len(raw) > MaxCSVBytes {
		im.whole(fmt.Sprintf("The file is larger than %d MB. Split it.", MaxCSVBytes>>20), fmt.Sprintf("文件超过 %d MB，请拆分。", MaxCSVBytes>>20))
		return im.out, nil
	}
	text, encoding, err := sheet.Text(raw)
	if err != nil {
		im.whole("The file is neither UTF-8 nor GBK. Save it as CSV UTF-8.", "文件编码既不是 UTF-8 也不是 GBK，请另存为“CSV UTF-8”。")
		return im.out, nil
	}
	im.out.Encoding = encoding
	im.read(text)
	im.finish()
	return im.out, nil
}

type importer struct {
	old   Content
	o     CSVOptions
	table *table
	cols  []column
	place []int // of each column in the file, -1: not there
	out   Import

	rules []Rule         // after the import
	at    map[string]int // their places by id
	rows  map[string]rowOf
	order int // highest so far
}

// rowOf is where a rule stands in the file.
type rowOf struct{ row, line int }

func (im *importer) whole(en, zh string) {
	im.fail(CellError{Text: connector.Text{EN: en, ZH: zh}})
}

func (im *importer) fail(e CellError) {
	if len(im.out.Errors) >= MaxFieldError {
		im.out.more = true
		return
	}
	im.out.Errors = append(im.out.Errors, e)
}

// read walks the rows.
func (im *importer) read(text []byte) {
	comma, text := sheet.Comma(text)
	if line := sheet.Widest(text, byte(comma), maxCSVColumns); line > 0 {
		im.fail(CellError{Line: line, Text: connector.Text{
			EN: fmt.Sprintf("A row has more than %d columns. Is a quotation mark missing?", maxCSVColumns),
			ZH: fmt.Sprintf("有一行超过 %d 列，是否缺少引号？", maxCSVColumns),
		}})
		return
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = comma, -1, true
	im.start()
	row, line, offset := 0, 1, int64(0) // of the row before; the line and byte behind it
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			im.broken(err, row+1)
			return
		}
		begin, _ := in.FieldPos(0)
		row += 1 + begin - line // blank lines are rows of the sheet
		line += bytes.Count(text[offset:in.InputOffset()], []byte{'\n'})
		offset = in.InputOffset()
		switch {
		case im.place == nil:
			if !im.headings(record, rowOf{row, begin}) {
				return
			}
		case im.out.Rows >= MaxCSVRows:
			im.whole(fmt.Sprintf("The file has more than %d rows. Split it.", MaxCSVRows), fmt.Sprintf("文件超过 %d 行，请拆分。", MaxCSVRows))
			return
		case !empty(record):
			im.row(record, rowOf{row, begin})
		}
	}
	if im.place == nil {
		im.whole("The file is empty. The first row holds the headings: "+im.headingList()+".", "文件是空的。第一行应为表头："+im.headingList()+"。")
	}
}

func (im *importer) start() {
	im.rules = append([]Rule(nil), im.old.Rules...)
	im.at, im.rows = make(map[string]int, len(im.rules)), map[string]rowOf{}
	for i, r := range im.rules {
		im.at[r.ID] = i
		im.order = max(im.order, r.Order)
	}
}

func (im *importer) broken(err error, row int) {
	var bad *csv.ParseError
	if !errors.As(err, &bad) {
		im.whole("The file cannot be read: "+err.Error()+".", "无法读取文件："+err.Error()+"。")
		return
	}
	im.fail(CellError{Row: row, Line: bad.StartLine, Text: connector.Text{
		EN: fmt.Sprintf("The row cannot be read: %v (line %d, character %d). A cell with quotation marks or line ends stands in quotation marks, those within doubled.", bad.Err, bad.Line, bad.Column),
		ZH: fmt.Sprintf("无法读取此行：%v（第 %d 行第 %d 个字符）。含引号或换行的单元格须用引号括起，其中的引号写两个。", bad.Err, bad.Line, bad.Column),
	}})
}

func empty(record []string) bool {
	for _, cell := range record {
		if !blank(cell) {
			return false
		}
	}
	return true
}

// headings reads the first row; false ends the import.
func (im *importer) headings(record []string, at rowOf) bool {
	im.place = make([]int, len(im.cols))
	for i := range im.place {
		im.place[i] = -1
	}
	good := true
	for i, cell := range record {
		heading := strings.ToLower(strings.TrimSpace(cell))
		if heading == "" {
			continue
		}
		c := -1
		for j, col := range im.cols {
			if heading == col.name || heading == col.zh {
				c = j
			}
		}
		switch {
		case c < 0:
			good = false
			im.fail(CellError{Row: at.row, Line: at.line, Column: cut(cell), Text: connector.Text{EN: "There is no such column. Columns: " + im.headingList() + ".", ZH: "没有这一列。可用的列：" + im.headingList() + "。"}})
		case im.place[c] >= 0:
			good = false
			im.fail(CellError{Row: at.row, Line: at.line, Column: im.cols[c].name, Text: connector.Text{EN: "This column is there twice. Remove one.", ZH: "此列出现了两次，请删除一列。"}})
		default:
			im.place[c] = i
		}
	}
	if good && im.cell(nil, "id") == nil && im.cell(nil, "patterns") == nil {
		im.fail(CellError{Row: at.row, Line: at.line, Text: connector.Text{EN: "A column id or patterns is needed.", ZH: "至少需要“编号”或“问法”列。"}})
		return false
	}
	return good
}

// cut keeps a heading short enough to be shown.
func cut(s string) string { return cutRunes(s, 40) }

func (im *importer) headingList() string {
	var names []string
	for _, col := range im.cols {
		names = append(names, col.name+" ("+col.zh+")")
	}
	return strings.Join(names, ", ")
}

// cell returns a cell of a record by the name of its column, nil if the file
// lacks the column. A short record has empty cells at its end.
func (im *importer) cell(record []string, name string) *string {
	for i, col := range im.cols {
		if col.name != name {
			continue
		}
		p := im.place[i]
		if p < 0 {
			return nil
		}
		var cell string
		if p < len(record) {
			cell = sheet.Unguard(record[p])
		}
		return &cell
	}
	return nil
}

// row reads one rule.
func (im *importer) row(record []string, at rowOf) {
	im.out.Rows++
	id := im.id(record)
	d := draft{Rule: Rule{ID: id, On: true, Match: MatchExact, Order: im.order + 1}}
	if i, ok := im.at[id]; ok {
		d.Rule = im.rules[i]
		if d.Handoff != nil {
			yes := true
			d.hands, d.handoff = &yes, *d.Handoff
		}
	}
	good := true
	for i, col := range im.cols {
		cell := im.cell(record, col.name)
		if cell == nil {
			continue
		}
		if err := im.cols[i].read(&d, *cell, im.table); err != nil {
			good = false
			im.fail(CellError{Row: at.row, Line: at.line, Column: col.name, Text: shown(err)})
		}
	}
	if err := d.settle(); err != nil {
		good = false
		im.fail(CellError{Row: at.row, Line: at.line, Column: "handoff", Text: shown(err)})
	}
	if first, ok := im.rows[id]; ok {
		im.fail(CellError{Row: at.row, Line: at.line, Column: "id", Text: connector.Text{
			EN: fmt.Sprintf("Row %d is the same rule, by its id or, without one, by its patterns. Keep one.", first.row),
			ZH: fmt.Sprintf("与第 %d 行是同一条规则（编号相同，或无编号而问法相同），请保留一行。", first.row),
		}})
		return
	}
	im.rows[id] = at
	if good {
		im.put(d.Rule, at)
	}
}

// id is the id of a row, or one made of its patterns.
func (im *importer) id(record []string) string {
	if cell := im.cell(record, "id"); cell != nil && !blank(*cell) {
		return strings.TrimSpace(*cell)
	}
	match, patterns := MatchExact, ""
	if cell := im.cell(record, "match"); cell != nil {
		match, _ = readMatch(*cell) // what is wrong with it is said when the row is read
	}
	if cell := im.cell(record, "patterns"); cell != nil {
		patterns = strings.Join(splitPatterns(match, *cell), "\n")
	}
	return "q" + hash(string(match)+"\n"+patterns)
}

// put adds or changes a rule.
func (im *importer) put(r Rule, at rowOf) {
	i, ok := im.at[r.ID]
	if !ok {
		im.at[r.ID] = len(im.rules)
		im.rules = append(im.rules, r)
		im.order = max(im.order, r.Order)
		im.out.Added++
		im.item(ImportItem{Row: at.row, ID: r.ID, Name: r.Name, Kind: Added})
		return
	}
	fields := differ(reflect.ValueOf(im.rules[i]), reflect.ValueOf(r))
	im.rules[i] = r
	if len(fields) == 0 {
		im.out.Unchanged++
		return
	}
	im.out.Changed++
	im.item(ImportItem{Row: at.row, ID: r.ID, Name: r.Name, Kind: Changed, Fields: fields})
}

func (im *importer) item(item ImportItem) {
	if len(im.out.Items) < maxItems {
		im.out.Items = append(im.out.Items, item)
	}
}
