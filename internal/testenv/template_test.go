package testenv

import (
	"errors"
	"sync/atomic"
	"testing"
)

func TestCopiesOfADatabaseAreFullAndApart(t *testing.T) {
	var fills atomic.Int32
	filled := NewTemplate(func(address string) error {
		fills.Add(1)
		return postgresExec(address, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('你好')")
	})
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := filled.Postgres(t)
			var rows int
			if err := connect(t, address).QueryRow(t.Context(), "SELECT count(*) FROM kept WHERE word = '你好'").Scan(&rows); err != nil || rows != 1 {
				t.Errorf("a copy has %d rows: %v", rows, err)
			}
			mustExec(t, address, "INSERT INTO kept VALUES ('你好')") // which the other must not see
		})
	}
	t.Cleanup(func() {
		if n := fills.Load(); n != 1 {
			t.Errorf("filled %d times", n)
		}
	})
}

func TestATemplateThatCannotBeFilledSaysSo(t *testing.T) {
	why := errors.New("no")
	if _, err := NewTemplate(func(string) error { return why }).made(); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}
