package telegram

import (
	"time"

	"parley/core/connector"
)

// LookAfter sets how often the webhook of a conn is looked after.
func LookAfter(c connector.Conn, every time.Duration) { c.(hooked).watch = every }

// Meaning is a line of the catalogue as tests see it.
type Meaning struct {
	Code  int
	Says  string
	Shown connector.Text
}

// Catalogue lists what is known of refusals.
func Catalogue() (out []Meaning) {
	for _, m := range catalogue() {
		out = append(out, Meaning{m.code, m.says, m.shown})
	}
	return out
}
