package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

const (
	mask = "••••"
	// tellFrom is the length in characters from which the last four may be
	// shown: enough stays hidden, and people can tell two tokens apart.
	tellFrom = 16
)

// String is a secret text in memory: a token, a password. However it is
// printed, logged or marshalled it shows "••••" and, when long enough, its last
// four characters. The zero value is the empty secret. Values are not compared
// with ==; use [String.Equal].
type String struct {
	// A pointer, because fmt prints unexported fields of an enclosing struct
	// without asking their methods: of a pointer it then prints the address only.
	text *string
}

// NewString wraps a text.
func NewString(text string) String { return String{&text} }

// Reveal is the text itself, for the one place that sends it.
func (s String) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty tells whether there is no text.
func (s String) Empty() bool { return s.Reveal() == "" }

// Equal compares in constant time.
func (s String) Equal(other String) bool { return Equal(s.Reveal(), other.Reveal()) }

// String masks the text; an empty secret stays empty.
func (s String) String() string { return Mask(s.Reveal()) }

// GoString masks the text.
func (s String) GoString() string { return s.String() }

// Format masks the text for every verb, also those that do not suit a string.
func (s String) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// LogValue masks the text in logs.
func (s String) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText masks the text (XML, map keys, YAML).
func (s String) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON masks the text.
func (s String) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON takes the text as it is, so that requests and settings can
// carry secrets inwards.
func (s *String) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("secret is not a text") // the decoder's own words may quote the value
	}
	*s = NewString(text)
	return nil
}

// Mask shows a secret as people may see it: nothing for none, "••••" for a
// short one, "••••1234" for one of 16 characters or more.
func Mask(text string) string {
	if text == "" {
		return ""
	}
	if utf8.RuneCountInString(text) < tellFrom {
		return mask
	}
	runes := []rune(text)
	return mask + string(runes[len(runes)-4:])
}

// Equal compares two texts in a time that depends on neither their contents
// nor where they differ, nor on whether their lengths agree.
func Equal[T ~string | ~[]byte](a, b T) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
