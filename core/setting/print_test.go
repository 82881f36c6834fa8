package setting

import (
	"fmt"
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	loaded := load(t, Sources{
		Flags:   map[string]string{"listen": ":9000"},
		Environ: []string{"PARLEY_MASTER_KEY=" + testKey},
		File:    file(t, "database_url: postgres://u:hunter2@h:5432/d?sslmode=require\nredis_url: redis://:hunter2@r\nstorage_url: s3://AK:hunter2@h/b?region=x\n"),
	})
	var redacted, whole strings.Builder
	if err := loaded.Print(&redacted, true); err != nil {
		t.Fatal(err)
	}
	if err := loaded.Print(&whole, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"listen: ':9000' # flag --listen\n",
		"public_url: 'http://localhost:9000' # default\n",
		"database_url: 'postgres://u:••••@h:5432/d?sslmode=require' # ",
		"redis_url: 'redis://:••••@r' # ",
		"storage_url: 's3://AK:••••@h/b?region=x' # ",
		"master_key: '••••' # environment PARLEY_MASTER_KEY\n",
	} {
		if !strings.Contains(redacted.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, redacted.String())
		}
	}
	for _, secret := range []string{"hunter2", testKey} {
		if strings.Contains(redacted.String(), secret) {
			t.Errorf("the redacted output tells %q", secret)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", loaded, loaded, loaded), secret) {
			t.Errorf("printing the settings tells %q", secret)
		}
	}
	again := load(t, Sources{File: file(t, whole.String())})
	if again.Listen != loaded.Listen || again.Database.URL.Reveal() != loaded.Database.URL.Reveal() ||
		again.MasterKey.Text() != testKey || again.Storage.S3.SecretKey.Reveal() != "hunter2" {
		t.Errorf("the whole output read back differs:\n%s", whole.String())
	}
}
