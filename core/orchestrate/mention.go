package orchestrate

import (
	"fmt"
	"slices"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// errUnseen refuses to name somebody who could not read where they are named. A
// mention shows nobody more than they may see.
func errUnseen(place int, name string) error {
	return &core.Fault{Kind: core.FaultConflict, Code: "mention_unseen", Field: fmt.Sprintf("body.mentions[%d]", place),
		Text:   connector.Text{EN: name + " cannot see this conversation.", ZH: name + " 看不到此会话。"},
		Remedy: connector.Text{EN: "Invite them to it first, or leave the @ out.", ZH: "请先邀请对方加入会话，或去掉 @。"}}
}

// mention notes whom a note of an agent's names, each once and never its writer,
// and returns them.
func (s *scene) mention(t *store.Tx, by, note canon.ID, named []canon.ID) ([]canon.ID, error) {
	var out []canon.ID
	r := s.round()
	for i, id := range named {
		if id == by || slices.Contains(out, id) {
			continue
		}
		v, err := t.Agent(s.ctx, id)
		if f, ok := core.AsFault(err); ok {
			f.Field = fmt.Sprintf("body.mentions[%d]", i)
		}
		if err != nil {
			return nil, err
		}
		sees := v.Disabled.IsZero()
		if sees && v.Role == core.RoleLimited && !(&store.Visible{Agent: id, Teams: v.Teams}).Sees(r.Conversation) {
			if sees, err = t.IsColleague(s.ctx, r.ID, id); err != nil {
				return nil, err
			}
		}
		if !sees {
			return nil, errUnseen(i, v.Name)
		}
		if err := t.Mention(id, note, r.ID); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// tellMentioned puts it into the feed, where those it names alone see it.
func (s *scene) tellMentioned(note core.Message) {
	if len(note.Mentions) > 0 {
		s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedMention, Actor: note.Sender, Conversation: note.Conversation, Subject: note.ID})
	}
}
