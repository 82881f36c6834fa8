package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestX13_StringNeverPrints(t *testing.T) {
	const canary = "canary-7Q2M-hidden-9Z1x"
	s := NewString(canary)
	type holder struct{ token String }
	type shown struct{ Token String }
	values := []any{s, &s, holder{s}, &holder{s}, shown{s}, []String{s}, map[string]String{"k": s}, map[string]any{"k": holder{s}}}
	check := func(how, out string) {
		t.Helper()
		if strings.Contains(out, "7Q2M") || strings.Contains(out, fmt.Sprintf("%x", "7Q2M")) {
			t.Errorf("%s: %s", how, out)
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%U", "%p", "%T"} {
		for _, value := range values {
			check(verb, fmt.Sprintf(verb, value))
		}
	}
	for _, value := range values {
		out, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		check("json", string(out))
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		} {
			var buf bytes.Buffer
			slog.New(handler(&buf)).Info("x", "v", value, "e", fmt.Errorf("with %v", value))
			check("slog", buf.String())
		}
	}
	out, err := xml.Marshal(shown{s})
	if err != nil {
		t.Fatal(err)
	}
	check("xml", string(out))
	check("error", errors.Join(fmt.Errorf("%v", s)).Error())
	if s.Reveal() != canary {
		t.Error("Reveal")
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "••••", "123456789012345": "••••",
		"1234567890123456": "••••3456", "一二三四五六七八九十一二三四五六": "••••三四五六",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStringFromJSON(t *testing.T) {
	var v struct{ Token String }
	if err := json.Unmarshal([]byte(`{"Token":"hello"}`), &v); err != nil || v.Token.Reveal() != "hello" {
		t.Fatal(err, v.Token.Reveal())
	}
	err := json.Unmarshal([]byte(`{"Token":{"canary":1}}`), &v)
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Fatal(err)
	}
	if (String{}).String() != "" || !(String{}).Empty() || !(String{}).Equal(NewString("")) {
		t.Error("zero value is the empty secret")
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"", "", true}, {"a", "a", true}, {"a", "b", false}, {"a", "aa", false}, {"abc", "abd", false}} {
		if Equal(c.a, c.b) != c.want || Equal([]byte(c.a), []byte(c.b)) != c.want {
			t.Errorf("Equal(%q,%q)", c.a, c.b)
		}
	}
}
