package rules

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"parley/core/connector"
)

// Parse reads content strictly: an unknown field, a value of the wrong type and
// a later version are errors by field path. What the content says is Check's
// concern.
func Parse(raw json.RawMessage) (Content, []connector.FieldError) {
	var s shape
	if len(raw) > MaxContent {
		s.add("", fmt.Sprintf("The content is larger than %d MB. Split the bot in two.", MaxContent>>20), fmt.Sprintf("内容超过 %d MB，请拆成两个机器人。", MaxContent>>20))
		return Content{}, s.bad
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	err := dec.Decode(&tree)
	if err == nil {
		if _, err = dec.Token(); err == nil {
			err = errors.New("more text after the end")
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		at := dec.InputOffset()
		s.add("", fmt.Sprintf("This is not JSON: %v (near byte %d).", err, at), fmt.Sprintf("不是有效的 JSON：%v（第 %d 字节附近）。", err, at))
		return Content{}, s.bad
	}
	s.walk(tree, reflect.TypeFor[Content](), "")
	if len(s.bad) > 0 {
		return Content{}, s.bad
	}
	c := Content{Version: Version}
	if err := json.Unmarshal(raw, &c); err != nil {
		s.add("", "The content cannot be read: "+err.Error(), "无法读取内容："+err.Error())
		return Content{}, s.bad
	}
	if c.Version < 1 || c.Version > Version {
		s.add("version", fmt.Sprintf("Version %d is not known here; this program reads version %d. Update the program.", c.Version, Version), fmt.Sprintf("不支持版本 %d，本程序支持版本 %d，请升级程序。", c.Version, Version))
		return Content{}, s.bad
	}
	return c, nil
}

// shape compares a JSON tree with a Go type, by field path.
type shape struct{ bad []connector.FieldError }

func (s *shape) add(path, en, zh string) {
	if len(s.bad) < MaxFieldError {
		s.bad = append(s.bad, connector.FieldError{Field: path, Text: connector.Text{EN: en, ZH: zh}})
	}
}

func (s *shape) want(path, en, zh string) {
	s.add(path, "This must be "+en+".", "此处应为"+zh+"。")
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

func (s *shape) walk(v any, t reflect.Type, path string) {
	if t.Kind() == reflect.Pointer {
		if v == nil {
			return
		}
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		text, ok := v.(string)
		if !ok || reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)) != nil {
			s.want(path, "an id such as 0190f3a2-7c1e-7abc-8def-0123456789ab", " id，例如 0190f3a2-7c1e-7abc-8def-0123456789ab")
		}
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		s.object(v, t, path)
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok && v != nil {
			s.want(path, "a list", "列表")
		}
		for i, item := range list {
			s.walk(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.String:
		if _, ok := v.(string); !ok {
			s.want(path, "a text", "文本")
		}
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			s.want(path, "true or false", " true 或 false")
		}
	case reflect.Int:
		n, ok := v.(json.Number)
		if i, err := n.Int64(); !ok || err != nil || int64(int32(i)) != i {
			s.want(path, "a whole number", "整数")
		}
	}
}

func (s *shape) object(v any, t reflect.Type, path string) {
	object, ok := v.(map[string]any)
	if !ok {
		s.want(path, "an object", "对象")
		return
	}
	fields := map[string]reflect.Type{}
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = t.Field(i).Type
		names = append(names, name)
	}
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		at := key
		if path != "" {
			at = path + "." + key
		}
		if ft, ok := fields[key]; ok {
			s.walk(object[key], ft, at)
			continue
		}
		s.add(at, "There is no such field. Fields here: "+strings.Join(names, ", ")+".", "没有这个字段。可用字段："+strings.Join(names, "、")+"。")
	}
}
