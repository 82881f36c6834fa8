package rules

import "testing"

// wishes are messages that ask for a person with the words a new bot starts with.
var wishes = []string{
	"人工", "人工！", "转人工", "我要转人工", "我要人工", "请帮我转接人工客服，谢谢", "帮我接一下人工客服谢谢", "你好，人工", "您好 人工",
	"人工客服", "人工服务", "有没有人工客服", "有人工吗？", "人工在吗", "客服在吗", "客服", "找客服", "真人", "要真人", "我要找真人客服",
	"算了，转人工吧", "我不要机器人，我要人工", "这个问题你不懂，麻烦转人工处理一下", "为什么不转人工", "能不能给我转人工", "怎么联系客服",
	"转人工转人工转人工", "你们有没有人工客服啊机器人听不懂", "我要和真人说话", "現在馬上轉人工", "轉接人工", "人 工", "人工智能不行，转人工", "要不转人工吧",
	"agent", "Agent!", "I want to talk to a person", "i need a human", "Can I speak to an agent please?", "human please", "get me a human now",
	"could you connect me to a real person", "I don't want to talk to a bot, I want to talk to a person", "can't I talk to a person?",
	"Hello,\n\nI need an agent.\n\nThanks,\nBob", "live chat", "representative", "customer service please", "is there someone available", "I’d like to speak to someone",
	"Talk to a person", "HUMAN", "operator", "why can't i talk to a human",
}

// others look like it and are not.
var others = []string{
	"人工智能是什么", "人工智能", "你们的人工费多少", "安装人工费怎么算", "这是人工合成的吗", "你是真人吗", "真人吗", "不要转人工", "别转人工", "我不需要转人工", "不用给我转人工，我再看看",
	"客服电话是多少", "你们客服态度真差", "人工客服几点上班", "人工草坪多少钱", "需要人工智能方案", "真人版电影有吗", "我要买人工养殖的珍珠", "客服工作时间", "什么是人工智能", "要不要转人工",
	"what is a travel agent", "are you human?", "am I talking to a real person", "human resources", "I am a real estate agent", "cleaning agent for gaiwan",
	"I do not want to talk to a person", "no need to talk to a human, thanks", "personal data", "a table for 4 persons", "humanity", "how many people work there", "in person pickup",
	"", "？？", "hello", "你好", "谢谢", "ok",
}

func TestDefaultHumanWords(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		m := newHuman(newFolder(Matching{Script: true}), DefaultHuman(lang))
		for _, s := range wishes {
			if _, ok := m.asked(s); !ok {
				t.Errorf("%s: %q does not ask for a person", lang, s)
			}
		}
		for _, s := range others {
			if w, ok := m.asked(s); ok {
				t.Errorf("%s: %q asks for a person by %q", lang, s, w)
			}
		}
	}
}

func TestHumanWordsAreTheDesigners(t *testing.T) {
	h := Human{On: true, Words: []string{"呼叫店长"}, Phrases: []string{"找店长", "boss"}, Except: []string{"找店长推荐"}}
	f := newFolder(Matching{})
	for text, want := range map[string]bool{
		"人工": false, "agent": false, "请呼叫店长": true, "呼叫店长是什么意思": false,
		"这个找店长说": true, "找店长推荐的茶": false, "找店长推荐的茶，再找店长": true, "the boss please": true, "bossy": false,
	} {
		if _, got := newHuman(f, h).asked(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	h.On = false
	if _, ok := newHuman(f, h).asked("找店长"); ok {
		t.Error("a wish was recognised though the setting is off")
	}
}
