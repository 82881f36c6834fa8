package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"parley/admin/auth"
)

var update = flag.Bool("update", false, "write the files that are made from the code")

// The client of the application is made from this file.
const openapiFile = "../ui/openapi.json"

func TestOpenAPIFileIsCurrent(t *testing.T) {
	doc := newRig(t, sqliteURL).api.Document()
	if *update {
		if err := os.WriteFile(openapiFile, doc, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(openapiFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, doc) {
		t.Errorf("%s is not what the code describes: run go test ./admin/api -run TestOpenAPIFileIsCurrent -update", openapiFile)
	}
}

func TestX01_EveryOperationNamesItsPermission(t *testing.T) {
	known := map[string]bool{}
	for _, p := range auth.All() {
		known[string(p)] = true
	}
	for _, op := range operations(t, newRig(t, sqliteURL).api.Document()) {
		if !known[op.Authz] {
			t.Errorf("%s %s has x-authz %q, which is no permission", op.Method, op.Path, op.Authz)
		}
		if op.Summary == "" || len(op.Tags) != 1 {
			t.Errorf("%s %s needs a summary and one tag", op.Method, op.Path)
		}
	}
}

func TestD09_EveryRouteIsDescribed(t *testing.T) {
	r := newRig(t, sqliteURL)
	described := map[string]bool{}
	for _, op := range operations(t, r.api.Document()) {
		described[op.Method+" "+op.Path] = true
	}
	for _, rt := range r.api.routes {
		if !described[rt.method+" "+prefix+rt.path] {
			t.Errorf("%s %s is answered and not described", rt.method, rt.path)
		}
	}
	if want := len(r.api.routes) + 1; len(described) != want { // and the live socket
		t.Errorf("%d operations are described, %d are answered", len(described), want)
	}
}

// operation is one operation of the document.
type operation struct {
	Method, Path string
	ID           string   `json:"operationId"`
	Authz        string   `json:"x-authz"`
	Audit        string   `json:"x-audit"`
	Summary      string   `json:"summary"`
	Tags         []string `json:"tags"`
	Parameters   []struct {
		Name     string         `json:"name"`
		In       string         `json:"in"`
		Required bool           `json:"required"`
		Schema   map[string]any `json:"schema"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema map[string]any `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
}

func operations(t *testing.T, raw []byte) []operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	var all []operation
	for path, methods := range doc.Paths {
		for method, op := range methods {
			op.Method, op.Path = strings.ToUpper(method), path
			all = append(all, op)
		}
	}
	return all
}
