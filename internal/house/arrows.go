package house

import (
	"fmt"
	"slices"
	"strings"
)

const module = "parley"

// Package is a package with what it imports, as `go list -json` prints it.
type Package struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// room is a part of the house with what it may see of the others. "…" at the
// end of a name stands for the folder and all below it. Of the rooms that
// contain a package the first counts.
type room struct {
	name string
	sees []string
	own  bool // whether packages inside see each other
}

// rooms is the house of the design: main.go sees all, core is seen by all,
// the wings see core and not each other, and canon sees nothing.
func rooms() []room {
	return []room{
		{name: "", sees: []string{"admin…", "bots…", "connectors…", "core…", "media…", "migrations…", "internal…"}},
		{name: "migrations…"},
		{name: "core/canon…", own: true},
		{name: "core/connector…", sees: []string{"core/canon…"}, own: true},
		{name: "core…", sees: []string{"core…", "migrations…"}},
		{name: "connectors/all…", sees: []string{"connectors…", "core/connector…", "core/canon…"}},
		// The kit plays the core's part towards a connector, so it may use the core's.
		{name: "connectors/conntest…", sees: []string{"core…"}, own: true},
		{name: "connectors/emulate…", sees: []string{"core/connector…", "core/canon…"}, own: true},
		// A platform played is built from its document: of what it tests it sees the
		// vocabulary alone, so that one mistake cannot hide in both.
		{name: "connectors/http/fake…", sees: []string{"core/canon…"}, own: true},
		// A family sees the contract and nothing that could reach around it.
		{name: "connectors/*…", sees: []string{"core/connector…", "core/canon…"}, own: true},
		{name: "bots…", sees: []string{"core…"}, own: true},
		{name: "media…", sees: []string{"core…"}, own: true},
		{name: "admin…", sees: []string{"core…"}, own: true},
		{name: "internal…", sees: []string{"admin…", "bots…", "connectors…", "core…", "media…", "migrations…", "internal…"}},
	}
}

// forTests may be imported by tests anywhere, besides what their room sees.
func forTests() []string {
	return []string{"internal…", "connectors/conntest…", "connectors/emulate…"}
}

// sqlRooms are the packages that may speak SQL; all else goes through core/store.
func sqlRooms() []string {
	return []string{"", "core/store…", "migrations…", "internal…",
		"admin/auth…",          // the session store
		"connectors/whatsapp…"} // whatsmeow's own tables
}

func speaksSQL(path string) bool {
	return path == "database/sql" || path == "modernc.org/sqlite" || inModule(path, "github.com/jackc/pgx/v5") ||
		inModule(path, "github.com/uptrace/bun") || inModule(path, "github.com/pressly/goose/v3")
}

// WrongArrows tells every import that the house forbids, with the rule.
func WrongArrows(packages []Package) []string {
	var wrong []string
	for _, p := range packages {
		from, ours := inHouse(p.ImportPath)
		if !ours {
			continue
		}
		at, ok := roomOf(from)
		if !ok {
			wrong = append(wrong, p.ImportPath+" is in no room of the house: see internal/house/arrows.go")
			continue
		}
		for _, to := range p.Imports {
			if why := forbidden(at, from, to, false); why != "" {
				wrong = append(wrong, fmt.Sprintf("%s imports %s: %s", p.ImportPath, to, why))
			}
		}
		for _, to := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := forbidden(at, from, to, true); why != "" {
				wrong = append(wrong, fmt.Sprintf("a test of %s imports %s: %s", p.ImportPath, to, why))
			}
		}
	}
	return wrong
}

// forbidden says why an import is not allowed, or nothing.
func forbidden(at room, from, to string, test bool) string {
	target, ours := inHouse(to)
	switch {
	case !ours && test:
		return ""
	case !ours && at.name == "core/canon…" && thirdParty(to):
		return "the vocabulary imports the standard library alone"
	case !ours && speaksSQL(to) && !anyOf(sqlRooms(), from):
		return "SQL lives in core/store"
	case !ours:
		return ""
	case test && anyOf(forTests(), target):
		return ""
	case !test && matches("internal/testenv…", target) && !matches("internal/testenv…", from):
		return "the servers for tests are for tests alone"
	case anyOf(at.sees, target), at.own && family(from, at) == family(target, at):
		return ""
	case at.name == "connectors/*…" && matches("connectors…", target):
		return "one family of connectors never sees another"
	default:
		return fmt.Sprintf("%s does not see that; the arrows run down to core", shownName(at))
	}
}

// family is the part of a room whose packages may see each other: the room
// itself, or the folder that a * stands for.
func family(path string, at room) string {
	base := strings.TrimSuffix(at.name, "…")
	if parent, ok := strings.CutSuffix(base, "/*"); ok {
		rest, inside := strings.CutPrefix(path, parent+"/")
		if !inside {
			return path
		}
		name, _, _ := strings.Cut(rest, "/")
		return parent + "/" + name
	}
	if matches(at.name, path) {
		return base
	}
	return path
}

func roomOf(path string) (room, bool) {
	for _, r := range rooms() {
		if matches(r.name, path) {
			return r, true
		}
	}
	return room{}, false
}

// matches compares a package's path with a room's name.
func matches(name, path string) bool {
	base, below := strings.CutSuffix(name, "…")
	if parent, ok := strings.CutSuffix(base, "/*"); ok {
		return strings.HasPrefix(path, parent+"/")
	}
	return path == base || below && strings.HasPrefix(path, base+"/")
}

func anyOf(names []string, path string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return matches(name, path) })
}

// inHouse is a package's path below the module's name.
func inHouse(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func inModule(path, name string) bool { return path == name || strings.HasPrefix(path, name+"/") }

// thirdParty tells other people's modules from the standard library: their
// first element is a host name.
func thirdParty(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".")
}

func shownName(r room) string {
	if r.name == "" {
		return "main.go"
	}
	return strings.TrimSuffix(strings.TrimSuffix(r.name, "…"), "/*")
}
