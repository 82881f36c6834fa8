package api

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// RatingFilter says which ratings are meant.
type RatingFilter struct {
	Agent    canon.ID  `query:"agent" doc:"Who had the conversation at the end"`
	Bot      canon.ID  `query:"bot"`
	Team     canon.ID  `query:"team"`
	Account  canon.ID  `query:"account"`
	Contact  canon.ID  `query:"contact"`
	Score    int       `query:"score" minimum:"1" maximum:"5"`
	Answered bool      `query:"answered" doc:"Only those with a score"`
	Since    time.Time `query:"since" doc:"Asked at that time or later"`
	Until    time.Time `query:"until" doc:"Asked before that time"`
}

func (f RatingFilter) query() store.RatingQuery {
	return store.RatingQuery{Agent: f.Agent, Bot: f.Bot, Team: f.Team, Account: f.Account, Contact: f.Contact, Score: f.Score, Answered: f.Answered, Since: f.Since, Until: f.Until}
}

type ratingList struct {
	Paging
	RatingFilter
}

func (a *API) addRatings() {
	add(a, route{method: "GET", path: "/ratings", tag: "Conversations", may: auth.ConversationAll, summary: "What customers were asked and answered, asked last first",
		doc: "One for each conversation whose customer was asked how content they are. A score of 0: they have not answered."},
		func(ctx context.Context, c *call, in *ratingList) (*answer[list[core.Rating]], error) {
			q := in.query()
			q.Limit = in.size()
			if err := cursorPlace("ratings", in.Cursor, &q.After); err != nil {
				return nil, err
			}
			all, err := c.scope.Ratings(ctx, q)
			return listOf(all, in.Limit, func(v core.Rating) string { return cursorText("ratings", store.RatingPlace(v)) }), err
		})
	add(a, route{method: "GET", path: "/ratings/export.csv", tag: "Conversations", may: auth.ConversationAll, summary: "The same as a table for spreadsheets",
		doc: "UTF-8 with a byte order mark; no cell is a formula."}, a.exportRatings)
}

const (
	maxRatingWords  = 300
	maxRatingReason = 40
)

// fitRating refuses words too long for a channel, and drops empty reasons.
func fitRating(s *core.RatingSettings) error {
	fits := func(field string, t *connector.Text, most int) (err error) {
		for _, one := range []*string{&t.EN, &t.ZH} {
			if *one, err = oneLineOrNone(field, *one); err != nil {
				return err
			}
			if utf8.RuneCountInString(*one) > most {
				return core.Invalid("too_long", field, connector.Text{EN: fmt.Sprintf("At most %d characters.", most), ZH: fmt.Sprintf("最多 %d 个字符。", most)},
					connector.Text{EN: "Use fewer words.", ZH: "请精简文字。"})
			}
		}
		return nil
	}
	if err := fits("body.settings.rating.question", &s.Question, maxRatingWords); err != nil {
		return err
	}
	if err := fits("body.settings.rating.thanks", &s.Thanks, maxRatingWords); err != nil {
		return err
	}
	kept := s.Reasons[:0:0]
	for i, r := range s.Reasons {
		if err := fits(fmt.Sprintf("body.settings.rating.reasons[%d]", i), &r, maxRatingReason); err != nil {
			return err
		}
		if r != (connector.Text{}) {
			kept = append(kept, r)
		}
	}
	s.Reasons = kept
	return nil
}

// oneLineOrNone is oneLine for what may be left empty.
func oneLineOrNone(field, text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	return oneLine(field, text)
}
