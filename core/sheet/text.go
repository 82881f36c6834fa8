package sheet

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// ErrEncoding is returned for bytes that are no text.
var ErrEncoding = errors.New("neither UTF-8 nor GBK")

// Text reads a file as spreadsheets save it: UTF-8 with or without a byte
// order mark, UTF-16 with one, or GB18030 (of which GBK and GB 2312 are parts).
// It returns the text in UTF-8 and the name of the encoding.
func Text(raw []byte) (text []byte, name string, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return transcode(raw, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "utf-16")
	}
	if utf8.Valid(raw) {
		return raw, "utf-8", nil
	}
	return transcode(raw, simplifiedchinese.GB18030, "gb18030")
}

func transcode(raw []byte, from encoding.Encoding, name string) ([]byte, string, error) {
	text, err := from.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, "", ErrEncoding
	}
	return text, name, nil
}

// Comma guesses what parts the cells of the first line: comma, tab or
// semicolon, whichever stands there most. A line "sep=;" says it outright and is
// taken off.
func Comma(text []byte) (rune, []byte) {
	line, rest, _ := bytes.Cut(text, []byte("\n"))
	first := strings.TrimRight(string(line), "\r")
	if sep, ok := strings.CutPrefix(first, "sep="); ok && len(sep) == 1 {
		return rune(sep[0]), rest
	}
	best, most := ',', strings.Count(first, ",")
	for _, d := range ";\t" {
		if n := strings.Count(first, string(d)); n > most {
			best, most = d, n
		}
	}
	return best, text
}

// Widest returns the line of the first record with more than limit cells, 0 if
// there is none. It reads nothing into memory: a file of a single record of
// twenty million cells must not get that far.
func Widest(text []byte, comma byte, limit int) int {
	line, start, cells, quoted := 1, 1, 1, false
	for _, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case b == '\n':
			line++
			if !quoted {
				cells, start = 1, line
			}
		case b == comma && !quoted:
			if cells++; cells > limit {
				return start
			}
		}
	}
	return 0
}
