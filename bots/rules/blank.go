package rules

// Blank is the content a new bot starts with: it greets, thanks, finds a person
// and says so when it knows no answer. lang is a BCP 47 tag; what is not Chinese
// gets English.
func Blank(lang string) Content {
	c := Content{
		Version:  Version,
		Matching: Matching{Script: true},
		Human:    DefaultHuman(lang),
		Welcome:  Welcome{On: true, Late: true},
		Default:  Default{On: true},
		Repeated: Repeated{On: true, Handoff: true},
		Timeout:  Timeout{Seconds: 900},
	}
	if isChinese(lang) {
		blankZH(&c)
	} else {
		blankEN(&c)
	}
	return c
}

func blankZH(c *Content) {
	c.Basics = Basics{Name: "智能助手", Language: "zh"}
	c.Welcome.Replies = []Reply{Text("您好，我是智能助手，很高兴为您服务。请直接输入您的问题；需要人工客服时，回复“人工”即可。")}
	c.Default.Replies = []Reply{
		TextMenu("抱歉，这个问题我还不会回答。您可以换个说法再问一次，或者找人工客服。", "person"),
		TextMenu("这个问题我暂时没有找到答案。换个说法试试，或者由人工客服为您解答。", "person"),
	}
	c.Repeated.Replies = []Reply{TextMenu("这个问题刚才聊过。如果还没有解决，请换个说法告诉我，或者找人工客服。", "person")}
	c.Timeout.Replies = []Reply{Text("还有其他可以帮您的吗？需要时随时留言，我一直都在。")}
	c.Menus = []Menu{{ID: "person", Name: "转人工", Options: []MenuOption{{Label: "转人工", Human: true}}}}
	c.Rules = []Rule{
		{
			ID: "greeting", Name: "问候", On: true, Match: MatchExact, Order: 10,
			Patterns: []string{"你好", "您好", "在吗", "在不在", "有人吗", "hi", "hello", "嗨", "早上好", "下午好", "晚上好"},
			Answers:  []Reply{Text("我在的，请说说您的问题。"), Text("在的，请问有什么可以帮您？")},
		},
		{
			ID: "thanks", Name: "感谢", On: true, Match: MatchExact, Order: 20, Repeatable: true,
			Patterns: []string{"谢谢", "谢谢你", "谢谢您", "多谢", "好的谢谢", "感谢", "thanks", "thank you"},
			Answers:  []Reply{Text("不客气，很高兴帮到您。"), Text("不用谢，有需要随时找我。")},
		},
	}
}

func blankEN(c *Content) {
	c.Basics = Basics{Name: "Assistant", Language: "en"}
	c.Welcome.Replies = []Reply{Text("Hello, I am the assistant here. Ask me anything; to talk to a person, write “agent” at any time.")}
	c.Default.Replies = []Reply{
		TextMenu("Sorry, I do not know the answer to that. Try other words, or let a colleague help you.", "person"),
		TextMenu("I have not found an answer to that yet. You can put it differently, or talk to a colleague.", "person"),
	}
	c.Repeated.Replies = []Reply{TextMenu("We have just been there. If that did not help, tell me in other words, or talk to a colleague.", "person")}
	c.Timeout.Replies = []Reply{Text("Is there anything else I can do for you? Write whenever you like.")}
	c.Menus = []Menu{{ID: "person", Name: "Talk to a person", Options: []MenuOption{{Label: "Talk to a person", Human: true}}}}
	c.Rules = []Rule{
		{
			ID: "greeting", Name: "Greeting", On: true, Match: MatchExact, Order: 10,
			Patterns: []string{"hi", "hello", "hey", "hi there", "hello there", "good morning", "good afternoon", "good evening", "anyone there", "你好", "您好"},
			Answers:  []Reply{Text("I am listening. What can I do for you?"), Text("Hello again. How can I help?")},
		},
		{
			ID: "thanks", Name: "Thanks", On: true, Match: MatchExact, Order: 20, Repeatable: true,
			Patterns: []string{"thanks", "thank you", "thank you very much", "thanks a lot", "many thanks", "thx", "great, thanks", "谢谢"},
			Answers:  []Reply{Text("You are welcome."), Text("My pleasure. Come back any time.")},
		},
	}
}
