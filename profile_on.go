//go:build profile

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
)

// profiled writes where the hub's time goes into the folder PARLEY_TEST_PROFILE,
// from now until stop. Only `make profile` builds with it.
func profiled() (stop func()) {
	dir := os.Getenv("PARLEY_TEST_PROFILE")
	if dir == "" {
		return func() {}
	}
	f, err := os.Create(filepath.Join(dir, strconv.Itoa(os.Getpid())+".pprof"))
	if err != nil {
		fail(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		fail(err)
	}
	return func() {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "parley: the profile is not whole:", err)
		}
	}
}
