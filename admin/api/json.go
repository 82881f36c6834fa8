package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"parley/core/connector"
)

// jsonFormat writes plain JSON and reads one whole value.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if bytes.Contains(data, []byte(`\u0000`)) {
			return errors.New("a text holds the character U+0000")
		}
		return json.Unmarshal(data, v)
	},
}

// cursorText writes a place in a list: opaque to the caller, and of one kind.
func cursorText(kind string, place any) string {
	b, _ := json.Marshal(place) // ids and numbers always marshal
	return base64.RawURLEncoding.EncodeToString(append([]byte(kind+":"), b...))
}

// cursorPlace reads what cursorText wrote. An empty cursor leaves place as it
// is.
func cursorPlace(kind, text string, place any) error {
	if text == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		rest, ok := bytes.CutPrefix(b, []byte(kind+":"))
		d := json.NewDecoder(bytes.NewReader(rest))
		d.DisallowUnknownFields()
		if !ok {
			err = errors.New("of another list")
		} else if err = d.Decode(place); err == nil && d.More() {
			err = errors.New("more than one place")
		}
	}
	if err != nil {
		return errCursor
	}
	return nil
}

// errCursor names the cursor whatever list it was sent to.
var errCursor = errors.New("a cursor that is not of this list")

var (
	textCursor   = connector.Text{EN: "This cursor is not one of this list.", ZH: "游标无效或不属于此列表。"}
	remedyCursor = connector.Text{EN: "Send next of an earlier page unchanged, or leave cursor out to begin.", ZH: "请原样传回上一页的 next，或去掉 cursor 从头开始。"}
)
