package setting

import (
	"log/slog"
	"net/netip"
	"path/filepath"

	"parley/core/secret"
)

// Settings are the values in force. Values are checked, but nothing has been
// contacted: an address may be well-formed and wrong.
type Settings struct {
	Listen         string            // host:port; an empty host means every address
	PublicURL      string            // scheme and host without a slash at the end; never empty
	TLS            TLS               //
	TrustedProxies []netip.Prefix    // from whom forwarded headers are believed; empty: nobody
	DataDir        string            // as given; relative to the working folder
	Database       Database          //
	RedisURL       secret.String     // empty: presence, wake-ups and limits in process
	Storage        Storage           //
	MasterKey      *secret.MasterKey // nil: not given; with SQLite the hub keeps its own in the data folder
	NewMasterKey   *secret.MasterKey // nil: not given; what `secrets rotate` changes the key to
	EgressAllow    []netip.Prefix    // reachable besides public addresses
	FeedDays       int               // how long the feed remembers; 1 to 3650
	LogLevel       slog.Level        //
	LogFormat      LogFormat         //
}

// TLSMode says who ends TLS.
type TLSMode string

// The modes of TLS.
const (
	TLSOff   TLSMode = "off"   // nobody here; a proxy before the hub may
	TLSAuto  TLSMode = "auto"  // the hub, with a certificate it obtains by ACME
	TLSFiles TLSMode = "files" // the hub, with a certificate from files
)

// TLS says how the hub's own listener is protected.
type TLS struct {
	Mode     TLSMode
	CertFile string // with TLSFiles: PEM, the whole chain
	KeyFile  string // with TLSFiles: PEM
}

// Dialect is the kind of database.
type Dialect string

// The databases Parley runs on.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Database says where the truth is kept.
type Database struct {
	Dialect Dialect
	Path    string        // with SQLite: the file, in the data folder
	URL     secret.String // with Postgres: the connection URL
}

// StorageKind is the kind of file storage.
type StorageKind string

// The storages Parley keeps files in.
const (
	StorageFiles StorageKind = "files"
	StorageS3    StorageKind = "s3"
)

// Storage says where attachments are kept.
type Storage struct {
	Kind StorageKind
	Dir  string // with StorageFiles: the folder, in the data folder
	S3   S3     // with StorageS3
}

// BucketLookup is how a bucket is named in a request.
type BucketLookup string

// The ways of naming a bucket.
const (
	LookupAuto BucketLookup = "auto" // by the host's name: DNS for the known clouds, path otherwise
	LookupPath BucketLookup = "path" // host/bucket/key
	LookupDNS  BucketLookup = "dns"  // bucket.host/key
)

// S3 is an S3-compatible bucket.
type S3 struct {
	Endpoint  string // host or host:port
	Bucket    string
	Region    string // may be empty: the service's default
	AccessKey string
	SecretKey secret.String
	TLS       bool // whether the endpoint is spoken to by https
	Lookup    BucketLookup
}

// LogFormat is the form of log lines.
type LogFormat string

// The forms of log lines.
const (
	LogAuto LogFormat = "auto" // text on a terminal, JSON elsewhere
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Secure reports whether browsers reach the hub by https.
func (s Settings) Secure() bool { return len(s.PublicURL) > 6 && s.PublicURL[:6] == "https:" }

// inDataDir places what has no address of its own.
func (s Settings) inDataDir(name string) string { return filepath.Join(s.DataDir, name) }
