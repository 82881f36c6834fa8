package operate

import (
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"parley/core/secret"
	"parley/core/setting"
)

// A hub runs while the key is changed, and goes on; the next start takes the
// new key alone.
func TestX13_RotationBesideARunningHub(t *testing.T) {
	eachWay(t, func(t *testing.T, s setting.Settings) {
		x := start(t, s)
		release, err := x.store.HoldServe()
		must(t, err)
		defer release()
		x.plant(t)
		before := *x
		done, err := Rotation{}.Run(t.Context(), s)
		must(t, err)
		if done.Tenants != 1 || done.Old.Equal(done.New) {
			t.Errorf("%+v", done)
		}
		x.plant(t)
		if n, err := readable(t.Context(), before.scope(), before.box); n != 2 || err != nil {
			t.Errorf("the running hub reads %d secrets, %v", n, err)
		}
		fresh := s
		if s.MasterKey != nil {
			if _, err := opened(t.Context(), s); !errors.Is(err, secret.ErrWrongKey) || !strings.Contains(err.Error(), "master_key:") {
				t.Errorf("a start with the old key: %v", err)
			}
			fresh.MasterKey, fresh.NewMasterKey = s.NewMasterKey, nil
		} else {
			was, err := os.ReadFile(done.OldFile)
			if err != nil || strings.TrimSpace(string(was)) != done.Old.Text() {
				t.Errorf("the old key is not kept: %v", err)
			}
		}
		if n, err := opened(t.Context(), fresh); n != 2 || err != nil {
			t.Errorf("a start with the new key reads %d secrets, %v", n, err)
		}
		// There and back: the old key may come again.
		fresh.NewMasterKey = &done.Old
		if _, err := (Rotation{}).Run(t.Context(), fresh); err != nil {
			t.Error(err)
		}
		if fresh.MasterKey != nil {
			fresh.MasterKey = &done.Old
		}
		if n, err := opened(t.Context(), fresh); n != 2 || err != nil {
			t.Errorf("after rotating back it reads %d secrets, %v", n, err)
		}
	})
}

// The process ends at each step of a rotation, as by a kill or a power cut. A
// start opens everything, and the rotation can be done again.
func TestX13_RotationMayStopAnywhere(t *testing.T) {
	eachWay(t, func(t *testing.T, s setting.Settings) {
		x := start(t, s)
		x.plant(t)
		must(t, x.store.Close())
		steps := []string{"found", "opened", "committed"}
		if s.MasterKey == nil {
			steps = []string{"found", "written", "opened", "committed", "kept", "settled"}
		}
		for i, stop := range steps {
			took, code := rotateInChild(t, s, stop)
			if code != crashed || !slices.Equal(took, steps[:i+1]) {
				t.Fatalf("stopped at %s: exit code %d after %v", stop, code, took)
			}
			if s.MasterKey == nil {
				for range 2 { // the first start may finish what was left
					if n, err := opened(t.Context(), s); n != 1 || err != nil {
						t.Fatalf("stopped at %s: a start reads %d secrets, %v", stop, n, err)
					}
				}
				continue
			}
			// The operator has both keys: one of them opens, the other is refused.
			moved := s
			moved.MasterKey, moved.NewMasterKey = s.NewMasterKey, nil
			wrong, right := moved, s
			if stop == "committed" {
				wrong, right = s, moved
			}
			if n, err := opened(t.Context(), right); n != 1 || err != nil {
				t.Fatalf("stopped at %s: a start reads %d secrets, %v", stop, n, err)
			}
			if _, err := opened(t.Context(), wrong); !errors.Is(err, secret.ErrWrongKey) {
				t.Fatalf("stopped at %s: the other key: %v", stop, err)
			}
			if stop == "committed" {
				if _, err := (Rotation{}).Run(t.Context(), s); err == nil || !strings.Contains(err.Error(), "PARLEY_MASTER_KEY") {
					t.Errorf("done again: %v", err)
				}
				next := secret.NewMasterKey()
				moved.NewMasterKey = &next
				s = moved
			}
		}
		if took, code := rotateInChild(t, s, "never"); code != 0 {
			t.Fatalf("a whole rotation: exit code %d after %v", code, took)
		}
		if s.MasterKey != nil {
			s.MasterKey = s.NewMasterKey
		}
		if n, err := opened(t.Context(), s); n != 1 || err != nil {
			t.Errorf("after all that a start reads %d secrets, %v", n, err)
		}
	})
}

// A start with a wrong key, or none, ends with words that say what to do, and
// leaves database and folder as they were, older schema and all.
func TestX13_WrongKeyChangesNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s setting.Settings) {
		if s.MasterKey == nil {
			key := secret.NewMasterKey()
			s.MasterKey = &key
		}
		x := start(t, s)
		x.plant(t)
		must(t, x.store.Close())
		inDatabase(t, s, func(db *sql.DB) error {
			_, err := db.Exec("DELETE FROM goose_db_version WHERE version_id > 1") // a migration would be tried, and fail
			return err
		})
		before := rowsAndFiles(t, s)
		other, next := secret.NewMasterKey(), secret.NewMasterKey()
		wrong, none := s, s
		wrong.MasterKey, wrong.NewMasterKey, none.MasterKey = &other, &next, nil
		if _, err := opened(t.Context(), wrong); !errors.Is(err, secret.ErrWrongKey) || !strings.Contains(err.Error(), "master_key: ") || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("a wrong key: %v", err)
		}
		if _, err := (Rotation{}).Run(t.Context(), wrong); !errors.Is(err, secret.ErrWrongKey) {
			t.Errorf("a rotation from a wrong key: %v", err)
		}
		if _, err := opened(t.Context(), none); err == nil || !strings.Contains(err.Error(), "PARLEY_MASTER_KEY") {
			t.Errorf("no key: %v", err)
		}
		if after := rowsAndFiles(t, s); after != before {
			t.Errorf("a wrong key changed\n%s\nto\n%s", before, after)
		}
	})
}

func TestRotationSaysWhatIsMissing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s setting.Settings) {
		if _, err := (Rotation{}).Run(t.Context(), s); err == nil {
			t.Error("a database nobody made was rotated")
		}
		if s.MasterKey == nil {
			key := secret.NewMasterKey()
			s.MasterKey = &key
		}
		start(t, s)
		if _, err := (Rotation{}).Run(t.Context(), s); err == nil || !strings.Contains(err.Error(), "PARLEY_NEW_MASTER_KEY") {
			t.Errorf("no new key: %v", err)
		}
		s.NewMasterKey = s.MasterKey
		if _, err := (Rotation{}).Run(t.Context(), s); !errors.Is(err, secret.ErrSameKey) {
			t.Errorf("the same key: %v", err)
		}
	})
}
