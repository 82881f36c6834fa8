package connector

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const (
	family = "👩‍👩‍👧‍👦"           // seven code points, one picture
	flag   = "🇨🇳"                // two code points
	accent = "e\u0301\u0323"     // a letter with two marks
	arabic = "مرحبًا، كيف حالك؟" // right to left, with a mark
)

func TestCountByUnit(t *testing.T) {
	for _, c := range []struct {
		text                            string
		bytes, runes, utf16s, graphemes int
	}{
		{"", 0, 0, 0, 0}, {"abc", 3, 3, 3, 3}, {"你好", 6, 2, 2, 2}, {"😀", 4, 1, 2, 1},
		{family, 25, 7, 11, 1}, {flag, 8, 2, 4, 1}, {accent, 5, 3, 3, 1}, {"a\r\nb", 4, 4, 4, 3},
	} {
		for unit, want := range map[Unit]int{Bytes: c.bytes, Runes: c.runes, UTF16: c.utf16s, Graphemes: c.graphemes, "": c.bytes} {
			if got := (Length{Unit: unit}).Count(c.text); got != want {
				t.Errorf("%q has %d %s, counted %d", c.text, want, unit, got)
			}
		}
	}
}

func TestCutPrefersTheBetterPlace(t *testing.T) {
	for _, c := range []struct {
		name, text string
		limit      Length
		want       []string
	}{
		{"short stays whole", "  hello  ", Length{20, Runes}, []string{"  hello  "}},
		{"no limit", strings.Repeat("x", 5000), Length{0, Runes}, []string{strings.Repeat("x", 5000)}},
		{"blank", "   \n ", Length{2, Runes}, nil},
		{"paragraph before line", "one\ntwo\n\nthree four", Length{14, Runes}, []string{"one\ntwo", "three four"}},
		{"line before sentence", "Yes. No.\nWell then, go", Length{20, Runes}, []string{"Yes. No.", "Well then, go"}},
		{"sentence before word", "It is late. Go home now", Length{18, Runes}, []string{"It is late.", "Go home now"}},
		{"no sentence at a decimal point", "it costs 12.50 euros now", Length{16, Runes}, []string{"it costs 12.50", "euros now"}},
		{"Chinese sentence", "今天天气很好。我们去公园吧", Length{10, Runes}, []string{"今天天气很好。", "我们去公园吧"}},
		{"closing quote stays", "他说：“好的。”然后走了很远", Length{10, Runes}, []string{"他说：“好的。”", "然后走了很远"}},
		{"Chinese anywhere, no mark first", "一二三四五，六七八九", Length{5, Runes}, []string{"一二三四", "五，六七八", "九"}},
		{"word", "alpha beta gamma", Length{11, Bytes}, []string{"alpha beta", "gamma"}},
		{"long word", "abcdefghij", Length{4, Bytes}, []string{"abcd", "efgh", "ij"}},
		{"three bytes a rune", "中中中中", Length{7, Bytes}, []string{"中中", "中中"}},
		{"two units an emoji", "😀😀😀", Length{3, UTF16}, []string{"😀", "😀", "😀"}},
		{"family is one", family + family, Length{1, Graphemes}, []string{family, family}},
		{"family in units", family + "ab" + family, Length{13, UTF16}, []string{family + "ab", family}},
		{"flags", flag + flag + flag, Length{8, UTF16}, []string{flag + flag, flag}},
		{"accents", accent + accent, Length{4, Runes}, []string{accent, accent}},
		{"right to left", arabic, Length{9, Runes}, []string{"مرحبًا،", "كيف حالك؟"}},
		{"a grapheme over the limit", family, Length{4, Bytes}, []string{"👩", "\u200d", "👩", "\u200d", "👧", "\u200d", "👦"}},
		{"a rune over the limit", "中文", Length{2, Bytes}, []string{"中", "文"}},
		{"Chinese question and exclamation marks end sentences", "真的吗？！太好了！马上发货", Length{10, Runes}, []string{"真的吗？！太好了！", "马上发货"}},
		{"a Chinese ellipsis is not divided", "请稍等……马上就好", Length{5, Runes}, []string{"请稍等……", "马上就好"}},
		{"a Chinese bracket opens with its word", "订单已发货（顺丰速运）请查收", Length{18, Bytes}, []string{"订单已发货", "（顺丰速运）", "请查收"}},
		{"Chinese in bytes of three", "您好，订单已发货。", Length{14, Bytes}, []string{"您好，订", "单已发", "货。"}},
		{"flags in bytes", flag + flag + flag, Length{20, Bytes}, []string{flag + flag, flag}},
		{"a skin tone stays with its hand", "👍🏽👍🏽", Length{5, UTF16}, []string{"👍🏽", "👍🏽"}},
		{"a family after words", "谢谢您 " + family, Length{12, UTF16}, []string{"谢谢您", family}},
		{"Korean syllables written in letters", "\u1112\u1161\u11ab\u1112\u1161\u11ab", Length{4, Runes}, []string{"\u1112\u1161\u11ab", "\u1112\u1161\u11ab"}},
		{"a Devanagari letter with its vowel", "किकि", Length{3, Runes}, []string{"कि", "कि"}},
		{"price stays with its sign", "共计一二三 $ 45", Length{8, Runes}, []string{"共计一二三", "$ 45"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.limit.Cut(c.text)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestCutKeepsEverything: for any text, unit and limit, every piece fits, none
// is empty, no grapheme is divided and nothing but white space is lost.
func TestCutKeepsEverything(t *testing.T) {
	bits := []string{"a", " ", "\n", "\n\n", "。", "!", ".", "你", "好", "😀", family, flag, accent, arabic, "“", "”", "\u2067", "\u200d", "\r\n", "0", "$", "한국", "ไทย"}
	rapid.Check(t, func(t *rapid.T) {
		var text string
		if rapid.Bool().Draw(t, "built") {
			text = strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 10, 120).Draw(t, "bits"), "")
		} else {
			text = rapid.String().Draw(t, "text")
		}
		limit := Length{
			Max:  rapid.IntRange(25, 80).Draw(t, "max"),
			Unit: rapid.SampledFrom([]Unit{Bytes, Runes, UTF16, Graphemes}).Draw(t, "unit"),
		}
		pieces := limit.Cut(text)
		whole := map[string]bool{}
		for g := graphemes.FromString(text); g.Next(); {
			whole[g.Value()] = true
		}
		for _, p := range pieces {
			if strings.TrimSpace(p) == "" {
				t.Fatalf("an empty piece of %q", text)
			}
			if n := count(p, limit.Unit); n > limit.Max && graphemeWithin(text, limit) {
				t.Fatalf("%q is %d %s, limit %d", p, n, limit.Unit, limit.Max)
			}
		}
		if graphemeWithin(text, limit) {
			for _, p := range pieces {
				for g := graphemes.FromString(p); g.Next(); {
					if !whole[g.Value()] && strings.TrimSpace(g.Value()) != "" && !spaceInside(whole, g.Value()) {
						t.Fatalf("%q of %q is no whole grapheme of %q", g.Value(), p, text)
					}
				}
			}
		}
		if got, want := bare(strings.Join(pieces, "")), bare(text); got != want {
			t.Fatalf("lost something:\n%q\n%q", want, got)
		}
	})
}

// count is another way to count than the one under test.
func count(s string, u Unit) int {
	switch u {
	case Runes:
		return len([]rune(s))
	case UTF16:
		return len(utf16.Encode([]rune(s)))
	case Graphemes:
		return (Length{Unit: Graphemes}).Count(s)
	}
	return len(s)
}

func graphemeWithin(text string, l Length) bool {
	for g := graphemes.FromString(text); g.Next(); {
		if l.Count(g.Value()) > l.Max {
			return false
		}
	}
	return true
}

// spaceInside allows for a grapheme that lost its white space at a cut, such as
// a mark that had stood on a space.
func spaceInside(whole map[string]bool, part string) bool {
	for w := range whole {
		if bare(w) == part {
			return true
		}
	}
	return false
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

func TestHead(t *testing.T) {
	for _, c := range []struct {
		limit      Length
		text, want string
	}{
		{Length{20, Runes}, "short", "short"},
		{Length{6, Runes}, "查询我的订单状态", "查询我的订…"},
		{Length{2, UTF16}, "😀😀", "😀"},
		{Length{13, UTF16}, family + family, family + "…"},
		{Length{5, Bytes}, "a b c d e", "a…"},
	} {
		if got := c.limit.Head(c.text, "…"); got != c.want {
			t.Errorf("%q within %s: %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}
