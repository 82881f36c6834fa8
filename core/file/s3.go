package file

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket is where an S3-compatible storage lies and what opens it.
type Bucket struct {
	Endpoint  string // host or host:port
	Name      string
	Prefix    string // put before every key, without slashes at its ends; may be empty
	Region    string // empty: us-east-1
	AccessKey string
	SecretKey string
	TLS       bool
	Lookup    string // path (host/bucket/key), dns (bucket.host/key), or by the host when empty or auto
}

// S3 keeps files in a bucket of Amazon S3 or anything that speaks its language
// (MinIO, Ceph, Alibaba OSS, Tencent COS…). The bucket must exist.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

// tries bounds how often the library repeats a request; it waits in between,
// and whoever stores a file repeats on its own.
const tries = 3

// OpenS3 makes the client of a bucket; it sends nothing yet, see [S3.Check].
// transport carries the requests: that of egress.Infra, because the bucket's
// address is the operator's and need not be public.
func OpenS3(b Bucket, transport http.RoundTripper) (*S3, error) {
	if transport == nil {
		return nil, errors.New("no transport for the bucket's requests")
	}
	o := &minio.Options{
		Creds:      credentials.NewStaticV4(b.AccessKey, b.SecretKey, ""),
		Secure:     b.TLS,
		Region:     cmp.Or(b.Region, "us-east-1"),
		Transport:  transport,
		MaxRetries: tries,
	}
	switch b.Lookup {
	case "", "auto":
	case "path":
		o.BucketLookup = minio.BucketLookupPath
	case "dns":
		o.BucketLookup = minio.BucketLookupDNS
	default:
		return nil, fmt.Errorf("bucket lookup %q: want auto, path or dns", b.Lookup)
	}
	client, err := minio.New(b.Endpoint, o)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s at %s: %w", b.Name, b.Endpoint, err)
	}
	client.SetAppInfo("parley", "1")
	return &S3{client: client, bucket: b.Name, prefix: b.Prefix}, nil
}

func (s *S3) name(key string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", err
	}
	return path.Join(s.prefix, key), nil
}

// Put uploads in parts of bounded size; an upload that breaks leaves no object.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	info, err := s.client.PutObject(ctx, s.bucket, name, r, size, minio.PutObjectOptions{
		ContentType:    "application/octet-stream", // whoever reads the bucket by itself gets nothing that acts
		SendContentMd5: true,
	})
	if err == nil && info.Size != size {
		err = fmt.Errorf("%d of %d bytes arrived", info.Size, size)
	}
	if err != nil {
		return fmt.Errorf("store file %s: %w", key, err)
	}
	return nil
}

// Open reads by ranges; nothing is fetched before the first Read.
func (s *S3) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	name, err := s.name(key)
	if err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, s.explain("open", key, err)
	}
	if _, err := object.Stat(); err != nil {
		object.Close()
		return nil, s.explain("open", key, err)
	}
	return object, nil
}

// Stat looks at an object.
func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	name, err := s.name(key)
	if err != nil {
		return Info{}, err
	}
	info, err := s.client.StatObject(ctx, s.bucket, name, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, s.explain("look at", key, err)
	}
	return Info{Size: info.Size, Modified: info.LastModified}, nil
}

// Delete removes an object.
func (s *S3) Delete(ctx context.Context, key string) error {
	name, err := s.name(key)
	if err != nil {
		return err
	}
	err = s.client.RemoveObject(ctx, s.bucket, name, minio.RemoveObjectOptions{})
	if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchKey {
		return fmt.Errorf("delete file %s: %w", key, err)
	}
	return nil
}

// Check asks whether the bucket is there and the keys open it.
func (s *S3) Check(ctx context.Context) error {
	ok, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("ask for bucket %s: %w", s.bucket, err)
	}
	if !ok {
		return fmt.Errorf("bucket %s does not exist: make it, or correct PARLEY_STORAGE_URL", s.bucket)
	}
	return nil
}

func (s *S3) explain(what, key string, err error) error {
	if r := minio.ToErrorResponse(err); r.Code == minio.NoSuchKey {
		return missing(key)
	}
	return fmt.Errorf("%s file %s: %w", what, key, err)
}
