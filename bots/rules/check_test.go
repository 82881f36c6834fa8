package rules

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// fields lists the paths of errors.
func fields(raw json.RawMessage) string {
	var paths []string
	for _, e := range New().Check(raw) {
		if e.Text.EN == "" || e.Text.ZH == "" {
			paths = append(paths, "UNTRANSLATED "+e.Field)
			continue
		}
		paths = append(paths, e.Field)
	}
	return strings.Join(paths, " ")
}

func TestReadyContentsAreClean(t *testing.T) {
	for _, lang := range []string{"zh", "zh-TW", "en", "fr", ""} {
		for name, c := range map[string]Content{"blank": Blank(lang), "demo": Demo(lang)} {
			if bad := Check(c); len(bad) > 0 {
				t.Errorf("%s %q: %v", name, lang, bad)
			}
			if w := Warnings(c); len(w) > 0 {
				t.Errorf("%s %q warns: %+v", name, lang, w)
			}
		}
	}
	if bad := Check(shop()); len(bad) > 0 {
		t.Errorf("the shop of the tests: %v", bad)
	}
	var c Content
	if err := json.Unmarshal(New().Blank("en"), &c); err != nil || c.Basics.Name == "" {
		t.Errorf("Blank: %v %+v", err, c.Basics)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	long := func(n int) string { return strings.Repeat("长", n) }
	for _, c := range []struct {
		name string
		spot func(*Content)
		want string
	}{
		{"fine", func(c *Content) {}, ""},
		{"no name", func(c *Content) { c.Basics.Name = " \u200b" }, "basics.name"},
		{"no language", func(c *Content) { c.Basics.Language = "" }, "basics.language"},
		{"bad language", func(c *Content) { c.Basics.Language = "中文" }, "basics.language"},
		{"welcome without text", func(c *Content) { c.Welcome.Replies = nil }, "welcome.replies"},
		{"default of blanks", func(c *Content) { c.Default.Replies = []Reply{Text("\u3000\u200b\n")} }, "default.replies[0].parts[0].text"},
		{"reply of no parts", func(c *Content) { c.Repeated.Replies = []Reply{{}} }, "repeated.replies[0].parts"},
		{"off needs nothing", func(c *Content) { c.Default = Default{}; c.Repeated = Repeated{}; c.Timeout = Timeout{} }, ""},
		{"too soon", func(c *Content) { c.Timeout.Seconds = 1 }, "timeout.seconds"},
		{"closing in silence", func(c *Content) { c.Timeout.Replies = nil; c.Timeout.Close = true }, ""},
		{"no words for a person", func(c *Content) { c.Human.Words, c.Human.Phrases = nil, nil }, "human.words"},
		{"blank word", func(c *Content) { c.Human.Except = []string{" "} }, "human.except[0]"},
		{"blank handoff text", func(c *Content) { c.Human.OffTexts[0].Text = "" }, "human.off_texts[0].text"},
		{"same rule id", func(c *Content) { c.Rules[1].ID = "returns" }, "rules[1].id"},
		{"bad rule id", func(c *Content) { c.Rules[1].ID = "退货" }, "rules[1].id"},
		{"unknown match", func(c *Content) { c.Rules[1].Match = "fuzzy" }, "rules[1].match"},
		{"blank pattern", func(c *Content) { c.Rules[1].Patterns = []string{"运费", "　"} }, "rules[1].patterns[1]"},
		{"pattern of two lines", func(c *Content) { c.Rules[1].Patterns = []string{"a\nb"} }, "rules[1].patterns[0]"},
		{"lone plus", func(c *Content) { c.Rules[1].Patterns = []string{"a++b", "+", "a+", `\+`} }, "rules[1].patterns[0] rules[1].patterns[1] rules[1].patterns[2]"},
		{"pattern of 500", func(c *Content) { c.Rules[1].Patterns = []string{long(500)} }, ""},
		{"pattern of 501", func(c *Content) { c.Rules[1].Patterns = []string{long(501)} }, "rules[1].patterns[0]"},
		{"regex of 1001", func(c *Content) { c.Rules[3].Patterns = []string{long(1001)} }, "rules[3].patterns[0]"},
		{"bad regex", func(c *Content) { c.Rules[3].Patterns = []string{`订单(\d+`, `(?=a)`, `a\1`, `x{1001}`} }, "rules[3].patterns[0] rules[3].patterns[1] rules[3].patterns[2] rules[3].patterns[3]"},
		{"regex for everything", func(c *Content) { c.Rules[3].Patterns = []string{`.*`, `a|`} }, "rules[3].patterns[0] rules[3].patterns[1]"},
		{"no answer", func(c *Content) { c.Rules[1].Answers = nil }, "rules[1].answers"},
		{"a menu is an answer", func(c *Content) { c.Rules[1].Answers = nil; c.Rules[1].Menus = []string{"main"} }, ""},
		{"a handoff is an answer", func(c *Content) { c.Rules[3].Answers = nil }, ""},
		{"unknown menus", func(c *Content) {
			c.Rules[1].Menus = []string{"main", "gone"}
			c.Rules[1].Answers = []Reply{TextMenu("x", "lost")}
		}, "rules[1].answers[0].parts[1].menu rules[1].menus[1]"},
		{"handoff and close", func(c *Content) { c.Rules[3].Close = true }, "rules[3].close"},
		{"unknown part", func(c *Content) { c.Rules[1].Answers[0].Parts[0].Type = "html" }, "rules[1].answers[0].parts[0].type"},
		{"image without file", func(c *Content) { c.Rules[1].Answers[0].Parts[0] = ReplyPart{Type: PartImage} }, "rules[1].answers[0].parts[0].file"},
		{"stray fields", func(c *Content) {
			c.Rules[1].Answers[0].Parts[0] = ReplyPart{Type: PartText, Text: "x", Menu: "main", File: canon.NewID(), Card: &ReplyCard{}}
		}, "rules[1].answers[0].parts[0].menu rules[1].answers[0].parts[0].card rules[1].answers[0].parts[0].file"},
		{"card", func(c *Content) {
			c.Rules[1].Answers[0].Parts[0] = ReplyPart{Type: PartCard, Card: &ReplyCard{Kind: "app", URL: "javascript:alert(1)"}}
		}, "rules[1].answers[0].parts[0].card.kind rules[1].answers[0].parts[0].card.title rules[1].answers[0].parts[0].card.url"},
		{"long text", func(c *Content) { c.Rules[1].Answers = []Reply{Text(long(5001))} }, "rules[1].answers[0].parts[0].text"},
		{"NUL", func(c *Content) { c.Rules[1].Answers = []Reply{Text("a\x00b")} }, "rules[1].answers[0].parts[0].text"},
		{"order", func(c *Content) { c.Rules[1].Order = 1 << 30 }, "rules[1].order"},
		{"same menu id", func(c *Content) { c.Menus[1].ID = "main" }, "menus[1].id rules[7].menus[0] menus[0].options[1].menu"},
		{"empty menu", func(c *Content) { c.Menus[1].Options = nil }, "menus[1].options"},
		{"option without label", func(c *Content) { c.Menus[1].Options[0].Label = " " }, "menus[1].options[0].label"},
		{"same labels", func(c *Content) { c.Menus[1].Options[1].Label = "茶！" }, "menus[1].options[1].label"},
		{"option of two minds", func(c *Content) { c.Menus[0].Options[0].Human = true }, "menus[0].options[0]"},
		{"option to no rule", func(c *Content) { c.Menus[0].Options[0].Rule = "gone" }, "menus[0].options[0].rule"},
		{"option to no menu", func(c *Content) { c.Menus[0].Options[1].Menu = "gone" }, "menus[0].options[1].menu"},
		{"option that rates", func(c *Content) { c.Menus[1].Options[0].Value = "parley:rate:x:5" }, "menus[1].options[0].value"},
		{"option to a script", func(c *Content) { c.Menus[0].Options[3].URL = "javascript:alert(1)" }, "menus[0].options[3].url"},
		{"style", func(c *Content) { c.Menus[0].Style = "carousel" }, "menus[0].style"},
		{"menus without a way out", func(c *Content) {
			c.Menus = append(c.Menus, Menu{ID: "a", Options: []MenuOption{{Label: "b", Menu: "b"}}}, Menu{ID: "b", Options: []MenuOption{{Label: "a", Menu: "a"}}})
		}, "menus[2].options menus[3].options"},
		{"a later version", func(c *Content) { c.Version = 2 }, "version"},
	} {
		content := shop()
		c.spot(&content)
		if got := fields(encode(content)); got != c.want {
			t.Errorf("%s: errors at %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCheckSaysWhereARegexIsWrong(t *testing.T) {
	c := shop()
	c.Rules[3].Patterns = []string{`订单\d+(?=号)`}
	bad := Check(c)
	if len(bad) != 1 || !strings.Contains(bad[0].Text.EN, "character 6") || !strings.Contains(bad[0].Text.ZH, "第 6 个字符") {
		t.Errorf("%v", bad)
	}
}

func TestCheckLimitsExpressions(t *testing.T) {
	c := shop()
	for i := range MaxOpenRegex + 10 {
		c.Rules = append(c.Rules, Rule{ID: fmt.Sprint("open", i), Match: MatchRegex, Patterns: []string{`\w{3}\d{4}`}, Answers: []Reply{Text("x")}})
	}
	if got, want := fields(encode(c)), fmt.Sprintf("rules[%d].patterns[0]", 8+MaxOpenRegex); got != want {
		t.Errorf("errors at %q, want %q", got, want)
	}
	c = shop()
	for i := range MaxRegexes {
		c.Rules = append(c.Rules, Rule{ID: fmt.Sprint("r", i), Match: MatchRegex, Patterns: []string{`订单\d{4}`}, Answers: []Reply{Text("x")}})
	}
	if got := fields(encode(c)); got != "rules" {
		t.Errorf("errors at %q, want rules", got)
	}
}

func TestCheckCountsRules(t *testing.T) {
	c := shop()
	for i := range MaxRules {
		c.Rules = append(c.Rules, Rule{ID: fmt.Sprint("n", i), Match: MatchExact, Patterns: []string{fmt.Sprint(i)}, Answers: []Reply{Text("x")}})
	}
	if got := fields(encode(c)); got != "rules" {
		t.Errorf("errors at %q, want rules", got)
	}
}

func TestParseNamesTheField(t *testing.T) {
	for raw, want := range map[string]string{
		``:                                    "",
		`{`:                                   "",
		`[]`:                                  "",
		`{} {}`:                               "",
		`{"rulez":[]}`:                        "rulez",
		`{"rules":{}}`:                        "rules",
		`{"rules":[{"id":1}]}`:                "rules[0].id",
		`{"rules":[{},{"on":"yes"}]}`:         "rules[1].on",
		`{"rules":[{"order":1.5}]}`:           "rules[0].order",
		`{"rules":[{"order":99999999999}]}`:   "rules[0].order",
		`{"rules":[{"answers":["hi"]}]}`:      "rules[0].answers[0]",
		`{"rules":[{"handoff":{"teem":""}}]}`: "rules[0].handoff.teem",
		`{"human":{"team":"no id"}}`:          "human.team",
		`{"version":7}`:                       "version",
		`{"basics":{"Name":"x"}}`:             "basics.Name",
	} {
		c, bad := Parse(json.RawMessage(raw))
		if len(bad) != 1 || bad[0].Field != want || bad[0].Text.EN == "" || bad[0].Text.ZH == "" {
			t.Errorf("%s: %+v, want one error at %q", raw, bad, want)
		}
		if len(c.Rules) != 0 {
			t.Errorf("%s: content was returned beside errors", raw)
		}
		if _, err := New().Open(json.RawMessage(raw)); err == nil {
			t.Errorf("%s: a bot was opened", raw)
		}
	}
	huge := json.RawMessage(`{"rules":"` + strings.Repeat("x", MaxContent) + `"}`)
	if _, bad := Parse(huge); len(bad) != 1 {
		t.Errorf("content of %d bytes was read", len(huge))
	}
	c, bad := Parse(json.RawMessage(`{"rules":[{"id":"a"},{"id":"b","on":false}]}`))
	if len(bad) != 0 || !c.Rules[0].On || c.Rules[1].On {
		t.Errorf("a rule that does not say is on: %+v %v", c.Rules, bad)
	}
}

func TestADraftWithAMistakeCanBeTried(t *testing.T) {
	c := shop()
	c.Rules[3].Patterns = []string{`(`}
	c.Rules[0].Patterns = append(c.Rules[0].Patterns, "+")
	c.Rules[1].Menus = []string{"gone"}
	talk(t, c, opened, step{say: "退货", want: "可退"}, step{say: "运费", want: "十元"}, step{say: "(", missed: true})
}

func TestWarnings(t *testing.T) {
	rule := func(id string, match Match, order int, patterns ...string) Rule {
		return Rule{ID: id, On: true, Match: match, Order: order, Patterns: patterns, Answers: []Reply{Text("x")}}
	}
	for _, c := range []struct {
		name string
		c    Content
		want string // kind field>other, joined by spaces
	}{
		{"nothing", Content{Rules: []Rule{rule("a", MatchExact, 0, "退货"), rule("b", MatchKeyword, 0, "退货")}}, ""},
		{"same exact", Content{Rules: []Rule{rule("a", MatchExact, 2, "退货？", "退款"), rule("b", MatchExact, 1, "退 货")}}, "duplicate rules[0].patterns[0]>rules[1].patterns[0]"},
		{"same exact, nothing left", Content{Rules: []Rule{rule("a", MatchExact, 1, "hi"), rule("b", MatchExact, 1, "Hi!")}}, "duplicate rules[1].patterns[0]>rules[0].patterns[0] unreachable rules[1]>"},
		{"the other is off", Content{Rules: []Rule{{ID: "a", Match: MatchExact, Patterns: []string{"hi"}}, rule("b", MatchExact, 1, "hi")}}, ""},
		{"same regex", Content{Rules: []Rule{rule("a", MatchRegex, 1, `a\d`), rule("b", MatchRegex, 2, `b\d`, `a\d`)}}, "duplicate rules[1].patterns[1]>rules[0].patterns[0]"},
		{"keyword inside", Content{Rules: []Rule{rule("a", MatchKeyword, 1, "退"), rule("b", MatchKeyword, 2, "退货", "运费")}}, "shadowed rules[1].patterns[0]>rules[0].patterns[0]"},
		{"keyword inside, but longer wins", Content{Rules: []Rule{rule("a", MatchKeyword, 1, "退"), rule("b", MatchKeyword, 1, "退货")}}, ""},
		{"words in another order", Content{Rules: []Rule{rule("a", MatchKeyword, 1, "退+运费"), rule("b", MatchKeyword, 2, "运费+退")}}, "duplicate rules[1].patterns[0]>rules[0].patterns[0] unreachable rules[1]>"},
		{"whole word inside an open one", Content{Rules: []Rule{rule("a", MatchKeyword, 1, "order"), rule("b", MatchKeyword, 2, "order*")}}, ""},
		{"open word inside", Content{Rules: []Rule{rule("a", MatchKeyword, 1, "ord*"), rule("b", MatchKeyword, 2, "order")}}, "shadowed rules[1].patterns[0]>rules[0].patterns[0] unreachable rules[1]>"},
		{"other language", Content{Rules: []Rule{{ID: "a", On: true, Match: MatchExact, Patterns: []string{"hi"}, Language: "de"}, rule("b", MatchExact, 1, "hi")}}, ""},
		{"asks for a person", Content{Human: DefaultHuman("zh"), Rules: []Rule{rule("a", MatchKeyword, 1, "人工客服", "人工客服+几点"), rule("b", MatchExact, 1, "人工")}}, "human rules[0].patterns[0]>human"},
		{"only from a menu", Content{Rules: []Rule{rule("a", MatchExact, 1)}, Welcome: Welcome{Replies: []Reply{TextMenu("x", "m")}}, Menus: []Menu{{ID: "m", Options: []MenuOption{{Label: "a", Rule: "a"}}}}}, ""},
		{"from nowhere", Content{Rules: []Rule{rule("a", MatchExact, 1)}}, "unreachable rules[0]>"},
		{"option to a rule that is off", Content{Rules: []Rule{{ID: "a"}}, Default: Default{Replies: []Reply{TextMenu("x", "m")}}, Menus: []Menu{{ID: "m", Options: []MenuOption{{Label: "a", Rule: "a"}}}}}, "off menus[0].options[0].rule>"},
		{"menu nobody shows", Content{Menus: []Menu{{ID: "m", Options: []MenuOption{{Label: "a"}}}}}, "unused menus[0]>"},
		{"two menus", Content{Rules: []Rule{{ID: "a", On: true, Match: MatchExact, Patterns: []string{"a"}, Menus: []string{"m", "m"}}}, Menus: []Menu{{ID: "m", Options: []MenuOption{{Label: "a"}}}}}, "numbers rules[0].menus>"},
	} {
		var got []string
		for _, w := range Warnings(c.c) {
			got = append(got, fmt.Sprintf("%s %s>%s", w.Kind, w.Field, w.Other))
			if w.Text.EN == "" || w.Text.ZH == "" {
				t.Errorf("%s: a warning without words", c.name)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, strings.Join(got, " "), c.want)
		}
	}
}

// A pattern said to be shadowed must never be the one that answers.
func TestShadowedPatternsLose(t *testing.T) {
	c := Content{Version: 1, Rules: []Rule{
		{ID: "a", On: true, Match: MatchKeyword, Order: 1, Patterns: []string{"退", "track*"}, Answers: []Reply{Text("a")}},
		{ID: "b", On: true, Match: MatchKeyword, Order: 2, Patterns: []string{"退货+运费", "tracking number"}, Answers: []Reply{Text("b")}},
	}}
	if n := len(Warnings(c)); n != 3 {
		t.Fatalf("%d warnings, want 3", n)
	}
	for _, q := range []string{"运费退货", "my tracking number"} {
		talk(t, c, step{say: q, want: "a", rule: "a"})
	}
}

func TestExplain(t *testing.T) {
	e, err := Explain(encode(shop()), orchestrate.Turn{
		Cause: orchestrate.CauseMessage, Text: "怎麼退貨，運費呢？", Memory: json.RawMessage(`{"welcomed":true}`), Language: "zh",
	})
	if err != nil {
		t.Fatal(err)
	}
	if e.Normalised != "怎么退货,运费呢" || e.Matched != 2 || len(e.Candidates) != 2 {
		t.Fatalf("%+v", e)
	}
	first, second := e.Candidates[0], e.Candidates[1]
	if first.Rule != "returns" || !first.Won || first.Pattern != "退货" || first.Words != "退货" || first.Length != 2 || first.Order != 10 || first.Match != MatchKeyword {
		t.Errorf("first %+v", first)
	}
	if second.Rule != "fee" || second.Won {
		t.Errorf("second %+v", second)
	}
	if e.Chosen.Rule != "returns" || e.Chosen.Match != "keyword" || plain(e.Answer) != "可退" {
		t.Errorf("chosen %+v", e.Chosen)
	}
	if string(e.Before) != `{"welcomed":true}` || !strings.Contains(string(e.After), `"seen"`) {
		t.Errorf("memory %s, then %s", e.Before, e.After)
	}

	e, _ = Explain(encode(shop()), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "退货不会弄，转人工"})
	if e.Human != "转人工" || e.Chosen.Handoff != "asked" || len(e.Candidates) != 1 || e.Candidates[0].Won {
		t.Errorf("a wish for a person: %+v", e)
	}
	e, _ = Explain(encode(shop()), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "3", Memory: json.RawMessage(`{"offered":["main"]}`)})
	if e.Picked != "运费多少" || e.Asked != "运费" || e.Chosen.Rule != "fee" || e.Chosen.Match != "menu" {
		t.Errorf("a pick: %+v", e)
	}
	if _, err := Explain(json.RawMessage(`{"x":1}`), orchestrate.Turn{}); err == nil || !strings.Contains(err.Error(), "x: ") {
		t.Errorf("content that cannot be read: %v", err)
	}
}

func TestDiff(t *testing.T) {
	if d := Diff(shop(), shop()); len(d) != 0 {
		t.Errorf("no change: %+v", d)
	}
	now := shop()
	now.Basics.Name = "Other"
	now.Human.Words = append(now.Human.Words, "店长")
	now.Rules[0].Answers = []Reply{Text("不可退")}
	now.Rules[0].Order = 5
	now.Rules[3].Handoff.Texts[0].Text = "别的"
	now.Rules[4].Menus = []string{}                                  // as good as none
	now.Rules = append(now.Rules[:1], now.Rules[2:]...)              // fee is gone
	now.Rules = append([]Rule{{ID: "new", Name: "新"}}, now.Rules...) // one at the front
	last := len(now.Rules) - 1
	now.Rules[1], now.Rules[last] = now.Rules[last], now.Rules[1] // returns and tea change places
	now.Menus[1].Prompt = "看看"
	var got []string
	for _, c := range Diff(shop(), now) {
		got = append(got, fmt.Sprint(c.Kind, " ", c.Section, " ", c.ID, " ", strings.Join(c.Fields, ",")))
	}
	want := []string{
		"changed basics  name", "changed human  words",
		"removed rule fee ", "added rule new ", "changed rule number handoff", "changed rule returns answers,order",
		"moved rule tea ", "moved rule returns ",
		"changed menu goods prompt",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestReferences(t *testing.T) {
	a, b, c, d, e := canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID()
	content := shop()
	content.Basics.Avatar = a
	content.Human.Team = b
	content.Rules[3].Handoff.Team = c
	content.Rules[0].Answers = []Reply{{Parts: []ReplyPart{{Type: PartImage, File: d}, {Type: PartFile, File: d}, {Type: PartCard, Card: &ReplyCard{Image: e}}}}}
	teams, files := References(content)
	if fmt.Sprint(teams) != fmt.Sprint([]canon.ID{b, c}) || fmt.Sprint(files) != fmt.Sprint([]canon.ID{a, d, e}) {
		t.Errorf("teams %v, files %v", teams, files)
	}
}
