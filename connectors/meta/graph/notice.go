package graph

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// MaxUpdates is how many updates one callback may hold ("Webhooks: Event
// notifications": batches of up to 1,000).
const MaxUpdates = 1000

// Entry is what happened on one object: a WhatsApp business account, a page, an
// Instagram account.
type Entry struct {
	ID        Word              `json:"id"`
	Time      Number            `json:"time"` // seconds or milliseconds, by the product
	Changes   []Change          `json:"changes"`
	Messaging []json.RawMessage `json:"messaging"`
	Standby   []json.RawMessage `json:"standby"` // what others answer: we only watch
}

// Change is one field that changed.
type Change struct {
	Field string          `json:"field"`
	Value json.RawMessage `json:"value"`
}

// Notice reads a callback about an object of the given name.
func Notice(body []byte, object string) ([]Entry, error) {
	var in struct {
		Object string  `json:"object"`
		Entry  []Entry `json:"entry"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, errors.New("decode a callback: it is not a notification in JSON")
	}
	if in.Object != object {
		return nil, fmt.Errorf("decode a callback: it is not about the object %q", object)
	}
	if len(in.Entry) == 0 {
		return nil, errors.New("decode a callback: it has no entry")
	}
	n := 0
	for _, e := range in.Entry {
		if e.ID == "" {
			return nil, errors.New("decode a callback: an entry has no id")
		}
		if n += len(e.Changes) + len(e.Messaging) + len(e.Standby); n > MaxUpdates {
			return nil, fmt.Errorf("decode a callback: it holds more than %d updates", MaxUpdates)
		}
		if len(e.Changes)+len(e.Messaging)+len(e.Standby) == 0 {
			return nil, errors.New("decode a callback: an entry holds nothing")
		}
	}
	return in.Entry, nil
}

// Word is a text that some products write as a number.
type Word string

// UnmarshalJSON reads a text or a number.
func (w *Word) UnmarshalJSON(b []byte) error {
	s, err := scalar(b)
	*w = Word(s)
	return err
}

// Number is a whole number that some products write as a text; 0 when it is
// neither.
type Number int64

// UnmarshalJSON reads a number or a text.
func (n *Number) UnmarshalJSON(b []byte) error {
	s, err := scalar(b)
	if err != nil {
		return err
	}
	v, _ := strconv.ParseInt(s, 10, 64) // what is no whole number counts as not told
	*n = Number(v)
	return nil
}

func scalar(b []byte) (string, error) {
	switch {
	case string(b) == "null":
		return "", nil
	case len(b) > 0 && b[0] == '"':
		var s string
		err := json.Unmarshal(b, &s)
		return s, err
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'):
		return string(b), nil
	}
	return "", errors.New("neither a text nor a number")
}

// latest is the end of year 9999: no calendar of the hub goes further.
const latest = 253_402_300_799

// Time reads a platform time in seconds or milliseconds; one that cannot be
// becomes or.
func Time(stamp Number, or time.Time) time.Time {
	switch {
	case stamp > 0 && stamp <= 100_000_000_000:
		return time.Unix(int64(stamp), 0).UTC()
	case stamp > 0 && stamp/1000 <= latest:
		return time.UnixMilli(int64(stamp)).UTC()
	case or.IsZero():
		return time.Unix(0, 0).UTC()
	}
	return or.UTC()
}

// Digest names an update the platform gave no id: the same bytes have the same
// name.
func Digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// Unknown is what nobody taught us yet, kept as it came.
func Unknown(name string, raw json.RawMessage) canon.Unknown {
	if name == "" {
		name = "unnamed"
	}
	return canon.Unknown{Name: connector.Length{Max: 100, Unit: connector.Runes}.Head(name, ""), Raw: raw}
}

// HumanAsk is the value that asks for a person where an option carries none.
const HumanAsk = "parley:human"

// OptionValue is what a pressed option gives back.
func OptionValue(o canon.Option) string {
	switch {
	case o.Value != "":
		return o.Value
	case o.Kind == canon.OptionHuman:
		return HumanAsk
	}
	return o.Label
}

// Chinese reports whether a locale is of Chinese, for the few words that the
// platforms make us say ourselves.
func Chinese(locale string) bool { return strings.HasPrefix(strings.ToLower(locale), "zh") }
