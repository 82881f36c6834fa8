package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"parley/core/canon"
)

func export(t interface{ Fatal(...any) }, c Content, o CSVOptions) string {
	var b bytes.Buffer
	if err := ExportCSV(&b, c, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func imported(t *testing.T, file string, old Content, o CSVOptions) Import {
	t.Helper()
	im, err := ImportCSV(strings.NewReader(file), old, o)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// wheres lists "row:column[item]" of errors.
func wheres(im Import) string {
	var all []string
	for _, e := range im.Errors {
		s := fmt.Sprintf("%d:%s", e.Row, e.Column)
		if e.Item > 0 {
			s += fmt.Sprintf("[%d]", e.Item)
		}
		if e.Text.EN == "" || e.Text.ZH == "" {
			s += " UNTRANSLATED"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

var (
	teamA = canon.NewID()
	teamB = canon.NewID()
	teams = map[canon.ID]string{teamA: "=售前", teamB: "售后"}
)

// anyRule draws a rule that Check accepts, with texts that look like formulas,
// separators, directives and quotes.
func anyRule(t *rapid.T, id string) Rule {
	line := rapid.StringOfN(rapid.SampledFrom([]rune("a=+-@'\"|,;\\{}\t #:。？人工退货　😀*()[]x")), 1, 12, -1)
	seen := func(s string) bool { return !blank(s) }
	text := rapid.Map(rapid.SliceOfN(rapid.OneOf(line, rapid.SampledFrom([]string{"", " ", "---", "@en", "{text}", "{menu:m}", `\---`, "{json:{}}", "'=1+1", "=HYPERLINK(1)", "'", "''@x", " =2"})), 1, 4),
		func(lines []string) string { return strings.Join(lines, "\n") }).Filter(seen)
	lang := rapid.SampledFrom([]string{"", "", "en", "zh-Hant"})
	sayings := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Saying {
		return Saying{Language: lang.Draw(t, "language"), Text: text.Draw(t, "text")}
	}), 0, 2)
	part := rapid.Custom(func(t *rapid.T) ReplyPart {
		switch rapid.IntRange(0, 5).Draw(t, "type") {
		case 0:
			return ReplyPart{Type: PartMenu, Menu: "m"}
		case 1:
			return ReplyPart{Type: PartImage, File: canon.NewID()}
		case 2:
			return ReplyPart{Type: PartFile, File: canon.NewID(), Text: text.Draw(t, "caption")}
		case 3:
			return ReplyPart{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Title: text.Draw(t, "title"), Price: "¥1"}}
		}
		return ReplyPart{Type: PartText, Text: text.Draw(t, "words")}
	})
	reply := rapid.Custom(func(t *rapid.T) Reply {
		return Reply{Language: lang.Draw(t, "language"), Parts: rapid.SliceOfN(part, 1, 4).Draw(t, "parts")}
	})
	r := Rule{
		ID: id, Name: rapid.OneOf(line, rapid.Just("")).Draw(t, "name"), On: rapid.Bool().Draw(t, "on"),
		Match:    rapid.SampledFrom([]Match{MatchExact, MatchKeyword}).Draw(t, "match"),
		Patterns: rapid.SliceOfN(line.Filter(seen), 1, 4).Draw(t, "patterns"),
		Answers:  rapid.SliceOfN(reply, 1, 3).Draw(t, "answers"),
		Menus:    rapid.SliceOfN(rapid.Just("m"), 0, 2).Draw(t, "menus"),
		Language: lang.Draw(t, "rule language"), Repeatable: rapid.Bool().Draw(t, "repeatable"),
		Order: rapid.IntRange(-MaxOrder, MaxOrder).Draw(t, "order"),
	}
	if rapid.IntRange(0, 3).Draw(t, "regex") == 0 {
		r.Match, r.Patterns = MatchRegex, []string{" a|b", `=退(?:货|款)`, `\|x`}
	}
	if rapid.Bool().Draw(t, "handoff") {
		r.Handoff = &RuleHandoff{Team: rapid.SampledFrom([]canon.ID{{}, teamA, teamB, canon.NewID()}).Draw(t, "team"), Texts: sayings.Draw(t, "texts"), OffTexts: sayings.Draw(t, "off texts")}
	} else {
		r.Close = rapid.Bool().Draw(t, "close")
	}
	if r.Match == MatchKeyword { // a + parts words: an accepted pattern has them on both sides
		for i, p := range r.Patterns {
			r.Patterns[i] = strings.NewReplacer(`\`, "", "+", `\+`, "＋", "").Replace("词" + p)
		}
	}
	return r
}

func TestX08_ExportHoldsNoFormulaAndComesBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Content{Version: 1, Menus: []Menu{{ID: "m", Options: []MenuOption{{Label: "x"}}}}}
		for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
			c.Rules = append(c.Rules, anyRule(t, fmt.Sprint("r", i)))
		}
		o := CSVOptions{Teams: teams, Lang: rapid.SampledFrom([]string{"", "en", "zh"}).Draw(t, "lang")}
		file := export(t, c, o)

		in := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff")))
		in.FieldsPerRecord = len(columns())
		records, err := in.ReadAll()
		if err != nil {
			t.Fatalf("the export is no RFC 4180: %v", err)
		}
		for _, record := range records {
			for _, cell := range record {
				if cell != "" && strings.ContainsRune("=+-@\t\x00\r", rune(cell[0])) {
					t.Fatalf("the cell %q is a formula to a spreadsheet", cell)
				}
			}
		}

		im, err := ImportCSV(strings.NewReader(file), Content{Version: 1, Menus: c.Menus, Basics: Basics{Name: "x", Language: "zh"}}, o)
		if err != nil || len(im.Errors) > 0 {
			t.Fatalf("import: %v %+v\n%s", err, im.Errors, file)
		}
		if im.Added != len(c.Rules) {
			t.Fatalf("%d added of %d", im.Added, len(c.Rules))
		}
		for i, r := range c.Rules {
			if diff := differ(reflect.ValueOf(r), reflect.ValueOf(im.Content.Rules[i])); len(diff) > 0 {
				t.Fatalf("rule %d differs in %v\nwas %+v\nnow %+v\n%s", i, diff, r, im.Content.Rules[i], file)
			}
		}
		again, err := ImportCSV(strings.NewReader(file), im.Content, CSVOptions{Teams: teams, Replace: true})
		if err != nil || again.Unchanged != len(c.Rules) || again.Added+again.Changed+again.Removed != 0 {
			t.Fatalf("imported again: %+v %v", again, err)
		}
	})
}

func TestDemoComesBackWhole(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		c := Demo(lang)
		im := imported(t, export(t, c, CSVOptions{Lang: lang}), c, CSVOptions{Replace: true})
		if im.Unchanged != len(c.Rules) || len(im.Errors) > 0 || len(Diff(c, im.Content)) > 0 {
			t.Errorf("%s: %+v %+v", lang, im, Diff(c, im.Content))
		}
	}
}

func TestImportAsPeopleWriteIt(t *testing.T) {
	old := Content{Version: 1, Basics: Basics{Name: "x", Language: "zh"}, Menus: []Menu{{ID: "main", Options: []MenuOption{{Label: "x"}}}}}
	file := "编号,名称,匹配方式,问法,答案,菜单,转人工,技能组,非工作时间提示,排序\n" +
		",退货,关键词,退货 | 退款|换货,\"可以退。\n\n---\n\n@en\nYes, you can.\n---\n看菜单\n{menu:main}\",main,,,,\n" +
		"\n" +
		"vip,,,我要批发,,,是,售后,明天再来,7\n" +
		" ,,正则,订单(\\d+|无),好,,否,,,\n"
	im := imported(t, file, old, CSVOptions{Teams: teams})
	if len(im.Errors) > 0 || im.Added != 3 || im.Rows != 3 {
		t.Fatalf("%+v", im)
	}
	got := im.Content.Rules
	want := []Rule{
		{
			ID: got[0].ID, Name: "退货", On: true, Match: MatchKeyword, Patterns: []string{"退货", "退款", "换货"}, Menus: []string{"main"}, Order: 1,
			Answers: []Reply{Text("可以退。"), {Language: "en", Parts: Text("Yes, you can.").Parts}, TextMenu("看菜单", "main")},
		},
		{ID: "vip", On: true, Match: MatchExact, Patterns: []string{"我要批发"}, Handoff: &RuleHandoff{Team: teamB, OffTexts: []Saying{{Text: "明天再来"}}}, Order: 7},
		{ID: got[2].ID, On: true, Match: MatchRegex, Patterns: []string{`订单(\d+|无)`}, Answers: []Reply{Text("好")}, Order: 8},
	}
	for i := range want {
		if d := differ(reflect.ValueOf(want[i]), reflect.ValueOf(got[i])); len(d) > 0 {
			t.Errorf("row %d: %v of %+v", i, d, got[i])
		}
	}
	again := imported(t, file, im.Content, CSVOptions{Teams: teams})
	if again.Unchanged != 3 || again.Added != 0 {
		t.Errorf("the same file again: %+v", again)
	}
}

func TestImportKeepsWhatTheFileLacks(t *testing.T) {
	c := shop()
	im := imported(t, "id,answers\nnumber,换了\nfee,十元\nnew,x\n", c, CSVOptions{})
	if wheres(im) != "" || im.Changed != 1 || im.Unchanged != 1 || im.Added != 1 {
		t.Fatalf("%+v", im)
	}
	r := im.Content.Rules[3]
	if r.Handoff == nil || r.Handoff.Texts[0].Text != "查单员接手" || r.Match != MatchRegex || r.Patterns[0] != `AB\d{4}` || r.Answers[0].Parts[0].Text != "换了" {
		t.Errorf("%+v", r)
	}
	if item := im.Items[0]; item.Row != 2 || item.ID != "number" || item.Kind != Changed || strings.Join(item.Fields, " ") != "answers" {
		t.Errorf("%+v", item)
	}
	if c.Rules[3].Answers[0].Parts[0].Text != "查单" {
		t.Error("the import changed the content it was given")
	}
	im = imported(t, "id,handoff\nnumber,no\n", c, CSVOptions{})
	if wheres(im) != "2:handoff" { // a text for the handoff is there still
		t.Errorf("%q", wheres(im))
	}
	im = imported(t, "id,handoff,handoff_text\nnumber,no,\n", c, CSVOptions{})
	if wheres(im) != "" || im.Content.Rules[3].Handoff != nil {
		t.Errorf("%q %+v", wheres(im), im.Content.Rules[3])
	}
}

func TestImportReplaces(t *testing.T) {
	c := shop()
	c.Menus[0].Options[0] = MenuOption{Label: "退货"}
	im := imported(t, "id,patterns,answers\nfee,运费,十元\nnew,新,新\n", c, CSVOptions{Replace: true})
	if wheres(im) != "" || im.Removed != 7 || im.Added != 1 || im.Unchanged != 1 || len(im.Content.Rules) != 2 {
		t.Fatalf("%q %+v", wheres(im), im)
	}
	if im.Content.Rules[0].Match != MatchKeyword {
		t.Error("a column the file lacks was changed")
	}
	im = imported(t, "id,answers\nfee,十元\n", shop(), CSVOptions{Replace: true})
	if len(im.Errors) != 1 || !strings.Contains(im.Errors[0].Text.EN, "menus[0].options[0].rule") {
		t.Errorf("a rule that a menu leads to went unnoticed: %+v", im.Errors)
	}
}

func TestImportNamesTheCell(t *testing.T) {
	old := shop()
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "0:"},
		{"only headings", "id,patterns\n", ""},
		{"unknown column", "id,anwsers\nx,y\n", "1:anwsers"},
		{"column twice", "id,id,编号\n", "1:id 1:id"},
		{"no column to tell rules by", "name\nx\n", "1:"},
		{"bad words", "id,on,match,handoff,order,patterns,answers\na,maybe,fuzzy,perhaps,x,q,a\n", "2:on 2:match 2:handoff 2:order"},
		{"second pattern", "id,match,patterns,answers\na,keyword,\"x\ny+\",a\n", "2:patterns[2]"},
		{"bad regex", "id,match,patterns,answers\na,regex,(,a\n", "2:patterns[1]"},
		{"no answer", "patterns,answers\nq,\n", "2:answers"},
		{"no team of that name", "id,patterns,answers,team\na,q,a,没有\n", "2:team"},
		{"unknown menu", "id,patterns,answers,menus\na,q,a,\"main, gone\"\n", "2:menus[2]"},
		{"menu in an answer", "id,patterns,answers\na,q,\"ok\n---\n{menu:gone}\"\n", "2:answers[2]"},
		{"bad file id", "id,patterns,answers\na,q,{image:1}\n", "2:answers"},
		{"bad json", "id,patterns,answers\na,q,{json:{]}\n", "2:answers"},
		{"bad id", "id,patterns,answers\n一,q,a\n", "2:id"},
		{"language", "id,patterns,answers,language\na,q,a,中文\n", "2:language"},
		{"long handoff text", "id,patterns,handoff_text\na,q,\"ok\n---\n" + strings.Repeat("长", MaxText+1) + "\"\n", "2:handoff_text[2]"},
		{"handoff and close", "id,patterns,handoff,close\na,q,yes,yes\n", "2:close"},
		{"same id", "id,patterns,answers\na,q,a\n\nb,r,a\na,s,a\n", "5:id"},
		{"same patterns without id", "patterns,answers\nq,a\nq,b\n", "3:id"},
		{"row after a cell of lines and blank lines", "id,patterns,answers\na,q,\"x\ny\"\n\n\nb,r,\n", "5:answers"},
		{"open quotation mark", "id,patterns,answers\na,q,a\nb,\"r,a\n", "3:"},
		{"stray quotation mark", "id,patterns,answers\na,q\"x\"y,a\n", "2:"},
		{"too many columns", "id,patterns\na" + strings.Repeat(",", 100) + "\n", "0:"},
	} {
		im := imported(t, c.file, old, CSVOptions{Teams: teams})
		if got := wheres(im); got != c.want {
			t.Errorf("%s: errors at %q, want %q (%+v)", c.name, got, c.want, im.Errors)
		}
		if c.want != "" && len(im.Content.Rules) > 0 {
			t.Errorf("%s: content was returned beside errors", c.name)
		}
	}
	// What is wrong elsewhere in a draft does not stand in the way.
	old.Rules[0].Answers = nil
	if im := imported(t, "id,patterns,answers\na,q,a\n", old, CSVOptions{}); len(im.Errors) > 0 {
		t.Errorf("an error of another rule: %+v", im.Errors)
	}
}

func TestImportEncodings(t *testing.T) {
	file := "编号;问法;答案\na;退货；换货;可以\nb;“甲乙”;㐀\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(file)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(file, ";", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, file, encoding string }{
		{"utf-8", file, "utf-8"},
		{"with a mark", "\ufeff" + file, "utf-8"},
		{"CRLF and sep", "sep=;\r\n" + strings.ReplaceAll(file, "\n", "\r\n"), "utf-8"},
		{"GBK", gbk, "gb18030"},
		{"Excel's Unicode text", utf16, "utf-16"},
	} {
		im := imported(t, c.file, Content{Version: 1}, CSVOptions{})
		if len(im.Errors) > 0 || im.Encoding != c.encoding || len(im.Content.Rules) != 2 {
			t.Errorf("%s: %+v", c.name, im)
			continue
		}
		if r := im.Content.Rules; r[0].Patterns[0] != "退货；换货" || r[1].Patterns[0] != "“甲乙”" || r[1].Answers[0].Parts[0].Text != "㐀" {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	for _, bad := range []string{"id,patterns\na,\xff\xff\n", "\xff\xfe\x00\xd8"} {
		if im := imported(t, bad, Content{}, CSVOptions{}); len(im.Errors) != 1 {
			t.Errorf("%q: %+v", bad, im)
		}
	}
}

func TestX07_FilesTooLargeAreRefused(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"more bytes than allowed":     io.LimitReader(zeros{}, 1<<40),
		"a row of millions of cells":  strings.NewReader("id,patterns\n" + strings.Repeat(",", MaxCSVBytes-100)),
		"headings of millions":        strings.NewReader(strings.Repeat("id,", MaxCSVBytes/3-10)),
		"more rows than allowed":      strings.NewReader("id,patterns\n" + strings.Repeat("a,\n", MaxCSVRows+1)),
		"more rules than a bot holds": strings.NewReader(manyRows(MaxRules + 1)),
	} {
		im, err := ImportCSV(r, Content{}, CSVOptions{})
		if err != nil || len(im.Errors) == 0 || len(im.Content.Rules) > 0 {
			t.Errorf("%s: %d errors, %v", name, len(im.Errors), err)
		}
	}
	if _, err := ImportCSV(iotest.ErrReader(errors.New("gone")), Content{}, CSVOptions{}); err == nil {
		t.Error("a reader's error was lost")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func manyRows(n int) string {
	var b strings.Builder
	b.WriteString("id,patterns,answers\n")
	for i := range n {
		fmt.Fprintf(&b, "r%d,问题%d,答案\n", i, i)
	}
	return b.String()
}

func TestB04_TenThousandRows(t *testing.T) {
	im := imported(t, manyRows(10_000), Blank("zh"), CSVOptions{})
	if im.Added != 10_000 || len(im.Errors) > 0 || len(im.Items) != maxItems {
		t.Errorf("%d added, %d errors, %d listed", im.Added, len(im.Errors), len(im.Items))
	}
}

func BenchmarkImport10kRows(b *testing.B) {
	file := manyRows(10_000)
	for b.Loop() {
		if _, err := ImportCSV(strings.NewReader(file), Blank("zh"), CSVOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("id,patterns,answers\na,\"x|y\",\"1\n---\n{menu:main}\"\n"))
	f.Add([]byte("\xef\xbb\xbf编号;问法\n;'=1\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		im, err := ImportCSV(bytes.NewReader(raw), shop(), CSVOptions{Replace: true})
		if err != nil || len(im.Errors) > 0 {
			return
		}
		var b bytes.Buffer
		if err := ExportCSV(&b, im.Content, CSVOptions{}); err != nil {
			t.Fatal(err)
		}
		again, err := ImportCSV(&b, im.Content, CSVOptions{Replace: true})
		if err != nil || len(again.Errors) > 0 || again.Changed+again.Added+again.Removed > 0 {
			t.Fatalf("imported again: %v %+v", err, again)
		}
	})
}
