package canon

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// slowEnvelope reads an envelope with encoding/json alone.
func slowEnvelope(raw []byte) (Envelope, error) {
	// A leading space inside an unknown key would be cheating: the quick way is
	// switched off by an extra field it does not know.
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return Envelope{}, err
	}
	var e Envelope
	err := e.UnmarshalJSON(append([]byte(`{"":0,`), bytes.TrimSpace(raw)[1:]...))
	return e, err
}

// plainParts is what encoding/json alone writes for a message: the form that
// the hand-written encoder is held to.
type plainParts struct {
	plainMessage
	Parts []json.RawMessage `json:"parts"`
}

func TestEncoderWritesWhatEncodingJSONWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Just("<a href='x'>&amp;\u2028\u2029\x00\x1f\x7f\b\f\n\r\t\"\\/\xff\xed\xa0\x80\ufffd🙂"))
		m := Message{
			RemoteID: RemoteID(text.Draw(t, "remote")), ClientID: text.Draw(t, "client"), Quote: text.Draw(t, "quote"),
			Subject: text.Draw(t, "subject"), Locale: text.Draw(t, "locale"),
			Parts: []Part{Text{Body: text.Draw(t, "body"), HTML: text.Draw(t, "html")}, Location{Title: text.Draw(t, "title")}},
		}
		if rapid.Bool().Draw(t, "more") {
			m.ID, m.ReplyTo, m.Headers = sampleID, &Ref{RemoteID: "x"}, []Field{{Name: text.Draw(t, "header")}}
		}
		want := plainParts{plainMessage: plainMessage(m)}
		for _, p := range m.Parts {
			raw := must(json.Marshal(p))
			want.Parts = append(want.Parts, []byte(`{"type":"`+PartType(p)+`",`+string(raw[1:])))
		}
		if got, want := string(must(m.AppendJSON(nil))), string(must(json.Marshal(want))); got != want {
			t.Fatalf("written\n%s\nwant\n%s", got, want)
		}
		var e Envelope = sampleEnvelope
		e.From.Name, e.EventID, e.Event = text.Draw(t, "name"), text.Draw(t, "event"), Posted{Message: m}
		direct := must(e.AppendJSON(nil))
		if through := must(json.Marshal(e)); string(through) != string(direct) {
			t.Fatalf("json.Marshal writes\n%s\nAppendJSON\n%s", through, direct)
		}
	})
}

func seeds(f *testing.F) {
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) < 25 {
		f.Fatalf("golden files: %d, %v", len(files), err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		name := filepath.Base(path)
		if strings.HasPrefix(name, "event_") {
			f.Add([]byte(`{"v":1,"account":"a","thread":{"account":"a","peer":"p"},"from":{"id":"p"},"event_id":"e","time":"2026-03-01T09:30:00+08:00","event":` + string(raw) + `}`))
		}
		if strings.HasPrefix(name, "part_") {
			f.Add([]byte(`{"v":1,"event":{"type":"posted","message":{"parts":[` + string(raw) + `]}}}`))
		}
	}
	for _, raw := range []string{
		`{"v":2,"event":{"type":"hologram","x":1}}`, `{"event":{"type":"posted"}}`, `{"event":null}`, `{"event":{}}`, `{"event":{"type":7}}`,
		`{"event":{"type":"posted","message":{"parts":[null]}}}`, `{"event":{"type":"posted","message":{"parts":["x"]}}}`,
		`{"event":{"type":"posted","message":{"parts":[{"type":"text","body":5}]}}}`,
		`{"event":{"type":"posted","message":{"parts":[{"body":"late tag","type":"text"}]}}}`,
		`{"event":{"type":"posted","message":{"Parts":[{"type":"text","Body":"case"}]}}}`,
		`{"event":{"type":"posted","message":{"parts":[],"parts":[{"type":"text","body":"twice"}]}}}`,
		`{"event":{"type":"posted","message":{"parts":[{"type":"text","body":"\ud83d\ude00 \ud83d \u0000 \/"}]}}}`,
		`{"order":-0,"event":{"type":"revoked"}}`, `{"order":1e3,"event":{"type":"revoked"}}`, `{"order":9223372036854775807,"event":{"type":"revoked"}}`,
		`{"order":99999999999999999999,"event":{"type":"revoked"}}`, `{"order":- 1,"event":{"type":"revoked"}}`,
		`{"time":"yesterday","event":{"type":"revoked"}}`, `{"id":"x","event":{"type":"revoked"}}`, `{"event":{"type":"revoked"}} x`,
		`{"from":{"ours":true,"verified":false},"event":{"type":"revoked"}}`, `{"from":null,"event":{"type":"revoked"}}`,
		`{"ticket":{"opaque":"!"},"event":{"type":"revoked"}}`, strings.Repeat("[", 20000), `{"event":{"type":"unknown","name":"x","raw":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}}`,
	} {
		f.Add([]byte(raw))
	}
}

// FuzzRoundTrip: what can be read can be written and read again without a
// change, whatever version or platform it came from; and the quick reader never
// disagrees with encoding/json.
func FuzzRoundTrip(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e Envelope
		if err := e.UnmarshalJSON(raw); err == nil {
			if slow, err := slowEnvelope(raw); err != nil {
				t.Errorf("the quick reader took what encoding/json refuses: %v", err)
			} else if diff := cmp.Diff(slow, e); diff != "" && utf8.Valid(raw) {
				t.Errorf("the quick reader differs (-encoding/json +quick)\n%s", diff)
			}
			stable(t, e, func(raw []byte) (Envelope, error) {
				var back Envelope
				return back, back.UnmarshalJSON(raw)
			}, func(e Envelope) ([]byte, error) { return e.AppendJSON(nil) })
		}
		if p, err := UnmarshalPart(raw); err == nil {
			stable(t, p, UnmarshalPart, MarshalPart)
			p.Fallback()
			p.EachText(strings.ToUpper)
		}
		if ev, err := UnmarshalEvent(raw); err == nil {
			stable(t, ev, UnmarshalEvent, MarshalEvent)
		}
	})
}

// stable writes v, reads it and writes it again: both texts must be the same.
func stable[T any](t *testing.T, v T, read func([]byte) (T, error), write func(T) ([]byte, error)) {
	t.Helper()
	once, err := write(v)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	if !json.Valid(once) {
		t.Fatalf("no JSON was written: %s", once)
	}
	back, err := read(once)
	if err != nil {
		t.Fatalf("what was written cannot be read: %v\n%s", err, once)
	}
	twice, err := write(back)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once, twice) {
		t.Errorf("not stable:\n%s\n%s", once, twice)
	}
}

func TestUnknownIsKept(t *testing.T) {
	cases := []struct {
		name, in string
		want     Part
	}{
		{"newer part", `{"type":"hologram","depth":3}`, Opaque{Name: "hologram", Raw: json.RawMessage(`{"type":"hologram","depth":3}`)}},
		{"known tag, content of another kind", `{"type":"text","body":["a"]}`, Opaque{Name: "text", Raw: json.RawMessage(`{"type":"text","body":["a"]}`)}},
		{"no tag", `{"body":"a"}`, Opaque{Raw: json.RawMessage(`{"body":"a"}`)}},
		{"a tag that is no text", `{"type":5}`, Opaque{Raw: json.RawMessage(`{"type":5}`)}},
		{"a field of a newer version is passed over", `{"type":"text","body":"a","mood":"glad"}`, Text{Body: "a"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := UnmarshalPart([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			samePart(t, c.want, got)
			msg := must(json.Marshal(Message{Parts: []Part{got}}))
			var back Message
			if err := json.Unmarshal(msg, &back); err != nil {
				t.Fatal(err)
			}
			samePart(t, got, back.Parts[0])
		})
	}
	e, err := UnmarshalEvent([]byte(`{"type":"poll_vote","n":1}`))
	if u, ok := e.(Unknown); err != nil || !ok || u.Name != "poll_vote" || string(u.Raw) != `{"type":"poll_vote","n":1}` {
		t.Errorf("unknown event: %#v, %v", e, err)
	}
	for _, bad := range []string{`"text"`, `[]`, `{`, ``, `5`} {
		if p, err := UnmarshalPart([]byte(bad)); err == nil {
			t.Errorf("%q was read as the part %#v", bad, p)
		}
	}
}

func TestTimesAreUTC(t *testing.T) {
	var e Envelope
	if err := json.Unmarshal([]byte(`{"time":"2026-03-01T17:30:00+08:00","event":{"type":"revoked","target":"m"}}`), &e); err != nil {
		t.Fatal(err)
	}
	if got := e.Time.String(); got != "2026-03-01 09:30:00 +0000 UTC" {
		t.Errorf("time is %s", got)
	}
}
