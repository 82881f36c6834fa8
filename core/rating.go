package core

import (
	"time"

	"parley/core/connector"
)

// RatingSettings say who is asked how content they are, and in which words.
type RatingSettings struct {
	On bool `json:"on" doc:"Ask the customer once a conversation is closed"`
	// After is whose closing asks: a person's, a bot's, or both; empty: a
	// person's. What time closes counts as closed by whoever had it.
	After string `json:"after,omitempty" enum:"person,bot,both" doc:"Whose conversations are asked about"`
	// Scale is how the five choices look; empty: faces.
	Scale string `json:"scale,omitempty" enum:"faces,stars"`
	// Every is for how many days nobody is asked again; 0: after every
	// conversation.
	Every int `json:"every" minimum:"0" maximum:"365" doc:"Days in which the same customer is not asked again; 0: ask after every conversation"`
	// Question and Thanks are said to the customer; a language left empty takes
	// the built-in words.
	Question connector.Text `json:"question,omitzero"`
	Thanks   connector.Text `json:"thanks,omitzero"`
	// Reasons are offered to who gave a score, where there is room for it; none:
	// the built-in ones.
	Reasons []connector.Text `json:"reasons,omitempty" maxItems:"8"`
}

// TeamRating overrides for one team whether its customers are asked.
type TeamRating string

// The overrides.
const (
	TeamRatingAsTenant TeamRating = ""
	TeamRatingOn       TeamRating = "on"
	TeamRatingOff      TeamRating = "off"
)

// Asks reports whether conversations of a team are asked about which a person
// had at the end, or a bot.
func (s RatingSettings) Asks(team TeamRating, person bool) bool {
	if team == TeamRatingOff || !s.On && team != TeamRatingOn {
		return false
	}
	switch s.After {
	case "both":
		return true
	case "bot":
		return !person
	}
	return person
}

// BestScore is the highest score; 1 is the lowest.
const BestScore = 5

// Rating is what a customer was asked about one conversation, and answered.
type Rating struct {
	Conversation ID `json:"conversation"`
	Contact      ID `json:"contact"`
	Account      ID `json:"account"`
	Team         ID `json:"team,omitzero"`
	// Agent or Bot is who had the conversation at the end.
	Agent    ID        `json:"agent,omitzero"`
	Bot      ID        `json:"bot,omitzero"`
	Asked    time.Time `json:"asked"`
	Score    int       `json:"score" minimum:"0" maximum:"5" doc:"1 to 5, 5 is best; 0: not answered"`
	Reason   string    `json:"reason,omitempty" doc:"In the customer's words"`
	Way      RatingWay `json:"way,omitempty" enum:"press,words,page" doc:"How it was answered"`
	Answered time.Time `json:"answered,omitzero"`
	// Thread and Message are where the question stands.
	Thread  ID `json:"thread"`
	Message ID `json:"message"`
}

// RatingWay is how a rating was given.
type RatingWay string

// The ways: an option pressed, words typed, the page behind a link.
const (
	RatedByPress RatingWay = "press"
	RatedByWords RatingWay = "words"
	RatedByPage  RatingWay = "page"
)

// ContentOf is what a count of ratings is of.
type ContentOf int

// Of what ratings are counted.
const (
	ContentAll ContentOf = iota
	ContentAgent
	ContentTeam
	ContentAccount
	ContentBot
)

// Contentment is how content the customers of somebody or something were.
type Contentment struct {
	Of       ContentOf
	ID       ID    // of all: the tenant
	Asked    int64 // how many were asked
	Answered int64 // how many of them gave a score
	Total    int64 // of the scores
}
