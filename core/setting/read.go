package setting

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"parley/core/secret"
)

// The readers of the table. Their errors say what is wrong and what to write
// instead; setting, value and origin are put before them by the caller.

func readListen(s *Settings, text string) error {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return errors.New("is not host:port; write it like 127.0.0.1:8080, or :8080 for every address")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("has no port between 0 and 65535; write it like 127.0.0.1:8080")
	}
	s.Listen = text
	return nil
}

func readPublicURL(s *Settings, text string) error {
	const remedy = "; write it like https://chat.example.com"
	if text == "" {
		return nil // derived when all settings are read
	}
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Scheme != "http" && address.Scheme != "https":
		return errors.New("is not an http or https address" + remedy)
	case address.Hostname() == "":
		return errors.New("has no host" + remedy)
	case address.User != nil || address.RawQuery != "" || address.Fragment != "":
		return errors.New("has more than a scheme and a host" + remedy)
	case strings.Trim(address.Path, "/") != "":
		return errors.New("has a path; Parley needs a host name of its own" + remedy)
	}
	s.PublicURL = address.Scheme + "://" + strings.ToLower(address.Host)
	return nil
}

func readTLS(s *Settings, text string) error {
	switch TLSMode(text) {
	case TLSOff, TLSAuto:
		s.TLS = TLS{Mode: TLSMode(text)}
		return nil
	}
	cert, key, ok := strings.Cut(text, ",")
	cert, key = strings.TrimSpace(cert), strings.TrimSpace(key)
	if !ok || cert == "" || key == "" {
		return errors.New("is neither off nor auto nor two files; write cert.pem,key.pem for files")
	}
	s.TLS = TLS{Mode: TLSFiles, CertFile: cert, KeyFile: key}
	return nil
}

func readDataDir(s *Settings, text string) error {
	if text == "" {
		return errors.New("is empty; name a folder that the hub may write to, like ./data")
	}
	s.DataDir = text
	return nil
}

func readDatabase(s *Settings, text string) error {
	if text == "sqlite" {
		s.Database = Database{Dialect: SQLite}
		return nil
	}
	const remedy = "; write sqlite, or postgres://user:password@host:5432/database"
	// The parser's own error repeats the address with its password.
	address, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("is not an address (a password with special characters must be percent-encoded)" + remedy)
	case address.Scheme != "postgres" && address.Scheme != "postgresql":
		return errors.New("is not a database Parley runs on" + remedy)
	case address.Host == "" && !address.Query().Has("host"):
		return errors.New("has no host" + remedy)
	case strings.Trim(address.Path, "/") == "" && !address.Query().Has("dbname"):
		return errors.New("has no database name" + remedy)
	}
	s.Database = Database{Dialect: Postgres, URL: secret.NewString(text)}
	return nil
}

func readRedis(s *Settings, text string) error {
	if text == "" {
		return nil
	}
	const remedy = "; write redis://host:6379/0, or rediss:// for TLS"
	address, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("is not an address (a password with special characters must be percent-encoded)" + remedy)
	case address.Scheme != "redis" && address.Scheme != "rediss":
		return errors.New("is not a Redis address" + remedy)
	case address.Hostname() == "":
		return errors.New("has no host" + remedy)
	}
	if number := strings.Trim(address.Path, "/"); number != "" {
		if n, err := strconv.Atoi(number); err != nil || n < 0 {
			return errors.New("has no database number after the host" + remedy)
		}
	}
	s.RedisURL = secret.NewString(text)
	return nil
}

func readMasterKey(s *Settings, text string) (err error) {
	s.MasterKey, err = readKey(text)
	return err
}

func readNewMasterKey(s *Settings, text string) (err error) {
	s.NewMasterKey, err = readKey(text)
	return err
}

// readKey reads a key; none is nil.
func readKey(text string) (*secret.MasterKey, error) {
	if text == "" {
		return nil, nil
	}
	key, err := secret.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("cannot be used: %w", err)
	}
	return &key, nil
}

func readTrustedProxies(s *Settings, text string) (err error) {
	s.TrustedProxies, err = readPrefixes(text)
	return err
}

func readEgressAllow(s *Settings, text string) (err error) {
	s.EgressAllow, err = readPrefixes(text)
	return err
}

// readPrefixes takes ranges and single addresses, separated by commas.
func readPrefixes(text string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(item)
		if err != nil {
			address, notAddress := netip.ParseAddr(item)
			if notAddress != nil {
				return nil, fmt.Errorf("has %q, which is no address range; write ranges like 10.0.0.0/8,fd00::/8", item)
			}
			prefix = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen())
		}
		if prefix != prefix.Masked() {
			return nil, fmt.Errorf("has %q, which has bits beyond its length; did you mean %s?", item, prefix.Masked())
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

func readFeedDays(s *Settings, text string) error {
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > 3650 {
		return errors.New("is no number of days the feed can remember; write 1 to 3650, like 14")
	}
	s.FeedDays = days
	return nil
}

func readLogLevel(s *Settings, text string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[strings.ToLower(text)]
	if !ok {
		return errors.New("is no level; write debug, info, warn or error")
	}
	s.LogLevel = level
	return nil
}

func readLogFormat(s *Settings, text string) error {
	s.LogFormat = LogFormat(strings.ToLower(text))
	if !slices.Contains([]LogFormat{LogAuto, LogText, LogJSON}, s.LogFormat) {
		return errors.New("is no form of log lines; write auto, text or json")
	}
	return nil
}
