package connector

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// agreed is the exported contract, one line for whatever an author's code can
// depend on: an interface is one line, for a new method breaks those who have
// it; a struct is a line a field, for a new one breaks nobody.
const agreed = "testdata/contract.txt"

// TestContractIsAsAgreed fails on every change of the exported contract. Write
// the file anew with UPDATE_GOLDEN=1; what takes something away or changes it
// is written only under a new Version.
func TestContractIsAsAgreed(t *testing.T) {
	now := contract(t, ".")
	was, err := os.ReadFile(agreed)
	if err != nil && os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatal(err)
	}
	gone, come := difference(string(was), now)
	if err := judge(gone, come); err != nil {
		t.Fatal(err)
	}
	if len(gone)+len(come) == 0 {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatalf("the contract is not as agreed (see doc.go for its policy); if it is meant, write %s with UPDATE_GOLDEN=1\n- %s\n+ %s", agreed, strings.Join(gone, "\n- "), strings.Join(come, "\n+ "))
	}
	if err := os.WriteFile(agreed, []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
}

// judge refuses what breaks authors' code within one version.
func judge(gone, come []string) error {
	version := func(lines []string) bool {
		return slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "version ") })
	}
	if len(gone) > 0 && !(version(gone) && version(come)) {
		return fmt.Errorf("this takes away or changes what connectors may depend on; raise Version and say in doc.go what their authors must change\n- %s\n+ %s", strings.Join(gone, "\n- "), strings.Join(come, "\n+ "))
	}
	return nil
}

// TestChangesAreJudged shows what needs a new version and what does not.
func TestChangesAreJudged(t *testing.T) {
	const old = "version 1\nfield Request.Key canon.ID\ninterface Conn{ Close(); Send() }\n"
	for name, c := range map[string]struct {
		now  string
		fits bool
	}{
		"nothing":                      {old, true},
		"a field more":                 {old + "field Request.Later bool\n", true},
		"an interface more":            {old + "interface Later{ Wait() }\n", true},
		"a field less":                 {"version 1\ninterface Conn{ Close(); Send() }\n", false},
		"a field of another type":      {strings.Replace(old, "canon.ID", "string", 1), false},
		"a method more":                {strings.Replace(old, "Close(); ", "Close(); Open(); ", 1), false},
		"a method more, a new version": {strings.NewReplacer("Close(); ", "Close(); Open(); ", "version 1", "version 2").Replace(old), true},
	} {
		if err := judge(difference(old, c.now)); (err == nil) != c.fits {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryWayOfChangingIsSeen writes a small contract and wants its lines.
func TestEveryWayOfChangingIsSeen(t *testing.T) {
	dir := t.TempDir()
	source := "package x\ntype (\n\tA interface { B(c int) error; d() }\n\tE struct { F, G int `json:\"f\"`; h int }\n\tI string\n)\nconst J I = \"k\"\nfunc L(m int) {}\nfunc (n E) O() {}\nfunc (n p) Q() {}\nvar R, s = 1, 2\n"
	if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "const J I = \"k\"\nfield E.F int `json:\"f\"`\nfield E.G int `json:\"f\"`\nfunc (E) O()\nfunc L(m int)\ninterface A{ B(c int) error; d() }\ntype E struct\ntype I string\nvar R\nversion 1\n"
	if got := contract(t, dir); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func difference(was, now string) (gone, come []string) {
	old, new := strings.Split(strings.TrimSpace(was), "\n"), strings.Split(strings.TrimSpace(now), "\n")
	if was == "" {
		old = nil
	}
	missing := func(from, in []string) []string {
		return slices.DeleteFunc(slices.Clone(from), func(line string) bool { return slices.Contains(in, line) })
	}
	return missing(old, new), missing(new, old)
}

// contract lists what the source in a folder exports, sorted.
func contract(t *testing.T, dir string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{fmt.Sprintf("version %d", Version)}
	files := token.NewFileSet()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			lines = append(lines, exported(files, decl)...)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func exported(files *token.FileSet, decl ast.Decl) (out []string) {
	text := func(node any) string {
		var b bytes.Buffer
		if err := printer.Fprint(&b, files, node); err != nil {
			return err.Error()
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		of := ""
		if d.Recv != nil {
			of = "(" + text(d.Recv.List[0].Type) + ") "
			if !ast.IsExported(strings.Trim(of, "(*) ")) {
				return nil
			}
		}
		if d.Name.IsExported() {
			out = append(out, "func "+of+d.Name.Name+strings.TrimPrefix(text(d.Type), "func"))
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					out = append(out, exportedType(s, text)...)
				}
			case *ast.ValueSpec:
				for i, name := range s.Names {
					if !name.IsExported() || name.Name == "Version" {
						continue
					}
					line := d.Tok.String() + " " + name.Name
					if s.Type != nil {
						line += " " + text(s.Type)
					}
					if d.Tok == token.CONST && i < len(s.Values) {
						line += " = " + text(s.Values[i])
					}
					out = append(out, line)
				}
			}
		}
	}
	return out
}

func exportedType(s *ast.TypeSpec, text func(any) string) []string {
	switch x := s.Type.(type) {
	case *ast.InterfaceType:
		var methods []string
		for _, m := range x.Methods.List {
			line := text(m.Type)
			if len(m.Names) > 0 {
				line = m.Names[0].Name + strings.TrimPrefix(line, "func")
			}
			methods = append(methods, line)
		}
		slices.Sort(methods)
		return []string{"interface " + s.Name.Name + "{ " + strings.Join(methods, "; ") + " }"}
	case *ast.StructType:
		out := []string{"type " + s.Name.Name + " struct"}
		for _, f := range x.Fields.List {
			line := text(f.Type)
			if f.Tag != nil {
				line += " " + f.Tag.Value
			}
			for _, name := range f.Names {
				if name.IsExported() {
					out = append(out, "field "+s.Name.Name+"."+name.Name+" "+line)
				}
			}
			if len(f.Names) == 0 {
				out = append(out, "field "+s.Name.Name+" "+line)
			}
		}
		return out
	}
	return []string{"type " + s.Name.Name + " " + text(s.Type)}
}
