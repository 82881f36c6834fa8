package file

import (
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName      = 200 // characters
	maxExtension = 16
)

// CleanName makes a file name harmless wherever it is shown, saved or put into
// a header: no folders, no control or direction characters, nothing that file
// systems or HTML give a meaning to, at most 200 characters with the extension
// kept. A name of which nothing is left becomes "file".
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d': // joiners: Persian and emoji need them
			return r
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1 // NUL and line breaks, direction overrides, private use
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"|?*;`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	name = strings.Trim(name, " .\u200c\u200d")
	if name == "" {
		return "file"
	}
	stem, ext := split(name)
	if reserved[strings.ToUpper(stem)] {
		stem = "_" + stem
	}
	if n := maxName - utf8.RuneCountInString(ext); utf8.RuneCountInString(stem) > n {
		stem = strings.TrimRight(string([]rune(stem)[:n]), " .\u200c\u200d")
	}
	return stem + ext
}

// split separates a plausible extension: short, and not the whole name.
func split(name string) (stem, ext string) {
	ext = filepath.Ext(name)
	if len(ext) < 2 || ext == name || utf8.RuneCountInString(ext) > maxExtension || strings.Contains(ext, " ") {
		return name, ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// reserved are names that Windows takes for devices.
var reserved = map[string]bool{
	"CON": true, "PRN": true, "AUX": true, "NUL": true,
	"COM1": true, "COM2": true, "COM3": true, "COM4": true, "COM5": true, "COM6": true, "COM7": true, "COM8": true, "COM9": true,
	"LPT1": true, "LPT2": true, "LPT3": true, "LPT4": true, "LPT5": true, "LPT6": true, "LPT7": true, "LPT8": true, "LPT9": true,
}

// fitting gives a picture, sound or film an extension of its real type, for a
// saved copy is opened by its extension: a picture called x.html would be a page.
func fitting(name, kind string) string {
	want, ok := extensions[kind]
	if !ok {
		return name
	}
	stem, ext := split(name)
	for _, e := range want {
		if strings.EqualFold(ext, e) {
			return name
		}
	}
	if ext == "" {
		stem = name
	} else {
		stem += ext // x.html becomes x.html.jpg: nothing the sender wrote is lost
	}
	if runes := []rune(stem); len(runes) > maxName-len(want[0]) {
		stem = string(runes[:maxName-len(want[0])])
	}
	return stem + want[0]
}
