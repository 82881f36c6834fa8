package wecom

import (
	"bytes"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
)

// The pages in docs/connectors say what form, capabilities and catalogue say.
func TestDocument(t *testing.T) {
	for _, d := range []connector.Driver{New(), NewKF(), NewSuite()} {
		s := d.Spec()
		template, err := os.ReadFile("testdata/" + s.Kind + ".md")
		if err != nil {
			t.Fatal(err)
		}
		page := strings.NewReplacer("{{fields}}", fieldTable(s.Form), "{{parts}}", partTable(s.Ceiling), "{{limits}}", limitTable(s.Ceiling), "{{menu}}", menuLine(s.Ceiling.Menu), "{{codes}}", codeTable()).Replace(string(template))
		path := "../../docs/connectors/" + s.Kind + ".md"
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(have, []byte(page)) {
			t.Errorf("%s is not what the connector says (%v): make it anew", path, err)
		}
		if s.Docs != "docs/connectors/"+s.Kind+".md" {
			t.Errorf("the Spec points at %s", s.Docs)
		}
	}
}

func fieldTable(f connector.Form) string {
	lines := []string{"| field | | meaning |", "|---|---|---|"}
	for _, x := range f.Fields {
		kind := string(x.Kind)
		switch {
		case x.Default != "":
			kind += ", `" + x.Default + "` if left out"
		case !x.Required:
			kind += ", may be left out"
		}
		lines = append(lines, fmt.Sprintf("| `%s` %s | %s | %s |", x.Name, x.Label.EN, kind, x.Help.EN))
	}
	return strings.Join(lines, "\n")
}

func partTable(c connector.Capabilities) string {
	means := map[connector.Level]string{connector.Full: "as it is", connector.Partial: "with something lost", connector.Degrade: "as text or a link"}
	lines := []string{"| what goes out | |", "|---|---|"}
	for _, key := range connector.PartKeys() {
		lines = append(lines, fmt.Sprintf("| %s | %s |", key, means[c.Parts[key]]))
	}
	return strings.Join(lines, "\n")
}

func limitTable(c connector.Capabilities) string {
	lines := []string{"| | most |", "|---|---|", "| text | " + c.Text.String() + " |",
		fmt.Sprintf("| options | %d; label %s, value %s |", c.Choices.Buttons, c.Choices.Label, c.Choices.Value)}
	for _, kind := range []canon.MediaKind{canon.MediaImage, canon.MediaVoice, canon.MediaVideo, canon.MediaFile} {
		l := c.Media[kind]
		what := strings.Join(l.MIME, ", ")
		if what != "" {
			what = " of " + what
		}
		if l.Duration > 0 {
			what += fmt.Sprintf(", %.0f s", l.Duration.Seconds())
		}
		lines = append(lines, fmt.Sprintf("| %s | %d MB%s |", kind, l.Bytes>>20, what))
	}
	return strings.Join(lines, "\n")
}

func menuLine(l connector.MenuLimit) string {
	return fmt.Sprintf("| menu | %d entries of %s, %d below each of %s; value %s, address %s |", l.Top, l.Label, l.Sub, l.SubLabel, l.Value, l.URL)
}

// codeTable lists the catalogue, one line for codes that mean the same.
func codeTable() string {
	same := map[string][]int64{}
	for code := int64(-1); code < 310000; code++ {
		if m, ok := catalogue(code); ok {
			line := fmt.Sprintf("%s | %s |", m.class, m.shown.EN)
			same[line] = append(same[line], code)
		}
	}
	var rows []string
	for line, codes := range same {
		var all []string
		for _, c := range codes {
			all = append(all, fmt.Sprint(c))
		}
		rows = append(rows, fmt.Sprintf("%09d| %s | %s", codes[0]+1, strings.Join(all, ", "), line))
	}
	sort.Strings(rows)
	for i, row := range rows {
		rows[i] = row[9:]
	}
	return "| code | class | what to do |\n|---|---|---|\n" + strings.Join(rows, "\n")
}

// The catalogue speaks both languages and promises nothing the class does not.
func TestEveryCodeHasASentenceInBothLanguages(t *testing.T) {
	n := 0
	for code := int64(-1); code < 310000; code++ {
		m, ok := catalogue(code)
		if !ok {
			continue
		}
		n++
		if m.class == "" || m.shown.EN == "" || m.shown.ZH == "" {
			t.Errorf("%d says %+v", code, m)
		}
	}
	if n < 60 {
		t.Errorf("the catalogue knows only %d codes", n)
	}
}
