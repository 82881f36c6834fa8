package setting

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const testKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func load(t *testing.T, src Sources) Loaded {
	t.Helper()
	loaded, err := Load(src)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return loaded
}

// file writes a settings file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	t.Chdir(t.TempDir())
	got := load(t, Sources{})
	want := Settings{
		Listen: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080", TLS: TLS{Mode: TLSOff}, DataDir: "./data",
		Database: Database{Dialect: SQLite, Path: "data/parley.db"},
		Storage:  Storage{Kind: StorageFiles, Dir: "data/files"}, FeedDays: 14, LogFormat: LogAuto, LogLevel: slog.LevelInfo,
	}
	if diff := cmp.Diff(want, got.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if got.File != "" || got.Secure() {
		t.Errorf("file %q, secure %t", got.File, got.Secure())
	}
	for _, row := range Table() {
		if got.Origins[row.Key] != FromDefault {
			t.Errorf("%s comes from %q", row.Key, got.Origins[row.Key])
		}
	}
}

func TestPrecedence(t *testing.T) {
	path := file(t, "# comment\nlisten: 1.1.1.1:1\nlog_level: debug\ndata_dir: fromfile\n")
	environ := []string{"PARLEY_LISTEN=2.2.2.2:2", "PARLEY_LOG_LEVEL=warn", "PATH=/bin", "PARLEY_TEST_ANYTHING=1", "PARLEY_DATA_DIR="}
	flags := map[string]string{"listen": "3.3.3.3:3"}
	got := load(t, Sources{Flags: flags, Environ: environ, File: path})
	if got.Listen != "3.3.3.3:3" || got.LogLevel != slog.LevelWarn || got.DataDir != "fromfile" || got.LogFormat != LogAuto {
		t.Errorf("listen %s, level %v, data %s, format %s", got.Listen, got.LogLevel, got.DataDir, got.LogFormat)
	}
	for key, want := range map[string]Origin{
		"listen": "flag --listen", "log_level": "environment PARLEY_LOG_LEVEL",
		"data_dir": Origin(path + " line 4"), "log_format": "default",
	} {
		if got.Origins[key] != want {
			t.Errorf("%s comes from %q, want %q", key, got.Origins[key], want)
		}
	}
}

func TestFileInWorkingFolderAndByName(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("parley.yaml", []byte("listen: 1.1.1.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := load(t, Sources{}); got.Listen != "1.1.1.1:1" || got.File != "parley.yaml" {
		t.Errorf("listen %s from %q", got.Listen, got.File)
	}
	other := file(t, "listen: 2.2.2.2:2\n")
	if got := load(t, Sources{Environ: []string{"PARLEY_CONFIG=" + other}}); got.Listen != "2.2.2.2:2" {
		t.Errorf("listen %s, want the file named by PARLEY_CONFIG", got.Listen)
	}
	_, err := Load(Sources{File: "missing.yaml"})
	if err == nil || !strings.Contains(err.Error(), "missing.yaml") || !strings.Contains(err.Error(), "--config") {
		t.Errorf("a named file that is missing: %v", err)
	}
}

func TestValues(t *testing.T) {
	certs := t.TempDir()
	for _, name := range []string{"cert.pem", "key.pem"} {
		if err := os.WriteFile(filepath.Join(certs, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pair := certs + "/cert.pem, " + certs + "/key.pem"
	tests := []struct {
		name, yaml string
		want       any
		got        func(Loaded) any
	}{
		{"public URL loses its slash and upper case", "public_url: https://Chat.Example.com/", "https://chat.example.com", func(l Loaded) any { return l.PublicURL }},
		{"https is secure", "public_url: https://chat.example.com", true, func(l Loaded) any { return l.Secure() }},
		{"every address", "listen: :9000", "http://localhost:9000", func(l Loaded) any { return l.PublicURL }},
		{"unspecified address", "listen: '[::]:80'", "http://localhost", func(l Loaded) any { return l.PublicURL }},
		{"TLS in the derived address", "listen: 0.0.0.0:443\ntls: " + pair, "https://localhost", func(l Loaded) any { return l.PublicURL }},
		{"TLS files", "tls: " + pair, TLS{TLSFiles, certs + "/cert.pem", certs + "/key.pem"}, func(l Loaded) any { return l.TLS }},
		{"TLS auto", "tls: auto\npublic_url: https://a.example", TLS{Mode: TLSAuto}, func(l Loaded) any { return l.TLS }},
		{"proxies by list and single address", "trusted_proxies: [10.0.0.0/8, '::1']",
			[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}, func(l Loaded) any { return l.TrustedProxies }},
		{"egress by text", "egress_allow: 10.1.2.3 , fd00::/8",
			[]netip.Prefix{netip.MustParsePrefix("10.1.2.3/32"), netip.MustParsePrefix("fd00::/8")}, func(l Loaded) any { return l.EgressAllow }},
		{"PostgreSQL", "database_url: postgres://u:p@h/d\nmaster_key: " + testKey, "postgres://u:p@h/d", func(l Loaded) any { return l.Database.URL.Reveal() }},
		{"PostgreSQL has no file", "database_url: postgresql://u:p@h/d\nmaster_key: " + testKey, "", func(l Loaded) any { return l.Database.Path }},
		{"master key", "master_key: " + testKey, testKey, func(l Loaded) any { return l.MasterKey.Text() }},
		{"Redis", "redis_url: rediss://:p@h:6380/3", "rediss://:p@h:6380/3", func(l Loaded) any { return l.RedisURL.Reveal() }},
		{"null is empty", "redis_url:", true, func(l Loaded) any { return l.RedisURL.Empty() }},
		{"S3", "storage_url: s3://AK:S%2FK@s3.example.com:9000/files?region=cn-1&tls=off&lookup=path", []any{"s3.example.com:9000", "files", "cn-1", "AK", "S/K", false, LookupPath},
			func(l Loaded) any {
				b := l.Storage.S3
				return []any{b.Endpoint, b.Bucket, b.Region, b.AccessKey, b.SecretKey.Reveal(), b.TLS, b.Lookup}
			}},
		{"S3 is https unless told", "storage_url: s3://AK:SK@s3.example.com/files", []any{true, LookupAuto, ""},
			func(l Loaded) any { return []any{l.Storage.S3.TLS, l.Storage.S3.Lookup, l.Storage.Dir} }},
		{"feed", "feed_days: 30", 30, func(l Loaded) any { return l.FeedDays }},
		{"log format", "log_format: JSON", LogJSON, func(l Loaded) any { return l.LogFormat }},
		{"empty file", "", "127.0.0.1:8080", func(l Loaded) any { return l.Listen }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			loaded := load(t, Sources{File: file(t, test.yaml)})
			if diff := cmp.Diff(test.want, test.got(loaded), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemsNameSettingValueAndRemedy(t *testing.T) {
	tests := []struct {
		name, yaml string
		want       []string
	}{
		{"listen without port", "listen: localhost", []string{"listen", `"localhost"`, "line 1", "127.0.0.1:8080"}},
		{"listen port too high", "listen: :70000", []string{"listen", "65535"}},
		{"public URL without scheme", "public_url: chat.example.com", []string{"public_url", "https://chat.example.com"}},
		{"public URL of another scheme", "public_url: ftp://x", []string{"public_url", "http or https"}},
		{"public URL with path", "public_url: https://x.example/chat", []string{"public_url", "path", "host name of its own"}},
		{"public URL with password", "public_url: https://u:p@x.example", []string{"public_url", "scheme and a host"}},
		{"TLS word", "tls: 'on'", []string{"tls", `"on"`, "cert.pem,key.pem"}},
		{"TLS files missing", "tls: /no/cert.pem,/no/key.pem", []string{"tls", "/no/cert.pem", "no such file"}},
		{"TLS auto without public URL", "tls: auto", []string{"tls", "public_url", "https://chat.example.com"}},
		{"TLS auto for an address", "tls: auto\npublic_url: https://127.0.0.1", []string{"tls", "public host name"}},
		{"proxy", "trusted_proxies: 10.0.0.0/8, proxy", []string{"trusted_proxies", `"proxy"`, "10.0.0.0/8"}},
		{"bits beyond the length", "egress_allow: 10.1.2.3/8", []string{"egress_allow", "did you mean 10.0.0.0/8"}},
		{"data dir", "data_dir: ''", []string{"data_dir", "./data"}},
		{"other database", "database_url: mysql://u:hunter2@h/d", []string{"database_url", "u:••••@h/d", "postgres://"}},
		{"database without name", "database_url: postgres://h", []string{"database_url", "database name"}},
		{"database without host", "database_url: postgres:///d", []string{"database_url", "no host"}},
		{"database not an address", "database_url: 'postgres://u:hunter2%zz@h/d'", []string{"database_url", "percent-encoded"}},
		{"PostgreSQL without key", "database_url: postgres://u:hunter2@h/d", []string{"PARLEY_MASTER_KEY", "openssl rand -base64 32"}},
		{"key of wrong length", "master_key: hunter2", []string{"master_key", "openssl rand -base64 32"}},
		{"Redis scheme", "redis_url: http://h", []string{"redis_url", "redis://"}},
		{"Redis database", "redis_url: redis://hunter2@h/first", []string{"redis_url", "database number"}},
		{"storage kind", "storage_url: /var/files", []string{"storage_url", "s3://"}},
		{"storage without keys", "storage_url: s3://h/b", []string{"storage_url", "access key"}},
		{"storage without bucket", "storage_url: s3://a:hunter2@h", []string{"storage_url", "bucket"}},
		{"storage option", "storage_url: s3://a:hunter2@h/b?zone=1", []string{"storage_url", `"zone"`, "region, tls and lookup"}},
		{"storage option with a secret", "storage_url: s3://a:hunter2@h/b?password=hunter2", []string{"storage_url", "password=••••"}},
		{"storage TLS", "storage_url: s3://a:hunter2@h/b?tls=no", []string{"storage_url", "tls=off"}},
		{"log level", "log_level: loud", []string{"log_level", `"loud"`, "debug, info, warn or error"}},
		{"feed for ever", "feed_days: 0", []string{"feed_days", `"0"`, "1 to 3650"}},
		{"log format", "log_format: xml", []string{"log_format", `"xml"`, "auto, text or json"}},
		{"unknown key", "listen: :1\npublic-url: https://x", []string{"public-url", "line 2", "did you mean public_url"}},
		{"twice", "listen: :1\nlisten: :2", []string{"listen", "twice", "line 1"}},
		{"nested", "listen:\n  host: x", []string{"listen", "not a plain value"}},
		{"list of maps", "egress_allow: [{a: b}]", []string{"egress_allow", "plain text"}},
		{"not a mapping", "- listen", []string{"name: value"}},
		{"not YAML", "listen: [", []string{"not YAML"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Sources{File: file(t, test.yaml)})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestUnknownEnvironmentVariable(t *testing.T) {
	_, err := Load(Sources{Environ: []string{"PARLEY_DATABASE=sqlite", "PARLEY_LISTENS=:1"}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"PARLEY_DATABASE (environment); did you mean PARLEY_DATABASE_URL", "did you mean PARLEY_LISTEN?"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q: %v", want, err)
		}
	}
}

func TestAllProblemsAtOnceAndTheRestLoaded(t *testing.T) {
	loaded, err := Load(Sources{File: file(t, "listen: x\nlog_level: loud\ndata_dir: /srv/parley\nnope: 1\n")})
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want three lines of problems, have: %v", err)
	}
	if loaded.DataDir != "/srv/parley" {
		t.Errorf("data dir %q", loaded.DataDir)
	}
}

func TestEverySettingHasFlagEnvironmentAndHelp(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range Table() {
		if row.Help == "" || row.Form == "" || !strings.HasSuffix(row.Help, ".") {
			t.Errorf("%s: help %q, form %q", row.Key, row.Help, row.Form)
		}
		if seen[row.Key] {
			t.Errorf("%s is there twice", row.Key)
		}
		seen[row.Key] = true
	}
	row := Table()[1]
	if row.Env() != "PARLEY_PUBLIC_URL" || row.Flag() != "--public-url" {
		t.Errorf("env %s, flag %s", row.Env(), row.Flag())
	}
}
