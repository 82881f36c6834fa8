package operate

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/core/egress"
	"parley/core/file"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// restoreFix ends the remedies for a database that cannot be saved.
const restoreFix = "restore the newest backup."

func checkDatabase(_ context.Context, v *visit) []Finding {
	const name = "database"
	switch {
	case errors.Is(v.rawErr, store.ErrNoDatabase):
		return []Finding{ok(name, "not there yet; the first start makes it")}
	case v.rawErr != nil && v.in.Settings.Database.Dialect == setting.SQLite:
		return []Finding{fail(name, "Correct the data folder if this is another file; else keep a copy of it and "+restoreFix, "%v", v.rawErr)}
	case v.rawErr != nil:
		return []Finding{fail(name, "Start the database, or correct PARLEY_DATABASE_URL.", "%v", v.rawErr)}
	}
	where := v.exam.Path
	if v.exam.Dialect == store.Postgres {
		where = "PostgreSQL"
	}
	return []Finding{ok(name, "%s, %s", where, bytesText(v.exam.Bytes))}
}

// unread says that the database could not be looked at.
func (v *visit) unread(name string) ([]Finding, bool) {
	if v.raw == nil || v.rawErr != nil {
		return v.noStore(name), true
	}
	return nil, false
}

// testedPostgres is the oldest version the tests run on.
const testedPostgres = 15

func checkDatabaseVersion(_ context.Context, v *visit) []Finding {
	const name = "database version"
	if f, unread := v.unread(name); unread {
		return f
	}
	return judgeVersion(v.exam)
}

func judgeVersion(e store.Exam) []Finding {
	const name = "database version"
	major, _, _ := strings.Cut(e.Version, ".")
	if n, err := strconv.Atoi(major); e.Dialect == store.Postgres && err == nil && n < testedPostgres {
		return []Finding{warn(name, "Move to a newer PostgreSQL when you can.", "%s; Parley is tested from %d on", e.Version, testedPostgres)}
	}
	return []Finding{ok(name, "%s %s", e.Dialect, e.Version)}
}

func checkDurability(_ context.Context, v *visit) []Finding {
	const name = "durable commits"
	if f, unread := v.unread(name); unread {
		return f
	}
	return judgeDurability(v.exam)
}

func judgeDurability(e store.Exam) []Finding {
	const name = "durable commits"
	good := map[string][]string{"journal_mode": {"wal"}, "synchronous": {"full", "extra"}}
	fix := "Put the data folder on a local disk that allows WAL."
	if e.Dialect == store.Postgres {
		good = map[string][]string{"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply", "remote_write", "local"}}
		fix = "Set fsync, full_page_writes and synchronous_commit to on: otherwise a power loss takes acknowledged messages."
	}
	var bad, all []string
	for _, key := range slices.Sorted(maps.Keys(e.Settings)) {
		text := key + "=" + e.Settings[key]
		all = append(all, text)
		if !slices.Contains(good[key], e.Settings[key]) {
			bad = append(bad, text)
		}
	}
	if len(bad) > 0 {
		return []Finding{fail(name, fix, "%s", strings.Join(bad, ", "))}
	}
	return []Finding{ok(name, "%s", strings.Join(all, ", "))}
}

func checkWritable(_ context.Context, v *visit) []Finding {
	const name = "database writable"
	if f, unread := v.unread(name); unread {
		return f
	}
	if v.exam.ReadOnly {
		return []Finding{fail(name, "Point PARLEY_DATABASE_URL at the primary, or make the file writable for the hub's user.", "it can only be read: a standby, or a file of somebody else")}
	}
	return []Finding{ok(name, "yes")}
}

// wholeCheck is up to which size an SQLite database is read whole.
const wholeCheck = 2 << 30

func checkDamage(ctx context.Context, v *visit) []Finding {
	const name = "database pages"
	if v.raw == nil {
		return v.noStore(name)
	}
	if v.in.Settings.Database.Dialect == setting.Postgres {
		return []Finding{skip(name, "PostgreSQL checks its own: see pg_amcheck")}
	}
	if v.exam.Bytes > wholeCheck {
		return []Finding{skip(name, "too large to read whole: run `PRAGMA quick_check` on a backup")}
	}
	found, err := v.raw.Damage(ctx)
	if err == nil && found == "" {
		return []Finding{ok(name, "sound")}
	}
	if err != nil {
		found = err.Error()
	}
	return []Finding{fail(name, "Stop the hub, keep a copy of the data folder, and "+restoreFix, "damaged: %s", found)}
}

// poolSize is how many connections one node may open.
const poolSize = 24

func checkConnections(_ context.Context, v *visit) []Finding {
	const name = "connections"
	if f, unread := v.unread(name); unread {
		return f
	}
	return judgeConnections(v.exam)
}

func judgeConnections(e store.Exam) []Finding {
	const name = "connections"
	switch {
	case e.Dialect == store.SQLite:
		return []Finding{skip(name, "SQLite counts none")}
	case e.Connections < poolSize+4:
		return []Finding{fail(name, "Raise max_connections.", "the server takes %d, the hub opens up to %d", e.Connections, poolSize)}
	}
	return []Finding{ok(name, "the server takes %d, the hub opens up to %d", e.Connections, poolSize)}
}

func checkDatabaseClock(_ context.Context, v *visit) []Finding {
	const name = "database clock"
	if f, unread := v.unread(name); unread {
		return f
	}
	return judgeClock(v.exam)
}

func judgeClock(e store.Exam) []Finding {
	const name = "database clock"
	const fix = "Run a time service on both machines: leases are kept by the database's clock."
	skew := max(0, e.Skew.Abs()-e.Took/2).Round(time.Millisecond)
	switch {
	case e.Dialect == store.SQLite:
		return []Finding{ok(name, "this machine's")}
	case skew > 30*time.Second:
		return []Finding{fail(name, fix, "differs by %s", skew)}
	case skew > 2*time.Second:
		return []Finding{warn(name, fix, "differs by %s", skew)}
	}
	return []Finding{ok(name, "differs by %s", skew)}
}

func checkMigrations(_ context.Context, v *visit) []Finding {
	const name = "migrations"
	if f, unread := v.unread(name); unread {
		return f
	}
	switch e := v.exam; {
	case e.Schema > e.Newest:
		return []Finding{fail(name, "Start the newer version, or restore a backup made before the upgrade.", "the database is at %d, this version knows %d", e.Schema, e.Newest)}
	case e.Schema == 0 && e.KeyCheck == nil:
		return []Finding{ok(name, "the database is empty; the first start fills it")}
	case e.Schema < e.Newest:
		return []Finding{fail(name, "Make a backup, then run `parley migrate`; a start does it too.", "the database is at %d, this version wants %d", e.Schema, e.Newest)}
	}
	return []Finding{ok(name, "at the newest, %d", v.exam.Newest)}
}

func checkMasterKey(_ context.Context, v *visit) []Finding {
	const name = "master key"
	key, have, err := presentKey(v.in.Settings, v.exam.KeyCheck)
	other := []Finding{fail(name, "Put the key back that this database was made with, or the new one if it was rotated.", "not the one this database was sealed with")}
	switch {
	case errors.Is(err, secret.ErrWrongKey):
		return other
	case err != nil:
		return []Finding{fail(name, "Make the file readable for the hub's user alone, with the key in it.", "%v", err)}
	case !have && v.exam.KeyCheck != nil:
		return []Finding{fail(name, "Put the file "+secret.KeyFile+" back into the data folder, or set PARLEY_MASTER_KEY: without it the credentials of all accounts are lost.", "missing, and this database was sealed with one")}
	case !have && v.in.Settings.Database.Dialect == setting.Postgres:
		return []Finding{fail(name, "Set PARLEY_MASTER_KEY to the output of `openssl rand -base64 32`, the same on every node.", "not set")}
	case !have:
		return []Finding{ok(name, "not there yet; the first start makes it")}
	case v.exam.KeyCheck == nil:
		return []Finding{ok(name, "there; no database was sealed with it yet")}
	}
	if err := secret.NewBox(key).VerifyCheck(v.exam.KeyCheck); err != nil {
		return other
	}
	return []Finding{ok(name, "%s, the one this database was sealed with; keep a copy apart from the backups", key.Name())}
}

// openStorage opens where attachments lie; nil when that is not made yet.
func openStorage(s setting.Storage, out *egress.Client) (file.Storage, error) {
	if s.Kind == setting.StorageS3 {
		b := s.S3
		return file.OpenS3(file.Bucket{Endpoint: b.Endpoint, Name: b.Bucket, Region: b.Region, AccessKey: b.AccessKey, SecretKey: b.SecretKey.Reveal(), TLS: b.TLS, Lookup: string(b.Lookup)},
			out.HTTPClient(egress.Infra).Transport)
	}
	if info, err := os.Stat(s.Dir); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		if err == nil {
			return nil, errors.New(s.Dir + " is a file")
		}
		return nil, nil
	}
	return file.OpenDisk(s.Dir)
}

func checkStorage(ctx context.Context, v *visit) []Finding {
	const name = "storage"
	s := v.in.Settings.Storage
	fix := "Make the folder writable for the hub's user."
	if s.Kind == setting.StorageS3 {
		fix = "Make the bucket, correct the keys in PARLEY_STORAGE_URL, or open the way to it."
	}
	storage, err := openStorage(s, v.in.Egress)
	switch {
	case err != nil:
		return []Finding{fail(name, fix, "%v", err)}
	case storage == nil:
		return []Finding{ok(name, "%s is not there yet; the first start makes it", s.Dir)}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	if err := storage.Check(ctx); err != nil {
		return []Finding{fail(name, fix, "%v", err)}
	}
	return []Finding{ok(name, "files can be stored")}
}

// filesLooked is how many attachments are looked for.
const filesLooked = 200

var errEnough = errors.New("enough")

func checkFiles(ctx context.Context, v *visit) []Finding {
	const name = "attachments"
	if v.store == nil {
		return v.noStore(name)
	}
	storage, err := openStorage(v.in.Settings.Storage, v.in.Egress)
	if err != nil {
		return []Finding{skip(name, "the storage cannot be used")}
	}
	looked, missing := 0, 0
	err = v.raw.EachFile(ctx, func(f store.StoredFile) error {
		if looked++; looked > filesLooked {
			looked--
			return errEnough
		}
		if storage == nil {
			missing++
			return nil
		}
		info, err := storage.Stat(ctx, f.Key)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size != f.Size {
			missing++
			return nil
		}
		return err
	})
	switch {
	case err != nil && !errors.Is(err, errEnough):
		return []Finding{skip(name, "the storage cannot be used")}
	case missing > 0:
		return []Finding{fail(name, "Bring the folder or bucket of this database back, from a backup if need be.", "%d of %d looked for are not where the database says", missing, looked)}
	}
	return []Finding{ok(name, "all of %d looked for are there", looked)}
}

func checkBackupTools(_ context.Context, v *visit) []Finding {
	const name = "backup"
	if v.in.Settings.Database.Dialect == setting.SQLite {
		return []Finding{ok(name, "`parley backup` works beside the hub")}
	}
	if err := v.machine.tools(); err != nil {
		return []Finding{warn(name, "Install postgresql-client, or make backups with the database's own tools.", "%v", err)}
	}
	return []Finding{ok(name, "`parley backup` works beside the hub, by pg_dump")}
}
