package torture

import (
	"testing"

	"parley/bots/rules"
	"parley/internal/bench/rig"
)

// theAnswer is what the bot of these rigs says to "price".
const (
	theQuestion = "what is the price?"
	theAnswer   = "199 元"
)

// answerer publishes a bot that answers "price", however often, and says
// nothing else.
func answerer(t *testing.T, api *rig.API) string {
	t.Helper()
	id, err := api.Bot(t.Context(), "rules", "answerer", rules.Content{
		Version: rules.Version, Basics: rules.Basics{Name: "Bot", Language: "zh"},
		Rules: []rules.Rule{{ID: "price", On: true, Match: rules.MatchKeyword, Patterns: []string{"price"}, Answers: []rules.Reply{rules.Text(theAnswer)}, Repeatable: true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}
