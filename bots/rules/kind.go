package rules

import (
	"encoding/json"
	"strings"

	"parley/core/connector"
	"parley/core/orchestrate"
)

// Kind is the word stored and used in the API for bots of this kind.
const Kind = "rules"

type kind struct{}

// New returns the kind of bot this package makes.
func New() orchestrate.BotKind { return kind{} }

func (kind) Kind() string { return Kind }

func (kind) Blank(lang string) json.RawMessage { return encode(Blank(lang)) }

func (kind) Check(content json.RawMessage) []connector.FieldError {
	c, bad := Parse(content)
	if len(bad) > 0 {
		return bad
	}
	return Check(c)
}

// Open makes a bot; only content that cannot be read is an error.
func (kind) Open(content json.RawMessage) (orchestrate.Bot, error) {
	c, bad := Parse(content)
	if len(bad) > 0 {
		return nil, unreadable(bad)
	}
	return NewBot(c), nil
}

// encode writes content. Its types hold nothing that JSON cannot.
func encode(c Content) json.RawMessage {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("rules: content that JSON cannot hold: " + err.Error())
	}
	return raw
}

// ContentError says why content cannot be read.
type ContentError struct{ Fields []connector.FieldError }

func unreadable(bad []connector.FieldError) error { return &ContentError{bad} }

func (e *ContentError) Error() string {
	lines := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		lines[i] = f.Error()
	}
	return "read bot content: " + strings.Join(lines, "; ")
}
