// Notice writes the file NOTICE: what is built into Parley and under which
// licence. It reads go.mod, the licence files in Go's module cache and the lock
// files of the web packages; run it by `make notice` when a dependency changes.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"parley/internal/house"
)

const head = `Parley
Copyright 2026 The Parley authors

Licensed under the Apache License, Version 2.0; see LICENSE.

Built in are the following works, each under its own licence. The connector for
WhatsApp as a linked device (go.mau.fi/whatsmeow) needs go.mau.fi/libsignal,
which is under GPL-3.0: a binary that contains it is distributed under the terms
of GPL-3.0. ` + "`make build TAGS=nogpl`" + ` leaves it out.
`

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "notice:", err)
		os.Exit(1)
	}
}

func write() error {
	root, err := house.Root()
	if err != nil {
		return err
	}
	modules, err := house.DirectModules(root)
	if err != nil {
		return err
	}
	var text strings.Builder
	text.WriteString(head + "\nGo modules\n\n")
	for _, module := range modules {
		licence, err := moduleLicence(root, module)
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "  %s: %s\n", module, licence)
	}
	packages, err := house.WebPackages(root)
	if err != nil {
		return err
	}
	if len(packages) > 0 {
		text.WriteString("\nnpm packages\n\n")
	}
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		if packages[name] == "" {
			return fmt.Errorf("the lock file names no licence for %s", name)
		}
		fmt.Fprintf(&text, "  %s: %s\n", name, packages[name])
	}
	return os.WriteFile(filepath.Join(root, "NOTICE"), []byte(text.String()), 0o644)
}

func moduleLicence(root, module string) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", module)
	cmd.Dir = root
	output, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", module, err)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(output, &found); err != nil {
		return "", fmt.Errorf("find %s: %w", module, err)
	}
	entries, err := os.ReadDir(found.Dir)
	if err != nil {
		return "", fmt.Errorf("licence of %s: %w", module, err)
	}
	for _, entry := range entries {
		name := strings.ToUpper(entry.Name())
		if entry.IsDir() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(found.Dir, entry.Name()))
		if err != nil {
			return "", err
		}
		if licence := house.Licence(string(text)); licence != "" {
			return licence, nil
		}
	}
	return "", fmt.Errorf("no known licence in %s: teach house.Licence, or do without the module", module)
}
