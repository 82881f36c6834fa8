package rules

import (
	"strings"
	"unicode/utf8"
)

// refusals stand before a phrase and deny it.
var refusals = [...]string{
	"不要", "不用", "不需要", "不必", "不想", "不希望", "不愿意", "没必要", "无需", "无须", "别", "甭", "拒绝",
	"don't", "dont", "do not", "did not", "didn't", "never", "without", "instead of", "rather than", "no need to",
	"not want to", "n't want to", "dont want to", "not need to", "n't need to", "dont need to",
	"not have to", "n't have to", "not like to", "n't like to", "not wish to",
}

// politeness is what people say around the word they mean.
type politeness struct {
	words map[string]bool // of languages with spaces, at either end
	head  []string        // of Chinese, before
	tail  []string        // of Chinese, behind
}

const politeWords = `please pls plz i we want need would like i'd i'll i'm id can could may you u me us get give let to a an
the some any with for from of speak talk chat connect transfer put through switch hand over now just hi hello hey ok okay
is there contact call ask real live actual thanks thank asap instead here available help wanna gimme another my your have
got looking directly right away immediately and`

const politeHeads = `请问 请 麻烦你 麻烦您 麻烦 劳驾 拜托 我们 我 想要 想 要 需要 要求 申请 帮忙 帮我 帮 给我 给 能不能 能否 能 可不可以 可以
你好 您好 你们 你 您 喂 嗨 直接 马上 立刻 立即 快点 快 赶紧 现在 就 还是 那就 那 算了 转接 转到 转成 转 接入 接通 接 找 叫 换成 换 联系 呼叫 呼
有没有 有 一个 个 一位 位 一下 的 到 和 跟 与 让 选择 选 回复 输入 点 再`

const politeTails = `吧 啊 呀 呢 吗 嘛 么 哈 哦 噢 喔 了 啦 谢谢你 谢谢您 谢谢 多谢 谢 拜托 一下 服务 客服 坐席 人员 接听 接待 处理 解决 回答 沟通 聊
帮忙 帮我 来 在吗 在不在 在么 在 可以 好吗 行吗 有吗 快点 快 急 我 你好 您好 吗 回复`

func newPoliteness(f folder) politeness {
	p := politeness{words: map[string]bool{}}
	for _, w := range strings.Fields(politeWords) {
		p.words[f.fold(w)] = true
	}
	for _, w := range strings.Fields(politeHeads) {
		p.head = append(p.head, f.fold(w))
	}
	for _, w := range strings.Fields(politeTails) {
		p.tail = append(p.tail, f.fold(w))
	}
	return p
}

// heads returns how many bytes at the beginning of s may be taken off.
func (p politeness) heads(s string) []int {
	if r, _ := utf8.DecodeRuneInString(s); wordy(r) {
		n := strings.IndexFunc(s, func(r rune) bool { return !wordy(r) && r != '\'' })
		if n > 0 && p.words[s[:n]] {
			return []int{n}
		}
		return nil
	}
	var all []int
	for _, w := range p.head {
		if strings.HasPrefix(s, w) {
			all = append(all, len(w))
		}
	}
	return all
}

// tails returns how many bytes at the end of s may be taken off.
func (p politeness) tails(s string) []int {
	if r, _ := utf8.DecodeLastRuneInString(s); wordy(r) {
		n := strings.LastIndexFunc(s, func(r rune) bool { return !wordy(r) && r != '\'' })
		if n >= 0 {
			_, width := utf8.DecodeRuneInString(s[n:])
			n += width
			if p.words[s[n:]] {
				return []int{len(s) - n}
			}
		}
		return nil
	}
	var all []int
	for _, w := range p.tail {
		if strings.HasSuffix(s, w) {
			all = append(all, len(w))
		}
	}
	return all
}

// DefaultHuman is the way to a person a new bot starts with: it knows Chinese
// and English wishes, whatever the language of the bot, for customers write as
// they like.
func DefaultHuman(lang string) Human {
	h := Human{
		On: true,
		Words: []string{
			"人工", "转人工", "人工客服", "人工服务", "真人", "真人客服", "客服", "在线客服", "客服人员", "活人", "接线员",
			"agent", "human", "person", "human agent", "live agent", "representative", "operator", "customer service", "live chat", "someone",
		},
		Phrases: []string{
			"转人工", "转接人工", "转到人工", "转真人", "转客服", "人工客服", "人工坐席", "真人客服", "找人工", "找真人", "找客服", "叫人工",
			"换人工", "接人工", "要真人", "联系人工", "联系客服", "联系真人", "呼叫人工", "和真人", "跟真人", "有没有人工", "有人工吗", "人工接听", "人工处理",
			"talk to a person", "talk to a human", "talk to someone", "talk to an agent", "talk to a real person", "talk to a real human",
			"speak to a person", "speak to a human", "speak to someone", "speak to an agent", "speak to a real person",
			"speak with a person", "speak with a human", "speak with someone", "speak with an agent", "chat with an agent", "chat with a human",
			"connect me to", "transfer me to", "put me through to", "human agent", "live agent", "customer service representative", "real human being",
		},
		Except: []string{
			"人工智能", "人工费", "人工成本", "人工合成", "人工湖", "人工草", "人工呼吸", "人工授精", "人工养殖", "人工种植", "人工降雨", "人工翻译",
			"是真人", "真人吗", "真人版", "人工客服几点", "人工客服工作时间", "人工客服的工作时间", "人工客服时间", "人工客服上班", "人工客服电话",
			"什么是人工", "什么叫人工",
			"human resources", "real estate agent", "travel agent", "live agent hours",
			"talking to a human", "talking to a person", "talking to a real person",
		},
	}
	if isChinese(lang) {
		h.Texts = []Saying{{Text: "好的，这就为您转接人工客服，请稍候。"}}
		h.OffTexts = []Saying{{Text: "人工客服现在不在线。请留言并留下联系方式，我们上班后会尽快回复您。"}}
		return h
	}
	h.Texts = []Saying{{Text: "Of course. I am connecting you to a colleague, one moment please."}}
	h.OffTexts = []Saying{{Text: "Nobody is at the desk right now. Leave a message and how to reach you, and we will get back to you when we open."}}
	return h
}

func isChinese(lang string) bool { return lang == "" || strings.HasPrefix(strings.ToLower(lang), "zh") }
