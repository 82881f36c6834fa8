package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
)

//go:embed connector
var skeleton embed.FS

// validName is what may name a package and a kind.
var validName = regexp.MustCompile(`^[a-z][a-z0-9]{1,23}$`)

// Connector writes the skeleton of a connector into dir/name and returns that
// folder. dir must lie inside Parley's source.
func Connector(dir, name string) (string, error) {
	if !validName.MatchString(name) || token.IsKeyword(name) {
		return "", fmt.Errorf("the name %q cannot be a package: use 2 to 24 lower-case letters and digits, a letter first, such as telegram", name)
	}
	if err := inSource(dir); err != nil {
		return "", err
	}
	to := filepath.Join(dir, name)
	if err := os.Mkdir(to, 0o755); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("%s is there already; choose another name", to)
		}
		return "", fmt.Errorf("make the connector's folder: %w", err)
	}
	if err := write(to, name); err != nil {
		return "", errors.Join(err, os.RemoveAll(to))
	}
	return to, nil
}

// inSource refuses a folder outside of the module: what is written there could
// not import the contract.
func inSource(dir string) error {
	at, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s; run this in Parley's source, or name one with --dir", dir)
	}
	for {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil {
			if first, _, _ := strings.Cut(string(text), "\n"); strings.TrimSpace(first) == "module parley" {
				return nil
			}
			return fmt.Errorf("%s belongs to another module; run this in Parley's source, or name a folder of it with --dir", dir)
		}
		parent := filepath.Dir(at)
		if parent == at {
			return fmt.Errorf("%s is not in Parley's source; run this there, or name a folder of it with --dir", dir)
		}
		at = parent
	}
}

func write(to, name string) error {
	words := struct{ Name, Title string }{name, strings.ToUpper(name[:1]) + name[1:]}
	return fs.WalkDir(skeleton, "connector", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below := strings.TrimPrefix(strings.TrimPrefix(file, "connector"), "/")
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, filepath.FromSlash(below)), 0o755)
		}
		raw, err := skeleton.ReadFile(file)
		if err != nil {
			return err
		}
		if source, isGo := strings.CutSuffix(below, ".tmpl"); isGo {
			below = source
			if raw, err = render(path.Base(file), raw, words); err != nil {
				return fmt.Errorf("write %s: %w", below, err)
			}
		}
		if err := os.WriteFile(filepath.Join(to, filepath.FromSlash(below)), raw, 0o644); err != nil {
			return fmt.Errorf("write the skeleton: %w", err)
		}
		return nil
	})
}

func render(name string, raw []byte, words any) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Parse(string(raw))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, words); err != nil {
		return nil, err
	}
	return format.Source(out.Bytes())
}

// NextSteps tells an author what to do with a fresh skeleton.
func NextSteps(dir string) string {
	name := filepath.Base(dir)
	return fmt.Sprintf(`%[1]s compiles. The conformance kit is red and says what is missing:

    parley conntest %[1]s

What to do, in this order:
  1. driver.go         name, form and capabilities of the platform
  2. platform_test.go  the platform, played by its documents
  3. inbound.go        how it signs its callbacks, and what they mean
  4. outbound.go       its API, and what each of its errors means for a message
  5. kit_test.go       callbacks and calls, word for word
  6. UPDATE_GOLDEN=1 go test ./%[1]s writes the golden files: read them
  7. add %[2]s.New() to the list in connectors/all/all.go, and a line on it to
     connectors/all/testdata/channels.md

docs/writing-a-connector.md goes through it with an example.
`, filepath.ToSlash(dir), name)
}
