package conntest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// golden compares a text with a file, or writes the file when told to.
func (l *lab) golden(folder, name, ext string, got []byte) {
	if l.suite.Golden == "" {
		return
	}
	path := filepath.Join(l.suite.Golden, folder, strings.Map(fileName, name)+ext)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			l.find("writing the golden file: %v", err)
			return
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			l.find("writing the golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.find("there is no golden file %s: write it by running this again with UPDATE_GOLDEN=1 before the command, and read it; it would hold\n%s", path, got)
	case err != nil:
		l.find("reading the golden file: %v", err)
	case !bytes.Equal(want, got):
		l.find("differs from %s\n%s", path, firstDifference(want, got))
	}
}

func fileName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
		return r
	}
	return '_'
}

// firstDifference shows the lines around the first that differs.
func firstDifference(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	show := func(mark string, lines []string) string {
		var b strings.Builder
		for _, line := range lines[min(i, len(lines)):min(i+4, len(lines))] {
			b.WriteString("\t" + mark + " " + line + "\n")
		}
		return b.String()
	}
	return show("want", w) + show("got ", g)
}

// batchText writes what a callback, or a stream, held for a golden file,
// without the ids that the core gives.
func batchText(b connector.Batch) ([]byte, error) {
	type value struct {
		Name  string `json:"name"`
		Value string `json:"value,omitempty"`
		For   string `json:"for,omitempty"`
	}
	type doc struct {
		Envelopes []canon.Envelope `json:"envelopes"`
		Wakes     []connector.Wake `json:"wakes,omitempty"`
		Keep      []value          `json:"keep,omitempty"`
		Refresh   bool             `json:"refresh,omitempty"`
	}
	d := doc{Envelopes: make([]canon.Envelope, len(b.Envelopes)), Wakes: b.Wakes, Refresh: b.Refresh}
	for i, e := range b.Envelopes {
		e.ID, e.Raw = canon.ID{}, ""
		d.Envelopes[i] = e
	}
	for _, k := range b.Keep {
		v := value{Name: k.Name, Value: k.Value}
		if k.Value != "" {
			v.For = k.For.String()
		}
		d.Keep = append(d.Keep, v)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(json.RawMessage(raw)); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
