package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNobodyBreaksTheRules(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains([]string{"node_modules", "testdata", "dist", ".git", "data"}, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		checked++
		found, err := Lint(filepath.ToSlash(name), source)
		for _, what := range found {
			t.Error(what)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if checked < 10 {
		t.Errorf("only %d files checked", checked)
	}
}

func TestPlantedOffenders(t *testing.T) {
	const reach, compare, initialise, vouch = "reaches out of the house", "in a time that tells", "func init", "vouches for a callback"
	tests := []struct {
		name string
		file string // default connectors/x/x.go
		code string // after the package clause
		want string // empty: allowed
	}{
		{"net.Dial", "", `import "net"; var _, _ = net.Dial("tcp", "x")`, reach},
		{"net.DialTimeout", "", `import "net"; var f = net.DialTimeout`, reach},
		{"renamed import", "", `import n "net"; var _, _ = n.Dial("tcp", "x")`, reach},
		{"net.Dialer", "", `import "net"; var d = net.Dialer{}`, reach},
		{"net.Dialer in core", "core/file/x.go", `import "net"; var d = &net.Dialer{}`, reach},
		{"tls.Dial", "", `import "crypto/tls"; var f = tls.Dial`, reach},
		{"http.Get", "", `import "net/http"; var f = http.Get`, reach},
		{"http.Post", "main.go", `import "net/http"; var f = http.Post`, reach},
		{"http.DefaultClient", "admin/api/x.go", `import "net/http"; var c = http.DefaultClient`, reach},
		{"http.Client literal", "", `import "net/http"; var c = &http.Client{}`, reach},
		{"http.Client zero", "", `import "net/http"; var c http.Client`, reach},
		{"new http.Client", "", `import "net/http"; var c = new(http.Client)`, reach},
		{"http.Transport", "", `import "net/http"; var c = http.Transport{}`, reach},
		{"smtp.SendMail", "", `import "net/smtp"; var f = smtp.SendMail`, reach},
		{"imapclient.DialTLS", "", `import "github.com/emersion/go-imap/v2/imapclient"; var f = imapclient.DialTLS`, reach},
		{"client passed on", "", `import "net/http"; func f(c *http.Client, r *http.Request) {}`, ""},
		{"server", "", `import "net/http"; var s = http.Server{}`, ""},
		{"method named Dial", "", `func f(n interface{ Dial() }) { n.Dial() }`, ""},
		{"egress itself", "core/egress/x.go", `import "net"; var d = net.Dialer{}`, ""},
		{"fake platform", "connectors/http/fake/x.go", `import "net/http"; var c = http.DefaultClient`, ""},
		{"test", "core/store/x_test.go", `import "net/http"; var f = http.Get`, ""},
		{"folder that sounds like egress", "core/egressive/x.go", `import "net"; var d = net.Dialer{}`, reach},

		{"mac ==", "", `func f(mac, want string) bool { return mac == want }`, compare},
		{"!= expectedMAC", "", `func f(got, expectedMAC string) bool { return got != expectedMAC }`, compare},
		{"field", "", `type h struct{ Signature string }; func f(a h, b string) bool { return b == a.Signature }`, compare},
		{"inside a conversion", "", `func f(sig []byte, b string) bool { return string(sig) == b }`, compare},
		{"array pointer", "", `func f(a, hmacSum *[32]byte) bool { return *a == *hmacSum }`, compare},
		{"literal", "", `func f(sig string) bool { return sig == "sha1=0" }`, compare},
		{"bytes.Equal", "core/x/x.go", `import "bytes"; func f(mac, b []byte) bool { return bytes.Equal(b, mac[:]) }`, compare},
		{"strings.EqualFold", "", `import "strings"; func f(signature, b string) bool { return strings.EqualFold(signature, b) }`, compare},
		{"absent", "", `func f(sig string, mac []byte) bool { return sig == "" || mac == nil || len(mac) != 32 }`, ""},
		{"hmac.Equal", "", `import "crypto/hmac"; func f(mac, b []byte) bool { return hmac.Equal(mac, b) }`, ""},
		{"another word", "", `func f(machine, design, b string) bool { return machine == b || design == b }`, ""},
		{"signal", "", `import ("os"; "syscall"); func f(sig os.Signal) bool { return sig == syscall.SIGTERM }`, ""},
		{"in a test", "core/x/x_test.go", `func f(mac, want string) bool { return mac == want }`, ""},

		{"vouching", "", `import "parley/core/connector"; var f = connector.Seal`, vouch},
		{"vouching in the API", "admin/api/x.go", `import c "parley/core/connector"; var f = c.Seal`, vouch},
		{"the core vouches", "core/ingest/x.go", `import "parley/core/connector"; var f = connector.Seal`, ""},
		{"another Seal", "", `import "parley/core/secret"; var f = secret.Seal`, ""},

		{"init", "", `func init() {}`, initialise},
		{"init in a test", "core/x/x_test.go", `func init() {}`, initialise},
		{"method init", "", `type x struct{}; func (x) init() {}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := test.file
			if file == "" {
				file = "connectors/x/x.go"
			}
			found, err := Lint(file, []byte("package x\n"+test.code))
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" && len(found) > 0 || test.want != "" && !strings.Contains(strings.Join(found, "\n"), test.want) {
				t.Errorf("found %q, want %q", found, test.want)
			}
		})
	}
}
