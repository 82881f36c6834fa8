package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/core/orchestrate"
)

// matched lists the ids of the rules that match a question, sorted.
func matched(rules []Rule, ask string) []string {
	for i := range rules {
		rules[i].On = true
		if rules[i].ID == "" {
			rules[i].ID = fmt.Sprint(i)
		}
	}
	x := newIndex(newFolder(Matching{Script: true}), rules)
	var ids []string
	x.search(x.fold.question(ask), func(f found) { ids = append(ids, rules[f.rule].ID) })
	slices.Sort(ids)
	return ids
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		match   Match
		pattern string
		yes, no string // questions, separated by |
	}{
		{MatchExact, "怎么退货？", "怎么退货|怎么 退货！|怎麼退貨", "请问怎么退货|怎么退货呢"},
		{MatchExact, "Opening Hours", "opening  hours?|ＯＰＥＮＩＮＧ hours", "openinghours"},
		{MatchKeyword, "退货", "我要退货|退貨|退 货", "退钱换货"},
		{MatchKeyword, "退+运费", "运费退吗|退货的运费", "运费|退货"},
		{MatchKeyword, "退＋运费", "运费退吗", "退货"},
		{MatchKeyword, "hi", "hi|oh hi there|hi,你好|你好hi", "which|shipping|this"},
		{MatchKeyword, "order", "my order?|order#1|买order吗", "orders|reorder|preorder"},
		{MatchKeyword, "order*", "my orders|ordered|order", "reorder|border"},
		{MatchKeyword, "order * + late", "my orders are late", "my orders are later"},
		{MatchKeyword, "7", "7 days|7天", "17|70"},
		{MatchKeyword, `c\+\+`, "learn C++ now|c++", "c + c"},
		{MatchKeyword, `5\*`, "a 5* hotel", "a 5 hotel|55"},
		{MatchKeyword, "can't", "I can’t log in", "can i"},
		{MatchKeyword, "où", "où est-il", "oùi"},
		{MatchKeyword, "заказ", "мой заказ", "заказы"},
		{MatchKeyword, "ราคา", "ขอราคาหน่อย", "ขอ"},
		{MatchKeyword, "배송", "배송은 언제", "반품"},
		{MatchRegex, `AB\d{4}`, "ab1234|单号AB1234吗|ＡＢ１２３４", "ab123|ac1234"},
		{MatchRegex, `^退`, "退货|退", "我退货"},
		{MatchRegex, `(退|换)货?.{0,4}运费`, "退货要运费|换运费", "运费退|退货这个事情怎么说运费"},
		{MatchRegex, `多少钱|价格`, "这个多少钱|價格", "便宜"},
		{MatchRegex, `[Ａ-Ｃ]－\d`, "b-1", "d-1|b1"},
		{MatchRegex, `（店）`, "(店)|（店）", "店"},
		{MatchRegex, `\d+`, "要3个", "要三个"},
		{MatchRegex, `what'?s up`, "What’s up|whats up", "what is up"},
	} {
		rule := []Rule{{Match: c.match, Patterns: []string{c.pattern}}}
		for _, q := range strings.Split(c.yes, "|") {
			if len(matched(rule, q)) == 0 {
				t.Errorf("%s %q does not match %q", c.match, c.pattern, q)
			}
		}
		for _, q := range strings.Split(c.no, "|") {
			if len(matched(rule, q)) != 0 {
				t.Errorf("%s %q matches %q", c.match, c.pattern, q)
			}
		}
	}
}

func TestOnlyTheBeginningOfALongQuestionCounts(t *testing.T) {
	rule := []Rule{{Match: MatchKeyword, Patterns: []string{"退货"}}}
	if len(matched(rule, strings.Repeat("啊", maxQuestion-2)+"退货")) != 1 {
		t.Error("a word within the limit was not found")
	}
	if len(matched(rule, strings.Repeat("啊", maxQuestion-1)+"退货")) != 0 {
		t.Error("a word beyond the limit was found")
	}
}

// TestPrefilterLosesNothing: an expression tried only where its words are must
// find what it finds when tried everywhere.
func TestPrefilterLosesNothing(t *testing.T) {
	atom := rapid.SampledFrom([]string{
		"a", "ab", "B", "退", "货", "貨", "[ab]", "[退换]", `\d`, ".", "(?:ab|退)", "(a|)", "(?:退货|运费|a)", "a*", "b+", "(?:ab)?", "x{2,3}", "x{0,2}", "^", "$", " ", `\s*`, `\b`, "Ａ", "（", "[^a]", "(?i:Q)", "k",
	})
	piece := rapid.SampledFrom([]string{"a", "b", "ab", "退", "货", "貨", "换", "运费", "1", " ", "x", "xx", "Ａ", "(", "（", "q", "K", "c"})
	f := newFolder(Matching{Script: true})
	rapid.Check(t, func(t *rapid.T) {
		patterns := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(atom, 1, 5), func(s []string) string { return strings.Join(s, "") }), 1, 6).Draw(t, "patterns")
		q := f.question(strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "question"), ""))
		var rules []Rule
		var want []string
		for i, p := range patterns {
			rules = append(rules, Rule{ID: fmt.Sprint(i), Match: MatchRegex, Patterns: []string{p}})
			re, err := regexp.Compile("(?i)" + f.foldRegex(p))
			if err != nil {
				t.Fatalf("%q folds to %q: %v", p, f.foldRegex(p), err)
			}
			if re.MatchString(q) && !re.MatchString("") {
				want = append(want, fmt.Sprint(i))
			}
		}
		if got := matched(rules, q); !slices.Equal(got, want) {
			t.Fatalf("%q on %q: found %v, want %v", patterns, q, got, want)
		}
	})
}

func TestPrecedence(t *testing.T) {
	rule := func(id string, match Match, order int, patterns ...string) Rule {
		return Rule{ID: id, On: true, Match: match, Order: order, Patterns: patterns, Answers: []Reply{Text(id)}}
	}
	for _, c := range []struct {
		name  string
		rules []Rule
		want  string
	}{
		{"exact before regex and keyword", []Rule{rule("k", MatchKeyword, 1, "退货"), rule("r", MatchRegex, 2, "退货"), rule("e", MatchExact, 3, "我要退货")}, "e"},
		{"regex before keyword", []Rule{rule("k", MatchKeyword, 1, "退货"), rule("r", MatchRegex, 2, "退.")}, "r"},
		{"lower order", []Rule{rule("b", MatchKeyword, 2, "我要退货"), rule("a", MatchKeyword, 1, "退")}, "a"},
		{"same order: longer", []Rule{rule("short", MatchKeyword, 0, "退"), rule("long", MatchKeyword, 0, "我+退货")}, "long"},
		{"same length: earlier", []Rule{rule("first", MatchKeyword, 0, "我要"), rule("second", MatchKeyword, 0, "退货")}, "first"},
		{"the best variant of a rule counts", []Rule{rule("x", MatchKeyword, 0, "退货"), rule("y", MatchKeyword, 0, "退", "要退货")}, "y"},
	} {
		talk(t, Content{Basics: Basics{Language: "zh"}, Rules: c.rules, Version: 1}, step{say: "我要退货", rule: c.want, want: c.want})
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

// big makes n rules of four keyword variants of two words.
func big(n int) Content {
	c := Blank("zh")
	syllables := []rune("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈")
	word := func(i int) string {
		var b strings.Builder
		for range 3 {
			b.WriteRune(syllables[i%len(syllables)])
			i /= len(syllables)
		}
		return b.String()
	}
	for i := range n {
		r := Rule{ID: fmt.Sprint("r", i), On: true, Match: MatchKeyword, Order: i, Answers: []Reply{Text("答案")}}
		for j := range 4 {
			r.Patterns = append(r.Patterns, word(i*7+j)+"+"+word(i*13+j*5))
		}
		if i%100 == 0 {
			r.Match, r.Patterns = MatchRegex, []string{word(i) + `.{0,5}\d{3,}`}
		}
		c.Rules = append(c.Rules, r)
	}
	return c
}

func BenchmarkAnswer10kRules(b *testing.B) {
	bot := NewBot(big(10_000))
	for name, text := range map[string]string{
		"hit":   "请问天地地和黄地地怎么办理，我想了解一下",
		"miss":  "今天下午能不能帮我看一下这个东西到底是怎么回事呀",
		"long":  strings.Repeat("天地玄黄宇宙洪荒日月盈昃，", 75),
		"human": "你们这里可以转人工吗",
	} {
		b.Run(name, func(b *testing.B) {
			turn := orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: text}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bot.Answer(b.Context(), turn); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen10kRules(b *testing.B) {
	c := big(10_000)
	b.ReportAllocs()
	for b.Loop() {
		NewBot(c)
	}
}

func BenchmarkCheck10kRules(b *testing.B) {
	raw := encode(big(10_000))
	for b.Loop() {
		New().Check(raw)
	}
}
