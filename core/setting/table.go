package setting

import "strings"

// Setting describes one setting: the single source of the flags, of
// `config print`, of --help and of the documentation.
type Setting struct {
	Key     string // in parley.yaml: "public_url"
	Default string // empty: none, or derived as Help says
	Form    string // what a value looks like
	Help    string // one sentence
	Secret  bool   // whether the value, or the password in it, must not be shown

	read func(*Settings, string) error // checks a value and puts it into its place
}

// Env is the environment variable of the setting.
func (s Setting) Env() string { return envPrefix + strings.ToUpper(s.Key) }

// Flag is the command-line flag of the setting, with its dashes.
func (s Setting) Flag() string { return "--" + strings.ReplaceAll(s.Key, "_", "-") }

// Table lists all settings in the order in which they are shown.
func Table() []Setting {
	return []Setting{
		{
			Key: "listen", Default: "127.0.0.1:8080", Form: "HOST:PORT", read: readListen,
			Help: "Address the hub listens on; an empty host means every address.",
		},
		{
			Key: "public_url", Form: "URL", read: readPublicURL,
			Help: "Address browsers and platforms reach the hub by; without it, the listen address.",
		},
		{
			Key: "tls", Default: "off", Form: "off|auto|CERT,KEY", read: readTLS,
			Help: "TLS of the hub's own listener: none, a certificate obtained by ACME, or two PEM files.",
		},
		{
			Key: "trusted_proxies", Form: "CIDR,…", read: readTrustedProxies,
			Help: "Proxies whose forwarded headers are believed; otherwise these headers are ignored.",
		},
		{
			Key: "data_dir", Default: "./data", Form: "FOLDER", read: readDataDir,
			Help: "Folder for the SQLite database, files and the master key.",
		},
		{
			Key: "database_url", Default: "sqlite", Form: "sqlite|postgres://…", Secret: true, read: readDatabase,
			Help: "Database: sqlite in the data folder, or the URL of a PostgreSQL database.",
		},
		{
			Key: "redis_url", Form: "redis://…", Secret: true, read: readRedis,
			Help: "Redis across nodes, for when there is more than one; parley doctor checks it, and nothing uses it yet.",
		},
		{
			Key: "storage_url", Default: "files", Form: "files|s3://KEY:SECRET@HOST/BUCKET", Secret: true, read: readStorage,
			Help: "Storage for attachments: files in the data folder, or an S3-compatible bucket (?region=…&tls=off&lookup=path|dns).",
		},
		{
			Key: "master_key", Form: "BASE64|HEX", Secret: true, read: readMasterKey,
			Help: "Key of 32 bytes that seals credentials; required with PostgreSQL, with SQLite made on first start in the data folder.",
		},
		{
			Key: "new_master_key", Form: "BASE64|HEX", Secret: true, read: readNewMasterKey,
			Help: "Key that parley secrets rotate changes the master key to; nothing else reads it.",
		},
		{
			Key: "egress_allow", Form: "CIDR,…", read: readEgressAllow,
			Help: "Addresses that fetches and API bases may reach besides public ones.",
		},
		{
			Key: "feed_days", Default: "14", Form: "DAYS", read: readFeedDays,
			Help: "How long the feed remembers what happened, so that whoever was away resumes by a number; 1 to 3650 days.",
		},
		{
			Key: "log_level", Default: "info", Form: "debug|info|warn|error", read: readLogLevel,
			Help: "Least important log lines that are written.",
		},
		{
			Key: "log_format", Default: "auto", Form: "auto|text|json", read: readLogFormat,
			Help: "Form of log lines; auto is text on a terminal and JSON elsewhere.",
		},
	}
}
