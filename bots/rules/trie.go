package rules

// trie finds every occurrence of thousands of words in one pass over a text
// (Aho and Corasick, 1975). Edges stand in one open-addressed table; the root
// has a table of its own for the common planes, for most runes of a text start
// no word. Built once, read by many.
type trie struct {
	keys []uint64 // state<<21 | rune | top bit
	vals []int32
	mask uint64
	root []int32 // by rune below 0x10000
	fail []int32 // longest proper suffix that is a state
	out  []int32 // nearest suffix state at which a word ends, 0: none
	word []int32 // word ending at the state, -1: none
}

const edgeBit = 1 << 63

// newTrie builds the automaton of distinct, non-empty words; found words are
// named by their index.
func newTrie(words []string) *trie {
	total := 1
	for _, w := range words {
		total += len(w)
	}
	size := 16
	for size < 2*total {
		size *= 2
	}
	t := &trie{
		keys: make([]uint64, size), vals: make([]int32, size), mask: uint64(size - 1),
		root: make([]int32, 0x10000), word: []int32{-1},
	}
	type edge struct {
		from int32
		by   rune
	}
	into := []edge{{}}
	depth := []int32{0}
	for i, w := range words {
		state := int32(0)
		for _, r := range w {
			next := t.next(state, r)
			if next == 0 {
				next = int32(len(t.word))
				t.word = append(t.word, -1)
				into = append(into, edge{state, r})
				depth = append(depth, depth[state]+1)
				t.put(state, r, next)
			}
			state = next
		}
		t.word[state] = int32(i)
	}
	t.fail, t.out = make([]int32, len(t.word)), make([]int32, len(t.word))
	for _, s := range byDepth(depth) {
		if s == 0 {
			continue
		}
		if depth[s] > 1 {
			t.fail[s] = t.step(t.fail[into[s].from], into[s].by)
		}
		if f := t.fail[s]; t.word[f] >= 0 {
			t.out[s] = f
		} else {
			t.out[s] = t.out[f]
		}
	}
	return t
}

// byDepth orders states by their depth (counting sort).
func byDepth(depth []int32) []int32 {
	deepest := int32(0)
	for _, d := range depth {
		deepest = max(deepest, d)
	}
	start := make([]int32, deepest+2)
	for _, d := range depth {
		start[d+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	order := make([]int32, len(depth))
	for s, d := range depth {
		order[start[d]] = int32(s)
		start[d]++
	}
	return order
}

func (t *trie) slot(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 20 & t.mask }

// next is the edge of a state by a rune, 0: none.
func (t *trie) next(state int32, r rune) int32 {
	if state == 0 && int(r) < len(t.root) {
		return t.root[r]
	}
	key := uint64(state)<<21 | uint64(r) | edgeBit
	for i := t.slot(key); ; i = (i + 1) & t.mask {
		switch t.keys[i] {
		case key:
			return t.vals[i]
		case 0:
			return 0
		}
	}
}

func (t *trie) put(state int32, r rune, to int32) {
	if state == 0 && int(r) < len(t.root) {
		t.root[r] = to
		return
	}
	key := uint64(state)<<21 | uint64(r) | edgeBit
	i := t.slot(key)
	for t.keys[i] != 0 {
		i = (i + 1) & t.mask
	}
	t.keys[i], t.vals[i] = key, to
}

// step follows a rune, falling back to shorter suffixes.
func (t *trie) step(state int32, r rune) int32 {
	for {
		if next := t.next(state, r); next != 0 || state == 0 {
			return next
		}
		state = t.fail[state]
	}
}

// find calls found with each word in text and the byte behind its end.
func (t *trie) find(text string, found func(word int32, end int)) {
	state := int32(0)
	for i, r := range text {
		state = t.step(state, r)
		s := state
		if t.word[s] < 0 {
			s = t.out[s]
		}
		for ; s != 0; s = t.out[s] {
			found(t.word[s], i+runeLen(r))
		}
	}
}

// runeLen is how many bytes r takes in a valid text; normalised texts are valid.
func runeLen(r rune) int {
	switch {
	case r < 0x80:
		return 1
	case r < 0x800:
		return 2
	case r < 0x10000:
		return 3
	}
	return 4
}
