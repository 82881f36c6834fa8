package rules

import "parley/core/canon"

// References lists the teams and files content points to, each once, in the
// order they stand. The caller sees whether they exist, and keeps the files.
func References(c Content) (teams, files []canon.ID) {
	known := map[canon.ID]bool{{}: true}
	add := func(list *[]canon.ID, id canon.ID) {
		if !known[id] {
			known[id] = true
			*list = append(*list, id)
		}
	}
	replies := func(all []Reply) {
		for _, r := range all {
			for _, p := range r.Parts {
				add(&files, p.File)
				if p.Card != nil {
					add(&files, p.Card.Image)
				}
			}
		}
	}
	add(&files, c.Basics.Avatar)
	for _, all := range [][]Reply{c.Welcome.Replies, c.Default.Replies, c.Repeated.Replies, c.Timeout.Replies} {
		replies(all)
	}
	add(&teams, c.Human.Team)
	for _, r := range c.Rules {
		replies(r.Answers)
		if r.Handoff != nil {
			add(&teams, r.Handoff.Team)
		}
	}
	return teams, files
}
