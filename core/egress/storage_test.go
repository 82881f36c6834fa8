package egress_test

import (
	"bytes"
	"io"
	"testing"

	"parley/core/egress"
	"parley/core/file"
	"parley/internal/testenv"
)

// The object storage is reached through this package, at an address inside.
func TestInfraCarriesObjectStorage(t *testing.T) {
	c, err := egress.New(egress.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := testenv.S3(t)
	s, err := file.OpenS3(file.Bucket{
		Endpoint: b.Endpoint, Name: b.Name, Region: b.Region, AccessKey: b.AccessKey, SecretKey: b.SecretKey,
	}, c.HTTPClient(egress.Infra).Transport)
	if err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), 40<<16) // 40 MB, more than any limit of the other classes
	if err := s.Put(t.Context(), "tenant/file", bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
	f, err := s.Open(t.Context(), "tenant/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d of %d bytes, %v", len(got), len(content), err)
	}
	if _, err := f.Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if tail, err := io.ReadAll(f); err != nil || string(tail) != "def" {
		t.Errorf("%q, %v", tail, err)
	}
}
