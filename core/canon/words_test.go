package canon

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFallback(t *testing.T) {
	for _, s := range partSamples {
		if got := s.part.Fallback(); got != s.fallback {
			t.Errorf("%s: fallback %q, want %q", s.name, got, s.fallback)
		}
	}
}

func TestEachText(t *testing.T) {
	for _, s := range partSamples {
		t.Run(s.name, func(t *testing.T) {
			before := must(MarshalPart(s.part))
			var seen []string
			changed := s.part.EachText(func(text string) string {
				seen = append(seen, text)
				return "«" + text + "»"
			})
			if diff := cmp.Diff(s.texts, seen); diff != "" {
				t.Errorf("visited (-want +got)\n%s", diff)
			}
			if after := must(MarshalPart(s.part)); string(after) != string(before) {
				t.Errorf("EachText changed its receiver:\n%s\n%s", before, after)
			}
			var again []string
			changed.EachText(func(text string) string { again = append(again, text); return text })
			for i, text := range again {
				if text != "«"+seen[i]+"»" {
					t.Errorf("text %d came back as %q", i, text)
				}
			}
			same := s.part.EachText(func(text string) string { return text })
			samePart(t, s.part, same)
		})
	}
}

func TestChangedWordsLoseTheirMarks(t *testing.T) {
	in := Text{Body: "hi there", HTML: "hi <b>there</b>", Spans: []Span{{Start: 3, Length: 5, Style: SpanBold}}}
	out := in.EachText(strings.ToUpper).(Text)
	if out.HTML != "" || out.Spans != nil || out.Body != "HI THERE" {
		t.Errorf("marks were kept on words they do not fit: %+v", out)
	}
}

func TestMessageWords(t *testing.T) {
	m := Message{Subject: "s", Quote: "q", Parts: []Part{Text{Body: "  hello "}, Media{Kind: MediaImage, Caption: "cap"}, Sticker{Emoji: "😺"}, Text{Body: " "}}}
	if got, want := m.Fallback(), "hello\n[Image] cap\n😺"; got != want {
		t.Errorf("fallback %q, want %q", got, want)
	}
	if got, want := m.Plain(), "hello \ncap"; got != want {
		t.Errorf("plain %q, want %q", got, want)
	}
	up := m.EachText(strings.ToUpper)
	if up.Subject != "S" || up.Quote != "Q" || up.Plain() != "HELLO \nCAP" || m.Subject != "s" || m.Plain() != "hello \ncap" {
		t.Errorf("each text: %+v from %+v", up, m)
	}
	for name, c := range map[string]struct {
		m     Message
		empty bool
	}{
		"nothing":        {Message{}, true},
		"space":          {TextMessage(" \n"), true},
		"no options":     {Message{Parts: []Part{Choices{Prompt: "?"}}}, true},
		"text":           {TextMessage("x"), false},
		"html only":      {Message{Parts: []Part{Text{HTML: "<p>x</p>"}}}, false},
		"options":        {Message{Parts: []Part{Choices{Options: []Option{{Label: "a"}}}}}, false},
		"a file":         {Message{Parts: []Part{Media{Kind: MediaFile}}}, false},
		"space and file": {Message{Parts: []Part{Text{Body: " "}, Media{Kind: MediaFile}}}, false},
	} {
		if c.m.Empty() != c.empty {
			t.Errorf("%s: empty is %v", name, c.m.Empty())
		}
	}
}
