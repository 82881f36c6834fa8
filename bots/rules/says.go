package rules

import (
	"fmt"

	"parley/core/canon"
)

// Said is something a bot may say, and where it stands in the content.
type Said struct {
	Field   string
	Message canon.Message
}

// Says lists all a bot may say in answer or by itself, variant by variant, with
// the menus that follow; at most limit.
func Says(c Content, limit int) []Said {
	b := NewBot(c)
	var out []Said
	add := func(field string, replies []Reply, menus []string) {
		for i, r := range replies {
			s, ok := b.pick([]Reply{r}, menus, r.Language, 0)
			if ok && len(out) < limit {
				out = append(out, Said{fmt.Sprintf("%s[%d]", field, i), s.message})
			}
		}
	}
	add("welcome.replies", c.Welcome.Replies, nil)
	add("default.replies", c.Default.Replies, nil)
	add("repeated.replies", c.Repeated.Replies, nil)
	add("timeout.replies", c.Timeout.Replies, nil)
	for i, r := range c.Rules {
		add(fmt.Sprintf("rules[%d].answers", i), r.Answers, r.Menus)
	}
	return out
}
