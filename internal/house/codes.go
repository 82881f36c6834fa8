package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Codes are the error codes a folder of sources names, each by where it stands:
// numbers as they are written, statuses of net/http by name.
type Codes map[string]string

// files parses the sources of a folder without its tests.
func files(dir string) (*token.FileSet, map[string]*ast.File, error) {
	set, out := token.NewFileSet(), map[string]*ast.File{}
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 {
		return nil, nil, &fs.PathError{Op: "read", Path: dir, Err: fs.ErrNotExist}
	}
	for _, name := range all {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if out[name], err = parser.ParseFile(set, name, nil, 0); err != nil {
			return nil, nil, err
		}
	}
	return set, out, nil
}

// code is what an expression names: "40001", "-1", "StatusGone"; "" for any other.
func code(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.INT || e.Kind == token.STRING {
			return strings.Trim(e.Value, `"`)
		}
	case *ast.UnaryExpr:
		if inner := code(e.X); e.Op == token.SUB && inner != "" {
			return "-" + inner
		}
	case *ast.SelectorExpr:
		if strings.HasPrefix(e.Sel.Name, "Status") {
			return e.Sel.Name
		}
	}
	return ""
}

// Answered are the codes a folder makes refusals of: the first argument of the
// functions named, and the field "code" of values of the types named.
func Answered(dir string, makers ...string) (Codes, error) {
	set, all, err := files(dir)
	if err != nil {
		return nil, err
	}
	out := Codes{}
	for _, file := range all {
		ast.Inspect(file, func(n ast.Node) bool {
			var found ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && slices.Contains(makers, f.Name) && len(n.Args) > 0 {
					found = n.Args[0]
				}
			case *ast.CompositeLit:
				if kind, ok := n.Type.(*ast.Ident); ok && slices.Contains(makers, kind.Name) {
					for _, e := range n.Elts {
						if kv, ok := e.(*ast.KeyValueExpr); ok {
							if name, ok := kv.Key.(*ast.Ident); ok && name.Name == "code" {
								found = kv.Value
							}
						}
					}
				}
			}
			if found != nil && code(found) != "" {
				out[code(found)] = set.Position(found.Pos()).String()
			}
			return true
		})
	}
	return out, nil
}

// Explained are the codes a folder has words for: keys of its maps, cases of its
// switches, and the first value of its rows.
func Explained(dir string) (Codes, error) {
	set, all, err := files(dir)
	if err != nil {
		return nil, err
	}
	out := Codes{}
	for _, file := range all {
		names := named(file)
		add := func(e ast.Expr, words ast.Node) {
			if c := code(e); c != "" && spoken(words, names) {
				out[c] = set.Position(e.Pos()).String()
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				add(n.Key, n.Value)
			case *ast.CaseClause:
				for _, e := range n.List {
					add(e, n)
				}
			case *ast.CompositeLit:
				if len(n.Elts) > 1 {
					add(n.Elts[0], n)
				}
			}
			return true
		})
	}
	return out, nil
}

// spoken reports whether a sentence in Chinese stands below a node, or a name of
// which that is so.
func spoken(n ast.Node, names map[string]bool) (yes bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			yes = yes || n.Kind == token.STRING && strings.ContainsFunc(n.Value, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
		case *ast.Ident:
			yes = yes || names[n.Name]
		}
		return !yes
	})
	return yes
}

// named are the names in a file of what holds a sentence.
func named(file *ast.File) map[string]bool {
	out := map[string]bool{}
	add := func(name, value ast.Expr) {
		if id, ok := name.(*ast.Ident); ok && spoken(value, nil) {
			out[id.Name] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, v := range n.Values {
				add(n.Names[i], v)
			}
		case *ast.AssignStmt:
			for i, v := range n.Rhs {
				add(n.Lhs[i], v)
			}
		}
		return true
	})
	return out
}
