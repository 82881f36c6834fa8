package operate

import (
	"fmt"
	"io"
	"time"

	"parley/core/store"
)

// The entries of a backup: a gzipped tar that holds the database, the
// attachments under files/, and last the manifest.
const (
	manifestName = "manifest.json"
	filesPrefix  = "files/"
	format       = 1
)

// databaseName is the entry of the database in a backup of a dialect.
func databaseName(d store.Dialect) string {
	if d == store.Postgres {
		return "database.dump"
	}
	return "database.sqlite"
}

// Manifest says what a backup holds. It stands last in the archive, so a
// backup that was cut off has none and is refused.
type Manifest struct {
	Format  int           `json:"format"`
	Version string        `json:"version"` // of Parley
	Began   time.Time     `json:"began"`   // nothing acknowledged before is missing
	Dialect store.Dialect `json:"dialect"`
	Schema  int64         `json:"schema"` // newest migration applied
	// Rows counts the rows of each table.
	Rows map[string]int64 `json:"rows"`
	// Entries lists what is in the archive.
	Entries []Entry `json:"entries"`
	// Missing lists attachments that the database names and the storage did not
	// have: erased while the backup ran, or lost.
	Missing []string `json:"missing,omitempty"`
	// LeftOut says in words what an installation has and the backup does not.
	LeftOut []string `json:"left_out"`
}

// Entry is one file of the archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// Files is how many attachments are in the backup, and their bytes.
func (m Manifest) Files() (n int, bytes int64) {
	for _, e := range m.Entries {
		if e.Name != databaseName(m.Dialect) {
			n++
			bytes += e.Size
		}
	}
	return n, bytes
}

// Print tells people what the backup holds, and what it leaves out.
func (m Manifest) Print(w io.Writer) error {
	n, bytes := m.Files()
	_, err := fmt.Fprintf(w, "everything acknowledged before %s: %d conversations, %d messages, %d attachments (%s)\n",
		m.Began.UTC().Format("2006-01-02 15:04:05 UTC"), m.Rows["conversations"], m.Rows["messages"], n, bytesText(bytes))
	for _, name := range m.Missing {
		if err == nil {
			_, err = fmt.Fprintf(w, "not in the storage any more: %s\n", name)
		}
	}
	for _, what := range m.LeftOut {
		if err == nil {
			_, err = fmt.Fprintf(w, "left out: %s\n", what)
		}
	}
	return err
}
