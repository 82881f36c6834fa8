package rules

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	f := newFolder(Matching{Script: true})
	for _, c := range []struct{ in, want string }{
		{"退货", "退货"},
		{"  退货？？  ", "退货"},
		{"退\u200b货", "退货"},
		{"退 货", "退货"},
		{"退貨", "退货"},
		{"ＨＥＬＬＯ　Ｗｏｒｌｄ！", "hello world"},
		{"Hello,\n\tWorld", "hello, world"},
		{"买 iPhone 手机", "买iphone手机"},
		{"I’d like…", "i'd like"},
		{"②", "2"},
		{"？？？", "???"},
		{"", ""},
		{" \u3164\u2800 ", ""},
		{"好的👌🏻\ufe0f", "好的👌🏻"},
		{"¿Dónde está?", "dónde está"},
		{"e\u200b\u0301", "é"},
		{"ﾊﾝｶｸ", "ハンカク"},
		{"100%。", "100%"},
		{"C#?!", "c#"},
		{"（店）", "(店)"},
	} {
		if got := f.fold(c.in); got != c.want {
			t.Errorf("fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := newFolder(Matching{}).fold("退貨"); got != "退貨" {
		t.Errorf("scripts were joined though the setting is off: %q", got)
	}
}

func TestFoldIsStable(t *testing.T) {
	f := newFolder(Matching{Script: true})
	letters := rapid.SampledFrom([]rune("aZ9 é?！。~退貨货　\u200b\n人工’Ａ-_+*"))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(letters, 0, 30, -1).Draw(t, "s")
		once := f.fold(s)
		if twice := f.fold(once); twice != once {
			t.Fatalf("fold(%q) = %q, folded again %q", s, once, twice)
		}
	})
}

func TestScriptsSettle(t *testing.T) {
	for from, to := range simplified() {
		if next, ok := simplified()[to]; ok && next != to {
			t.Errorf("%c becomes %c, which becomes %c", from, to, next)
		}
	}
	if n := len(simplified()); n < 2500 {
		t.Errorf("only %d pairs were read", n)
	}
}

func TestTrieFindsWhatContainsFinds(t *testing.T) {
	letters := rapid.SampledFrom([]rune("abc人工😀"))
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfNDistinct(rapid.StringOfN(letters, 1, 5, -1), 1, 30, rapid.ID[string]).Draw(t, "words")
		text := rapid.StringOfN(letters, 0, 40, -1).Draw(t, "text")
		found := map[string]int{}
		newTrie(words).find(text, func(word int32, end int) {
			w := words[word]
			if !strings.HasSuffix(text[:end], w) {
				t.Fatalf("%q reported at the end of %q", w, text[:end])
			}
			found[w]++
		})
		for _, w := range words {
			want := 0
			for i := range text {
				if strings.HasPrefix(text[i:], w) {
					want++
				}
			}
			if found[w] != want {
				t.Fatalf("%q found %d times in %q, want %d", w, found[w], text, want)
			}
		}
	})
}
