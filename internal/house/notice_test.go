package house

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNoticeNamesWhatIsBuiltIn compares NOTICE with go.mod and the web
// packages; `make notice` brings it up to date.
func TestNoticeNamesWhatIsBuiltIn(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	notice, err := os.ReadFile(filepath.Join(root, "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	modules, err := DirectModules(root)
	if err != nil {
		t.Fatal(err)
	}
	packages, err := WebPackages(root)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(slices.Concat(modules, slices.Collect(maps.Keys(packages)))))
	var named []string
	for _, line := range regexp.MustCompile(`(?m)^  (\S+): .+$`).FindAllSubmatch(notice, -1) {
		named = append(named, string(line[1]))
	}
	slices.Sort(named)
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("NOTICE is out of date; run `make notice` (-dependencies +NOTICE):\n%s", diff)
	}
}

func TestLicence(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Apache License\nVersion 2.0, January 2004", "Apache-2.0"},
		{"MIT License\n\nPermission is hereby granted, free\nof charge, to any person", "MIT"},
		{"Mozilla Public License Version 2.0 … GNU Lesser General Public License", "MPL-2.0"},
		{"GNU GENERAL PUBLIC LICENSE Version 3" + strings.Repeat(" terms", 100) + " GNU Affero General Public License", "GPL-3.0"},
		{"GNU GENERAL PUBLIC LICENSE Version 3", "GPL-3.0"},
		{"GNU AFFERO GENERAL PUBLIC LICENSE … GNU General Public License", "AGPL-3.0"},
		{"Redistribution and use in source and binary forms … Neither the name of", "BSD-3-Clause"},
		{"Redistribution and use in source and binary forms, with or without", "BSD-2-Clause"},
		{"All rights reserved.", ""},
	}
	for _, test := range tests {
		if got := Licence(test.text); got != test.want {
			t.Errorf("Licence(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}
