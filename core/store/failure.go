package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// away is a failure of the database itself: nothing of it is the caller's
// fault, and trying later may help.
type away struct{ err error }

func (a *away) Error() string { return a.err.Error() }
func (a *away) Unwrap() error { return a.err }

// Unavailable reports whether err means that the database is away or full, so
// that the caller should try again later. It goes by what failed, never by
// words: what a poisoned message says must not pass for a lost connection.
func Unavailable(err error) bool {
	var gone *away
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil:
		return false
	case errors.As(err, &gone), errors.As(err, &connect), errors.As(err, &network),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_NOMEM:
			return true
		}
	case errors.As(err, &pg):
		switch pg.Code[:2] {
		case "08", "53", "57", "58", "XX": // connection, resources, shut down, system, internal
			return true
		}
		return pg.Code == "25006" // read only: the standby of a pair
	}
	return false
}

// contended reports whether err says that another transaction stood in the way
// and the same statements may succeed at once: a deadlock, a lost race.
func contended(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001" || pg.Code == "55P03")
}
