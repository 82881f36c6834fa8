package operate

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/store"
	"parley/internal/testenv"
)

// well is a machine on which nothing is wrong, so that a test stands for the
// one thing it makes wrong.
func well() machine {
	m := thisMachine()
	m.disk = func(string) (disk, error) { return disk{Free: 100 << 30, Inodes: -1}, nil }
	m.sync = func(string) ([]time.Duration, error) { return []time.Duration{time.Millisecond}, nil }
	m.openFiles = func() (uint64, error) { return 65536, nil }
	m.memory = func() (int64, error) { return 4 << 30, nil }
	m.lookup = func(context.Context, string) ([]string, error) { return []string{"203.0.113.7"}, nil }
	return m
}

// ill is one way of being ill: what is done to settings and machine before the
// visit, and the finding it must lead to.
type ill struct {
	name  string
	check string
	level Level
	fix   string // a part of the remedy
	// make makes it so; x is an installation that was started, on SQLite.
	make func(t *testing.T, x *installation, in *Input, m *machine)
}

// TestD04_DoctorFindsEachIllness has a failing fixture for every check.
func TestD04_DoctorFindsEachIllness(t *testing.T) {
	tests := []ill{
		{"setting", "settings", Fail, "config print", func(t *testing.T, x *installation, in *Input, m *machine) {
			_, in.Problem = setting.Load(setting.Sources{Flags: map[string]string{"listen": "nowhere"}, File: emptyFile(t)})
		}},
		{"data folder is a file", "data folder", Fail, "PARLEY_DATA_DIR", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.DataDir = emptyFile(t)
		}},
		{"data folder open to all", "data folder", Warn, "chmod 700", func(t *testing.T, x *installation, in *Input, m *machine) {
			must(t, os.Chmod(in.Settings.DataDir, 0o755))
		}},
		{"full disk", "disk space", Fail, "Make room", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.disk = func(string) (disk, error) { return disk{Free: 10 << 20, Inodes: -1}, nil }
		}},
		{"no inodes", "disk space", Fail, "Make room", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.disk = func(string) (disk, error) { return disk{Free: 10 << 30, Inodes: 3}, nil }
		}},
		{"disk nearly full", "disk space", Warn, "Make room", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.disk = func(string) (disk, error) { return disk{Free: 1 << 30, Inodes: -1}, nil }
		}},
		{"memory disk", "file system", Fail, "on a disk", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.disk = func(string) (disk, error) { return disk{Free: 10 << 30, Inodes: -1, Kind: kindMemory}, nil }
		}},
		{"network disk", "file system", Fail, "local disk", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.disk = func(string) (disk, error) { return disk{Free: 10 << 30, Inodes: -1, Kind: kindNetwork}, nil }
		}},
		{"sync fails", "disk sync", Fail, "mount options", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.sync = func(string) ([]time.Duration, error) { return nil, errors.New("input/output error") }
		}},
		{"sync does nothing", "disk sync", Warn, "eatmydata", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.sync = func(string) ([]time.Duration, error) { return []time.Duration{time.Microsecond}, nil }
		}},
		{"slow disk", "disk sync", Warn, "faster disk", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.sync = func(string) ([]time.Duration, error) { return []time.Duration{300 * time.Millisecond}, nil }
		}},
		{"no temporary folder", "temporary files", Fail, "TMPDIR", func(t *testing.T, x *installation, in *Input, m *machine) {
			t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "gone"))
		}},
		{"few files", "open files", Fail, "ulimit", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.openFiles = func() (uint64, error) { return 256, nil }
		}},
		{"little memory", "memory", Fail, "Give the machine", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.memory = func() (int64, error) { return 20 << 20, nil }
		}},
		{"no time zones", "time zones", Fail, "tzdata", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.zone = func(string) error { return errors.New("unknown time zone Asia/Shanghai") }
		}},
		{"calendar of an unknown zone", "time zones", Fail, "choose a zone", func(t *testing.T, x *installation, in *Input, m *machine) {
			x.write(t, func(tx *store.Tx) error {
				_, err := tx.SaveCalendar(core.Calendar{Name: "Base", TimeZone: "Mars/Phobos"}, canon.ID{})
				return err
			})
		}},
		{"port taken", "listen address", Fail, "PARLEY_LISTEN", func(t *testing.T, x *installation, in *Input, m *machine) {
			l, err := net.Listen("tcp", in.Settings.Listen)
			must(t, err)
			go (&http.Server{Handler: http.NotFoundHandler()}).Serve(l)
			t.Cleanup(func() { l.Close() })
		}},
		{"address of another machine", "listen address", Fail, "address of this machine", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Listen = "203.0.113.9:8080"
		}},
		{"other settings than the hub", "listen address", Warn, "settings the hub was started with", func(t *testing.T, x *installation, in *Input, m *machine) {
			release, err := x.store.HoldServe()
			must(t, err)
			t.Cleanup(release)
		}},
		{"certificate expired", "certificate", Fail, "Renew", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.TLS, in.Settings.PublicURL = certificate(t, "chat.example.com", -time.Hour), "https://chat.example.com"
		}},
		{"certificate expires", "certificate", Warn, "Renew", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.TLS, in.Settings.PublicURL = certificate(t, "chat.example.com", 5*24*time.Hour), "https://chat.example.com"
		}},
		{"certificate of another host", "certificate", Fail, "PARLEY_PUBLIC_URL", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.TLS, in.Settings.PublicURL = certificate(t, "other.example.com", 90*24*time.Hour), "https://chat.example.com"
		}},
		{"key of another certificate", "certificate", Fail, "belong together", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.TLS = certificate(t, "chat.example.com", 90*24*time.Hour)
			in.Settings.TLS.KeyFile = certificate(t, "chat.example.com", 90*24*time.Hour).KeyFile
		}},
		{"certificates by ACME on another port", "certificate", Warn, "443", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.TLS.Mode = setting.TLSAuto
		}},
		{"no DNS record", "name lookup", Fail, "DNS record", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.PublicURL = "https://chat.example.com"
			m.lookup = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
		}},
		{"public address leads elsewhere", "public address", Fail, "proxy", func(t *testing.T, x *installation, in *Input, m *machine) {
			hub(t, in, time.Now)
			elsewhere := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(elsewhere.Close)
			in.Settings.PublicURL = elsewhere.URL
		}},
		{"hub stopped", "public address", Warn, "Start the hub", func(t *testing.T, x *installation, in *Input, m *machine) {}},
		{"wrong clock", "clock", Fail, "time service", func(t *testing.T, x *installation, in *Input, m *machine) {
			hub(t, in, func() time.Time { return time.Now().Add(-5 * time.Minute) })
		}},
		{"clock a little wrong", "clock", Warn, "time service", func(t *testing.T, x *installation, in *Input, m *machine) {
			hub(t, in, func() time.Time { return time.Now().Add(8 * time.Second) })
		}},
		{"http in public", "https", Warn, "https address", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.PublicURL = "http://chat.example.com"
		}},
		{"everybody is a proxy", "trusted proxies", Fail, "proxy's own address", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
		}},
		{"no proxy is trusted", "trusted proxies", Warn, "PARLEY_TRUSTED_PROXIES", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.PublicURL = "https://chat.example.com"
		}},
		{"everything may be reached", "way out", Fail, "PARLEY_EGRESS_ALLOW", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.EgressAllow = []netip.Prefix{netip.MustParsePrefix("::/0")}
		}},
		{"metadata may be reached", "way out", Warn, "unless it is meant", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.EgressAllow = []netip.Prefix{netip.MustParsePrefix("169.254.169.254/32")}
		}},
		{"no Redis", "redis", Fail, "Start it", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.RedisURL = secret.NewString("redis://127.0.0.1:" + freePort(t))
		}},
		{"no PostgreSQL", "database", Fail, "Start the database", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database = setting.Database{Dialect: setting.Postgres, URL: secret.NewString("postgres://parley:hunter2@127.0.0.1:" + freePort(t) + "/parley")}
		}},
		{"no database at all", "database", Fail, "newest backup", func(t *testing.T, x *installation, in *Input, m *machine) {
			path := filepath.Join(t.TempDir(), "notes.db")
			must(t, os.WriteFile(path, []byte(strings.Repeat("this is no database ", 100)), 0o600))
			in.Settings.Database.Path = path
		}},
		{"damaged database", "database pages", Fail, "restore the newest backup", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = damaged(t, x)
		}},
		{"database of a newer version", "migrations", Fail, "newer version", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = altered(t, x, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
		}},
		{"database of an older version", "migrations", Fail, "parley migrate", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = altered(t, x, "DELETE FROM goose_db_version WHERE version_id > 0")
		}},
		{"key lost", "master key", Fail, "back into the data folder", func(t *testing.T, x *installation, in *Input, m *machine) {
			must(t, os.Remove(filepath.Join(in.Settings.DataDir, secret.KeyFile)))
		}},
		{"other key", "master key", Fail, "key back", func(t *testing.T, x *installation, in *Input, m *machine) {
			key := secret.NewMasterKey()
			in.Settings.MasterKey = &key
		}},
		{"key open to all", "master key", Fail, "alone", func(t *testing.T, x *installation, in *Input, m *machine) {
			must(t, os.Chmod(filepath.Join(in.Settings.DataDir, secret.KeyFile), 0o644))
		}},
		{"storage is a file", "storage", Fail, "writable", func(t *testing.T, x *installation, in *Input, m *machine) {
			must(t, os.WriteFile(in.Settings.Storage.Dir, nil, 0o600))
		}},
		{"no bucket", "storage", Fail, "PARLEY_STORAGE_URL", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Storage = setting.Storage{Kind: setting.StorageS3, S3: setting.S3{Endpoint: "127.0.0.1:" + freePort(t), Bucket: "files", AccessKey: "k", SecretKey: secret.NewString("s"), Lookup: setting.LookupPath}}
		}},
		{"attachments lost", "attachments", Fail, "from a backup", func(t *testing.T, x *installation, in *Input, m *machine) {
			x.attach(t, "gone")
			must(t, os.RemoveAll(in.Settings.Storage.Dir))
		}},
		{"no PostgreSQL programs", "backup", Warn, "postgresql-client", func(t *testing.T, x *installation, in *Input, m *machine) {
			m.tools = func() error { return errors.New("pg_dump is not on this machine") }
			in.Settings.Database.Dialect = setting.Postgres
		}},
		{"nobody owns it", "owners", Warn, "setup page", func(t *testing.T, x *installation, in *Input, m *machine) {
			_, _, err := x.store.AddTenant(t.Context(), x.box, "second", "Second", "en")
			must(t, err)
		}},
		{"account signed out", "account Shop", Fail, "new password", func(t *testing.T, x *installation, in *Input, m *machine) {
			x.light(t, connector.HealthBad)
		}},
		{"account in trouble", "account Shop", Warn, "new password", func(t *testing.T, x *installation, in *Input, m *machine) {
			x.light(t, connector.HealthPoor)
		}},
		{"arrivals wait", "arrivals", Fail, "Start the hub", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = altered(t, x, "UPDATE inbox SET received = 1", 1)
		}},
		{"messages wait to be sent", "outbox", Fail, "Start the hub", func(t *testing.T, x *installation, in *Input, m *machine) {
			x.row(t)
			in.Settings.Database.Path = altered(t, x, "UPDATE outbox SET created = 1")
		}},
		{"messages did not leave", "outbox", Warn, "send again", func(t *testing.T, x *installation, in *Input, m *machine) {
			x.row(t)
			in.Settings.Database.Path = altered(t, x, "UPDATE outbox SET state = 6")
		}},
		{"feed stands still", "feed", Fail, "sequencer", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = altered(t, x, "UPDATE feed SET seq = NULL, at = 1")
		}},
		{"dead letters", "dead letters", Warn, "replay", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = altered(t, x, "UPDATE inbox SET state = 2", 1)
		}},
		{"unrouted letters", "dead letters", Warn, "Link the account", func(t *testing.T, x *installation, in *Input, m *machine) {
			in.Settings.Database.Path = altered(t, x, "UPDATE inbox SET state = 3", 1)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := start(t, settings(t, ""))
			in, m := Input{Settings: x.settings, Egress: wayOut(t)}, well()
			test.make(t, x, &in, &m)
			found := examine(t.Context(), in, m)
			var seen []Finding
			for _, f := range found {
				if f.Name == test.check {
					seen = append(seen, f)
					if f.Level == test.level && strings.Contains(f.Fix, test.fix) {
						return
					}
				}
			}
			t.Errorf("%s: found %+v, want %s with a remedy of %q; all: %+v", test.check, seen, test.level, test.fix, found)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hub plays a running hub at the listen address of in, with a clock of its own.
func hub(t *testing.T, in *Input, clock func() time.Time) {
	t.Helper()
	l, err := net.Listen("tcp", in.Settings.Listen)
	must(t, err)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", clock().UTC().Format(http.TimeFormat))
		if r.URL.Path != "/livez" {
			w.WriteHeader(http.StatusNotFound)
		}
	})}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
}

// certificate makes a self-signed one with its key.
func certificate(t *testing.T, host string, left time.Duration) setting.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(left)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	must(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	dir := t.TempDir()
	s := setting.TLS{Mode: setting.TLSFiles, CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}
	must(t, os.WriteFile(s.CertFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(s.KeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	return s
}

// light sets the light of the account.
func (x *installation) light(t *testing.T, h connector.Health) {
	t.Helper()
	x.write(t, func(tx *store.Tx) error {
		return tx.SetLinkState(t.Context(), x.link.ID, core.LinkState{Health: h, Code: "auth_failed", Text: connector.Text{EN: "The password was refused."}, Remedy: connector.Text{EN: "Enter the new password."}})
	})
}

// row puts a message into the outbox.
func (x *installation) row(t *testing.T) {
	t.Helper()
	id := canon.NewID()
	x.write(t, func(tx *store.Tx) error {
		return tx.AddOutbox([]store.OutboxRow{{ID: id, Message: id, Thread: id, Conversation: id, Account: x.account.ID, Request: json.RawMessage(`{}`)}})
	})
}

// TestD04_DoctorOnAHealthyInstallation runs every check, on both databases, on an
// installation that was started and one that never was: nothing fails.
func TestD04_DoctorOnAHealthyInstallation(t *testing.T) {
	if n := len(checks()); n < 20 {
		t.Errorf("%d checks, want at least 20", n)
	}
	eachDatabase(t, func(t *testing.T, s setting.Settings) {
		for _, started := range []bool{false, true} {
			in := Input{Settings: s, Egress: wayOut(t)}
			if started {
				start(t, s)
				must(t, os.MkdirAll(s.DataDir, 0o700))
				must(t, os.Chmod(s.DataDir, 0o700))
				hub(t, &in, time.Now)
			}
			found := examine(t.Context(), in, well())
			names := map[string]bool{}
			for _, f := range found {
				names[f.Name] = true
				if f.Level == Fail || f.Level == Warn && started || f.Seen == "" || (f.Fix != "") != (f.Level == Fail || f.Level == Warn) {
					t.Errorf("started %t: %+v", started, f)
				}
			}
			if len(names) < 30 {
				t.Errorf("only %d findings: %v", len(names), names)
			}
			if !Healthy(found) {
				t.Error("not healthy")
			}
		}
	})
}

// TestD04_PostgresThatForgets shows doctor a server that may lose what it
// acknowledged, one of an older version, and one with too few connections.
func TestD04_PostgresThatForgets(t *testing.T) {
	s := settings(t, testenv.Postgres(t))
	start(t, s)
	s.Database.URL = secret.NewString(s.Database.URL.Reveal() + sep(s.Database.URL.Reveal()) + "synchronous_commit=off")
	bad := false
	for _, f := range examine(t.Context(), Input{Settings: s, Egress: wayOut(t)}, well()) {
		bad = bad || f.Name == "durable commits" && f.Level == Fail && strings.Contains(f.Seen, "synchronous_commit=off")
	}
	if !bad {
		t.Error("synchronous_commit=off was not found")
	}
	for name, test := range map[string]struct {
		found []Finding
		want  Level
	}{
		"fsync off":           {judgeDurability(store.Exam{Dialect: store.Postgres, Settings: map[string]string{"fsync": "off"}}), Fail},
		"journal in memory":   {judgeDurability(store.Exam{Dialect: store.SQLite, Settings: map[string]string{"journal_mode": "memory", "synchronous": "full"}}), Fail},
		"synchronous normal":  {judgeDurability(store.Exam{Dialect: store.SQLite, Settings: map[string]string{"journal_mode": "wal", "synchronous": "normal"}}), Fail},
		"old server":          {judgeVersion(store.Exam{Dialect: store.Postgres, Version: "11.4"}), Warn},
		"few connections":     {judgeConnections(store.Exam{Dialect: store.Postgres, Connections: 20}), Fail},
		"clock far off":       {judgeClock(store.Exam{Dialect: store.Postgres, Skew: -time.Minute}), Fail},
		"clock a little off":  {judgeClock(store.Exam{Dialect: store.Postgres, Skew: 4 * time.Second}), Warn},
		"slow answer, no sin": {judgeClock(store.Exam{Dialect: store.Postgres, Skew: 2 * time.Second, Took: 4 * time.Second}), OK},
		"standby":             {checkWritable(t.Context(), &visit{raw: &store.Raw{}, exam: store.Exam{ReadOnly: true}}), Fail},
	} {
		if len(test.found) != 1 || test.found[0].Level != test.want {
			t.Errorf("%s: %+v, want %s", name, test.found, test.want)
		}
	}
}

func sep(url string) string {
	if strings.Contains(url, "?") {
		return "&"
	}
	return "?"
}

// TestFindingsForPeopleAndPrograms reads both forms back.
func TestFindingsForPeopleAndPrograms(t *testing.T) {
	all := []Finding{fail("disk space", "Make room.", "%d bytes left", 3), ok("https", "yes"), skip("feed", "no database")}
	var people, programs strings.Builder
	must(t, Print(&people, all))
	must(t, PrintJSON(&programs, all))
	for _, want := range []string{"fail  disk space  3 bytes left", "→ Make room.", "3 checks: 1 ok, 0 to look at, 1 failed, 1 skipped"} {
		if !strings.Contains(people.String(), want) {
			t.Errorf("%q lacks %q", people.String(), want)
		}
	}
	var back []Finding
	for line := range strings.Lines(programs.String()) {
		var f Finding
		must(t, json.Unmarshal([]byte(line), &f))
		back = append(back, f)
	}
	if !slices.Equal(back, all) || Healthy(back) || !Healthy(back[1:]) {
		t.Errorf("read back %+v", back)
	}
}
