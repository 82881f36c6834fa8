package rules

import "parley/core/canon"

// Version is the version of the content. Content of a later version is refused.
const Version = 1

// Limits of the content. Lengths are in runes of the text as written.
const (
	MaxRules      = 20_000
	MaxPatterns   = 200 // question variants of one rule
	MaxPattern    = 500
	MaxRegex      = 1_000
	MaxRegexes    = 1_000 // regular expressions in all
	MaxOpenRegex  = 50    // of them without a fixed word in them
	MaxReplies    = 20    // variants of one answer
	MaxParts      = 10
	MaxText       = 5_000
	MaxMenus      = 1_000
	MaxOptions    = 50
	MaxLabel      = 100
	MaxName       = 100
	MaxWords      = 500 // words of a list in Human
	MaxOrder      = 1_000_000
	MinSilence    = 10 // seconds
	MaxSilence    = 7 * 24 * 3600
	MaxContent    = 32 << 20 // bytes of JSON
	MaxFieldError = 200      // errors reported at a time
)

// Content is everything a designer wrote about one bot.
type Content struct {
	Version  int      `json:"version" doc:"Version of this form; 1."`
	Basics   Basics   `json:"basics"`
	Matching Matching `json:"matching"`
	Welcome  Welcome  `json:"welcome"`
	Default  Default  `json:"default"`
	Repeated Repeated `json:"repeated"`
	Timeout  Timeout  `json:"timeout"`
	Human    Human    `json:"human"`
	Rules    []Rule   `json:"rules"`
	Menus    []Menu   `json:"menus"`
}

// Basics is how the bot looks to customers.
type Basics struct {
	Name     string   `json:"name" doc:"Shown to customers beside the bot's messages."`
	Avatar   canon.ID `json:"avatar,omitzero" doc:"Id of a stored picture."`
	Language string   `json:"language" doc:"Language the bot falls back to, BCP 47 such as zh or en."`
}

// Matching says how questions are compared with patterns.
type Matching struct {
	Script bool `json:"script" doc:"Treat traditional and simplified Chinese characters alike."`
}

// Welcome is said once in a conversation, when the chat is opened.
type Welcome struct {
	On      bool    `json:"on"`
	Replies []Reply `json:"replies" doc:"Variants; one is said."`
	Late    bool    `json:"late" doc:"Where a chat has no opening, as in mail, say it before the first answer."`
}

// Default is said when nothing matched.
type Default struct {
	On      bool    `json:"on"`
	Replies []Reply `json:"replies" doc:"Variants; one is said."`
}

// Repeated is what happens when a customer asks the same question, or meets the
// same rule, again in one conversation: the second time a reply, the third time
// and later a person.
type Repeated struct {
	On      bool     `json:"on"`
	Replies []Reply  `json:"replies" doc:"Said the second time; variants, one is said."`
	Answer  bool     `json:"answer" doc:"Give the answer again after the repeated reply."`
	Handoff bool     `json:"handoff" doc:"Hand over to people the third time; otherwise the repeated reply is said again."`
	Texts   []Saying `json:"texts,omitempty" doc:"Said when handing over; empty: the texts of human."`
}

// Timeout is what happens when the customer, having written, is silent.
type Timeout struct {
	On      bool    `json:"on"`
	Seconds int     `json:"seconds" doc:"Seconds of silence, 10 to 604800."`
	Replies []Reply `json:"replies" doc:"Variants; one is said, once per silence."`
	Close   bool    `json:"close" doc:"Close the conversation after the reply."`
}

// Human says how a customer gets to a person. The value parley:human of a
// button, and a menu option that asks for a person, work whether On or not.
type Human struct {
	On bool `json:"on" doc:"Recognise written wishes for a person."`
	// Words count when they are all that is said, politeness aside: "我要人工",
	// "an agent please", but not "人工智能是什么".
	Words []string `json:"words" doc:"Words that ask for a person when they are all that is said, politeness aside."`
	// Phrases count anywhere in a sentence unless denied just before:
	// "这个我不会，转人工吧", but not "不要转人工".
	Phrases []string `json:"phrases" doc:"Phrases that ask for a person anywhere in a sentence, unless denied just before."`
	// Except lists expressions in which words and phrases mean something else.
	Except   []string `json:"except" doc:"Expressions in which the words and phrases mean something else."`
	Team     canon.ID `json:"team,omitzero" doc:"Team to hand over to; none: as the routing says."`
	Texts    []Saying `json:"texts,omitempty" doc:"Said when handing over, the place in the queue follows; empty: the line of the tenant."`
	OffTexts []Saying `json:"off_texts,omitempty" doc:"Said instead when nobody serves."`
}

// Saying is a plain text, a variant of others in its list.
type Saying struct {
	Language string `json:"language,omitempty" doc:"Language of the text, BCP 47; empty: any."`
	Text     string `json:"text"`
}
