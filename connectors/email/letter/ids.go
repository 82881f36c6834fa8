package letter

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// inBrackets finds message ids; a blank inside one is a fold that some program
// put there.
var inBrackets = regexp.MustCompile(`<\s*([^<>]+?)\s*>`)

// messageIDs reads a list of message ids, at most the first and the last hundred.
func messageIDs(v string) []string {
	v = decodeWords(v) // some programs encode even these
	var ids []string
	seen := map[string]bool{}
	add := func(id string) {
		id = strings.Map(func(r rune) rune {
			if r <= ' ' || r == 0x7f {
				return -1
			}
			return r
		}, id)
		if id != "" && len(id) <= maxLine && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, m := range inBrackets.FindAllStringSubmatch(v, -1) {
		add(m[1])
	}
	if ids == nil {
		for _, w := range strings.Fields(v) { // without brackets, as old programs write
			if strings.Contains(w, "@") {
				add(strings.Trim(w, "<>,;\"'"))
			}
		}
	}
	if len(ids) > 200 {
		ids = append(ids[:100:100], ids[len(ids)-100:]...)
	}
	return ids
}

// dateForms are ways to write a date that the standard parser refuses.
var dateForms = []string{
	"Mon, 2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 06 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "2006/01/02 15:04:05",
	"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", "Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04",
}

func parseDate(v string) time.Time {
	v = oneLine(v, 100)
	if v == "" {
		return time.Time{}
	}
	if t, err := mail.ParseDate(v); err == nil {
		return sane(t)
	}
	if i := strings.IndexByte(v, '('); i > 0 {
		v = strings.TrimSpace(v[:i])
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, v); err == nil {
			return sane(t)
		}
	}
	return time.Time{}
}

// sane drops dates that no database and no screen can hold.
func sane(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9998 {
		return time.Time{}
	}
	return t.UTC()
}
