package rules

import (
	"encoding/json"
	"testing"

	"parley/core/orchestrate"
)

// FuzzAnswer: whatever a customer writes, presses or a store gives back as
// memory, the bot answers, says nothing empty and keeps its memory small.
func FuzzAnswer(f *testing.F) {
	bot := NewBot(Demo("zh"))
	f.Add("怎么退货", "", "zh", `{"offered":["main"]}`)
	f.Add("２", "parley:rule:order", "en", `{"seen":[{"k":"q1","n":2}]}`)
	f.Add("don't talk to a person\xff\u200b", "parley:menu:", "zh_TW", `{`)
	f.Fuzz(func(t *testing.T, text, value, lang, memory string) {
		turn := orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: text, Value: value, Language: lang, Memory: json.RawMessage(memory)}
		if value != "" {
			turn.Cause = orchestrate.CauseAction
		}
		a, err := bot.Answer(t.Context(), turn)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range a.Messages {
			if m.Empty() {
				t.Fatalf("an empty message for %q", text)
			}
		}
		if len(a.Messages) == 0 && a.Handoff == nil && !a.Missed {
			t.Fatalf("no answer to %q, and not counted as a miss", text)
		}
	})
}

// FuzzContent: content of any shape is refused or works, and never panics.
func FuzzContent(f *testing.F) {
	for _, c := range []Content{Blank("en"), Demo("zh"), shop()} {
		f.Add([]byte(encode(c)))
	}
	f.Add([]byte(`{"rules":[{"id":"a","match":"regex","patterns":["(a|b)+?x{2,3}[^退]"],"answers":[{"parts":[{"type":"text","text":"x"}]}]}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		bad := New().Check(raw)
		bot, err := New().Open(raw)
		if err != nil {
			if len(bad) == 0 {
				t.Fatalf("Check passed what Open refuses: %v", err)
			}
			return
		}
		for _, text := range []string{"a", "退货", "1", "人工"} {
			if _, err := bot.Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		if c, bad := Parse(raw); len(bad) == 0 {
			Warnings(c)
			if d := Diff(c, c); len(d) > 0 && len(Check(c)) == 0 {
				t.Fatalf("content differs from itself: %+v", d)
			}
		}
	})
}
