package played

import (
	"context"
	"encoding/json"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// Gate is a bot that answers when the test pleases: each Say is one answer.
type Gate struct{ answers chan string }

// NewGate makes one that holds up to eight answers nobody has asked for yet.
func NewGate() Gate { return Gate{make(chan string, 8)} }

// Say gives the answer to the next question.
func (g Gate) Say(text string) { g.answers <- text }

func (Gate) Kind() string                                    { return "gate" }
func (Gate) Blank(string) json.RawMessage                    { return json.RawMessage(`{}`) }
func (Gate) Check(json.RawMessage) []connector.FieldError    { return nil }
func (g Gate) Open(json.RawMessage) (orchestrate.Bot, error) { return g, nil }

// Answer waits for Say.
func (g Gate) Answer(ctx context.Context, _ orchestrate.Turn) (orchestrate.Answer, error) {
	select {
	case text := <-g.answers:
		return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage(text)}}, nil
	case <-ctx.Done():
		return orchestrate.Answer{}, ctx.Err()
	}
}
