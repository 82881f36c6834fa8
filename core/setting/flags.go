package setting

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// Flags are the settings on the command line. Embed them in kong's structure:
//
//	var cli struct {
//		setting.Flags
//		Serve serveCommand `cmd:"" default:"withargs"`
//	}
//	cli.Flags = setting.NewFlags()
type Flags struct {
	Config string `help:"Settings file (default: parley.yaml in the working folder, if it exists; PARLEY_CONFIG)." placeholder:"FILE" group:"Settings"`

	kong.Plugins // a structure with one optional text per setting, made from the table
}

// NewFlags makes the flags of all settings.
func NewFlags() Flags {
	var fields []reflect.StructField
	for _, row := range Table() {
		fields = append(fields, reflect.StructField{
			Name: fieldName(row.Key),
			Type: reflect.TypeFor[*string](),
			Tag: reflect.StructTag(fmt.Sprintf(`name:%q help:%q placeholder:%q group:"Settings"`,
				strings.TrimPrefix(row.Flag(), "--"), row.help(), row.Form)),
		})
	}
	return Flags{Plugins: kong.Plugins{reflect.New(reflect.StructOf(fields)).Interface()}}
}

// help is the sentence --help shows, with default and environment variable.
func (s Setting) help() string {
	text := strings.TrimSuffix(s.Help, ".") + " ("
	if s.Default != "" {
		text += "default " + s.Default + "; "
	}
	return text + s.Env() + ")."
}

// Given are the flags that were on the command line, by the settings' keys.
func (f Flags) Given() map[string]string {
	given := make(map[string]string)
	for _, plugin := range f.Plugins {
		fields := reflect.ValueOf(plugin).Elem()
		for _, row := range Table() {
			if text, ok := fields.FieldByName(fieldName(row.Key)).Interface().(*string); ok && text != nil {
				given[row.Key] = *text
			}
		}
	}
	return given
}

// Sources are the flags with the environment given beside them.
func (f Flags) Sources(environ []string) Sources {
	return Sources{Flags: f.Given(), Environ: environ, File: f.Config}
}

// fieldName makes an exported Go name of a key: kong can only set those.
func fieldName(key string) string {
	return strings.ToUpper(key[:1]) + key[1:]
}
