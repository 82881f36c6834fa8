package letter

import (
	"bytes"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// parse splits a mail into its tree of parts. Contents stay encoded, so that a
// file costs nothing until somebody wants it and the charset of a text is
// judged by us (charset.go), not guessed by a detector that overrules the
// sender.
func parse(raw []byte) (*enmime.Part, error) {
	parser := enmime.NewParser(
		enmime.RawContent(true),
		enmime.SkipMalformedParts(true),
		enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.StripMediaTypeInvalidCharacters(true),
		enmime.MaxStoredPartErrors(20),
		enmime.SetReadPartErrorPolicy(func(*enmime.Part, error) bool { return true }),
	)
	root, err := parser.ReadParts(bytes.NewReader(raw))
	if err == nil && (root.FirstChild != nil || !strings.HasPrefix(root.ContentType, "multipart/")) {
		return root, nil
	}
	// A Content-Type of garbage, or parts that cannot be told apart: read the
	// mail as plain text, so that its words are not lost.
	return parser.ReadParts(bytes.NewReader(withoutContentHeaders(raw)))
}

// withoutContentHeaders drops the Content-* headers from the top of a mail.
func withoutContentHeaders(raw []byte) []byte {
	head := headerOf(raw)
	out := make([]byte, 0, len(raw))
	dropping := false
	for line := range bytes.Lines(head) {
		if line[0] != ' ' && line[0] != '\t' {
			dropping = len(line) > 8 && bytes.EqualFold(line[:8], []byte("content-"))
		}
		if !dropping {
			out = append(out, line...)
		}
	}
	return append(out, raw[len(head):]...)
}

// headerOf returns the mail up to and with the empty line below its headers.
func headerOf(raw []byte) []byte {
	end := len(raw)
	for _, sep := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw, []byte(sep)); i >= 0 && i+len(sep) < end {
			end = i + len(sep)
		}
	}
	return raw[:end]
}

// HeaderBytes is a mail up to the end of its headers.
func HeaderBytes(raw []byte) []byte { return headerOf(raw) }
