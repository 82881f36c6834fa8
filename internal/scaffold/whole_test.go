package scaffold

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"parley/connectors/conntest"
	"parley/core/connector"
)

var agreedInterface = regexp.MustCompile(`(?m)^interface (\w+)\{`)

// TestThePageNamesTheWholeContract: an author learns from the page of every
// interface of the contract, of all a callback may bring and of every part of a
// suite.
func TestThePageNamesTheWholeContract(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", page))
	if err != nil {
		t.Fatal(err)
	}
	contract, err := os.ReadFile(filepath.Join("..", "..", "core", "connector", "testdata", "contract.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range agreedInterface.FindAllSubmatch(contract, -1) {
		names = append(names, string(m[1]))
	}
	for _, x := range []any{connector.Batch{}, conntest.Suite{}, conntest.Webhook{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(x)) {
			names = append(names, f.Name)
		}
	}
	if len(names) < 50 {
		t.Fatalf("the contract has only %d names", len(names))
	}
	for _, name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).Match(text) {
			t.Errorf("%s says nothing of %s", page, name)
		}
	}
	if strings.Contains(string(text), "TODO") {
		t.Error("the page is not written to its end")
	}
}
