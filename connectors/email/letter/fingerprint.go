package letter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"net/textproto"
	"strings"
)

// Fingerprint names a mail by its content: Message-ID, From, Date and body. It
// is the same wherever the mail lies, whatever number the server gives it, and
// whichever way its lines end.
func Fingerprint(raw []byte) string {
	head := headerOf(raw)
	h := fingerprintOf(head)
	for line := range bytes.Lines(bytes.TrimRight(raw[len(head):], "\r\n \t")) {
		h.Write(bytes.TrimRight(line, "\r\n"))
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// FingerprintHeader names a mail of which only the headers were read.
func FingerprintHeader(head []byte, size int64) string {
	h := fingerprintOf(headerOf(head))
	fmt.Fprintf(h, "size %d", size)
	return hex.EncodeToString(h.Sum(nil))
}

func fingerprintOf(head []byte) hash.Hash {
	fields := rawFields(head)
	h := sha256.New()
	for _, name := range []string{"Message-Id", "From", "Date"} {
		fmt.Fprintf(h, "%s: %s\n", name, strings.Join(strings.Fields(fields.Get(name)), " "))
	}
	h.Write([]byte{'\n'})
	return h
}

// rawFields reads the three headers a fingerprint is made of without judging
// them; the first of each name counts, and 8 kB of each.
func rawFields(head []byte) textproto.MIMEHeader {
	fields := textproto.MIMEHeader{}
	name := ""
	for line := range bytes.Lines(head) {
		text := string(bytes.TrimRight(line, "\r\n"))
		if text != "" && (text[0] == ' ' || text[0] == '\t') {
			if name != "" && len(fields[name][0]) < 8<<10 {
				fields[name][0] += " " + strings.TrimSpace(text)
			}
			continue
		}
		key, value, ok := strings.Cut(text, ":")
		name = ""
		switch key = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(key)); key {
		case "Message-Id", "From", "Date":
			if ok && fields[key] == nil {
				fields[key] = []string{cut(strings.TrimSpace(value), 8<<10)}
				name = key
			}
		}
	}
	return fields
}
