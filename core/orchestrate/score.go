package orchestrate

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"parley/core"
	"parley/core/connector"
)

// The words of a rating, lowest score first, where the business has none of its
// own. With its picture a label keeps to 20 characters, the least a channel
// takes.
var (
	sayRate = connector.Text{
		EN: "How satisfied are you with our service?",
		ZH: "请问您对本次服务是否满意？",
	}
	sayThanks = connector.Text{EN: "Thank you for your rating.", ZH: "感谢您的评价。"}

	scoreWords = [core.BestScore]connector.Text{
		{EN: "Very dissatisfied", ZH: "非常不满意"},
		{EN: "Dissatisfied", ZH: "不满意"},
		{EN: "Neutral", ZH: "一般"},
		{EN: "Satisfied", ZH: "满意"},
		{EN: "Very satisfied", ZH: "非常满意"},
	}
	scoreFaces = [core.BestScore]string{"😡", "🙁", "😐", "🙂", "😀"}

	sayReasons = []connector.Text{
		{EN: "Quick answer", ZH: "回复及时"},
		{EN: "Problem solved", ZH: "问题已解决"},
		{EN: "Friendly", ZH: "态度友好"},
		{EN: "Waited too long", ZH: "等待太久"},
		{EN: "Not solved", ZH: "问题未解决"},
	}
)

// wordsIn takes the words of the business in a language, else the built-in ones.
func wordsIn(own, builtIn connector.Text, lang string) string {
	if lang != "zh" {
		own.ZH, builtIn.ZH = "", ""
	} else if own.ZH == "" {
		own.EN = ""
	}
	if text := strings.TrimSpace(own.In(lang)); text != "" {
		return text
	}
	return builtIn.In(lang)
}

// reasonsIn are what a customer is offered to say about a score.
func reasonsIn(set core.RatingSettings, lang string) []string {
	all := set.Reasons
	if len(all) == 0 {
		all = sayReasons
	}
	out := make([]string, 0, len(all))
	for _, r := range all {
		if text := wordsIn(r, r, lang); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// scoreLabel is what stands on an option.
func scoreLabel(scale string, score int, lang string) string {
	picture := scoreFaces[score-1]
	if scale == "stars" {
		picture = strings.Repeat("★", score)
	}
	return picture + " " + scoreWords[score-1].In(lang)
}

// scoreIn is the score somebody means who writes nothing else: "5", "５分",
// "4 stars", "⭐⭐⭐", "🙂", "非常满意", or the words of an option; 0: it is no score.
func scoreIn(text string) int {
	if len(text) > 80 {
		return 0
	}
	text = strings.ToLower(strings.TrimFunc(width.Fold.String(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(".。!、,~", r)
	}))
	stars, pictured, words := 0, 0, text
	for words != "" {
		r, n := utf8.DecodeRuneInString(words)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			break
		}
		switch {
		case r == '★' || r == '⭐' || r == '🌟':
			stars++
		case unicode.IsSpace(r) || r == '☆' || r == 0xFE0F || r == '.':
		default:
			i := indexOf(string(r))
			if i == 0 || pictured > 0 {
				return 0
			}
			pictured = i
		}
		words = words[n:]
	}
	if stars > core.BestScore || stars > 0 && pictured > 0 {
		return 0
	}
	pictured += stars
	if words == "" {
		return pictured
	}
	said := wordScore(words)
	if pictured > 0 && said != pictured {
		return 0
	}
	return said
}

func indexOf(face string) int {
	for i, f := range scoreFaces {
		if f == face {
			return i + 1
		}
	}
	return 0
}

// wordScore reads a number with or without its unit, or the words of a score.
func wordScore(text string) int {
	for i, w := range scoreWords {
		if text == w.ZH || text == strings.ToLower(w.EN) || text == strings.ReplaceAll(w.ZH, "非常", "很") {
			return i + 1
		}
	}
	r, n := utf8.DecodeRuneInString(text)
	points := strings.IndexRune("12345", r) + 1
	if points == 0 {
		points = strings.Index("一二三四五", string(r))/3 + 1
		if !strings.ContainsRune("一二三四五", r) || text[n:] == "" {
			return 0 // a Chinese numeral alone is no score
		}
	}
	switch strings.TrimSpace(text[n:]) {
	case "", "分", "星", "颗星", "星好评", "star", "stars", "point", "points", "/5":
		return points
	}
	return 0
}
