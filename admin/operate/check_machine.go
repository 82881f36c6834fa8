package operate

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/setting"
	"parley/core/store"
)

func checkSettings(_ context.Context, v *visit) []Finding {
	if v.in.Problem == nil {
		return []Finding{ok("settings", "all %d can be used", len(setting.Table()))}
	}
	return []Finding{fail("settings", "Correct the setting that is named; `parley config print` shows all with their origins.",
		"%s", strings.ReplaceAll(v.in.Problem.Error(), "\n", "; "))}
}

func checkDataDir(_ context.Context, v *visit) []Finding {
	const name = "data folder"
	dir := v.in.Settings.DataDir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return []Finding{ok(name, "%s is not there yet; the first start makes it", dir)}
	case err != nil:
		return []Finding{fail(name, "Give the hub's user access, or set PARLEY_DATA_DIR.", "%v", err)}
	case !info.IsDir():
		return []Finding{fail(name, "Move the file away, or set PARLEY_DATA_DIR to a folder.", "%s is a file", dir)}
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return []Finding{fail(name, "Run `chown` on the folder for the hub's user, or set PARLEY_DATA_DIR.", "cannot write: %v", err)}
	}
	f.Close()
	os.Remove(f.Name())
	if info.Mode().Perm()&0o007 != 0 {
		return []Finding{warn(name, "Run `chmod 700` on it: it holds the database and the master key.", "%s may be entered by every user (mode %04o)", dir, info.Mode().Perm())}
	}
	return []Finding{ok(name, "%s can be written", dir)}
}

// dataDir is the folder to look at: the data folder, or where it will be made.
func (v *visit) dataDir() string {
	if dir := v.in.Settings.DataDir; exists(dir) {
		return dir
	}
	return "."
}

func checkDiskSpace(_ context.Context, v *visit) []Finding {
	const name, fix = "disk space", "Make room or move the data folder to a larger disk: a full disk refuses new messages (503), it loses none."
	d, err := v.machine.disk(v.dataDir())
	switch {
	case err != nil:
		return []Finding{fail(name, "Look whether the disk is mounted.", "%v", err)}
	case d.Free < 256<<20:
		return []Finding{fail(name, fix, "%s left", bytesText(d.Free))}
	case d.Inodes >= 0 && d.Inodes < 1000:
		return []Finding{fail(name, fix, "%d more files can be made", d.Inodes)}
	case d.Free < 2<<30:
		return []Finding{warn(name, fix, "%s left", bytesText(d.Free))}
	}
	return []Finding{ok(name, "%s left", bytesText(d.Free))}
}

func checkFileSystem(_ context.Context, v *visit) []Finding {
	const name = "file system"
	d, err := v.machine.disk(v.dataDir())
	switch {
	case err != nil:
		return []Finding{skip(name, "the disk cannot be looked at")}
	case d.Kind == kindMemory:
		return []Finding{fail(name, "Set PARLEY_DATA_DIR to a folder on a disk.", "the data folder lies in memory: a restart of the machine loses everything")}
	case d.Kind == kindNetwork && v.in.Settings.Database.Dialect == setting.SQLite:
		return []Finding{fail(name, "Put the data folder on a local disk, or use PostgreSQL.", "the data folder lies on a network file system, where SQLite's locks do not hold")}
	}
	return []Finding{ok(name, "a disk")}
}

func checkSync(_ context.Context, v *visit) []Finding {
	const name = "disk sync"
	took, err := v.machine.sync(v.dataDir())
	if err != nil || len(took) == 0 {
		return []Finding{fail(name, "Look at the disk and its mount options; without a working sync nothing may be acknowledged.", "%v", err)}
	}
	median := took[len(took)/2].Round(time.Microsecond)
	switch {
	case median < 5*time.Microsecond:
		return []Finding{warn(name, "Look for eatmydata, libeatmydata or a mount that ignores fsync.", "%s a sync: that is faster than any disk, so it is likely not done", median)}
	case median > 100*time.Millisecond:
		return []Finding{warn(name, "Use a faster disk: every acknowledgement waits for a sync.", "%s a sync", median)}
	}
	return []Finding{ok(name, "%s a sync", median)}
}

func checkTemp(context.Context, *visit) []Finding {
	const name = "temporary files"
	f, err := os.CreateTemp("", "parley-doctor-*")
	if err != nil {
		return []Finding{fail(name, "Make the folder writable, or point TMPDIR at one that is.", "%v", err)}
	}
	f.Close()
	os.Remove(f.Name())
	return []Finding{ok(name, "%s can be written", os.TempDir())}
}

func checkOpenFiles(_ context.Context, v *visit) []Finding {
	const name, fix = "open files", "Raise it: `ulimit -n 65536`, LimitNOFILE=65536 in the systemd unit, or --ulimit nofile=65536 for a container."
	n, err := v.machine.openFiles()
	switch {
	case err != nil:
		return []Finding{warn(name, fix, "the limit cannot be read: %v", err)}
	case n < 1024:
		return []Finding{fail(name, fix, "%d at most: each visitor's socket takes one", n)}
	case n < 8192:
		return []Finding{warn(name, fix, "%d at most: each visitor's socket takes one", n)}
	}
	return []Finding{ok(name, "%d at most", n)}
}

func checkMemory(_ context.Context, v *visit) []Finding {
	const name, fix = "memory", "Give the machine or container more, or stop what else takes it."
	free, err := v.machine.memory()
	switch {
	case err != nil || free == 0:
		return []Finding{skip(name, "this system does not tell")}
	case free < 96<<20:
		return []Finding{fail(name, fix, "%s free", bytesText(free))}
	case free < 512<<20:
		return []Finding{warn(name, fix, "%s free", bytesText(free))}
	}
	return []Finding{ok(name, "%s free", bytesText(free))}
}

func checkTimeZones(ctx context.Context, v *visit) []Finding {
	const name = "time zones"
	wanted := []string{"Asia/Shanghai", "Europe/Berlin", "America/New_York"}
	for _, zone := range wanted {
		if err := v.machine.zone(zone); err != nil {
			return []Finding{fail(name, "Install tzdata: opening hours are kept by the time zones of places.", "%v", err)}
		}
	}
	if v.store == nil {
		return []Finding{ok(name, "known")}
	}
	var unknown []string
	count := 0
	found := v.eachTenant(name, func(_ core.Tenant, s store.Scope) ([]Finding, error) {
		all, err := pages(func(k core.Calendar) canon.ID { return k.ID }, func(after canon.ID, limit int) ([]core.Calendar, error) {
			return s.Calendars(ctx, after, limit)
		})
		for _, k := range all {
			count++
			if v.machine.zone(k.TimeZone) != nil {
				unknown = append(unknown, k.Name+": "+k.TimeZone)
			}
		}
		return nil, err
	})
	if len(found) > 0 {
		return found
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return []Finding{fail(name, "Open these hours in the settings and choose a zone, or install newer tzdata.", "no data for %s", strings.Join(unknown, ", "))}
	}
	return []Finding{ok(name, "known, those of %d calendars too", count)}
}
