package rules

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// step is one turn of a conversation: what the customer does, and what the bot
// is seen to do. An empty want is not compared.
type step struct {
	say     string            // the customer writes
	press   string            // the customer presses a button with this value
	cause   orchestrate.Cause // opened or silence
	lang    string
	want    string // all messages as plain text, joined by " / "
	match   string
	rule    string
	missed  bool
	handoff string // reason
	text    string // of the handoff
	close   bool
	nothing bool // no message at all
}

// talk plays a conversation, handing the memory from turn to turn, and checks
// what must hold of every answer.
func talk(t *testing.T, c Content, steps ...step) {
	t.Helper()
	bot, err := New().Open(encode(c))
	if err != nil {
		t.Fatal(err)
	}
	var memory json.RawMessage
	for i, s := range steps {
		turn := orchestrate.Turn{Cause: s.cause, Text: s.say, Value: s.press, Language: s.lang, First: i == 0, Memory: memory, Open: true}
		if turn.Cause == "" {
			turn.Cause = orchestrate.CauseMessage
			if s.press != "" {
				turn.Cause = orchestrate.CauseAction
			}
		}
		a, err := bot.Answer(t.Context(), turn)
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		again, _ := bot.Answer(t.Context(), turn)
		if plain(again) != plain(a) || string(again.Memory) != string(a.Memory) {
			t.Errorf("step %d: the same turn gave another answer", i)
		}
		for _, m := range a.Messages {
			if m.Empty() {
				t.Errorf("step %d: an empty message", i)
			}
		}
		if len(a.Memory) > 16<<10 {
			t.Errorf("step %d: a memory of %d bytes", i, len(a.Memory))
		}
		memory = a.Memory
		got := plain(a)
		if s.want != "" && got != s.want || s.nothing && got != "" {
			t.Errorf("step %d (%q): said %q, want %q", i, s.say+s.press, got, s.want)
		}
		if s.match != "" && a.Why.Match != s.match {
			t.Errorf("step %d (%q): matched by %q, want %q", i, s.say+s.press, a.Why.Match, s.match)
		}
		if s.rule != "" && a.Why.Rule != s.rule {
			t.Errorf("step %d (%q): rule %q, want %q", i, s.say+s.press, a.Why.Rule, s.rule)
		}
		reason, text := "", ""
		if a.Handoff != nil {
			reason, text = a.Handoff.Reason, a.Handoff.Text
		}
		if reason != s.handoff || s.text != "" && text != s.text {
			t.Errorf("step %d (%q): handoff %q %q, want %q %q", i, s.say+s.press, reason, text, s.handoff, s.text)
		}
		if a.Missed != s.missed || a.Close != s.close {
			t.Errorf("step %d (%q): missed %v, close %v; want %v, %v", i, s.say+s.press, a.Missed, a.Close, s.missed, s.close)
		}
	}
}

func plain(a orchestrate.Answer) string {
	var all []string
	for _, m := range a.Messages {
		all = append(all, m.Fallback())
	}
	return strings.Join(all, " / ")
}

// shop is a small content whose every reply is one short word or two.
func shop() Content {
	return Content{
		Version:  1,
		Basics:   Basics{Name: "Bot", Language: "zh"},
		Matching: Matching{Script: true},
		Welcome:  Welcome{On: true, Late: true, Replies: []Reply{TextMenu("欢迎", "main")}},
		Default:  Default{On: true, Replies: []Reply{Text("不懂")}},
		Repeated: Repeated{On: true, Handoff: true, Replies: []Reply{Text("刚说过")}, Texts: []Saying{{Text: "多次询问，转人工"}}},
		Timeout:  Timeout{On: true, Seconds: 60, Replies: []Reply{Text("还在吗")}},
		Human: Human{
			On: true, Words: []string{"人工", "agent"}, Phrases: []string{"转人工"}, Except: []string{"人工智能"},
			Texts: []Saying{{Text: "转接中"}}, OffTexts: []Saying{{Text: "已下班"}},
		},
		Menus: []Menu{
			{ID: "main", Options: []MenuOption{
				{Label: "退货", Rule: "returns"},
				{Label: "商品", Menu: "goods"},
				{Label: "运费多少", Value: "运费"},
				{Label: "官网", URL: "https://example.com/"},
				{Label: "找人", Human: true},
			}},
			{ID: "goods", Prompt: "哪一款", Options: []MenuOption{{Label: "茶", Value: "茶"}, {Label: "返回", Menu: "main"}}},
		},
		Rules: []Rule{
			{ID: "returns", Name: "退货", On: true, Match: MatchKeyword, Patterns: []string{"退货", "退+款"}, Answers: []Reply{Text("可退")}, Order: 10},
			{ID: "fee", On: true, Match: MatchKeyword, Patterns: []string{"运费"}, Answers: []Reply{Text("十元")}, Order: 20},
			{ID: "whole", On: true, Match: MatchExact, Patterns: []string{"怎么退货"}, Answers: []Reply{Text("这样退")}, Order: 99},
			{ID: "number", On: true, Match: MatchRegex, Patterns: []string{`AB\d{4}`}, Answers: []Reply{Text("查单")}, Handoff: &RuleHandoff{Texts: []Saying{{Text: "查单员接手"}}}, Order: 30},
			{ID: "bye", On: true, Match: MatchExact, Patterns: []string{"再见"}, Answers: []Reply{Text("慢走")}, Close: true},
			{ID: "thanks", On: true, Match: MatchExact, Patterns: []string{"谢谢"}, Answers: []Reply{Text("不客气")}, Repeatable: true},
			{ID: "off", On: false, Match: MatchExact, Patterns: []string{"关掉的"}, Answers: []Reply{Text("不该出现")}},
			{ID: "tea", On: true, Match: MatchExact, Patterns: []string{"茶"}, Answers: []Reply{Text("龙井")}, Menus: []string{"goods"}},
		},
	}
}

const welcome = "欢迎\n1. 退货\n2. 商品\n3. 运费多少\n4. 官网 https://example.com/\n5. 找人"

var opened = step{cause: orchestrate.CauseOpened, want: welcome, match: "welcome"}

func TestTalkMatching(t *testing.T) {
	for _, c := range []step{
		{say: "我想退货", want: "可退", match: "keyword", rule: "returns"},
		{say: "我想退貨！！", want: "可退", rule: "returns"},
		{say: "退 货", want: "可退"},
		{say: "退这一款", want: "可退", match: "keyword"},
		{say: "这款怎么样", want: "不懂", match: "default", missed: true},
		{say: "怎么退货？", want: "这样退", match: "exact", rule: "whole"}, // exact before keyword, whatever the order
		{say: "怎么退货要运费吗", want: "可退", rule: "returns"},             // two keywords: the lower order
		{say: "我的单号是 ab1234，退货", want: "查单", match: "regex", handoff: "rule", text: "查单员接手"},
		{say: "再见。", want: "慢走", close: true},
		{say: "关掉的", want: "不懂", missed: true},
		{say: "人工智能是什么", want: "不懂", missed: true},
		{say: "我要转人工", nothing: true, match: "human", handoff: "asked", text: "转接中"},
		{say: "agent please", nothing: true, match: "human", handoff: "asked"},
		{press: HumanValue, nothing: true, match: "human", handoff: "asked"},
		{press: "运费", want: "十元", rule: "fee"},
		{press: "parley:rule:returns", want: "可退", match: "menu", rule: "returns"},
		{press: "parley:rule:off", want: "不懂", missed: true},
		{press: "parley:rule:gone", want: "不懂", missed: true},
		{press: "parley:menu:goods", want: "哪一款\n1. 茶\n2. 返回", match: "menu"},
	} {
		talk(t, shop(), opened, c)
	}
}

func TestTalkMenus(t *testing.T) {
	talk(t, shop(), opened,
		step{say: "1", want: "可退", match: "menu", rule: "returns"},
		step{say: "２", want: "哪一款\n1. 茶\n2. 返回", match: "menu"},
		step{say: "一", want: "龙井\n哪一款\n1. 茶\n2. 返回", match: "menu", rule: "tea"}, // the menu in hand is now the second
		step{say: "第二个", want: strings.TrimPrefix(welcome, "欢迎\n"), match: "menu"},
		step{say: "运费多少？", want: "十元", match: "menu", rule: "fee"},
		step{say: "4. 官网", want: "官网\nhttps://example.com/", match: "menu"},
		step{say: "9", want: "不懂", missed: true},
		step{say: "选5", nothing: true, match: "human", handoff: "asked"},
	)
	noMenu := shop()
	noMenu.Welcome.Replies = []Reply{Text("欢迎")}
	talk(t, noMenu, step{cause: orchestrate.CauseOpened, want: "欢迎"},
		step{say: "1", want: "不懂", missed: true}) // no menu in hand: a number is a question
}

func TestTalkRepeated(t *testing.T) {
	talk(t, shop(), opened,
		step{say: "我要退货", want: "可退"},
		step{say: "退货", want: "刚说过", match: "repeated", rule: "returns"}, // other words, the same rule
		step{say: "运费", want: "十元"},
		step{say: "能退货吗", nothing: true, match: "repeated", handoff: "repeated", text: "多次询问，转人工"},
		step{say: "退货", want: "可退"}, // back from people, counting begins anew
	)
	talk(t, shop(), opened,
		step{say: "天气如何", want: "不懂", missed: true},
		step{say: "运费", want: "十元"},
		step{say: "天气如何？", want: "刚说过", match: "repeated", missed: true},
		step{say: "天气如何", nothing: true, handoff: "repeated"},
	)
	talk(t, shop(), opened,
		step{say: "谢谢", want: "不客气"}, step{say: "谢谢", want: "不客气"}, step{say: "谢谢", want: "不客气"})
	talk(t, shop(), opened, // looking around in menus is no repetition
		step{say: "2"}, step{say: "2"}, step{say: "2"}, step{say: "2"}, step{say: "2", match: "menu"})
	talk(t, shop(), opened, // pictures have no words to repeat
		step{missed: true, want: "不懂"}, step{missed: true, want: "不懂"}, step{missed: true, want: "不懂"})

	both := shop()
	both.Repeated.Answer = true
	both.Repeated.Handoff = false
	talk(t, both, opened, step{say: "退货", want: "可退"}, step{say: "退货", want: "刚说过 / 可退"}, step{say: "退货", want: "刚说过 / 可退"})

	off := shop()
	off.Repeated.On = false
	talk(t, off, opened, step{say: "退货", want: "可退"}, step{say: "退货", want: "可退"}, step{say: "退货", want: "可退"})
}

func TestTalkWelcome(t *testing.T) {
	talk(t, shop(), opened, step{cause: orchestrate.CauseOpened, nothing: true}, step{say: "运费", want: "十元"})
	talk(t, shop(), step{say: "运费", want: welcome + " / 十元", match: "keyword"}, step{say: "退货", want: "可退"},
		step{cause: orchestrate.CauseOpened, nothing: true})
	talk(t, shop(), step{say: "5", want: welcome + " / 不懂", missed: true}, step{say: "5", nothing: true, handoff: "asked"})
	talk(t, shop(), step{say: "人工", nothing: true, handoff: "asked"}) // who wants a person is not held up by a welcome
	early := shop()
	early.Welcome.Late = false
	talk(t, early, step{say: "运费", want: "十元"})
	off := shop()
	off.Welcome.On = false
	talk(t, off, step{cause: orchestrate.CauseOpened, nothing: true}, step{say: "运费", want: "十元"})
}

func TestTalkDefaultOff(t *testing.T) {
	c := shop()
	c.Default.On = false
	talk(t, c, opened, step{say: "天气", nothing: true, missed: true, match: "default"})
}

func TestTalkTimeout(t *testing.T) {
	silence := step{cause: orchestrate.CauseSilence, want: "还在吗", match: "timeout"}
	talk(t, shop(), opened, step{say: "运费"}, silence, step{cause: orchestrate.CauseSilence, nothing: true}, step{say: "退货", want: "可退"}, silence)
	c := shop()
	c.Timeout.Close = true
	closing := silence
	closing.close = true
	talk(t, c, opened, step{say: "运费"}, closing)
	c.Timeout.On = false
	talk(t, c, opened, step{say: "运费"}, step{cause: orchestrate.CauseSilence, nothing: true})
}

func TestTimeoutIsAskedForOnlyAfterTheCustomerWrote(t *testing.T) {
	bot := NewBot(shop())
	for _, c := range []struct {
		turn orchestrate.Turn
		want float64
	}{
		{orchestrate.Turn{Cause: orchestrate.CauseOpened}, 0},
		{orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "运费"}, 60},
		{orchestrate.Turn{Cause: orchestrate.CauseAction, Value: "parley:rule:returns"}, 60},
		{orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "人工"}, 0},
		{orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "再见"}, 0},
		{orchestrate.Turn{Cause: orchestrate.CauseSilence}, 0},
	} {
		a, _ := bot.Answer(t.Context(), c.turn)
		if a.WakeAfter.Seconds() != c.want {
			t.Errorf("%s %q: wake after %v, want %v s", c.turn.Cause, c.turn.Text, a.WakeAfter, c.want)
		}
	}
}

func TestHandoffTexts(t *testing.T) {
	team, sales := canon.NewID(), canon.NewID()
	c := shop()
	c.Human.Team = team
	c.Human.Texts = []Saying{{Language: "zh", Text: "转接中"}, {Language: "en", Text: "One moment"}}
	c.Human.OffTexts = []Saying{{Language: "zh", Text: "已下班"}, {Language: "en", Text: "We are closed"}}
	c.Rules = append(c.Rules, Rule{ID: "sales", On: true, Match: MatchExact, Patterns: []string{"批发"}, Handoff: &RuleHandoff{Team: sales}})
	bot := NewBot(c)
	for _, x := range []struct {
		text, lang, say, off string
		team                 canon.ID
	}{
		{"人工", "zh-CN", "转接中", "已下班", team},
		{"agent", "en-GB", "One moment", "We are closed", team},
		{"agent", "fr", "转接中", "已下班", team}, // none in French: the bot's own language
		{"批发", "en", "One moment", "We are closed", sales},
		{"AB1234", "zh", "查单员接手", "已下班", team},
	} {
		a, _ := bot.Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: x.text, Language: x.lang})
		h := a.Handoff
		if h == nil || h.Text != x.say || h.OffText != x.off || h.Team != x.team {
			t.Errorf("%q in %s: %+v, want %q, %q and team %v", x.text, x.lang, h, x.say, x.off, x.team)
		}
	}
}

func TestVariants(t *testing.T) {
	c := shop()
	c.Rules[0].Answers = []Reply{Text("甲"), Text("乙"), {Language: "en", Parts: Text("one").Parts}, {Language: "en", Parts: Text("two").Parts}, {Language: "zh-TW", Parts: Text("繁").Parts}}
	bot := NewBot(c)
	for lang, want := range map[string]string{"": "乙甲", "fr": "乙甲", "en-US": "onetwo", "zh-HK": "繁", "zh": "繁"} {
		seen := map[string]int{}
		for seed := range uint64(200) {
			a, _ := bot.Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "退货", Language: lang, Seed: seed})
			seen[plain(a)]++
		}
		total := 0
		for said, times := range seen {
			if !strings.Contains(want, said) || times < 50 {
				t.Errorf("language %q: said %q %d times of 200, want each of %q about as often", lang, said, times, want)
			}
			total += len(said)
		}
		if total != len(want) {
			t.Errorf("language %q: said %v, want all of %q", lang, seen, want)
		}
	}
}

func TestRuleLanguage(t *testing.T) {
	c := shop()
	c.Rules = []Rule{
		{ID: "en", On: true, Match: MatchKeyword, Language: "en", Patterns: []string{"tea"}, Answers: []Reply{Text("english")}, Order: 2},
		{ID: "de", On: true, Match: MatchKeyword, Language: "de", Patterns: []string{"tea"}, Answers: []Reply{Text("deutsch")}, Order: 1},
		{ID: "any", On: true, Match: MatchKeyword, Patterns: []string{"tea"}, Answers: []Reply{Text("any")}, Order: 3},
		{ID: "ja", On: true, Match: MatchKeyword, Language: "ja", Patterns: []string{"sencha"}, Answers: []Reply{Text("日本")}},
	}
	talk(t, c, opened, step{say: "green tea", lang: "en", want: "english"})
	talk(t, c, opened, step{say: "green tea", lang: "fr", want: "any"})
	talk(t, c, opened, step{say: "green tea", want: "deutsch"}) // unknown language: the order alone
	talk(t, c, opened, step{say: "sencha", lang: "fr", want: "日本"})
}

func TestParts(t *testing.T) {
	image, picture := canon.NewID(), canon.NewID()
	c := shop()
	c.Rules[0].Answers = []Reply{{Parts: []ReplyPart{
		{Type: PartText, Text: " 看图 "},
		{Type: PartText, Text: " \u200b "},
		{Type: PartImage, File: image, Text: "样子"},
		{Type: PartCard, Card: &ReplyCard{Kind: canon.CardProduct, Title: "茶", Image: picture, Price: "¥1"}},
		{Type: PartMenu, Menu: "main"},
		{Type: PartMenu, Menu: "gone"},
	}}}
	a, _ := NewBot(c).Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "退货"})
	if len(a.Messages) != 1 || len(a.Messages[0].Parts) != 4 {
		t.Fatalf("said %+v, want one message of text, image, card and menu", a.Messages)
	}
	parts := a.Messages[0].Parts
	if text := parts[0].(canon.Text); text.Body != "看图" {
		t.Errorf("text %+v", text)
	}
	if m := parts[1].(canon.Media); m.Kind != canon.MediaImage || m.File != image || m.Caption != "样子" {
		t.Errorf("image %+v", m)
	}
	if card := parts[2].(canon.Card); card.Image.File != picture || card.Price != "¥1" {
		t.Errorf("card %+v", card)
	}
	choices := parts[3].(canon.Choices)
	want := []canon.Option{
		{Kind: canon.OptionReply, Label: "退货", Value: "parley:rule:returns"},
		{Kind: canon.OptionReply, Label: "商品", Value: "parley:menu:goods"},
		{Kind: canon.OptionReply, Label: "运费多少", Value: "运费"},
		{Kind: canon.OptionURL, Label: "官网", URL: "https://example.com/"},
		{Kind: canon.OptionHuman, Label: "找人", Value: HumanValue},
	}
	for i, o := range want {
		if choices.Options[i] != o {
			t.Errorf("option %d: %+v, want %+v", i, choices.Options[i], o)
		}
	}
}

func TestLongQuestionOfAnOptionFitsAButton(t *testing.T) {
	long := strings.Repeat("很长的问题", 20)
	c := shop()
	c.Menus[0].Options[2] = MenuOption{Label: "长", Value: long}
	c.Rules[1].Match, c.Rules[1].Patterns = MatchExact, []string{long}
	value := c.Menus[0].Options[2].value()
	if len(value) > 64 {
		t.Fatalf("the button carries %d bytes", len(value))
	}
	c.Welcome.On = false
	talk(t, c, step{press: value, want: "十元", match: "menu", rule: "fee"})
}

func TestNoEmptyMessageLeaves(t *testing.T) {
	c := shop()
	c.Rules[0].Answers = []Reply{Text(" \u3000\u200b"), {Parts: []ReplyPart{{Type: PartMenu, Menu: "gone"}}}}
	talk(t, c, opened, step{say: "退货", nothing: true, missed: true})
}

func TestBadMemoryIsForgotten(t *testing.T) {
	for _, raw := range []string{"", "null", "[]", `{"seen":3}`, "{"} {
		a, err := NewBot(shop()).Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: "退货", Memory: json.RawMessage(raw)})
		if err != nil || plain(a) != "可退" {
			t.Errorf("memory %q: %q, %v", raw, plain(a), err)
		}
	}
}

func TestMemoryStaysSmall(t *testing.T) {
	bot, turn := NewBot(shop()), orchestrate.Turn{Cause: orchestrate.CauseMessage}
	for i := range 2000 {
		turn.Text = strings.Repeat("问", i%300+1) + string(rune('一'+i))
		a, _ := bot.Answer(t.Context(), turn)
		if turn.Memory = a.Memory; len(turn.Memory) > 8<<10 {
			t.Fatalf("the memory grew to %d bytes after %d questions", len(turn.Memory), i)
		}
	}
}

func TestOneBotServesManyAtOnce(t *testing.T) {
	bot := NewBot(Demo("zh"))
	asks := []string{"怎么退货", "SY20260901", "转人工", "有什么茶", "天气", "运费多少"}
	want := make([]string, len(asks))
	answer := func(i int) string {
		a, _ := bot.Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: asks[i], Seed: 7})
		return plain(a) + a.Why.Rule + string(a.Memory)
	}
	for i := range asks {
		want[i] = answer(i)
	}
	var group sync.WaitGroup
	for g := range 16 {
		group.Go(func() {
			for n := range 200 {
				if i := (g + n) % len(asks); answer(i) != want[i] {
					t.Errorf("%q got another answer among others", asks[i])
				}
			}
		})
	}
	group.Wait()
}
