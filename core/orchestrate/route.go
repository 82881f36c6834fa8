package orchestrate

import (
	"slices"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// first decides who has a new conversation: the account's bot, else its team,
// else agents in no team.
func (s *scene) first() (core.Owner, core.Reason) {
	a := s.account
	if _, bot, ok := s.book.Bot(a.Bot); ok {
		return core.Owner{Kind: core.StatusBot, ID: a.Bot}, core.Reason{Code: "account_bot", Text: bot.Name,
			Steps: []core.Step{{Code: core.StepBotNamed, Account: a.Name, Bot: bot.Name}}}
	}
	steps := []core.Step{{Code: core.StepNoBot, Account: a.Name}}
	if !a.Bot.IsZero() {
		steps[0].Code = core.StepBotUnready
	}
	if t, ok := s.book.Teams[a.Team]; ok {
		return core.Owner{Kind: core.StatusQueue, Team: a.Team}, core.Reason{Code: "account_team", Text: t.Name,
			Steps: append(steps, core.Step{Code: core.StepTeamNamed, Account: a.Name, Team: t.Name})}
	}
	return core.Owner{Kind: core.StatusQueue}, core.Reason{Code: "default", Steps: append(steps, core.Step{Code: core.StepNoTeam})}
}

// handoff gives the conversation to people: within hours to a free agent or the
// queue, off hours to the queue. The customer is told, with the place.
func (s *scene) handoff(h Handoff) {
	team := h.Team
	steps := []core.Step{}
	if team.IsZero() {
		team = s.account.Team
	} else if _, ok := s.book.Teams[team]; !ok {
		steps = append(steps, core.Step{Code: core.StepTeamGone})
		team = s.account.Team
	}
	if _, ok := s.book.Teams[team]; !ok {
		team = canon.ID{}
	}
	reason := core.Reason{Code: h.Reason, Steps: steps}
	if reason.Code == "" {
		reason.Code = "rule"
	}
	s.enqueue(team, reason, h.Text, h.OffText, true)
}

// enqueue puts the conversation into a queue, and inside the transaction on to
// an agent who is free. tell says so to the customer.
func (s *scene) enqueue(team canon.ID, reason core.Reason, text, offText string, tell bool) {
	open, opens := s.book.Open(team, s.now)
	s.last = append(s.last, func(t *store.Tx, s *scene) error {
		r := s.round()
		lang := s.book.Language(r.Locale)
		where := s.book.Teams[team].Name
		if !open {
			reason := reason
			reason.Steps = append(slices.Clip(reason.Steps), core.Step{Code: core.StepOffHours, Team: where})
			s.toQueue(team, reason)
			if tell {
				zone := ""
				if c, ok := s.book.Calendars[s.calendar(team)]; ok {
					zone = c.TimeZone
				}
				line := offText
				if line == "" {
					line = s.book.Settings().OffHoursLine
				}
				s.system(offHours(line, lang, opens, zone))
			}
			return nil
		}
		waiting, err := t.QueueLength(s.ctx, team)
		if err != nil {
			return err
		}
		if waiting == 0 {
			agent, ok, err := t.PickAgent(s.ctx, team)
			if err != nil {
				return err
			}
			if ok {
				return s.toAgent(t, agent, team, reason, where, text, tell)
			}
		}
		reason := reason
		reason.Steps = append(slices.Clip(reason.Steps), core.Step{Code: core.StepNobodyFree, Team: where})
		s.toQueue(team, reason)
		if tell {
			line := text
			if line == "" {
				line = s.book.Settings().HandoffLine
			}
			if line == "" {
				line = sayQueued.In(lang)
			}
			s.system(withPlace(line, lang, waiting+1))
		}
		return nil
	})
}

func (s *scene) calendar(team canon.ID) canon.ID {
	if t, ok := s.book.Teams[team]; ok && !t.Hours.IsZero() {
		return t.Hours
	}
	return s.book.Tenant.Hours
}

func (s *scene) toQueue(team canon.ID, reason core.Reason) {
	to := core.Owner{Kind: core.StatusQueue, Team: team}
	r := s.round()
	if s.ch.Opened && r.Lease == 1 && r.Owner == to {
		// It was opened into this queue: nothing changes hands.
		r.Reason = reason
		if r.Queued.IsZero() {
			r.Queued = s.now
		}
		r.WaitingSince = s.now
		return
	}
	s.own(to, reason, canon.ID{}, core.FeedAssigned)
}

func (s *scene) toAgent(t *store.Tx, agent, team canon.ID, reason core.Reason, where, text string, tell bool) error {
	name, _, err := t.AgentName(s.ctx, agent)
	if err != nil {
		return err
	}
	reason.Steps = append(slices.Clip(reason.Steps), core.Step{Code: core.StepSmallestLoad, Team: where, Agent: name})
	r := s.round()
	if r.Queued.IsZero() {
		r.Queued = s.now
	}
	s.own(core.Owner{Kind: core.StatusAgent, ID: agent, Team: team}, reason, canon.ID{}, core.FeedAssigned)
	if r.WaitingSince.IsZero() {
		r.WaitingSince = s.now // they asked for a person, whatever the bot said last
	}
	if tell {
		lang := s.book.Language(r.Locale)
		line := fill(sayAssigned.In(lang), "agent", name)
		if text != "" {
			// The designer's own words first; who took over stays on the panel.
			line = strings.ReplaceAll(text, "{place}", "1")
		}
		s.system(line)
	}
	return nil
}
