package canon

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares raw, indented, with the file of that name.
func golden(t *testing.T, name string, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, raw)
	}
	out.WriteByte('\n')
	path := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("the JSON form of %s changed: stored messages may not be readable any more (-golden +now)\n%s", name, diff)
	}
	return want
}

func TestGoldenParts(t *testing.T) {
	for _, s := range partSamples {
		t.Run(s.name, func(t *testing.T) {
			file := golden(t, "part_"+s.name, must(MarshalPart(s.part)))
			back, err := UnmarshalPart(file)
			if err != nil {
				t.Fatal(err)
			}
			samePart(t, s.part, back)
		})
	}
}

func TestGoldenEvents(t *testing.T) {
	for _, s := range eventSamples {
		t.Run(s.name, func(t *testing.T) {
			file := golden(t, "event_"+s.name, must(MarshalEvent(s.event)))
			back, err := UnmarshalEvent(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.event, back, compactRaw); diff != "" {
				t.Errorf("read back differs (-want +got)\n%s", diff)
			}
		})
	}
}

func TestGoldenEnvelope(t *testing.T) {
	file := golden(t, "envelope", must(json.Marshal(sampleEnvelope)))
	var back Envelope
	if err := json.Unmarshal(file, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleEnvelope, back); diff != "" {
		t.Errorf("read back differs (-want +got)\n%s", diff)
	}
	if _, err := json.Marshal(Envelope{}); err == nil {
		t.Error("an envelope without an event was written")
	}
}

func TestGoldenSignals(t *testing.T) {
	for _, s := range []Signal{Typing{On: true, Text: "我想"}, Presence{Online: true}, Looking{Page: "https://example.com", Title: "首页"}} {
		golden(t, "signal_"+SignalType(s), must(MarshalSignal(s)))
	}
}

var compactRaw = cmp.Transformer("compact", func(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) > 0 && json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
})

func samePart(t *testing.T, want, got Part) {
	t.Helper()
	if diff := cmp.Diff(want, got, compactRaw); diff != "" {
		t.Errorf("read back differs (-want +got)\n%s", diff)
	}
}

// TestComplete reads the package's own source: every type that is a part, event
// or signal has a sample, and every field is filled in by one of its samples.
func TestComplete(t *testing.T) {
	values := map[string][]reflect.Value{}
	add := func(v any) { n := reflect.TypeOf(v).Name(); values[n] = append(values[n], reflect.ValueOf(v)) }
	for _, s := range partSamples {
		add(s.part)
	}
	for _, s := range eventSamples {
		add(s.event)
	}
	for _, s := range []Signal{Typing{On: true, Text: "x"}, Presence{Online: true}, Looking{Page: "x", Title: "x", Gone: true}} {
		add(s)
	}
	add(sampleEnvelope)
	add(sampleMessage)
	for _, name := range append(taggedTypes(t), "Envelope", "Message") {
		if len(values[name]) == 0 {
			t.Errorf("%s has no sample in samples_test.go, so no golden file and no test of its words", name)
			continue
		}
		typ := values[name][0].Type()
		for i := range typ.NumField() {
			if !slices.ContainsFunc(values[name], func(v reflect.Value) bool { return !v.Field(i).IsZero() }) {
				t.Errorf("no sample of %s fills in %s", name, typ.Field(i).Name)
			}
		}
	}
}

func taggedTypes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv != nil && slices.Contains([]string{"partType", "eventType", "signalType"}, f.Name.Name) {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	if len(names) < 9+10+3 {
		t.Fatalf("found only %v", names)
	}
	return names
}
