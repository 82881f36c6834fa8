package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Lint tells what one source file does that the house forbids:
//   - reaching out of the house other than through core/egress,
//   - comparing a signature in a way whose time tells how much of it was right,
//   - func init, which acts before main could decide,
//   - vouching for a callback nobody checked, outside of the core, the
//     conformance kit and the tools for authors.
//
// name is the file's path from the repository's top, with slashes.
func Lint(name string, source []byte) ([]string, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("lint %s: %w", name, err)
	}
	l := linter{files: files, imports: importNames(file)}
	mayDial, mayVouch, test := dialers(name), vouchers(name), strings.HasSuffix(name, "_test.go")
	pointed := pointedTo(file)
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if node.Recv == nil && node.Name.Name == "init" {
				l.report(node, "func init acts before main can decide; build a value and pass it on")
			}
		case *ast.SelectorExpr:
			if pkg, name := l.qualified(node); pkg == module+"/core/connector" && name == "Seal" && !test && !mayVouch {
				l.report(node, vouchRemedy)
			}
			if !mayDial && !pointed[node] {
				l.reach(node)
			}
		case *ast.BinaryExpr:
			if !test && (node.Op == token.EQL || node.Op == token.NEQ) {
				l.equality(node)
			}
		case *ast.CallExpr:
			if !test {
				l.comparison(node)
			}
		}
		return true
	})
	return l.found, nil
}

type linter struct {
	files   *token.FileSet
	imports map[string]string // import path by the name it has in the file
	found   []string
}

func (l *linter) report(node ast.Node, what string) {
	l.found = append(l.found, fmt.Sprintf("%s: %s", l.files.Position(node.Pos()), what))
}

// dialers may open connections themselves: the one dialer of the house, tests,
// and what plays the outside world for them.
func dialers(name string) bool {
	return strings.HasSuffix(name, "_test.go") ||
		slices.ContainsFunc([]string{"core/egress/", "internal/", "connectors/conntest/", "connectors/emulate/", "connectors/http/fake/"},
			func(dir string) bool { return strings.HasPrefix(name, dir) })
}

const vouchRemedy = "vouches for a callback in place of the core; return it from Unseal"

// vouchers may say that a callback is authentic.
func vouchers(name string) bool {
	return slices.ContainsFunc([]string{"core/", "connectors/conntest/", "internal/outside/", "internal/replay/"},
		func(dir string) bool { return strings.HasPrefix(name, dir) })
}

// reach finds names that open connections past core/egress.
func (l *linter) reach(node *ast.SelectorExpr) {
	pkg, name := l.qualified(node)
	var banned bool
	switch pkg {
	case "net", "crypto/tls":
		banned = strings.HasPrefix(name, "Dial")
	case "net/http":
		banned = slices.Contains([]string{"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport"}, name)
	case "net/smtp":
		banned = name == "Dial" || name == "SendMail"
	case "github.com/emersion/go-imap/v2/imapclient":
		banned = strings.HasPrefix(name, "Dial")
	}
	if banned {
		l.report(node, fmt.Sprintf("%s.%s reaches out of the house; only core/egress does that: take its client or dialer", path.Base(pkg), name))
	}
}

// pointedTo are types that appear behind a star, as in a parameter
// *http.Client: passing a client on is not making one.
func pointedTo(file *ast.File) map[*ast.SelectorExpr]bool {
	found := make(map[*ast.SelectorExpr]bool)
	ast.Inspect(file, func(node ast.Node) bool {
		if star, ok := node.(*ast.StarExpr); ok {
			if selector, ok := star.X.(*ast.SelectorExpr); ok {
				found[selector] = true
			}
		}
		return true
	})
	return found
}

const macRemedy = "compares a signature in a time that tells how much was right; use hmac.Equal or subtle.ConstantTimeCompare"

func (l *linter) equality(node *ast.BinaryExpr) {
	for side, other := range map[ast.Expr]ast.Expr{node.X: node.Y, node.Y: node.X} {
		if signatureLike(side) && !harmless(other) && !l.signal(other) {
			l.report(node, macRemedy)
			return
		}
	}
}

func (l *linter) comparison(call *ast.CallExpr) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	pkg, name := l.qualified(selector)
	switch path.Base(pkg) + "." + name {
	case "bytes.Equal", "bytes.Compare", "bytes.EqualFold", "strings.Compare", "strings.EqualFold", "slices.Equal", "reflect.DeepEqual":
	default:
		return
	}
	if slices.ContainsFunc(call.Args, signatureLike) {
		l.report(call, macRemedy)
	}
}

// signatureLike tells whether an expression is named like a signature:
// mac, sig, signature or hmac is one of the words of its name.
func signatureLike(expr ast.Expr) bool {
	switch expr := expr.(type) {
	case *ast.Ident:
		return slices.ContainsFunc(words(expr.Name), func(word string) bool {
			return slices.Contains([]string{"mac", "sig", "signature", "hmac"}, word)
		})
	case *ast.SelectorExpr:
		return signatureLike(expr.Sel)
	case *ast.ParenExpr:
		return signatureLike(expr.X)
	case *ast.StarExpr:
		return signatureLike(expr.X)
	case *ast.SliceExpr:
		return signatureLike(expr.X)
	case *ast.CallExpr: // string(mac), hex.EncodeToString(sig[:])
		return len(expr.Args) == 1 && signatureLike(expr.Args[0]) && !isLen(expr.Fun)
	default:
		return false
	}
}

func isLen(fun ast.Expr) bool {
	ident, ok := fun.(*ast.Ident)
	return ok && ident.Name == "len"
}

// harmless is what a signature may be compared with: nil and the empty text.
func harmless(expr ast.Expr) bool {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name == "nil"
	case *ast.BasicLit:
		return expr.Value == `""` || expr.Value == "``"
	default:
		return false
	}
}

// signal tells an operating system's signal, which is called sig as well.
func (l *linter) signal(expr ast.Expr) bool {
	selector, ok := expr.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, _ := l.qualified(selector)
	return pkg == "syscall" || pkg == "os" || pkg == "golang.org/x/sys/unix"
}

// words cuts a Go name at its humps: expectedMAC is expected, mac.
func words(name string) []string {
	var found []string
	runes := []rune(name)
	start := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) {
			hump := unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1])
			acronymEnds := i+1 < len(runes) && unicode.IsUpper(runes[i]) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1])
			if !hump && !acronymEnds && runes[i] != '_' {
				continue
			}
		}
		found = append(found, strings.ToLower(strings.Trim(string(runes[start:i]), "_0123456789")))
		start = i
	}
	return found
}

// qualified is the import path and name of pkg.Name, or nothing.
func (l *linter) qualified(node *ast.SelectorExpr) (pkg, name string) {
	ident, ok := node.X.(*ast.Ident)
	if !ok {
		return "", ""
	}
	return l.imports[ident.Name], node.Sel.Name
}

func importNames(file *ast.File) map[string]string {
	names := make(map[string]string)
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has checked it
		}
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = importPath
	}
	return names
}
