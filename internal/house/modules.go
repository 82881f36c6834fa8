package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// WebFolders are the npm packages whose builds are embedded.
func WebFolders() []string { return []string{"admin/ui", "connectors/web/widget"} }

// DirectModules are the modules that go.mod requires for our own imports.
func DirectModules(root string) ([]string, error) {
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	var file struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(output, &file); err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	var modules []string
	for _, required := range file.Require {
		if !required.Indirect {
			modules = append(modules, required.Path)
		}
	}
	slices.Sort(modules)
	return modules, nil
}

// WebPackages are the npm packages that become part of the embedded builds,
// with the licence that the lock file notes for each.
func WebPackages(root string) (map[string]string, error) {
	licences := make(map[string]string)
	for _, folder := range WebFolders() {
		var manifest struct {
			Dependencies map[string]string `json:"dependencies"`
		}
		var lock struct {
			Packages map[string]struct {
				Licence string `json:"license"`
			} `json:"packages"`
		}
		for name, into := range map[string]any{"package.json": &manifest, "package-lock.json": &lock} {
			text, err := os.ReadFile(filepath.Join(root, folder, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(text, into); err != nil {
				return nil, fmt.Errorf("read %s/%s: %w", folder, name, err)
			}
		}
		for name := range manifest.Dependencies {
			licences[name] = lock.Packages["node_modules/"+name].Licence
		}
	}
	return licences, nil
}
