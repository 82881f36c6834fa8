package api

import (
	"context"
	"encoding/json"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

type tryInput struct {
	ByID
	Body struct {
		Cause    orchestrate.Cause `json:"cause,omitempty" enum:"opened,message,action,silence" default:"message"`
		Text     string            `json:"text,omitempty" maxLength:"10000" doc:"What the customer wrote"`
		Value    string            `json:"value,omitempty" maxLength:"1000" doc:"What the option pressed carried"`
		Memory   json.RawMessage   `json:"memory,omitempty" doc:"memory of the answer before"`
		Draft    *bool             `json:"draft,omitempty" doc:"Ask the draft (default), or the published version"`
		Account  canon.ID          `json:"account,omitzero" doc:"An account it would be said on: shown is what the customer sees there"`
		Language string            `json:"language,omitempty" maxLength:"35"`
		Open     *bool             `json:"open,omitempty" doc:"Whether people serve now; default yes"`
		Misses   int               `json:"misses,omitempty" minimum:"0" maximum:"1000" doc:"Turns in a row it could not answer before"`
		First    bool              `json:"first,omitempty"`
	}
}

// Tried is what a bot would do.
type Tried struct {
	Messages []canon.Message `json:"messages"`
	Shown    []Look          `json:"shown,omitempty" doc:"With account: each message as that account would show it"`
	Missed   bool            `json:"missed"`
	Handoff  *TriedHandoff   `json:"handoff,omitempty"`
	Close    bool            `json:"close"`
	Memory   json.RawMessage `json:"memory,omitempty" doc:"Send it back with the next try"`
	Wake     float64         `json:"wake_after,omitempty" doc:"Seconds of silence after which it would speak again"`
	Why      core.Why        `json:"why"`
	Explain  json.RawMessage `json:"explain,omitempty" doc:"How the answer came about, in the form of the bot's kind"`
	Errors   []FieldProblem  `json:"errors,omitempty" doc:"What is wrong in the content asked"`
	Micros   int64           `json:"micros"`
}

// TriedHandoff is where a bot would hand over to.
type TriedHandoff struct {
	Team    canon.ID `json:"team,omitzero"`
	Reason  string   `json:"reason"`
	Text    string   `json:"text,omitempty"`
	OffText string   `json:"off_text,omitempty"`
}

// tryTime bounds a try.
const tryTime = 15 * time.Second

func (a *API) addBotWork() {
	add(a, route{method: "POST", path: "/bots/{id}/try", tag: "Bots", may: auth.BotRead, summary: "Ask a bot as a customer would",
		doc: "Nothing is sent, stored or counted."}, a.tryBot)
}

func (a *API) tryBot(ctx context.Context, c *call, in *tryInput) (*answer[Tried], error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	k, err := a.kind(b.Kind, "")
	if err != nil {
		return nil, err
	}
	content := b.Draft
	if in.Body.Draft != nil && !*in.Body.Draft {
		v, err := c.scope.BotVersion(ctx, b.ID, b.Published)
		if err != nil {
			return nil, err
		}
		content = v.Content
	}
	turn := a.tryTurn(c, b, in)
	account, err := a.tryOn(ctx, c, in.Body.Account, &turn)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	got, explain, err := a.askBot(ctx, k, content, turn)
	out := Tried{Messages: got.Messages, Missed: got.Missed, Close: got.Close, Memory: got.Memory, Wake: got.WakeAfter.Seconds(), Explain: explain, Micros: time.Since(began).Microseconds(),
		Why: core.Why{Bot: b.ID, Rule: got.Why.Rule, Name: got.Why.Name, Match: got.Why.Match, Text: got.Why.Text}}
	if err != nil {
		for _, f := range k.Check(content) {
			out.Errors = append(out.Errors, FieldProblem{Field: f.Field, Detail: f.Text.In(c.lang)})
		}
		if len(out.Errors) == 0 {
			return nil, err
		}
	}
	if out.Messages == nil {
		out.Messages = []canon.Message{}
	}
	if h := got.Handoff; h != nil {
		out.Handoff = &TriedHandoff{h.Team, h.Reason, h.Text, h.OffText}
	}
	if !account.ID.IsZero() {
		for _, m := range out.Messages {
			shown, err := look(a.Desk.Rendered(ctx, c.who.Tenant, account, m))
			if err != nil {
				return nil, err
			}
			out.Shown = append(out.Shown, shown)
		}
	}
	return &answer[Tried]{out}, nil
}

// tryOn has a bot answer on an account, as far as it asks what that can carry.
func (a *API) tryOn(ctx context.Context, c *call, id canon.ID, t *orchestrate.Turn) (core.Account, error) {
	if id.IsZero() {
		return core.Account{}, nil
	}
	v, err := c.scope.Account(ctx, id)
	if err != nil {
		return v, at(err, "body.account")
	}
	if caps, ok := a.Links.Capabilities(c.who.Tenant, v.ID, canon.ThreadKey{Account: v.RemoteID}); ok {
		t.Capabilities = caps
	}
	return v, nil
}

func (a *API) tryTurn(c *call, b core.Bot, in *tryInput) orchestrate.Turn {
	x := in.Body
	now := c.scope.Now()
	id := canon.NewID()
	t := orchestrate.Turn{
		ID: id, Tenant: c.who.Tenant, Bot: b.ID, Conversation: id, Cause: x.Cause, Text: x.Text, Value: x.Value, Language: x.Language,
		First: x.First || x.Cause == orchestrate.CauseOpened, Open: x.Open == nil || *x.Open, Misses: x.Misses, Memory: x.Memory, Message: canon.TextMessage(x.Text),
		Capabilities: connector.Capabilities{}, Now: now, Deadline: now.Add(tryTime), Seed: uint64(now.UnixNano()),
		History: func(context.Context, int) ([]orchestrate.Said, error) { return nil, nil },
	}
	if t.Cause == "" {
		t.Cause = orchestrate.CauseMessage
	}
	if d, ok := a.Connectors.Driver("web"); ok {
		t.Capabilities = d.Spec().Ceiling
	}
	return t
}

func (a *API) askBot(ctx context.Context, k orchestrate.BotKind, content json.RawMessage, t orchestrate.Turn) (orchestrate.Answer, json.RawMessage, error) {
	if e, ok := k.(Explainer); ok {
		return e.Explain(content, t)
	}
	bot, err := k.Open(content)
	if err != nil {
		return orchestrate.Answer{}, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	got, err := bot.Answer(ctx, t)
	return got, nil, err
}
