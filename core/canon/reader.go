package canon

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// reader walks JSON in one pass for the shapes that arrive most. It is no
// second opinion on JSON: whatever it does not expect (an unknown or repeated
// key, an odd number, a null) makes it give up, and the caller reads the same
// bytes again with encoding/json. Failure is sticky: once bad, every method
// returns zero and every loop ends.
type reader struct {
	b   []byte
	i   int
	bad bool
}

func (r *reader) fail() { r.bad = true }

func (r *reader) space() {
	for r.i < len(r.b) {
		switch r.b[r.i] {
		case ' ', '\t', '\r', '\n':
			r.i++
		default:
			return
		}
	}
}

// take consumes c, after any space, if it is next.
func (r *reader) take(c byte) bool {
	r.space()
	if r.bad || r.i >= len(r.b) || r.b[r.i] != c {
		return false
	}
	r.i++
	return true
}

func (r *reader) want(c byte) {
	if !r.take(c) {
		r.fail()
	}
}

// end requires that nothing but space is left.
func (r *reader) end() bool {
	r.space()
	return !r.bad && r.i == len(r.b)
}

// open enters an object and returns its first key; nil at its end.
func (r *reader) open() []byte {
	r.want('{')
	if r.take('}') {
		return nil
	}
	return r.key()
}

// more returns the next key of the object; nil at its end.
func (r *reader) more() []byte {
	if r.take('}') {
		return nil
	}
	r.want(',')
	return r.key()
}

func (r *reader) key() []byte {
	r.want('"')
	if r.bad {
		return nil
	}
	start := r.i
	for ; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '"':
			key := r.b[start:r.i]
			r.i++
			r.want(':')
			if r.bad || len(key) == 0 {
				r.fail()
				return nil
			}
			return key
		case c == '\\' || c < 0x20 || c >= utf8.RuneSelf:
			r.fail()
			return nil
		}
	}
	r.fail()
	return nil
}

// once fails when a key comes twice; seen holds a bit per key of one object.
func (r *reader) once(seen *uint32, bit uint) {
	if *seen&(1<<bit) != 0 {
		r.fail()
	}
	*seen |= 1 << bit
}

func (r *reader) str() string {
	r.want('"')
	if r.bad {
		return ""
	}
	start, ascii := r.i, true
	for ; r.i < len(r.b); r.i++ {
		switch c := r.b[r.i]; {
		case c == '"':
			s := r.b[start:r.i]
			r.i++
			if !ascii && !utf8.Valid(s) {
				r.fail()
				return ""
			}
			return string(s)
		case c == '\\':
			return r.escaped(start)
		case c < 0x20:
			r.fail()
			return ""
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	r.fail()
	return ""
}

var unescape = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped reads on in a string that holds a backslash at r.i.
func (r *reader) escaped(start int) string {
	end := bytes.IndexByte(r.b[r.i:], '"')
	if end < 0 {
		r.fail()
		return ""
	}
	out := make([]byte, 0, r.i-start+end+16)
	out = append(out, r.b[start:r.i]...)
	for r.i < len(r.b) {
		c := r.b[r.i]
		switch {
		case c == '"':
			r.i++
			if !utf8.Valid(out) {
				r.fail()
			}
			return string(out)
		case c < 0x20:
			r.fail()
			return ""
		case c != '\\':
			out = append(out, c)
			r.i++
			continue
		}
		if r.i+1 >= len(r.b) {
			break
		}
		if r.b[r.i+1] == 'u' {
			u := r.hex(r.i + 2)
			r.i += 6
			if utf16.IsSurrogate(u) {
				if r.bad || r.i+1 >= len(r.b) || r.b[r.i] != '\\' || r.b[r.i+1] != 'u' {
					r.fail()
					return ""
				}
				u = utf16.DecodeRune(u, r.hex(r.i+2))
				r.i += 6
				if u == utf8.RuneError {
					r.fail()
				}
			}
			if r.bad {
				return ""
			}
			out = utf8.AppendRune(out, u)
			continue
		}
		plain := unescape[r.b[r.i+1]]
		if plain == 0 {
			break
		}
		out = append(out, plain)
		r.i += 2
	}
	r.fail()
	return ""
}

func (r *reader) hex(at int) rune {
	if at+4 > len(r.b) {
		r.fail()
		return 0
	}
	var u rune
	for _, c := range r.b[at : at+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			r.fail()
			return 0
		}
		u = u<<4 | rune(c)
	}
	return u
}

func (r *reader) int() int64 {
	minus := r.take('-')
	r.space()
	start := r.i
	var n int64
	for ; r.i < len(r.b) && r.b[r.i] >= '0' && r.b[r.i] <= '9'; r.i++ {
		n = n*10 + int64(r.b[r.i]-'0')
	}
	digits := r.i - start
	if digits == 0 || digits > 18 || digits > 1 && r.b[start] == '0' {
		r.fail()
	}
	if minus {
		if start > 0 && r.b[start-1] != '-' { // "- 1" is no number
			r.fail()
		}
		return -n
	}
	return n
}

func (r *reader) bool() bool {
	r.space()
	switch {
	case bytes.HasPrefix(r.b[r.i:], []byte("true")):
		r.i += 4
		return true
	case bytes.HasPrefix(r.b[r.i:], []byte("false")):
		r.i += 5
		return false
	}
	r.fail()
	return false
}

// raw returns the next object, array or string as it stands, unchecked: the
// caller hands it to encoding/json.
func (r *reader) raw() []byte {
	r.space()
	start, depth := r.i, 0
	for r.i < len(r.b) && !r.bad {
		switch r.b[r.i] {
		case '"':
			r.i++
			for r.i < len(r.b) && r.b[r.i] != '"' {
				if r.b[r.i] == '\\' {
					r.i++
				}
				r.i++
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		default:
			if depth == 0 {
				r.fail()
				return nil
			}
		}
		r.i++
		if depth == 0 && r.i <= len(r.b) {
			return r.b[start:r.i]
		}
	}
	r.fail()
	return nil
}

// into reads the next value into v with encoding/json.
func (r *reader) into(v any) {
	if raw := r.raw(); !r.bad && json.Unmarshal(raw, v) != nil {
		r.fail()
	}
}
