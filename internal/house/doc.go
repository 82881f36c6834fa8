// Package house holds the rules of the house as tests: which package may see
// which, what only core/egress may do, how secrets are compared, and that
// NOTICE names what is built in. It has no part in the program.
//
// Each rule has a planted offender in its test, so that a rule that no longer
// bites is noticed.
package house

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Root is the repository's top folder, found from the working folder upwards.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in the working folder or above it")
		}
		dir = parent
	}
}
