package operate

import (
	"context"
	"errors"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/egress"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
)

// Input is the installation to look at.
type Input struct {
	Settings setting.Settings
	// Problem is what setting.Load said; the checks go on with what could be
	// read.
	Problem error
	// Egress is the way out for questions to the hub's own addresses and the
	// bucket.
	Egress *egress.Client
}

// Doctor makes every check. It changes nothing that outlives it: it writes and
// removes small files in the data folder and the storage. It takes a few
// seconds, bounded by ctx.
func Doctor(ctx context.Context, in Input) []Finding {
	return examine(ctx, in, thisMachine())
}

// check is one thing to look at; it may tell several findings.
type check func(context.Context, *visit) []Finding

// checks in the order they are told: the machine, the way in, the way out, the
// data, what goes on in it.
func checks() []check {
	return []check{
		checkSettings,
		checkDataDir, checkDiskSpace, checkFileSystem, checkSync, checkTemp, checkOpenFiles, checkMemory, checkTimeZones,
		checkListen, checkTLS, checkDNS, checkPublicURL, checkHTTPS, checkProxies, checkEgress, checkRedis,
		checkDatabase, checkDatabaseVersion, checkDurability, checkWritable, checkDamage, checkConnections, checkDatabaseClock, checkMigrations,
		checkMasterKey, checkStorage, checkFiles, checkBackupTools,
		checkOwners, checkAccounts, checkInbox, checkOutbox, checkFeed, checkLetters,
	}
}

func examine(ctx context.Context, in Input, m machine) []Finding {
	v := &visit{in: in, machine: m}
	v.open(ctx)
	defer v.close()
	var all []Finding
	for _, c := range checks() {
		all = append(all, c(ctx, v)...)
	}
	return all
}

// visit is one examination: what several checks look at is opened once.
type visit struct {
	in      Input
	machine machine

	raw    *store.Raw
	rawErr error
	exam   store.Exam
	store  *store.Store // nil unless the schema is this program's
	served bool         // a hub runs on this SQLite database

	tenants []core.Tenant
}

func (v *visit) options() store.Options { return databaseOptions(v.in.Settings) }

// databaseOptions says where the settings put the database.
func databaseOptions(s setting.Settings) store.Options {
	o := store.Options{DataDir: s.DataDir, URL: "sqlite:" + s.Database.Path, NoMigrate: true}
	if s.Database.Dialect == setting.Postgres {
		o.URL = s.Database.URL.Reveal()
	}
	return o
}

func (v *visit) open(ctx context.Context) {
	if v.raw, v.rawErr = store.OpenRaw(ctx, v.options()); v.rawErr != nil {
		return
	}
	if v.exam, v.rawErr = v.raw.Exam(ctx); v.rawErr != nil || v.exam.Schema != v.exam.Newest || v.exam.ReadOnly {
		return
	}
	s, err := store.Open(ctx, v.options())
	if err != nil {
		return // a check of the database tells why
	}
	v.store = s
	release, err := s.HoldServe()
	v.served = errors.Is(err, store.ErrServed)
	if err == nil {
		release()
	}
	v.tenants, v.rawErr = s.Tenants(ctx)
}

func (v *visit) close() {
	if v.store != nil {
		v.store.Close()
	}
	if v.raw != nil {
		v.raw.Close()
	}
}

// noStore says why a check of what the store holds cannot be made.
func (v *visit) noStore(name string) []Finding {
	if errors.Is(v.rawErr, store.ErrNoDatabase) {
		return []Finding{skip(name, "there is no database yet")}
	}
	return []Finding{skip(name, "the database cannot be used")}
}

// eachTenant runs do for every tenant and turns an error into a failed finding.
func (v *visit) eachTenant(name string, do func(core.Tenant, store.Scope) ([]Finding, error)) []Finding {
	if v.store == nil {
		return v.noStore(name)
	}
	var all []Finding
	for _, t := range v.tenants {
		found, err := do(t, v.store.For(t.ID))
		if err != nil {
			found = []Finding{fail(name, "Look at the database's own log.", "%v", err)}
		}
		all = append(all, found...)
	}
	return all
}

// pages reads a list that is paged by id to its end.
func pages[T any](id func(T) canon.ID, read func(after canon.ID, limit int) ([]T, error)) ([]T, error) {
	const size = 200
	var all []T
	for after := (canon.ID{}); ; {
		part, err := read(after, size)
		if err != nil {
			return all, err
		}
		all = append(all, part...)
		if len(part) < size {
			return all, nil
		}
		after = id(part[size-1])
	}
}

// ago is how long something waits, for people.
func ago(since, now time.Time) time.Duration { return now.Sub(since).Round(time.Second) }

// presentKey reads the key without making or changing anything; false when
// there is none.
func presentKey(s setting.Settings, check []byte) (secret.MasterKey, bool, error) {
	if s.MasterKey != nil {
		return *s.MasterKey, true, nil
	}
	if s.Database.Dialect == setting.Postgres || !exists(s.DataDir, secret.KeyFile) {
		return secret.MasterKey{}, false, nil
	}
	if check == nil {
		key, err := secret.LoadOrCreate(s.DataDir) // it is there: it is only read
		return key, err == nil, err
	}
	key, err := secret.Find(s.DataDir, check)
	return key, true, err
}
