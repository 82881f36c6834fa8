package orchestrate

import (
	"context"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// maxAnswer bounds what is told of a colleague's answer, in runes.
const maxAnswer = 200

// answered refuses what an agent wrote without knowing that a colleague had
// answered meanwhile. It looks inside the transaction that would say it: of two
// who send at the same time one is told.
func answered(ctx context.Context, t *store.Tx, thread, conversation canon.ID, p Post) error {
	if p.As != core.FromAgent || p.Seen <= 0 {
		return nil
	}
	only := canon.ID{}
	if p.Sees != nil {
		only = conversation // whatever else of the thread they see
	}
	m, ok, err := t.AnswerAfter(ctx, thread, only, p.Seen, p.Agent)
	if err != nil || !ok {
		return err
	}
	words := []rune(m.Content.Fallback())
	if len(words) > maxAnswer {
		words = append(words[:maxAnswer], '…')
	}
	said := string(words)
	return &core.Fault{Kind: core.FaultConflict, Code: "answered", Field: "body.seen",
		Text:   connector.Text{EN: fmt.Sprintf("%s answered meanwhile: “%s”", m.Name, said), ZH: fmt.Sprintf("%s 刚刚已回复：“%s”", m.Name, said)},
		Remedy: connector.Text{EN: "Send yours too only if it is still needed.", ZH: "如仍有必要，再发送您的回复。"}}
}
