package rules

import (
	"strings"
	"testing"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// TestDemoAnswersWhatCustomersAsk holds the demo to questions as people ask them.
func TestDemoAnswersWhatCustomersAsk(t *testing.T) {
	for lang, asks := range map[string]map[string]string{
		"zh": {
			"你好": "greeting", "谢谢！": "thanks", "我的订单到哪了": "order", "快递什么时候到啊": "order", "SY20260901": "order-number",
			"请问几天能到？": "delivery", "包邮吗": "delivery", "运费多少": "delivery", "怎么退货我的订单": "returns", "可以退换吗": "returns",
			"你们几点开门": "hours", "人工客服几点上班": "hours", "有实体店吗": "where", "能开发票吗": "payment", "想改一下收货地址": "address",
			"盖碗摔碎了": "complaint", "我要投诉": "complaint", "有什么好的龙井": "longjing", "想买套茶具": "gaiwan", "送人选哪个": "giftbox",
			"新手喝什么，推荐一下": "choose", "有没有優惠": "price", "再见": "bye",
			"人工": "human", "我要找店员，转人工": "human", "今天天气怎么样": "default",
		},
		"en": {
			"Hi!": "greeting", "thank you": "thanks", "Where is my order?": "order", "has my parcel arrived": "order", "my number is mh20260901": "order-number",
			"how much is shipping": "delivery", "Do you deliver to France?": "delivery", "I want to return my order": "returns", "refund please": "returns",
			"When do you open?": "hours", "are you open on weekends": "hours", "where is your shop": "where", "can I pay by PayPal": "payment",
			"please change my address": "address", "my cup arrived broken": "complaint", "do you have dragonwell": "longjing", "a gift for my mother": "giftbox",
			"which tea should I choose": "choose", "any discounts?": "price", "bye": "bye",
			"agent": "human", "can I talk to a real person": "human", "what is the weather like": "default",
		},
	} {
		bot := NewBot(Demo(lang))
		for ask, want := range asks {
			a, err := bot.Answer(t.Context(), orchestrate.Turn{Cause: orchestrate.CauseMessage, Text: ask, Language: lang, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			got := a.Why.Rule
			if got == "" {
				got = a.Why.Match
			}
			if got != want {
				t.Errorf("%s %q: %s by %q, want %s", lang, ask, got, a.Why.Text, want)
			}
		}
	}
}

// TestDemoMenusLeadSomewhere presses every button of every menu.
func TestDemoMenusLeadSomewhere(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		c := Demo(lang)
		bot := NewBot(c)
		for _, m := range c.Menus {
			for i, o := range m.choices().Options {
				for _, turn := range []orchestrate.Turn{
					{Cause: orchestrate.CauseAction, Value: o.Value, Text: o.Label},
					{Cause: orchestrate.CauseMessage, Text: string(rune('1' + i)), Memory: memory{Offered: []string{m.ID}}.encode()},
					{Cause: orchestrate.CauseMessage, Text: o.Label, Memory: memory{Offered: []string{m.ID}}.encode()},
				} {
					a, _ := bot.Answer(t.Context(), turn)
					human := o.Kind == canon.OptionHuman
					if a.Missed || human != (a.Handoff != nil) || !human && a.Why.Match != "menu" {
						t.Errorf("%s menu %s, %s %q: %+v", lang, m.ID, turn.Cause, o.Label, a)
					}
				}
			}
		}
	}
}

func TestReadyContentsSpeakOneLanguage(t *testing.T) {
	for lang, foreign := range map[string]string{"zh": "abcdefghijklmnopqrstuvwxyz", "en": "的您好我是吗请"} {
		for _, c := range []Content{Blank(lang), Demo(lang)} {
			bot := NewBot(c)
			for _, replies := range [][]Reply{c.Welcome.Replies, c.Default.Replies, c.Repeated.Replies, c.Timeout.Replies} {
				for seed := range replies {
					s, ok := bot.pick(replies[seed:seed+1], nil, lang, 0)
					if text := s.message.Fallback(); !ok || strings.ContainsAny(text, foreign) {
						t.Errorf("%s: %q", lang, text)
					}
				}
			}
		}
	}
}
