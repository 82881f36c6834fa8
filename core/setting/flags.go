package setting

import (
	"strings"

	"github.com/spf13/pflag"
)

// Flags are the settings on the command line: bind them to a set of flags, let
// it parse, then ask. The zero value is ready.
type Flags struct {
	file  string
	given map[string]string
}

// Bind adds --config and a flag per setting to set.
func (f *Flags) Bind(set *pflag.FlagSet) {
	f.given = make(map[string]string)
	set.StringVar(&f.file, "config", "", "Settings `FILE` (default: parley.yaml in the working folder, if it exists; PARLEY_CONFIG).")
	for _, row := range Table() {
		set.Var(flag{row: row, into: f.given}, strings.TrimPrefix(row.Flag(), "--"), row.help())
	}
}

// flag keeps a setting that is on the command line. It holds no default: a flag
// that was not given leaves the word to the environment and the file.
type flag struct {
	row  Setting
	into map[string]string
}

// Set keeps the text as it is; Load says what is wrong with it.
func (f flag) Set(text string) error {
	f.into[f.row.Key] = text
	return nil
}

// String is empty: the help's sentence holds the default.
func (flag) String() string { return "" }

// Type is the form of the value, for the help.
func (f flag) Type() string { return f.row.Form }

// help is the sentence --help shows, with default and environment variable.
func (s Setting) help() string {
	text := strings.TrimSuffix(s.Help, ".") + " ("
	if s.Default != "" {
		text += "default " + s.Default + "; "
	}
	return text + s.Env() + ")."
}

// Given are the flags that were on the command line, by the settings' keys.
func (f Flags) Given() map[string]string { return f.given }

// Sources are the flags with the environment given beside them.
func (f Flags) Sources(environ []string) Sources {
	return Sources{Flags: f.given, Environ: environ, File: f.file}
}
