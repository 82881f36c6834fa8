package telegram

import (
	"bytes"
	"encoding/json"
	"strings"
)

// richWords are the words of a RichMessage: of every RichText in its blocks,
// which is a text, a list of RichText, or an object around a RichText. A block
// is a line.
func richWords(raw json.RawMessage) string {
	type level struct {
		object, text bool   // text: what stands here is RichText
		key          string // the field of an object that is being read
		blocks       bool   // a list of blocks
	}
	var out strings.Builder
	var stack []level
	in := json.NewDecoder(bytes.NewReader(raw))
	wantKey := false
	for {
		token, err := in.Token()
		if err != nil {
			return strings.TrimSpace(out.String())
		}
		top := level{}
		if len(stack) > 0 {
			top = stack[len(stack)-1]
		}
		if key, ok := token.(string); ok && top.object && wantKey {
			stack[len(stack)-1].key, wantKey = key, false
			continue
		}
		isText := top.object && top.key == "text" || !top.object && top.text
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				stack = append(stack, level{object: true})
			case '[':
				stack = append(stack, level{text: isText, blocks: top.object && top.key == "blocks"})
			default:
				stack = stack[:len(stack)-1]
				if v == '}' && len(stack) > 0 && stack[len(stack)-1].blocks {
					out.WriteByte('\n')
				}
			}
		case string:
			if isText {
				out.WriteString(v)
			}
		}
		wantKey = len(stack) > 0 && stack[len(stack)-1].object
	}
}
