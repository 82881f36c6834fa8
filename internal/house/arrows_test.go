package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

func TestArrowsRunDown(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list names %d packages", len(packages))
	}
	for _, wrong := range WrongArrows(packages) {
		t.Error(wrong)
	}
}

func listPackages(t *testing.T) []Package {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	// -e: a package that does not compile is somebody else's failure.
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []Package
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p Package
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(p.ImportPath, "/node_modules/") {
			packages = append(packages, p)
		}
	}
}

func TestPlantedArrows(t *testing.T) {
	tests := []struct {
		from, to string
		test     bool
		why      string // empty: allowed
	}{
		{from: "", to: "parley/admin/api"},
		{from: "", to: "parley/connectors/all"},
		{from: "", to: "parley/internal/testenv", why: "for tests alone"},
		{from: "/core/canon", to: "encoding/json"},
		{from: "/core/canon", to: "github.com/google/uuid", why: "standard library alone"},
		{from: "/core/canon", to: "github.com/google/go-cmp/cmp", test: true},
		{from: "/core/canon", to: "parley/core/secret", why: "core/canon does not see"},
		{from: "/core/connector", to: "parley/core/canon"},
		{from: "/core/connector", to: "parley/core/egress", why: "core/connector does not see"},
		{from: "/core/ingest", to: "parley/core/store"},
		{from: "/core/store", to: "parley/migrations"},
		{from: "/core/ingest", to: "parley/connectors/web", why: "core does not see"},
		{from: "/core/orchestrate", to: "parley/bots/rules", why: "core does not see"},
		{from: "/core/outbox", to: "parley/media", why: "core does not see"},
		{from: "/core", to: "parley/admin/auth", why: "core does not see"},
		{from: "/core/ingest", to: "parley/connectors/http", test: true, why: "core does not see"},
		{from: "/core/ingest", to: "parley/connectors/conntest", test: true},
		{from: "/core/ingest", to: "database/sql", why: "SQL lives in core/store"},
		{from: "/core/ingest", to: "github.com/uptrace/bun/dialect/pgdialect", why: "SQL lives in core/store"},
		{from: "/core/store", to: "github.com/jackc/pgx/v5/stdlib"},
		{from: "/admin/auth", to: "database/sql"},
		{from: "/admin/api", to: "database/sql", why: "SQL lives in core/store"},
		{from: "/core/store", to: "parley/internal/testenv", why: "for tests alone"},
		{from: "/core/store", to: "parley/internal/testenv", test: true},
		{from: "/core/store", to: "parley/internal/bench", why: "core does not see"},
		{from: "/connectors/email", to: "parley/connectors/email/letter"},
		{from: "/connectors/email/letter", to: "parley/connectors/email"},
		{from: "/connectors/email", to: "parley/core/connector"},
		{from: "/connectors/email", to: "parley/core/egress", why: "connectors does not see"},
		{from: "/connectors/email", to: "parley/core/store", why: "connectors does not see"},
		{from: "/connectors/email", to: "parley/connectors/emailer", why: "one family"},
		{from: "/connectors/wechat", to: "parley/connectors/wecom", why: "one family"},
		{from: "/connectors/email", to: "parley/connectors/conntest", why: "one family"},
		{from: "/connectors/email", to: "parley/connectors/conntest", test: true},
		{from: "/connectors/email", to: "parley/connectors/emulate/mail", test: true},
		{from: "/connectors/all", to: "parley/connectors/wechat"},
		{from: "/connectors/all", to: "parley/core/store", why: "connectors/all does not see"},
		{from: "/connectors/conntest", to: "parley/connectors/http", why: "connectors/conntest does not see"},
		{from: "/connectors/web", to: "parley/connectors/web/widget"},
		{from: "/bots/rules", to: "parley/core/orchestrate"},
		{from: "/bots/rules", to: "parley/admin/api", why: "bots does not see"},
		{from: "/media", to: "parley/connectors/web", why: "media does not see"},
		{from: "/admin/api", to: "parley/connectors/all", why: "admin does not see"},
		{from: "/admin/api", to: "parley/admin/auth"},
		{from: "/migrations", to: "parley/core", why: "migrations does not see"},
		{from: "/utils", to: "strings", why: "no room of the house"},
		{from: "/internal/journey", to: "parley/admin/api"},
		{from: "/internal/bench", to: "parley/internal/testenv", why: "for tests alone"},
		{from: "/internal/testenv/servers", to: "parley/internal/testenv"},
	}
	for _, test := range tests {
		p := Package{ImportPath: "parley" + test.from, Imports: []string{test.to}}
		if test.test {
			p = Package{ImportPath: "parley" + test.from, XTestImports: []string{test.to}}
		}
		wrong := strings.Join(WrongArrows([]Package{p}), "\n")
		if test.why == "" && wrong != "" || test.why != "" && !strings.Contains(wrong, test.why) {
			t.Errorf("%s → %s (test %t): %q, want %q", test.from, test.to, test.test, wrong, test.why)
		}
	}
}
