package search

import (
	"encoding/binary"
	"slices"
)

// A block keeps what consecutive messages are found by: a bucket of it holds,
// sorted, the terms that fall into the bucket with the numbers, within the block,
// of the messages each occurs in.
const (
	Span    = 2048 // messages a block spans
	Buckets = 256
	// Version is that of what is kept: another one makes all blocks anew.
	Version = 1
	whole   = Span / 8 // bytes of a list that is a bit for every message
)

// Bucket is where a term is kept.
func (t Term) Bucket() int { return int(t >> 56) }

// rest is what of a term is kept within its bucket.
func (t Term) rest() uint32 { return uint32(t >> 24) }

// Block is one that is being made.
type Block struct {
	lists map[Term][]uint16
}

// NewBlock returns an empty one.
func NewBlock() *Block { return &Block{lists: map[Term][]uint16{}} }

// Add keeps a message, by its number within the block, under a term. Messages
// are added in order.
func (b *Block) Add(message int, t Term) {
	l := b.lists[t]
	if n := len(l); n == 0 || l[n-1] != uint16(message) {
		b.lists[t] = append(l, uint16(message))
	}
}

// Buckets are those of the block that are not empty.
func (b *Block) Buckets() map[int][]byte {
	terms := map[int][]Term{}
	for t := range b.lists {
		terms[t.Bucket()] = append(terms[t.Bucket()], t)
	}
	out := make(map[int][]byte, len(terms))
	for bucket, all := range terms {
		slices.SortFunc(all, func(a, b Term) int { return int(int64(a.rest()) - int64(b.rest())) })
		var raw []byte
		for _, t := range all {
			list := pack(b.lists[t])
			raw = binary.BigEndian.AppendUint32(raw, t.rest())
			raw = binary.AppendUvarint(raw, uint64(len(list)))
			raw = append(raw, list...)
		}
		out[bucket] = raw
	}
	return out
}

// pack writes distances between the numbers, or a bit for each number where that
// is shorter: such a list is known by its length.
func pack(list []uint16) []byte {
	out := make([]byte, 0, min(len(list)+8, whole))
	last := 0
	for _, n := range list {
		out = binary.AppendUvarint(out, uint64(int(n)-last))
		last = int(n)
	}
	if len(out) < whole {
		return out
	}
	bits := make([]byte, whole)
	for _, n := range list {
		bits[n/8] |= 1 << (n % 8)
	}
	return bits
}

// Set are messages of a block.
type Set [Span / 64]uint64

// Has reports whether a message is among them.
func (s *Set) Has(message int) bool { return s[message/64]&(1<<(message%64)) != 0 }

// And leaves those that are in another set too; Or adds those of another.
func (s *Set) And(o *Set) {
	for i := range s {
		s[i] &= o[i]
	}
}

// Or adds the messages of another set.
func (s *Set) Or(o *Set) {
	for i := range s {
		s[i] |= o[i]
	}
}

// Empty reports whether there are none.
func (s *Set) Empty() bool { return *s == Set{} }

// Find adds the messages of a term in its bucket. A bucket that cannot be read
// has none.
func Find(bucket []byte, t Term, into *Set) {
	for len(bucket) > 4 {
		rest := binary.BigEndian.Uint32(bucket)
		size, n := binary.Uvarint(bucket[4:])
		if n <= 0 || rest > t.rest() || uint64(len(bucket)-4-n) < size {
			return
		}
		list := bucket[4+n : 4+n+int(size)]
		bucket = bucket[4+n+int(size):]
		if rest == t.rest() {
			unpack(list, into)
		}
	}
}

func unpack(list []byte, into *Set) {
	if len(list) == whole {
		for i := range into {
			into[i] |= binary.LittleEndian.Uint64(list[i*8:])
		}
		return
	}
	at := 0
	for len(list) > 0 {
		d, n := binary.Uvarint(list)
		if at += int(d); n <= 0 || at >= Span {
			return
		}
		into[at/64] |= 1 << (at % 64)
		list = list[n:]
	}
}
