package setting

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"parley/core/secret"
)

// Sources are where settings come from.
type Sources struct {
	Flags   map[string]string // flags given, by key; see Flags.Given
	Environ []string          // as from os.Environ
	File    string            // settings file; empty: parley.yaml in the working folder, if it exists
}

// Loaded are the settings in force and where each came from.
type Loaded struct {
	Settings
	Origins map[string]Origin        // by key; every setting has one
	File    string                   // settings file that was read; empty: none
	texts   map[string]secret.String // the values as written, by key
}

// Origin is where a value came from, in words: "default", "flag --listen",
// "environment PARLEY_LISTEN", "parley.yaml line 3".
type Origin string

// FromDefault is the origin of what nobody set.
const FromDefault Origin = "default"

// layer is what one source sets.
type layer map[string]given

type given struct {
	text   string
	origin Origin
}

// Load reads all sources, checks every value and how they go together. The
// error joins a *Problem for everything wrong; the values that are right are
// in Loaded even then, so that `config print` can show them.
func Load(src Sources) (Loaded, error) {
	table := Table()
	file, problems, path := readFile(src, table)
	environ, unknown := readEnviron(src.Environ, table)
	problems = append(problems, unknown...)
	layers := []layer{readFlags(src.Flags, table), environ, file}

	loaded := Loaded{Origins: make(map[string]Origin), File: path, texts: make(map[string]secret.String)}
	for _, row := range table {
		value := given{row.Default, FromDefault}
		for _, layer := range layers {
			if found, ok := layer[row.Key]; ok {
				value = found
				break
			}
		}
		loaded.Origins[row.Key], loaded.texts[row.Key] = value.origin, secret.NewString(value.text)
		if err := row.read(&loaded.Settings, value.text); err != nil {
			problems = append(problems, problemOf(row, value, err))
		}
	}
	loaded.place()
	problems = append(problems, loaded.together()...)
	return loaded, errors.Join(problems...)
}

// place fills what follows from other settings.
func (l *Loaded) place() {
	l.Database.Path, l.Storage.Dir = "", ""
	if l.Database.Dialect == SQLite {
		l.Database.Path = l.inDataDir("parley.db")
	}
	if l.Storage.Kind == StorageFiles {
		l.Storage.Dir = l.inDataDir("files")
	}
	if l.PublicURL == "" {
		l.PublicURL = listenURL(l.Listen, l.TLS.Mode)
	}
}

// listenURL is how a browser on the same machine reaches a listen address.
func listenURL(listen string, mode TLSMode) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return ""
	}
	if address, err := netip.ParseAddr(host); host == "" || err == nil && address.IsUnspecified() {
		host = "localhost"
	}
	scheme, usual := "http", "80"
	if mode == TLSAuto || mode == TLSFiles {
		scheme, usual = "https", "443"
	}
	address := url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)}
	return strings.TrimSuffix(address.String(), ":"+usual)
}

// together finds values that are right alone and wrong together.
func (l *Loaded) together() []error {
	var problems []error
	wrong := func(key, what string) {
		for _, row := range Table() {
			if row.Key == key {
				problems = append(problems, problemOf(row, given{l.texts[key].Reveal(), l.Origins[key]}, errors.New(what)))
			}
		}
	}
	if l.Database.Dialect == Postgres && l.texts["master_key"].Empty() {
		wrong("master_key", "is not set, but PostgreSQL needs it: all nodes must hold the same key; "+
			"make one with `openssl rand -base64 32` and keep it apart from the database's backups")
	}
	switch l.TLS.Mode {
	case TLSAuto:
		address, err := url.Parse(l.PublicURL)
		if err != nil || address.Scheme != "https" || !strings.Contains(address.Hostname(), ".") || isAddress(address.Hostname()) {
			wrong("tls", "needs an https public_url with a public host name to obtain a certificate for; "+
				"set public_url like https://chat.example.com")
		}
	case TLSFiles:
		for _, file := range []string{l.TLS.CertFile, l.TLS.KeyFile} {
			if err := readable(file); err != nil {
				wrong("tls", fmt.Sprintf("names a file that cannot be read (%v); write cert.pem,key.pem", err))
			}
		}
	}
	return problems
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

func readable(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return file.Close()
}
