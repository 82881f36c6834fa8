package setting

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"parley/core/secret"
)

// readStorage reads `files`, or s3://KEY:SECRET@HOST[:PORT]/BUCKET with the
// options region, tls (on, off) and lookup (auto, path, dns).
func readStorage(s *Settings, text string) error {
	if text == "files" {
		s.Storage = Storage{Kind: StorageFiles}
		return nil
	}
	const remedy = "; write files, or s3://KEY:SECRET@host/bucket"
	address, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("is not an address (a key with special characters must be percent-encoded)" + remedy)
	case address.Scheme != "s3":
		return errors.New("is not a storage Parley knows" + remedy)
	case address.Hostname() == "":
		return errors.New("has no host" + remedy)
	}
	bucket := strings.Trim(address.Path, "/")
	password, _ := address.User.Password()
	switch {
	case bucket == "" || strings.Contains(bucket, "/"):
		return errors.New("does not name one bucket after the host" + remedy)
	case address.User.Username() == "" || password == "":
		return errors.New("has no access key and secret" + remedy)
	}
	s3 := S3{
		Endpoint: address.Host, Bucket: bucket,
		AccessKey: address.User.Username(), SecretKey: secret.NewString(password),
		TLS: true, Lookup: LookupAuto,
	}
	if err := s3.options(address.Query()); err != nil {
		return err
	}
	s.Storage = Storage{Kind: StorageS3, S3: s3}
	return nil
}

func (b *S3) options(options url.Values) error {
	for name, values := range options {
		value := values[len(values)-1]
		switch name {
		case "region":
			b.Region = value
		case "tls":
			if value != "on" && value != "off" {
				return errors.New("has the option tls that is neither on nor off; write tls=off for plain http")
			}
			b.TLS = value == "on"
		case "lookup":
			b.Lookup = BucketLookup(value)
			if b.Lookup != LookupAuto && b.Lookup != LookupPath && b.Lookup != LookupDNS {
				return errors.New("has an unknown option lookup; write lookup=path, lookup=dns or lookup=auto")
			}
		default:
			return fmt.Errorf("has the unknown option %q; known are region, tls and lookup", name)
		}
	}
	return nil
}
