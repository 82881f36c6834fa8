package api

import (
	"context"
	"errors"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// handOver says who gets a conversation: exactly one of agent, team and bot,
// or nobody named: the queue of agents in no team.
type handOver struct {
	ByID
	Body *struct {
		Agent canon.ID `json:"agent,omitzero"`
		Team  canon.ID `json:"team,omitzero"`
		Bot   canon.ID `json:"bot,omitzero"`
		Note  string   `json:"note,omitempty" maxLength:"1000" doc:"Why, for colleagues"`
	}
}

type deskInput struct {
	ByID
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"500" doc:"For colleagues: it is kept in the thread"`
	}
}

type closeInput struct {
	ByID
	Body *struct {
		Tags []canon.ID `json:"tags,omitempty" maxItems:"50" doc:"Put on before closing"`
	}
}

type snoozeInput struct {
	ByID
	Body struct {
		Until time.Time `json:"until,omitzero" doc:"Within a year; without it, until the customer writes"`
		Why   string    `json:"why,omitempty" maxLength:"500" doc:"For colleagues"`
	}
}

type priorityInput struct {
	ByID
	Body struct {
		Priority core.Priority `json:"priority" enum:",high,urgent" doc:"Empty: as any"`
	}
}

type typingInput struct {
	ByID
	Body struct {
		On bool `json:"on"`
	}
}

type colleagueInput struct {
	ByID
	Body struct {
		Agent canon.ID `json:"agent"`
	}
}

type colleagueGone struct {
	ByID
	Agent canon.ID `path:"agent"`
}

type blockRound struct {
	ByID
	Body struct {
		Reason  string    `json:"reason" minLength:"1" maxLength:"500"`
		Expires time.Time `json:"expires,omitzero"`
		Address bool      `json:"address,omitempty" doc:"The visitor's network address too; for those who see all conversations"`
	}
}

func (a *API) addConversationWork() {
	type work func(ctx context.Context, c *call, id canon.ID) (core.Conversation, error)
	one := func(path, summary, doc string, do work) {
		add(a, route{method: "POST", path: "/conversations/{id}" + path, tag: "Conversations", may: auth.ConversationAssign, summary: summary, doc: doc},
			func(ctx context.Context, c *call, in *ByID) (*answer[core.Conversation], error) {
				if _, err := a.see(ctx, c, in.ID); err != nil {
					return nil, err
				}
				return a.worked(do(ctx, c, in.ID))
			})
	}
	one("/take", "Take a conversation", "Whatever one's maximum load is.", func(ctx context.Context, c *call, id canon.ID) (core.Conversation, error) {
		if err := needsAgent(c); err != nil {
			return core.Conversation{}, err
		}
		return a.Desk.Take(ctx, c.who.Tenant, id, c.who.Agent)
	})
	one("/reopen", "Reopen a closed conversation for oneself", "", func(ctx context.Context, c *call, id canon.ID) (core.Conversation, error) {
		if err := needsAgent(c); err != nil {
			return core.Conversation{}, err
		}
		return a.Desk.Reopen(ctx, c.who.Tenant, id, c.who.Agent)
	})
	one("/return", "Give a conversation back to its bot", "", func(ctx context.Context, c *call, id canon.ID) (core.Conversation, error) {
		return a.Desk.Return(ctx, c.who.Tenant, id, c.by())
	})
	add(a, route{method: "POST", path: "/conversations/{id}/platform-desk", tag: "Conversations", may: auth.ConversationAssign, act: "conversation.to_platform", summary: "Give a conversation to the platform's own desk",
		doc: "Where the channel has the operation desk. The platform's people answer until they give it back or end it, or somebody here takes it; meanwhile nobody here is waited for."}, a.toTheirDesk)
	for _, x := range [][2]string{{"/assign", "Give a conversation to an agent, team or bot"}, {"/transfer", "Transfer a conversation to an agent, team or bot"}} {
		add(a, route{method: "POST", path: "/conversations/{id}" + x[0], tag: "Conversations", may: auth.ConversationAssign, summary: x[1], doc: "Nobody named: the queue of agents in no team."}, a.handOver)
	}
	add(a, route{method: "POST", path: "/conversations/{id}/close", tag: "Conversations", may: auth.ConversationAssign, summary: "Close a conversation"}, a.closeRound)
	add(a, route{method: "POST", path: "/conversations/{id}/read", tag: "Conversations", may: auth.ConversationRead, summary: "Say that one has read everything", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			return nil, a.Desk.MarkRead(ctx, c.who.Tenant, in.ID, c.who.Agent)
		})
	add(a, route{method: "POST", path: "/conversations/{id}/typing", tag: "Conversations", may: auth.ConversationReply, summary: "Say that one is typing, or not any more", status: 204},
		func(ctx context.Context, c *call, in *typingInput) (*none, error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			return nil, a.Desk.Typing(ctx, c.who.Tenant, in.ID, c.who.Agent, in.Body.On)
		})
	add(a, route{method: "POST", path: "/conversations/{id}/colleagues", tag: "Conversations", may: auth.ConversationAssign, summary: "Let a second agent answer too", status: 204},
		func(ctx context.Context, c *call, in *colleagueInput) (*none, error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			if _, err := c.scope.Agent(ctx, in.Body.Agent); err != nil {
				return nil, at(err, "body.agent")
			}
			return nil, a.Desk.AddColleague(ctx, c.who.Tenant, in.ID, in.Body.Agent, c.by())
		})
	add(a, route{method: "DELETE", path: "/conversations/{id}/colleagues/{agent}", tag: "Conversations", may: auth.ConversationAssign, summary: "Take an added agent off", status: 204},
		func(ctx context.Context, c *call, in *colleagueGone) (*none, error) {
			r, err := a.see(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			if !contains(r.Colleagues, in.Agent) {
				return nil, core.NotFound("colleague")
			}
			return nil, a.Desk.RemoveColleague(ctx, c.who.Tenant, in.ID, in.Agent, c.by())
		})
	a.addSnooze()
	a.addRoundTags()
	add(a, route{method: "PUT", path: "/conversations/{id}/priority", tag: "Conversations", may: auth.ConversationReply, summary: "Say how urgent a conversation is", status: 204},
		func(ctx context.Context, c *call, in *priorityInput) (*none, error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return "", t.Prioritise(ctx, in.ID, in.Body.Priority, c.by()) })
		})
	add(a, route{method: "POST", path: "/conversations/{id}/block", tag: "Conversations", may: auth.BlockWrite, act: "block.created", summary: "Block the customer of a conversation", status: 201}, a.blockRound)
}

func (a *API) addSnooze() {
	add(a, route{method: "POST", path: "/conversations/{id}/snooze", tag: "Conversations", may: auth.ConversationAssign, summary: "Snooze a conversation",
		doc: "Out of sight until a time or the customer's next message, whichever is first; then it is its owner's again, or a queue's when the owner serves no more. " +
			"Meanwhile it does not count among what its owner has in progress, nobody waits in it, and it is not closed for being idle. Only what an agent has can be snoozed."},
		func(ctx context.Context, c *call, in *snoozeInput) (*answer[core.Conversation], error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			v, err := a.Desk.Snooze(ctx, c.who.Tenant, in.ID, in.Body.Until, c.by(), in.Body.Why)
			return a.worked(v, err)
		})
	add(a, route{method: "DELETE", path: "/conversations/{id}/snooze", tag: "Conversations", may: auth.ConversationAssign, summary: "Wake a snoozed conversation"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Conversation], error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			return a.worked(a.Desk.Unsnooze(ctx, c.who.Tenant, in.ID, c.by()))
		})
}

func (a *API) addRoundTags() {
	for _, on := range []bool{true, false} {
		rt := route{method: "PUT", path: "/conversations/{id}/tags/{tag}", tag: "Conversations", may: auth.ConversationReply, summary: "Put a tag on a conversation", status: 204}
		if !on {
			rt.method, rt.summary = "DELETE", "Take a tag off a conversation"
		}
		add(a, rt, func(ctx context.Context, c *call, in *onTag) (*none, error) {
			if _, err := a.see(ctx, c, in.ID); err != nil {
				return nil, err
			}
			return nil, c.write(ctx, func(t *store.Tx) (string, error) { return "", t.TagConversation(ctx, in.ID, in.Tag, on, c.by()) })
		})
	}
}

// worked is a conversation as the desk left it.
func (a *API) worked(v core.Conversation, err error) (*answer[core.Conversation], error) {
	v.Visit = nil // it comes with the conversation itself, masked by role
	return &answer[core.Conversation]{v}, err
}

// needsAgent refuses a program that does not say as whom it works.
func needsAgent(c *call) error {
	if !c.who.Agent.IsZero() {
		return nil
	}
	return core.Invalid("agent_needed", "header.Parley-Agent", connector.Text{EN: "This is done by an agent.", ZH: "此操作需要以客服身份执行。"},
		connector.Text{EN: "Name one in the header Parley-Agent, with a token of an owner or administrator.", ZH: "请使用所有者或管理员令牌，并在 Parley-Agent 请求头中指定客服。"})
}

func (a *API) handOver(ctx context.Context, c *call, in *handOver) (*answer[core.Conversation], error) {
	if _, err := a.see(ctx, c, in.ID); err != nil {
		return nil, err
	}
	to, note, named := core.Owner{Kind: core.StatusQueue}, "", 0
	if b := in.Body; b != nil {
		note = b.Note
		for _, x := range []struct {
			id canon.ID
			to core.Owner
		}{
			{b.Agent, core.Owner{Kind: core.StatusAgent, ID: b.Agent}},
			{b.Team, core.Owner{Kind: core.StatusQueue, Team: b.Team}},
			{b.Bot, core.Owner{Kind: core.StatusBot, ID: b.Bot}},
		} {
			if !x.id.IsZero() {
				to = x.to
				named++
			}
		}
		if named > 1 {
			return nil, core.Invalid("one_owner", "body", connector.Text{EN: "A conversation has one owner.", ZH: "会话只能有一个接待方。"},
				connector.Text{EN: "Name one of agent, team and bot.", ZH: "请只指定客服、技能组或机器人之一。"})
		}
		if !b.Team.IsZero() {
			if _, err := c.scope.Team(ctx, b.Team); err != nil {
				return nil, at(err, "body.team")
			}
		}
		if !b.Agent.IsZero() {
			if _, err := c.scope.Agent(ctx, b.Agent); err != nil {
				return nil, at(err, "body.agent")
			}
		}
		if !b.Bot.IsZero() {
			if _, err := c.scope.Bot(ctx, b.Bot); err != nil {
				return nil, at(err, "body.bot")
			}
		}
	}
	return a.worked(a.Desk.Assign(ctx, c.who.Tenant, in.ID, to, c.by(), note))
}

func (a *API) toTheirDesk(ctx context.Context, c *call, in *deskInput) (*answer[core.Conversation], error) {
	if _, err := a.see(ctx, c, in.ID); err != nil {
		return nil, err
	}
	v, err := a.Desk.ToTheirDesk(ctx, c.who.Tenant, in.ID, c.by(), in.Body.Why)
	var refused *connector.Error
	if errors.As(err, &refused) {
		return nil, shown(err)
	}
	if err == nil {
		err = c.note(ctx, in.ID.String(), in.Body.Why)
	}
	return a.worked(v, err)
}

func (a *API) closeRound(ctx context.Context, c *call, in *closeInput) (*answer[core.Conversation], error) {
	if _, err := a.see(ctx, c, in.ID); err != nil {
		return nil, err
	}
	if in.Body != nil && len(in.Body.Tags) > 0 {
		err := c.write(ctx, func(t *store.Tx) (string, error) {
			for _, tag := range in.Body.Tags {
				if err := t.TagConversation(ctx, in.ID, tag, true, c.by()); err != nil {
					return "", at(err, "body.tags")
				}
			}
			return "", nil
		})
		if err != nil {
			return nil, err
		}
	}
	return a.worked(a.Desk.Close(ctx, c.who.Tenant, in.ID, c.by()))
}

func (a *API) blockRound(ctx context.Context, c *call, in *blockRound) (*answer[list[core.Block]], error) {
	r, err := a.see(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	wanted := []core.Block{{Kind: core.BlockContact, Contact: r.Contact, Reason: b.Reason, By: c.by(), Expires: b.Expires}}
	if b.Address {
		if !c.who.Can(auth.ConversationAll) {
			return nil, forbidden(auth.ConversationAll)
		}
		if r.Visit == nil || r.Visit.Address == "" {
			return nil, core.Invalid("no_address", "body.address", connector.Text{EN: "The address of this customer is not known.", ZH: "未记录该客户的网络地址。"},
				connector.Text{EN: "Block the contact alone.", ZH: "请仅拉黑客户。"})
		}
		prefix, err := networkOf("body.address", r.Visit.Address)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, core.Block{Kind: core.BlockAddress, Prefix: prefix, Reason: b.Reason, By: c.by(), Expires: b.Expires})
	}
	out := list[core.Block]{Items: []core.Block{}}
	for _, w := range wanted {
		saved, err := a.saveBlock(ctx, c, w)
		if err != nil {
			return nil, err
		}
		if w.Kind == core.BlockAddress && !c.who.Can(auth.AddressRead) {
			saved.Body.Prefix = ""
		}
		out.Items = append(out.Items, saved.Body)
	}
	return &answer[list[core.Block]]{out}, nil
}
