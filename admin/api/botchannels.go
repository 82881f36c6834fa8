package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
)

// Look is a message as a channel would carry it.
type Look struct {
	Messages []canon.Message `json:"messages" doc:"As the channel carries them, one a call"`
	Says     []string        `json:"says" doc:"Each of them in plain words"`
	Notes    []outbox.Note   `json:"notes" doc:"What is changed, for people; none: it arrives as it is"`
	Refused  *connector.Text `json:"refused,omitempty" doc:"Why nothing of it can be sent"`
}

// look words what rendering came to. What the channel refuses is part of it.
func look(got outbox.Rendered, err error) (Look, error) {
	out := Look{Messages: got.Calls, Notes: got.Notes}
	var refused *connector.Error
	switch {
	case errors.As(err, &refused):
		out.Refused = &refused.Shown
	case err != nil:
		return out, err
	}
	out.Says = make([]string, len(out.Messages))
	for i, m := range out.Messages {
		out.Says[i] = m.Fallback()
	}
	if out.Messages == nil {
		out.Messages = []canon.Message{}
	}
	if out.Notes == nil {
		out.Notes = []outbox.Note{}
	}
	return out, nil
}

// Changed is something a bot may say that a channel it serves would change.
type Changed struct {
	Field   string          `json:"field" doc:"Where it stands in the content"`
	Account AccountBrief    `json:"account"`
	Notes   []outbox.Note   `json:"notes"`
	Refused *connector.Text `json:"refused,omitempty"`
}

// BotSaid is something a bot may say, and where it stands in its content.
type BotSaid struct {
	Field   string
	Message canon.Message
}

// maxSaid is how much of what a bot may say is looked at.
const maxSaid = 200

func (a *API) addBotChannels() {
	add(a, route{method: "POST", path: "/bots/{id}/changes", tag: "Bots", may: auth.BotRead, summary: "What the channels a bot serves would change about what it says",
		doc: fmt.Sprintf("Of a content given, or of the draft; the first %d answers. Nothing is sent or stored.", maxSaid)}, a.botChanges)
}

func (a *API) botChanges(ctx context.Context, c *call, in *struct {
	ByID
	Body struct {
		Content json.RawMessage `json:"content,omitempty" doc:"In the form of the bot's kind; absent: the draft"`
	}
}) (*answer[list[Changed]], error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	k, err := a.kind(b.Kind, "")
	if err != nil {
		return nil, err
	}
	speaker, ok := k.(Speaker)
	if !ok {
		return listOf([]Changed{}, 0, nil), nil
	}
	content := b.Draft
	if len(in.Body.Content) > 0 {
		content = in.Body.Content
	}
	said, err := speaker.Says(content, maxSaid)
	if err != nil {
		return nil, core.Invalid("content", "body.content", connector.Text{EN: "The content cannot be read.", ZH: "无法读取机器人内容。"},
			connector.Text{EN: "Correct what saving the draft complains of.", ZH: "请先更正保存草稿时提示的问题。"})
	}
	accounts, err := a.served(ctx, c, b.ID)
	if err != nil {
		return nil, err
	}
	out := []Changed{}
	for _, v := range accounts {
		for _, s := range said {
			got, err := look(a.Desk.Rendered(ctx, c.who.Tenant, v, s.Message))
			if err != nil {
				return nil, err
			}
			if len(got.Notes) > 0 || got.Refused != nil {
				out = append(out, Changed{s.Field, AccountBrief{v.ID, v.Name, v.Kind}, got.Notes, got.Refused})
			}
		}
	}
	return listOf(out, len(out), nil), nil
}

// served are the accounts a bot answers first on.
func (a *API) served(ctx context.Context, c *call, bot canon.ID) ([]core.Account, error) {
	var out []core.Account
	after := canon.ID{}
	for {
		all, err := c.scope.Accounts(ctx, after, 200)
		if err != nil {
			return nil, err
		}
		for _, v := range all {
			after = v.ID
			if v.Bot == bot {
				out = append(out, v)
			}
		}
		if len(all) < 200 {
			return out, nil
		}
	}
}
