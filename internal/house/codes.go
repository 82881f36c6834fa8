package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Codes are the error codes a folder of sources names, each by where it stands:
// numbers as they are written, statuses of net/http as their number.
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

// code is what an expression names: "40001", "-1", "410" for http.StatusGone; "" for
// any other.
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
		for n := 100; n < 600; n++ {
			if words := http.StatusText(n); words != "" && e.Sel.Name == "Status"+strings.NewReplacer(" ", "", "-", "").Replace(words) {
				return strconv.Itoa(n)
			}
		}
	}
	return ""
}

// Maker is what refusals are made with in a folder: a function that takes the code
// as one of its arguments, or a type with the code in one of its fields.
type Maker struct {
	Name  string // of the function or type; of the values of a list, its element's
	Arg   int    // which argument of a function, from 0
	Field string // of a type; "": a function
}

// Answered are the codes a folder makes refusals of.
func Answered(dir string, makers ...Maker) (Codes, error) {
	set, all, err := files(dir)
	if err != nil {
		return nil, err
	}
	out := Codes{}
	for _, file := range all {
		add := func(e ast.Expr) {
			if c := code(e); c != "" {
				out[c] = set.Position(e.Pos()).String()
			}
		}
		fields := func(of string, one *ast.CompositeLit) {
			for _, e := range one.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				if name, ok := kv.Key.(*ast.Ident); ok && slices.Contains(makers, Maker{Name: of, Field: name.Name}) {
					add(kv.Value)
				}
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				for _, m := range makers {
					if m.Field == "" && called(n.Fun) == m.Name && len(n.Args) > m.Arg {
						add(n.Args[m.Arg])
					}
				}
			case *ast.CompositeLit:
				fields(called(n.Type), n)
				if list, ok := n.Type.(*ast.ArrayType); ok {
					for _, e := range n.Elts {
						if one, ok := e.(*ast.CompositeLit); ok && one.Type == nil {
							fields(called(list.Elt), one)
						}
					}
				}
			}
			return true
		})
	}
	return out, nil
}

// called is a function or type by its name alone, in whichever package.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// Worded reports which of the functions named stand in a folder and hold a sentence
// in Chinese.
func Worded(dir string, names ...string) (map[string]bool, error) {
	_, all, err := files(dir)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, file := range all {
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && slices.Contains(names, f.Name.Name) {
				out[f.Name.Name] = out[f.Name.Name] || spoken(f, nil)
			}
		}
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
