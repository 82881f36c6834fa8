package rules

import (
	"strconv"
	"strings"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// pressed returns the option a button's value stands for.
func (b *Bot) pressed(value string) (MenuOption, bool) {
	switch {
	case value == HumanValue:
		return MenuOption{Human: true}, true
	case strings.HasPrefix(value, ruleValue):
		id := value[len(ruleValue):]
		_, ok := b.rules[id]
		return MenuOption{Rule: id}, ok
	case strings.HasPrefix(value, menuValue):
		id := value[len(menuValue):]
		_, ok := b.menus[id]
		return MenuOption{Menu: id}, ok
	}
	o, ok := b.asks[value]
	return o, ok
}

// picked returns the option of the menus last offered that a question names, by
// label or by number. Numbers count in the last menu, the one nearest to where
// the customer writes.
func (b *Bot) picked(offered []string, q string) (MenuOption, bool) {
	if q == "" {
		return MenuOption{}, false
	}
	number, rest := ordinal(q)
	for i := len(offered) - 1; i >= 0; i-- {
		m, ok := b.menus[offered[i]]
		if !ok {
			continue
		}
		shown := -1 // options without a label are not shown and take no number
		for _, o := range m.Options {
			if blank(o.Label) {
				continue
			}
			shown++
			label := b.index.fold.question(o.Label)
			switch {
			case label == q:
				return o, true
			case number != shown+1:
			case rest == "" && i == len(offered)-1, rest != "" && label == b.index.fold.question(rest):
				return o, true
			}
		}
	}
	return MenuOption{}, false
}

// chineseDigits are the numerals people write for 0 to 9, and 两.
const chineseDigits = "零一二三四五六七八九"

// ordinal reads "2", "2. orders", "第二个", "选2", "no. 2", "(2)"; rest is what
// follows the number, 0 means there is none. q is folded.
func ordinal(q string) (number int, rest string) {
	s := strings.TrimLeft(q, "(#[")
	for _, head := range []string{"第", "选择", "选", "我选", "option ", "number ", "no. ", "no ", "no."} {
		if t, ok := strings.CutPrefix(s, head); ok {
			s = t
			break
		}
	}
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	if i > 0 {
		n, err := strconv.Atoi(s[:i])
		if err != nil || n > MaxOptions {
			return 0, ""
		}
		number, rest = n, s[i:]
	} else {
		number, rest = chineseNumber(s)
	}
	if number == 0 {
		return 0, ""
	}
	for _, tail := range []string{"个", "项", "号", "条"} {
		rest = strings.TrimPrefix(rest, tail)
	}
	trimmed := strings.TrimLeft(rest, ".、:,) ]")
	if trimmed != "" && trimmed == rest && i > 0 && wordy([]rune(rest)[0]) {
		return 0, "" // "2nd", "3d printer": no number of an option
	}
	return number, trimmed
}

func chineseNumber(s string) (int, string) {
	digit := func(s string) (int, string) {
		if t, ok := strings.CutPrefix(s, "两"); ok {
			return 2, t
		}
		for n, d := range []rune(chineseDigits) {
			if t, ok := strings.CutPrefix(s, string(d)); ok && n > 0 {
				return n, t
			}
		}
		return 0, s
	}
	n, rest := digit(s)
	t, ten := strings.CutPrefix(rest, "十")
	if !ten {
		return n, rest
	}
	ones, rest := digit(t)
	return max(n, 1)*10 + ones, rest
}

// opened is what is said to a customer who named an option that opens an
// address.
func (o MenuOption) opened() canon.Message { return canon.TextMessage(o.Label + "\n" + o.URL) }

// question is what the turn asks, as written.
func question(t orchestrate.Turn) string {
	switch {
	case t.Text != "":
		return t.Text
	case t.Cause == orchestrate.CauseAction:
		return t.Value
	}
	return t.Message.Plain()
}
