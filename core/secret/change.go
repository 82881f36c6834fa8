package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"parley/core/flock"
)

// ErrChanging is returned by Run while another process changes the key.
var ErrChanging = errors.New("the master key is being changed by another process; wait for it to end")

// ErrSameKey refuses a new key that is the present one.
var ErrSameKey = errors.New("the new master key is the present one")

// Change replaces the master key in a data directory: it writes the new key
// beside the present one, has the database moved to it, and only then puts it
// in the present one's place. Whenever the process or the machine stops in
// between, [Find] finds the key that the database is sealed with.
type Change struct {
	DataDir string
	Next    MasterKey
	// Check reads the database's check value.
	Check func() ([]byte, error)
	// Commit moves the database in one transaction. After an error both keys
	// stay where they are, for it may have happened all the same.
	Commit func(present MasterKey) error
	// At is told of every step taken, for tests that stop there; nil: nobody.
	At func(step string)
}

// Run makes the change and returns the key that was replaced. That one stays at
// [OldFile]: what was backed up before opens with it alone.
func (c Change) Run() (MasterKey, error) {
	unlock, err := flock.Try(filepath.Join(c.DataDir, lockFile))
	if errors.Is(err, flock.ErrHeld) {
		return MasterKey{}, ErrChanging
	}
	if err != nil {
		return MasterKey{}, err
	}
	defer unlock()
	check, err := c.Check()
	if err != nil {
		return MasterKey{}, err
	}
	present, err := Find(c.DataDir, check)
	if err != nil {
		return MasterKey{}, err
	}
	// An earlier change may have been interrupted after its commit.
	if err := settle(c.DataDir, present); err != nil {
		return MasterKey{}, err
	}
	if present.Equal(c.Next) {
		return MasterKey{}, ErrSameKey
	}
	c.at("found")
	if err := place(c.DataDir, c.Next, filepath.Join(c.DataDir, nextFile), os.Rename); err != nil {
		return MasterKey{}, fmt.Errorf("write the new master key: %w", err)
	}
	c.at("written")
	if err := c.Commit(present); err != nil {
		return MasterKey{}, err
	}
	c.at("committed")
	if err := keepOld(c.DataDir, present); err != nil {
		return MasterKey{}, err
	}
	c.at("kept")
	if err := settle(c.DataDir, c.Next); err != nil {
		return MasterKey{}, err
	}
	c.at("settled")
	return present, nil
}

func (c Change) at(step string) {
	if c.At != nil {
		c.At(step)
	}
}
