package store

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"parley/core/canon"
)

// dedupeKey is what an event is recognised by: where its id stands in the
// sequence its platform counts by, as coarsely as serves, and a hash of the id.
// Numbered events that come after each other are kept beside each other, so
// that what remembering one costs does not grow with all that are remembered.
func dedupeKey(eventID string) []byte {
	sum := sha256.Sum256([]byte(eventID))
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, dedupeSize), sequence(eventID)/neighbours), sum[:dedupeSize-8]...)
}

// strayKey is what an event of an account nobody linked is recognised by, among
// all of its link's: two accounts may count by the same numbers.
func strayKey(account canon.RemoteID, eventID string) []byte {
	sum := sha256.Sum256([]byte(strconv.Itoa(len(account)) + ":" + string(account) + eventID))
	return append(dedupeKey(eventID)[:8:8], sum[:dedupeSize-8]...)
}

const (
	dedupeSize = 24
	// neighbours are how many ids are not told apart by their place.
	neighbours = 64
	// counted is how many digits make a number of a sequence, and maxCounted how
	// many of them are read.
	counted, maxCounted = 6, 18
)

// sequence is the number an id carries: the digits it begins with, the
// milliseconds in a UUID version 7 (RFC 9562) or a ULID, or the digits it ends
// with. 0: none.
func sequence(id string) uint64 {
	head := id[:len(id)-len(strings.TrimLeft(id, digits))]
	tail := id[len(strings.TrimRight(id, digits)):]
	switch {
	case len(head) >= counted:
		return number(head)
	case len(id) == 36 && id[14] == '7':
		return value(hexits, strings.ToLower(id[:8]+id[9:13]))
	case len(id) == 26 && strings.Trim(id, crockford) == "":
		return value(crockford, id[:10])
	case len(tail) >= counted:
		return number(tail)
	}
	return 0
}

const (
	digits    = "0123456789"
	hexits    = "0123456789abcdef"
	crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// number reads the last maxCounted of some digits.
func number(text string) uint64 { return value(digits, text[max(0, len(text)-maxCounted):]) }

// value reads text as a number whose digits are those of an alphabet; 0 when it
// has others.
func value(alphabet, text string) (n uint64) {
	for i := range len(text) {
		digit := strings.IndexByte(alphabet, text[i])
		if digit < 0 {
			return 0
		}
		n = n*uint64(len(alphabet)) + uint64(digit)
	}
	return n
}
