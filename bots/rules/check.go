package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"

	"parley/core/canon"
	"parley/core/connector"
)

// Check says what must be mended before the content can be published, by field
// path; at most MaxFieldError errors. Whether teams and files exist is for the
// caller to see, with References.
func Check(c Content) []connector.FieldError {
	k := &checker{fold: newFolder(c.Matching), rules: map[string]int{}, menus: map[string]int{}}
	k.count("rules", len(c.Rules), MaxRules)
	k.count("menus", len(c.Menus), MaxMenus)
	for i, m := range c.Menus {
		k.id(fmt.Sprintf("menus[%d].id", i), m.ID, i, k.menus, "menus")
	}
	for i, r := range c.Rules {
		k.id(fmt.Sprintf("rules[%d].id", i), r.ID, i, k.rules, "rules")
	}
	k.settings(c)
	for i, r := range c.Rules {
		k.rule(fmt.Sprintf("rules[%d]", i), r)
	}
	if k.regexes > MaxRegexes {
		k.add("rules", fmt.Sprintf("There are %d regular expressions; at most %d. Write simple ones as keywords.", k.regexes, MaxRegexes), fmt.Sprintf("正则表达式共 %d 条，最多 %d 条。简单的请改用关键词。", k.regexes, MaxRegexes))
	}
	k.allMenus(c)
	return k.bad
}

// checker gathers errors.
type checker struct {
	shape
	fold         folder
	rules, menus map[string]int // first place of an id
	regexes      int
	open         int // regexes without a fixed word
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

func (k *checker) id(path, id string, at int, known map[string]int, list string) {
	if !idPattern.MatchString(id) {
		k.add(path, "Write 1 to 40 of the characters A–Z a–z 0–9 . _ -, beginning with a letter or digit.", "请填写 1 到 40 个字符：字母、数字、. _ -，以字母或数字开头。")
		return
	}
	if first, ok := known[id]; ok {
		k.add(path, fmt.Sprintf("%s[%d] has the same id. Give each its own.", list, first), fmt.Sprintf("与 %s[%d] 的 id 相同，请改成不同的。", list, first))
		return
	}
	known[id] = at
}

func (k *checker) count(path string, n, limit int) {
	if n > limit {
		k.add(path, fmt.Sprintf("There are %d; at most %d.", n, limit), fmt.Sprintf("共 %d 项，最多 %d 项。", n, limit))
	}
}

// length checks a text; needed ones must show something.
func (k *checker) length(path, text string, limit int, needed bool) {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		k.add(path, "The text holds bytes that are no characters. Type it again.", "文本含有无效字符，请重新输入。")
	case n > limit:
		k.add(path, fmt.Sprintf("The text has %d characters; at most %d.", n, limit), fmt.Sprintf("文本有 %d 个字符，最多 %d 个。", n, limit))
	case needed && blank(text):
		k.add(path, "Fill this in.", "请填写此项。")
	}
}

func (k *checker) lang(path, tag string) {
	if tag == "" {
		return
	}
	if _, err := language.Parse(tag); err != nil {
		k.add(path, "Write a language tag such as zh, zh-Hant or en.", "请填写语言代码，例如 zh、zh-Hant 或 en。")
	}
}

func (k *checker) settings(c Content) {
	k.length("basics.name", c.Basics.Name, MaxName, true)
	if c.Basics.Language == "" {
		k.add("basics.language", "Write the language the bot speaks, such as zh or en.", "请填写机器人的语言，例如 zh 或 en。")
	}
	k.lang("basics.language", c.Basics.Language)
	k.replies("welcome.replies", c.Welcome.Replies, c.Welcome.On)
	k.replies("default.replies", c.Default.Replies, c.Default.On)
	k.replies("repeated.replies", c.Repeated.Replies, c.Repeated.On)
	k.sayings("repeated.texts", c.Repeated.Texts)
	k.replies("timeout.replies", c.Timeout.Replies, c.Timeout.On && !c.Timeout.Close)
	if s := c.Timeout.Seconds; c.Timeout.On && (s < MinSilence || s > MaxSilence) {
		k.add("timeout.seconds", fmt.Sprintf("Write %d to %d seconds.", MinSilence, MaxSilence), fmt.Sprintf("请填写 %d 到 %d 秒。", MinSilence, MaxSilence))
	}
	k.words("human.words", c.Human.Words)
	k.words("human.phrases", c.Human.Phrases)
	k.words("human.except", c.Human.Except)
	if c.Human.On && len(c.Human.Words)+len(c.Human.Phrases) == 0 {
		k.add("human.words", "Write at least one word that asks for a person, such as 人工 or agent, or turn this off.", "请至少填写一个转人工词，例如“人工”，或关闭此项。")
	}
	k.sayings("human.texts", c.Human.Texts)
	k.sayings("human.off_texts", c.Human.OffTexts)
}

func (k *checker) words(path string, words []string) {
	k.count(path, len(words), MaxWords)
	for i, w := range words {
		k.length(fmt.Sprintf("%s[%d]", path, i), w, MaxLabel, true)
	}
}

func (k *checker) sayings(path string, texts []Saying) {
	k.count(path, len(texts), MaxReplies)
	for i, s := range texts {
		k.lang(fmt.Sprintf("%s[%d].language", path, i), s.Language)
		k.length(fmt.Sprintf("%s[%d].text", path, i), s.Text, MaxText, true)
	}
}

func (k *checker) rule(path string, r Rule) {
	k.length(path+".name", r.Name, MaxName, false)
	k.lang(path+".language", r.Language)
	if r.Order < -MaxOrder || r.Order > MaxOrder {
		k.add(path+".order", fmt.Sprintf("Write a number from %d to %d.", -MaxOrder, MaxOrder), fmt.Sprintf("请填写 %d 到 %d 的数字。", -MaxOrder, MaxOrder))
	}
	k.patterns(path, r)
	k.replies(path+".answers", r.Answers, len(r.Menus) == 0 && r.Handoff == nil && !r.Close)
	k.count(path+".menus", len(r.Menus), MaxParts)
	for i, id := range r.Menus {
		k.menuRef(fmt.Sprintf("%s.menus[%d]", path, i), id)
	}
	if r.Handoff != nil {
		k.sayings(path+".handoff.texts", r.Handoff.Texts)
		k.sayings(path+".handoff.off_texts", r.Handoff.OffTexts)
		if r.Close {
			k.add(path+".close", "A rule either hands over to people or closes the conversation. Turn one off.", "规则不能既转人工又结束会话，请关闭其中一项。")
		}
	}
}

// patterns checks the question variants. A rule without any answers only from a
// menu.
func (k *checker) patterns(path string, r Rule) {
	switch r.Match {
	case MatchExact, MatchKeyword, MatchRegex:
	default:
		k.add(path+".match", "Choose one of: exact, keyword, regex.", "请选择其一：exact（完全匹配）、keyword（关键词）、regex（正则）。")
		return
	}
	k.count(path+".patterns", len(r.Patterns), MaxPatterns)
	for j, p := range r.Patterns {
		at := fmt.Sprintf("%s.patterns[%d]", path, j)
		limit := MaxPattern
		if r.Match == MatchRegex {
			limit = MaxRegex
		}
		before := len(k.bad)
		k.length(at, p, limit, true)
		if len(k.bad) > before {
			continue
		}
		if strings.ContainsAny(p, "\r\n") {
			k.add(at, "A pattern is one line. Write each variant on its own.", "一条问法只能有一行，请分成多条。")
			continue
		}
		k.pattern(at, r.Match, p)
	}
}

func (k *checker) pattern(at string, match Match, p string) {
	switch match {
	case MatchKeyword:
		_, err := k.fold.terms(p)
		switch {
		case errors.Is(err, errNoTerm):
			k.add(at, `A word is missing beside a +. Write "refund+fee", or \+ for the character itself.`, `“+”旁边缺少词语。请写成“退货+运费”，表示加号本身请写 \+。`)
		case err != nil:
			k.add(at, "One of the words has nothing to see in it. Write it again.", "其中一个词没有可见字符，请重新填写。")
		}
	case MatchRegex:
		k.regexes++
		k.expression(at, p)
	}
}

func (k *checker) expression(at, p string) {
	re, factors, err := k.fold.regex(p)
	var bad *syntax.Error
	switch {
	case errors.As(err, &bad) && bad.Expr != "" && strings.Contains(p, bad.Expr):
		n := utf8.RuneCountInString(p[:strings.Index(p, bad.Expr)]) + 1
		k.add(at, fmt.Sprintf("At character %d, %q: %s. RE2 syntax is understood; no back-references or look-around.", n, bad.Expr, bad.Code), fmt.Sprintf("第 %d 个字符 %q 处有误：%s。支持 RE2 语法，不支持反向引用和环视。", n, bad.Expr, bad.Code))
	case err != nil:
		k.add(at, "The expression cannot be used: "+err.Error(), "表达式无法使用："+err.Error())
	case emptyMatch(re):
		k.add(at, "The expression matches every question, even an empty one. Ask for something in it; for questions nothing matches, use the default reply.", "该表达式会匹配任何问题。请写出必须包含的内容；未匹配的问题请用默认回复。")
	case len(factors) == 0 || shortest(factors) < 2:
		if k.open++; k.open == MaxOpenRegex+1 {
			k.add(at, fmt.Sprintf("This is expression %d without a fixed word of two letters or one Chinese character; at most %d, for they are tried on every question. Write such a word into it.", k.open, MaxOpenRegex), fmt.Sprintf("这是第 %d 条不含固定词的表达式，最多 %d 条，因为它们会对每个问题逐一尝试。请在其中写入固定的词。", k.open, MaxOpenRegex))
		}
	}
}

func (k *checker) menuRef(path, id string) {
	if _, ok := k.menus[id]; !ok {
		k.add(path, fmt.Sprintf("There is no menu %q. Make it, or choose another.", id), fmt.Sprintf("没有菜单 %q，请新建或另选。", id))
	}
}

func (k *checker) address(path, url string) {
	if msg := checkURL(url); msg != (connector.Text{}) {
		k.add(path, msg.EN, msg.ZH)
	}
}

// checkURL lets a form say what a whole web address is.
func checkURL(url string) connector.Text {
	form := connector.Form{Fields: []connector.Field{{Name: "url", Kind: connector.FieldURL, Required: true}}}
	if _, bad := form.Complete(connector.Values{"url": url}); len(bad) > 0 {
		return bad[0].Text
	}
	return connector.Text{}
}

func (k *checker) file(path string, id canon.ID) {
	if id.IsZero() {
		k.add(path, "Choose a file.", "请选择文件。")
	}
}
