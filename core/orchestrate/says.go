package orchestrate

import (
	"strconv"
	"strings"
	"time"

	"parley/core/connector"
)

// What the hub itself says to customers. 您 to customers, plain words, no
// exclamation marks.
var (
	sayQueued = connector.Text{
		EN: "I am passing you on to a person. You are number {place} in the queue.",
		ZH: "正在为您转接人工客服，您当前排在第 {place} 位。",
	}
	sayAssigned = connector.Text{
		EN: "{agent} is taking over and will answer you here.",
		ZH: "{agent} 正在为您服务。",
	}
	sayOffHours = connector.Text{
		EN: "Our team is away right now. Your message is kept, and a person will answer it{opens}.",
		ZH: "当前不在人工服务时间，您的留言已保存，我们会{opens}尽快回复您。",
	}
	sayOpens     = connector.Text{EN: " after {time}", ZH: "在 {time} 之后"}
	sayHuman     = connector.Text{EN: "I would like to talk to a person", ZH: "转人工"}
	sayBotFailed = connector.Text{
		EN: "Something went wrong on our side.",
		ZH: "抱歉，自动回复暂时出了点问题。",
	}
)

func fill(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// withPlace puts the place into a line; a line without the mark gets it at its
// end, so that the customer always learns it.
func withPlace(line, lang string, place int) string {
	if strings.Contains(line, "{place}") {
		return fill(line, "place", strconv.Itoa(place))
	}
	tail := connector.Text{EN: "You are number {place} in the queue.", ZH: "您当前排在第 {place} 位。"}
	return strings.TrimSpace(line) + joint(lang) + fill(tail.In(lang), "place", strconv.Itoa(place))
}

func joint(lang string) string {
	if lang == "zh" {
		return ""
	}
	return " "
}

// offHours is the line said when nobody serves.
func offHours(line, lang string, opens time.Time, zone string) string {
	if line == "" {
		line = sayOffHours.In(lang)
	}
	when := ""
	if !opens.IsZero() {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			loc = time.UTC
		}
		layout := "Mon 15:04"
		if lang == "zh" {
			layout = "1月2日 15:04"
		}
		when = fill(sayOpens.In(lang), "time", opens.In(loc).Format(layout))
	}
	return fill(line, "opens", when)
}
