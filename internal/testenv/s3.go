package testenv

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// gateway is the S3 server: a real one that keeps objects as files. It is
// built from Go's modules, outside our own go.mod, which it would burden with a
// hundred modules nothing that ships needs.
const gateway = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// Bucket is an empty S3 bucket with the keys that open it.
type Bucket struct {
	Endpoint  string // host:port, plain HTTP, path-style addresses
	Name      string
	Region    string
	AccessKey string
	SecretKey string
}

// URL is the bucket in the form of the setting PARLEY_STORAGE_URL.
func (b Bucket) URL() string {
	address := url.URL{
		Scheme: "s3", User: url.UserPassword(b.AccessKey, b.SecretKey), Host: b.Endpoint, Path: "/" + b.Name,
		RawQuery: url.Values{"region": {b.Region}, "tls": {"off"}}.Encode(),
	}
	return address.String()
}

func (b Bucket) client() (*minio.Client, error) {
	return minio.New(b.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""), Region: b.Region,
		BucketLookup: minio.BucketLookupPath,
	})
}

var sharedS3 = sync.OnceValues(func() (Bucket, error) {
	if given := os.Getenv(envS3); given != "" {
		var b Bucket
		err := json.Unmarshal([]byte(given), &b)
		return b, err
	}
	b, _, err := startS3()
	return b, err
})

// S3 returns a new, empty bucket on the shared S3 server. The first use on a
// machine builds the server, which takes a minute or two.
func S3(t testing.TB) Bucket {
	t.Helper()
	bucket, err := sharedS3()
	if err != nil {
		t.Fatalf("S3 server for tests: %v", err)
	}
	return newBucket(t, bucket)
}

// PrivateS3 starts an S3 server that the test may stop, kill and start again,
// with one empty bucket. It is removed when the test ends.
func PrivateS3(t testing.TB) (Bucket, *Server) {
	t.Helper()
	bucket, server, err := startS3()
	if err != nil {
		t.Fatalf("S3 server for tests: %v", err)
	}
	removeAtEnd(t, server)
	return newBucket(t, bucket), server
}

func newBucket(t testing.TB, b Bucket) Bucket {
	t.Helper()
	b.Name = "test-" + strings.ToLower(rand.Text())
	client, err := b.client()
	if err != nil {
		t.Fatalf("S3 client: %v", err)
	}
	if err := client.MakeBucket(context.Background(), b.Name, minio.MakeBucketOptions{Region: b.Region}); err != nil {
		t.Fatalf("make a bucket for the test: %v", err)
	}
	return b
}

func startS3() (Bucket, *Server, error) {
	bin, err := buildGateway()
	if err != nil {
		return Bucket{}, nil, err
	}
	as, err := unprivileged("nobody")
	if err != nil {
		return Bucket{}, nil, fmt.Errorf("start the S3 server: %w", err)
	}
	return starting("s3", "", as, func(dir string, s *Server) (Bucket, error) {
		for _, folder := range []string{"objects", "metadata"} {
			if err := ownedFolder(filepath.Join(dir, folder), as); err != nil {
				return Bucket{}, err
			}
		}
		// The build cache may be closed to the server's user.
		server := filepath.Join(dir, "versitygw")
		if err := copyProgram(bin, server); err != nil {
			return Bucket{}, err
		}
		port, err := freePort()
		if err != nil {
			return Bucket{}, err
		}
		b := Bucket{Endpoint: loopback(port), Region: "us-east-1", AccessKey: rand.Text(), SecretKey: rand.Text()}
		s.parts = []part{{
			program: program{
				name: "versitygw", dir: dir, stop: syscall.SIGTERM, as: as,
				args: []string{server, "--port", b.Endpoint, "--region", b.Region, "--quiet",
					"posix", "--sidecar", filepath.Join(dir, "metadata"), filepath.Join(dir, "objects")},
				env: []string{"ROOT_ACCESS_KEY=" + b.AccessKey, "ROOT_SECRET_KEY=" + b.SecretKey},
			},
			probe: func(ctx context.Context) error {
				client, err := b.client()
				if err != nil {
					return err
				}
				_, err = client.ListBuckets(ctx)
				return err
			},
		}}
		return b, nil
	})
}

// buildGateway returns the path of the S3 server's program, building it once
// per machine and version. Test binaries that need it at once wait for the first.
func buildGateway() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("build the S3 server: %w", err)
	}
	_, version, _ := strings.Cut(gateway, "@")
	dir := filepath.Join(cache, "parley-test", "versitygw-"+version)
	bin := filepath.Join(dir, "versitygw")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("build the S3 server: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", fmt.Errorf("build the S3 server: %w", err)
	}
	defer lock.Close() // releases the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("build the S3 server: %w", err)
	}
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	cmd := exec.Command("go", "install", "-trimpath", gateway)
	cmd.Dir = dir // outside any module
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "CGO_ENABLED=0", "GOFLAGS=-mod=mod")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the S3 server: go install %s: %w: %s", gateway, err, output)
	}
	return bin, nil
}

func copyProgram(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o755)
}
