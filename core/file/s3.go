package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

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

func openS3(u *url.URL, transport http.RoundTripper) (*S3, error) {
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	secret, _ := u.User.Password()
	switch {
	case u.Host == "":
		return nil, errors.New("PARLEY_STORAGE_URL names no host: want s3://key:secret@host/bucket")
	case bucket == "":
		return nil, errors.New("PARLEY_STORAGE_URL names no bucket: want s3://key:secret@host/bucket")
	case u.User.Username() == "" || secret == "":
		return nil, errors.New("PARLEY_STORAGE_URL names no key and secret: want s3://key:secret@host/bucket")
	case transport == nil:
		return nil, errors.New("no transport for the bucket's requests")
	}
	o := &minio.Options{
		Creds:      credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure:     true,
		Region:     "us-east-1",
		Transport:  transport,
		MaxRetries: tries,
	}
	for name, values := range u.Query() {
		value := values[0]
		switch name + "=" + value {
		case "tls=on", "tls=true":
		case "tls=off", "tls=false":
			o.Secure = false
		case "style=path":
			o.BucketLookup = minio.BucketLookupPath
		case "style=host":
			o.BucketLookup = minio.BucketLookupDNS
		default:
			if name != "region" {
				return nil, fmt.Errorf("PARLEY_STORAGE_URL has the parameter %s=%s: want region=…, tls=on|off, style=path|host", name, value)
			}
			o.Region = value
		}
	}
	client, err := minio.New(u.Host, o)
	if err != nil {
		return nil, fmt.Errorf("PARLEY_STORAGE_URL: %w", err)
	}
	client.SetAppInfo("parley", "1")
	return &S3{client: client, bucket: bucket, prefix: prefix}, nil
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
