package letter

import (
	"bufio"
	"bytes"
	"fmt"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/jhillyerd/enmime/v2"
	"github.com/jhillyerd/enmime/v2/mediatype"
)

// Bounds of a mail's shape. Real mails stay far below: five levels of parts are
// many, the largest digests have some hundred parts, and headers some ten
// kilobytes.
const (
	maxDepth  = 15
	maxParts  = 2000
	maxHeader = 512 << 10
)

// part is one node of a mail's tree of parts.
type part struct {
	id       string // place in the tree as IMAP counts: "1", "2.1"; "0" for the mail itself
	header   textproto.MIMEHeader
	kind     string // media type in lower case; "" when undeclared
	params   map[string]string
	disp     string // Content-Disposition, without parameters
	name     string // file name, still in encoded words
	cid      string
	content  []byte // still encoded; nil when there are children
	children []*part
}

// parse splits a mail into its tree of parts. Headers are read with enmime,
// which forgives more than the standard library. The splitting is our own: it
// copies nothing, decodes nothing until somebody wants it, and takes time in
// proportion to the mail, where the library's takes twice as long for every
// level that is not closed, so that a mail of a kilobyte can keep it for years.
func parse(raw []byte) (*part, error) {
	count := 0
	root := split(raw, "0", 0, &count)
	if count > maxParts {
		return nil, fmt.Errorf("%w: more than %d parts", ErrHostile, maxParts)
	}
	if root.kind == "" || strings.HasPrefix(root.kind, "multipart/") && root.children == nil {
		// Undeclared, or parts that cannot be told apart: a plain text, so that
		// its words are not lost.
		root.kind = "text/plain"
	}
	return root, nil
}

func split(raw []byte, id string, depth int, count *int) *part {
	head := headerOf(raw)
	p := &part{id: id, header: readHeader(head), content: raw[len(head):]}
	p.describe()
	boundary := p.params["boundary"]
	if !strings.HasPrefix(p.kind, "multipart/") || boundary == "" || depth == maxDepth {
		return p
	}
	prefix := ""
	if id != "0" {
		prefix = id + "."
	}
	for i, piece := range pieces(p.content, boundary, maxParts+1-*count) {
		if *count++; *count > maxParts {
			return p
		}
		p.children = append(p.children, split(piece, prefix+strconv.Itoa(i+1), depth+1, count))
	}
	if p.children != nil {
		p.content = nil
	}
	return p
}

// pieces cuts the body of a multipart at its boundary, into at most limit.
func pieces(body []byte, boundary string, limit int) [][]byte {
	var out [][]byte
	delimiter := []byte("--" + boundary)
	start, at := -1, 0
	for line := range bytes.Lines(body) {
		from := at
		at += len(line)
		rest, ok := bytes.CutPrefix(line, delimiter)
		if !ok {
			continue
		}
		rest = bytes.TrimRight(rest, " \t\r\n")
		closing := bytes.HasPrefix(rest, []byte("--"))
		if len(rest) > 0 && !closing {
			continue
		}
		if start >= 0 {
			out = append(out, trimBreak(body[start:from]))
		}
		if start = at; closing || len(out) >= limit {
			return out
		}
	}
	if start >= 0 { // never closed
		out = append(out, body[start:])
	}
	return out
}

// trimBreak drops the line break that belongs to the delimiter.
func trimBreak(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// describe reads what the headers say of the part.
func (p *part) describe() {
	mediaType := func(v string) (string, map[string]string) {
		kind, params, _, err := mediatype.ParseWithOptions(cut(v, 8<<10), mediatype.ParseOptions{StripMediaTypeInvalidCharacters: true})
		if err != nil {
			return "", nil
		}
		return kind, params
	}
	p.kind, p.params = mediaType(p.header.Get("Content-Type"))
	var disp map[string]string
	p.disp, disp = mediaType(p.header.Get("Content-Disposition"))
	for _, name := range []string{disp["filename"], p.params["name"], p.params["file"]} {
		if name != "" {
			p.name = name
			break
		}
	}
	p.cid = strings.Trim(strings.TrimSpace(p.header.Get("Content-Id")), "<>")
}

// encoding is the part's Content-Transfer-Encoding.
func (p *part) encoding() string { return p.header.Get("Content-Transfer-Encoding") }

// decoded is the part's content without its Content-Transfer-Encoding.
func (p *part) decoded() []byte { return decodeTransfer(p.content, p.encoding()) }

// find is the first part of one of the types, level by level.
func (p *part) find(kinds ...string) *part {
	for level := []*part{p}; len(level) > 0; {
		var next []*part
		for _, q := range level {
			for _, kind := range kinds {
				if q.kind == kind {
					return q
				}
			}
			next = append(next, q.children...)
		}
		level = next
	}
	return nil
}

// readHeader reads as much of a block of headers as can be read.
func readHeader(head []byte) textproto.MIMEHeader {
	if len(head) > maxHeader {
		head = head[:bytes.LastIndexByte(head[:maxHeader], '\n')+1]
	}
	h, err := enmime.ReadHeader(bufio.NewReader(bytes.NewReader(head)), ignored{})
	if h == nil || err != nil && len(h) == 0 {
		return textproto.MIMEHeader{}
	}
	return h
}

// ignored takes the library's complaints: the mail is read all the same.
type ignored struct{}

func (ignored) AddError(string, string, ...any)   {}
func (ignored) AddWarning(string, string, ...any) {}

// headerOf returns a mail up to and with the empty line below its headers.
func headerOf(raw []byte) []byte {
	at := 0
	for line := range bytes.Lines(raw) {
		at += len(line)
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return raw[:at]
		}
	}
	return raw
}

// HeaderBytes is a mail up to the end of its headers.
func HeaderBytes(raw []byte) []byte { return headerOf(raw) }
