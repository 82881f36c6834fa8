package feed

// How much of what was given out a stream keeps for those who read it at their
// own pace. Whoever is further behind reads from the store.
const (
	KeepItems = 4096
	KeepBytes = 8 << 20
)

// log is what a stream gave out lately, once for all its followers. It is
// guarded by its stream.
type log struct {
	items []*Item
	gone  uint64 // items that were there before the first of these
	bytes int
}

// end is the place of the next item.
func (l *log) end() uint64 { return l.gone + uint64(len(l.items)) }

func (l *log) add(it *Item) {
	l.items = append(l.items, it)
	l.bytes += it.size()
	for len(l.items) > KeepItems || l.bytes > KeepBytes {
		l.bytes -= l.items[0].size()
		l.items[0] = nil
		l.items = l.items[1:]
		l.gone++
	}
}

// from copies items beginning at a place into to. whole is false when some of
// them are gone.
func (l *log) from(place uint64, to []*Item) (n int, whole bool) {
	if place < l.gone {
		return 0, false
	}
	return copy(to, l.items[place-l.gone:]), true
}

// after finds the place behind an entry's number, if all since is still there.
func (l *log) after(seq int64) (uint64, bool) {
	for i, it := range l.items {
		if it.Entry == nil {
			continue
		}
		switch {
		case it.Entry.Seq > seq+1:
			return 0, false
		case it.Entry.Seq == seq+1:
			return l.gone + uint64(i), true
		}
	}
	return 0, false
}

// clear forgets everything; places go on.
func (l *log) clear() { *l = log{gone: l.end()} }
