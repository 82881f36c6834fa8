package wecom

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// The limits of a callback's inside.
const (
	maxNodes = 200
	maxDepth = 6
)

var errShape = errors.New("a callback of WeCom is not a small tree of XML elements")

// node is an element: its text, or its children.
type node struct {
	name string
	text string
	kids []node
}

// parse reads a body into a tree, within bounds, so that no body costs more than
// it weighs. Entities beyond XML's own five are refused.
func parse(body []byte) (node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var stack []node
	var words [][]byte
	n := 0
	for {
		tok, err := d.Token()
		if err != nil {
			return node{}, errShape // io.EOF too: the root was not closed
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if n++; n > maxNodes || len(stack) == maxDepth || len(t.Attr) > 0 {
				return node{}, errShape
			}
			stack, words = append(stack, node{name: t.Name.Local}), append(words, nil)
		case xml.CharData:
			if len(stack) > 0 {
				words[len(words)-1] = append(words[len(words)-1], t...)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return node{}, errShape
			}
		case xml.EndElement:
			last := len(stack) - 1
			done := stack[last]
			if len(done.kids) == 0 {
				done.text = string(words[last])
			}
			stack, words = stack[:last], words[:last]
			if last == 0 {
				if done.name != "xml" || !ends(d) {
					return node{}, errShape
				}
				return done, nil
			}
			stack[last-1].kids = append(stack[last-1].kids, done)
		case xml.Directive:
			return node{}, errShape
		}
	}
}

// ends reports whether nothing but white space is left.
func ends(d *xml.Decoder) bool {
	for {
		tok, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		if rest, ok := tok.(xml.CharData); !ok || len(bytes.TrimSpace(rest)) > 0 {
			return false
		}
	}
}

// kid is the first child of a name.
func (n node) kid(name string) node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return node{}
}

// at is the text of a child; what is written around it in white space is not it.
func (n node) at(name string) string { return strings.TrimSpace(n.kid(name).text) }

func (n node) float(name string) (float64, bool) {
	f, err := strconv.ParseFloat(n.at(name), 64)
	return f, err == nil
}

// created is CreateTime in UTC; the year is one a clock could show.
func (n node) created() (time.Time, bool) { return seconds(n.at("CreateTime")) }

func seconds(s string) (time.Time, bool) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v <= 0 || v > 253402300799 { // the end of the year 9999
		return time.Time{}, false
	}
	return time.Unix(v, 0).UTC(), true
}
