package letter

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding, leniently: what cannot be
// decoded is left out or as it is, and never makes the rest unreadable.
func decodeTransfer(b []byte, encoding string) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64", "b":
		return decodeBase64(b)
	case "quoted-printable", "q":
		return decodeQuoted(b)
	case "x-uuencode", "uuencode", "x-uue":
		return decodeUU(b)
	}
	return b
}

// sizeDecoded is the length decodeTransfer would return, near enough to show.
func sizeDecoded(b []byte, encoding string) int64 {
	if !strings.EqualFold(strings.TrimSpace(encoding), "base64") {
		return int64(len(decodeTransfer(b, encoding)))
	}
	n := int64(0)
	for _, c := range b {
		if c == '=' {
			break
		}
		if base64Char(c) {
			n++
		}
	}
	return n * 3 / 4
}

func base64Char(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// decodeBase64 ignores everything outside the alphabet and starts anew after
// padding, as programs that encode piece by piece need.
func decodeBase64(b []byte) []byte {
	out := make([]byte, 0, len(b)*3/4)
	var quad [4]byte
	n := 0
	flush := func() {
		if n < 2 {
			n = 0
			return
		}
		var dst [3]byte
		m, _ := base64.RawStdEncoding.Decode(dst[:], quad[:n])
		out = append(out, dst[:m]...)
		n = 0
	}
	for _, c := range b {
		switch {
		case c == '=':
			flush()
		case base64Char(c):
			quad[n] = c
			if n++; n == 4 {
				flush()
			}
		}
	}
	flush()
	return out
}

// decodeQuoted leaves an escape that is none as it stands.
func decodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for line := range bytes.Lines(b) {
		end := bytes.TrimRight(line, "\r\n")
		text := bytes.TrimRight(end, " \t")
		soft := len(text) > 0 && text[len(text)-1] == '='
		if soft {
			text = text[:len(text)-1]
		}
		for i := 0; i < len(text); i++ {
			if text[i] == '=' && i+2 < len(text) {
				hi, ok1 := unhex(text[i+1])
				lo, ok2 := unhex(text[i+2])
				if ok1 && ok2 {
					out = append(out, hi<<4|lo)
					i += 2
					continue
				}
			}
			out = append(out, text[i])
		}
		if !soft {
			out = append(out, line[len(end):]...)
		}
	}
	return out
}

func unhex(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// decodeUU reads the lines between "begin" and "end".
func decodeUU(b []byte) []byte {
	var out []byte
	begun := false
	for line := range bytes.Lines(b) {
		line = bytes.TrimRight(line, "\r\n")
		if !begun {
			begun = bytes.HasPrefix(line, []byte("begin "))
			continue
		}
		if len(line) == 0 || bytes.Equal(line, []byte("end")) {
			break
		}
		n := int(line[0]-32) & 63
		var got []byte
		for i := 1; i+3 < len(line) && len(got) < n; i += 4 {
			a, c, d, e := (line[i]-32)&63, (line[i+1]-32)&63, (line[i+2]-32)&63, (line[i+3]-32)&63
			got = append(got, a<<2|c>>4, c<<4|d>>2, d<<6|e)
		}
		out = append(out, got[:min(n, len(got))]...)
	}
	return out
}
