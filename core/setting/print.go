package setting

import (
	"fmt"
	"io"
	"strings"
)

// Print writes the settings in force as a settings file would hold them, each
// with its origin as a comment. Redacted, secrets are masked and the output is
// for reading; otherwise it holds them and can be used as a settings file.
func (l Loaded) Print(w io.Writer, redacted bool) error {
	var text strings.Builder
	for _, row := range Table() {
		value := l.texts[row.Key].Reveal()
		if redacted {
			value = row.shown(value)
		}
		if row.Key == "public_url" && value == "" {
			value = l.PublicURL
		}
		fmt.Fprintf(&text, "# %s\n", row.Help)
		fmt.Fprintf(&text, "%s: %s # %s\n\n", row.Key, quoted(value), l.Origins[row.Key])
	}
	_, err := io.WriteString(w, strings.TrimSuffix(text.String(), "\n"))
	return err
}

// quoted is a YAML text in single quotes: nothing inside has a meaning.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
