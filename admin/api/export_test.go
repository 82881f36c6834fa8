package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"parley/core"
)

// exports are the operations that answer with a file people open in a
// spreadsheet. Each has a test named TestX08_… that no cell of it is a formula;
// write that before adding a name.
var exports = []string{"get-bots-id-export-csv", "get-contacts-export-csv", "get-ratings-export-csv"} // bots/rules, here, ratings_test.go

func TestX08_EveryExportIsKnown(t *testing.T) {
	r := newRig(t, sqliteURL)
	expected := verdicts(t)
	owner := r.signedIn(r.home(), core.RoleOwner)
	ids := r.world(r.home(), owner.agent)
	ids["session"] = ownSession(t, owner)
	var found []string
	asked := 0
	for _, op := range operations(t, r.api.Document()) {
		if op.Method != http.MethodGet || op.ID == "get-live" {
			continue
		}
		path := filled(op, ids, nil, "")
		if q := expected[op.ID].Query; q != "" {
			path += "?" + body(q, ids, nil, "").(string)
		}
		p := owner.do("GET", path, nil)
		if p.status != 200 {
			continue
		}
		asked++
		if !strings.HasPrefix(p.header.Get("Content-Type"), "application/json") || p.header.Get("Content-Disposition") != "" {
			found = append(found, op.ID)
		}
	}
	slices.Sort(found)
	if !slices.Equal(found, exports) || asked < 40 {
		t.Errorf("of %d answers these are files: %v; known are %v", asked, found, exports)
	}
}
