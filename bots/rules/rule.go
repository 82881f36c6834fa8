package rules

import (
	"encoding/json"

	"parley/core/canon"
)

// Match is how a rule compares a question with its patterns. Both are
// normalised first: width, case, spaces, invisible characters and punctuation
// at the end do not count.
type Match string

// The ways to match.
const (
	// MatchExact: a pattern is the whole question.
	MatchExact Match = "exact"
	// MatchKeyword: a pattern's words, joined by +, all occur in the question.
	// A word of letters counts only as a whole word; one ending in * also as
	// the beginning of a word. \+ and \* stand for the characters themselves.
	MatchKeyword Match = "keyword"
	// MatchRegex: a pattern is an RE2 expression found in the question, in
	// either case.
	MatchRegex Match = "regex"
)

// Rule is a knowledge rule: question variants with answers.
type Rule struct {
	ID         string       `json:"id" doc:"Up to 40 of A–Z a–z 0–9 . _ -, unique in the bot."`
	Name       string       `json:"name,omitempty" doc:"For the designer."`
	On         bool         `json:"on" required:"false" doc:"Whether the rule answers; missing means true."`
	Match      Match        `json:"match" enum:"exact,keyword,regex"`
	Patterns   []string     `json:"patterns" doc:"Question variants."`
	Answers    []Reply      `json:"answers" doc:"Answer variants; one is said."`
	Menus      []string     `json:"menus,omitempty" doc:"Ids of menus shown after the answer."`
	Language   string       `json:"language,omitempty" doc:"Prefer this rule for customers of this language, BCP 47; empty: any."`
	Handoff    *RuleHandoff `json:"handoff,omitempty" doc:"Hand over to people after the answer."`
	Close      bool         `json:"close,omitempty" doc:"Close the conversation after the answer."`
	Repeatable bool         `json:"repeatable,omitempty" doc:"May be met again and again without the repeated reply."`
	Order      int          `json:"order" required:"false" doc:"Lower wins when several rules match in the same way."`
}

// UnmarshalJSON reads a rule; one that does not say is on.
func (r *Rule) UnmarshalJSON(raw []byte) error {
	type plain Rule
	p := plain{On: true}
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	*r = Rule(p)
	return nil
}

// RuleHandoff gives the conversation to people.
type RuleHandoff struct {
	Team     canon.ID `json:"team,omitzero" doc:"None: the team of human, else as the routing says."`
	Texts    []Saying `json:"texts,omitempty" doc:"Empty: the texts of human."`
	OffTexts []Saying `json:"off_texts,omitempty" doc:"Said instead when nobody serves; empty: those of human."`
}

// Reply is one variant of an answer: a message of ordered parts.
type Reply struct {
	Language string      `json:"language,omitempty" doc:"Preferred for customers of this language, BCP 47; empty: any."`
	Parts    []ReplyPart `json:"parts"`
}

// PartType is what a part of a reply is.
type PartType string

// The types of part.
const (
	PartText  PartType = "text"
	PartImage PartType = "image"
	PartAudio PartType = "audio"
	PartVideo PartType = "video"
	PartFile  PartType = "file"
	PartMenu  PartType = "menu"
	PartCard  PartType = "card"
)

// ReplyPart is a piece of a reply.
type ReplyPart struct {
	Type PartType   `json:"type" enum:"text,image,audio,video,file,menu,card"`
	Text string     `json:"text,omitempty" doc:"The words of a text; the caption of an image, audio, video or file."`
	File canon.ID   `json:"file,omitzero" doc:"Id of a stored file, for image, audio, video and file."`
	Menu string     `json:"menu,omitempty" doc:"Id of a menu."`
	Card *ReplyCard `json:"card,omitempty"`
}

// ReplyCard is a product, order, link or article to look at and open.
type ReplyCard struct {
	Kind  canon.CardKind `json:"kind" enum:"product,order,link,article"`
	Title string         `json:"title"`
	Text  string         `json:"text,omitempty"`
	URL   string         `json:"url,omitempty" doc:"https or http address it opens."`
	Image canon.ID       `json:"image,omitzero" doc:"Id of a stored picture."`
	Price string         `json:"price,omitempty" doc:"As shown, with its currency."`
	Ref   string         `json:"ref,omitempty" doc:"Number of the product or order at the business."`
}

// Text returns a reply of one text.
func Text(text string) Reply {
	return Reply{Parts: []ReplyPart{{Type: PartText, Text: text}}}
}

// TextMenu returns a reply of a text with a menu under it.
func TextMenu(text, menu string) Reply {
	return Reply{Parts: []ReplyPart{{Type: PartText, Text: text}, {Type: PartMenu, Menu: menu}}}
}
