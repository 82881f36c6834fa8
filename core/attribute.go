package core

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parley/core/connector"
)

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,10})?$`)

// Written is a value as the attribute's kind is written, from how people write
// it: 31/3 is refused, 2026/3/31 becomes 2026-03-31, 是 becomes true. ok is false
// for what is no value of the kind.
func (a Attribute) Written(text string) (value string, ok bool) {
	text = strings.TrimSpace(text)
	switch a.Kind {
	case AttributeNumber:
		return text, decimal.MatchString(text)
	case AttributeDate:
		for _, layout := range []string{time.DateOnly, "2006/1/2", "2006-1-2", "2006年1月2日"} {
			if d, err := time.Parse(layout, text); err == nil {
				return d.Format(time.DateOnly), true
			}
		}
		return "", false
	case AttributeChoice:
		return text, slices.Contains(a.Options, text)
	case AttributeYesNo:
		switch strings.ToLower(text) {
		case "true", "yes", "y", "1", "是":
			return "true", true
		case "false", "no", "n", "0", "否":
			return "false", true
		}
		return "", false
	}
	return text, text != "" && utf8.RuneCountInString(text) <= 1000
}

// Wanted says what a value of the attribute looks like.
func (a Attribute) Wanted() connector.Text {
	switch a.Kind {
	case AttributeNumber:
		return connector.Text{EN: "Write a number, such as 12 or -3.5.", ZH: "请填写数字，如 12 或 -3.5。"}
	case AttributeDate:
		return connector.Text{EN: "Write a date as 2026-03-31.", ZH: "请填写日期，如 2026-03-31。"}
	case AttributeChoice:
		return connector.Text{EN: "Choose one of: " + strings.Join(a.Options, ", ") + ".", ZH: "可选值：" + strings.Join(a.Options, "、") + "。"}
	case AttributeYesNo:
		return connector.Text{EN: "Write yes or no.", ZH: "请填写“是”或“否”。"}
	}
	return connector.Text{EN: "Write up to 1,000 characters.", ZH: "不超过 1000 个字符。"}
}
