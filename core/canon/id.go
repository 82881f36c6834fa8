package canon

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
)

// ID names anything the hub keeps. It is a UUID version 7 (RFC 9562): made by
// us before anything is sent or stored, and ascending in time. The zero ID
// means "none". It is stored as 16 bytes and shown in the usual text form.
type ID [16]byte

// lastStamp keeps ids of one process strictly ascending: 48 bits of
// milliseconds and 12 bits of counter, as RFC 9562 §6.2 method 1 allows.
var lastStamp atomic.Uint64

// NewID returns a fresh id. Safe for concurrent use; ids made by one process
// are strictly ascending.
func NewID() ID {
	var id ID
	if _, err := rand.Read(id[8:]); err != nil {
		panic("canon: no randomness from the system: " + err.Error()) // crypto/rand never fails on supported systems
	}
	now := uint64(time.Now().UnixMilli()) << 12
	var stamp uint64
	for {
		last := lastStamp.Load()
		stamp = max(now, last+1)
		if lastStamp.CompareAndSwap(last, stamp) {
			break
		}
	}
	binary.BigEndian.PutUint64(id[:8], stamp>>12<<16|0x7000|stamp&0x0fff)
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ErrID is returned for a text that is not an id.
var ErrID = errors.New("not an id (want a UUID such as 0190f3a2-7c1e-7abc-8def-0123456789ab)")

// ParseID reads the text form.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, ErrID
	}
	var flat [32]byte
	n := 0
	for i := range len(s) {
		if s[i] != '-' {
			if n == len(flat) {
				return ID{}, ErrID
			}
			flat[n] = s[i]
			n++
		}
	}
	if n != len(flat) {
		return ID{}, ErrID
	}
	if _, err := hex.Decode(id[:], flat[:]); err != nil {
		return ID{}, ErrID
	}
	return id, nil
}

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String returns the text form; the zero ID gives "".
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	b, _ := id.AppendText(make([]byte, 0, 36))
	return string(b)
}

// AppendText appends the text form to b.
func (id ID) AppendText(b []byte) ([]byte, error) {
	if id.IsZero() {
		return b, nil
	}
	b = slices.Grow(b, 36)
	b = hex.AppendEncode(b, id[0:4])
	b = append(b, '-')
	b = hex.AppendEncode(b, id[4:6])
	b = append(b, '-')
	b = hex.AppendEncode(b, id[6:8])
	b = append(b, '-')
	b = hex.AppendEncode(b, id[8:10])
	b = append(b, '-')
	return hex.AppendEncode(b, id[10:16]), nil
}

// MarshalText writes the text form, and "" for the zero ID.
func (id ID) MarshalText() ([]byte, error) { return id.AppendText(nil) }

// UnmarshalText reads the text form; "" is the zero ID.
func (id *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	parsed, err := ParseID(string(b))
	if err != nil {
		return err
	}
	*id = parsed
	return nil
}

// Time returns when the id was made, to the millisecond, UTC.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(id[:8]) >> 16)).UTC()
}

// Value stores the id as 16 bytes, the zero ID as NULL.
func (id ID) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id[:], nil
}

// Scan reads what Value stored.
func (id *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID{}
	case []byte:
		if len(v) != 16 {
			return fmt.Errorf("id of %d bytes in the database, want 16", len(v))
		}
		copy(id[:], v)
	default:
		return fmt.Errorf("id of type %T in the database, want bytes", src)
	}
	return nil
}
