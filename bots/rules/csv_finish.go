package rules

import (
	"fmt"
	"regexp"
	"strconv"
)

// finish removes what a replacing file lacks and checks the whole: a rule is as
// strictly judged from a file as from the page.
func (im *importer) finish() {
	if len(im.out.Errors) == 0 && im.o.Replace {
		im.remove()
	}
	if len(im.out.Errors) == 0 {
		c := im.old
		c.Rules = im.rules
		im.check(c)
		im.out.Content = c
	}
	if im.out.more {
		last := &im.out.Errors[len(im.out.Errors)-1]
		last.Text.EN += " More errors follow; mend these first."
		last.Text.ZH += "其后还有更多错误，请先修改以上各项。"
	}
	if len(im.out.Errors) > 0 {
		im.out.Content = Content{}
	}
}

func (im *importer) remove() {
	kept := im.rules[:0:0]
	for _, r := range im.rules {
		if _, ok := im.rows[r.ID]; ok {
			kept = append(kept, r)
			continue
		}
		im.out.Removed++
		im.item(ImportItem{ID: r.ID, Name: r.Name, Kind: Removed})
	}
	im.rules = kept
}

var rulePath = regexp.MustCompile(`^rules\[(\d+)\]\.([a-z_]+)(?:\[(\d+)\])?(?:\.(texts|off_texts)(?:\[(\d+)\])?)?`)

// check reports what is wrong with rules of the file by their cells, and what
// the import breaks elsewhere. Errors that were there before are not its own.
func (im *importer) check(c Content) {
	before := map[string]bool{}
	for _, e := range Check(im.old) {
		before[e.Field+e.Text.EN] = true
	}
	for _, e := range Check(c) {
		m := rulePath.FindStringSubmatch(e.Field)
		if m == nil {
			if !before[e.Field+e.Text.EN] {
				e.Text.EN = fmt.Sprintf("After the import: %s: %s", e.Field, e.Text.EN)
				e.Text.ZH = fmt.Sprintf("导入后：%s：%s", e.Field, e.Text.ZH)
				im.fail(CellError{Text: e.Text})
			}
			continue
		}
		i, _ := strconv.Atoi(m[1]) // digits by the expression
		at, ok := im.rows[c.Rules[i].ID]
		if !ok {
			continue
		}
		cell := CellError{Row: at.row, Line: at.line, Column: m[2], Text: e.Text}
		item := m[3]
		if m[2] == "handoff" {
			item = m[5]
			switch m[4] {
			case "texts":
				cell.Column = "handoff_text"
			case "off_texts":
				cell.Column = "off_hours_text"
			}
		}
		if n, err := strconv.Atoi(item); err == nil {
			cell.Item = n + 1
		}
		im.fail(cell)
	}
}
