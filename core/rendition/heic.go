package rendition

import (
	"encoding/binary"
	"slices"
)

// sized is the largest size a camera's picture says it has (ISO/IEC 23008-12,
// "ispe" properties): a telephone's is laid out of tiles, each with a size of its
// own, and some programs decode the first tile alone. ok is false where the file
// says nothing.
func sized(raw []byte) (w, h int, ok bool) {
	meta := box(raw, "meta")
	if len(meta) < 4 {
		return 0, 0, false
	}
	meta = meta[4:] // version and flags
	each(box(box(meta, "iprp"), "ipco"), func(name string, body []byte) {
		if name != "ispe" || len(body) < 12 {
			return
		}
		x, y := int(binary.BigEndian.Uint32(body[4:])), int(binary.BigEndian.Uint32(body[8:]))
		if int64(x)*int64(y) > int64(w)*int64(h) {
			w, h, ok = x, y, true
		}
	})
	return w, h, ok
}

// box is the body of the first box of a name; nil when there is none.
func box(raw []byte, name string) (found []byte) {
	each(raw, func(n string, body []byte) {
		if n == name && found == nil {
			found = body
		}
	})
	return found
}

// each walks the boxes of a body (ISO/IEC 14496-12), as far as they are whole.
func each(raw []byte, do func(name string, body []byte)) {
	for len(raw) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(raw)), uint64(8)
		switch {
		case size == 0: // to the end
			size = uint64(len(raw))
		case size == 1 && len(raw) >= 16:
			size, head = binary.BigEndian.Uint64(raw[8:]), 16
		}
		if size < head || size > uint64(len(raw)) {
			return
		}
		do(string(raw[4:8]), raw[head:size])
		raw = raw[size:]
	}
}

// whole reports whether a decoded size is all of a camera's picture, as it lies or
// turned.
func whole(raw []byte, w, h int) bool {
	x, y, ok := sized(raw)
	got, want := []int{w, h}, []int{x, y}
	slices.Sort(got)
	slices.Sort(want)
	return !ok || slices.Equal(got, want)
}
