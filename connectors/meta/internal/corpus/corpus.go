// Package corpus reads the callbacks that the kits of this family are held
// against, and breaks them. It is for tests.
package corpus

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Body is a named callback.
type Body struct {
	Name string
	Body []byte
}

// Read reads one callback a file, as the platform sends them; there must be at
// least so many.
func Read(tb testing.TB, pattern string, least int) []Body {
	tb.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		tb.Fatal(err)
	}
	var out []Body
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, Body{Name: strings.TrimSuffix(filepath.Base(path), ".json"), Body: raw})
	}
	if len(out) < least {
		tb.Fatalf("the corpus has only %d callbacks", len(out))
	}
	return out
}

// Malformed is what must be refused: mistakes written down, and every callback
// of the corpus broken off at several places.
func Malformed(tb testing.TB, object string, cases []Body) []Body {
	tb.Helper()
	var out []Body
	for i, body := range []string{
		``, `null`, `7`, `"text"`, `[]`, `{}`, `{"object":"` + object + `"}`, `{"object":"` + object + `","entry":[]}`, `{"object":"` + object + `","entry":{}}`,
		`{"object":"` + object + `","entry":[{}]}`, `{"object":"` + object + `","entry":[{"id":"1"}]}`, `{"object":"` + object + `","entry":[null]}`,
		`{"object":"user","entry":[{"id":"1","changes":[{"field":"x","value":{}}]}]}`, `{"object":7,"entry":[{"id":"1","changes":[{}]}]}`,
		`{"object":"` + object + `","entry":[{"id":{},"changes":[{}]}]}`, `{"object":"` + object + `","entry":[{"id":"1","changes":{}}]}`,
		`{"object":"` + object + `","entry":[{"id":"1","changes":[7]}]}`, `{"object":"` + object + `","entry":[{"id":"1","messaging":{}}]}`,
		`<xml></xml>`, `object=` + object, strings.Repeat(`[`, 20_000), `{"object":"` + object + `","entry":[` + strings.Repeat(`{"id":"1","changes":[{"field":"a","value":1}]},`, 1001) + `{"id":"1"}]}`,
	} {
		out = append(out, Body{Name: fmt.Sprintf("mistake %d", i+1), Body: []byte(body)})
	}
	for _, c := range cases {
		whole := bytes.TrimSpace(c.Body)
		for _, at := range []int{1, len(whole) / 4, len(whole) / 2, len(whole) * 3 / 4, len(whole) - 1} {
			out = append(out, Body{Name: fmt.Sprintf("%s, first %d bytes", c.Name, at), Body: whole[:at]})
		}
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d bodies", len(out))
	}
	return out
}
