package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/store"
)

// BotKindInfo is a kind of bot this build has.
type BotKindInfo struct {
	Kind    string `json:"kind"`
	Explain bool   `json:"explain" doc:"The test box shows how an answer came about"`
	Table   bool   `json:"table" doc:"Rules can be exported and imported as a table"`
}

type botInput struct {
	Body struct {
		Kind     string `json:"kind" maxLength:"40" example:"rules"`
		Name     string `json:"name" minLength:"1" maxLength:"60"`
		Language string `json:"language,omitempty" enum:"zh,en" doc:"Of the content it starts with; absent: that of the business"`
	}
}

type botChange struct {
	ByID
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"60"`
	}
}

type draftInput struct {
	ByID
	Body struct {
		Content  json.RawMessage `json:"content" doc:"The whole content, in the form of the bot's kind"`
		DraftRev int             `json:"draft_rev" doc:"The draft_rev it was made from: so that two designers do not overwrite each other"`
	}
}

type publishInput struct {
	ByID
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"500"`
	}
}

// DraftState is a saved draft with what is wrong in it.
type DraftState struct {
	DraftRev int            `json:"draft_rev"`
	Changed  bool           `json:"changed" doc:"It differs from the published version"`
	Errors   []FieldProblem `json:"errors" doc:"With any, it cannot be published"`
	Warnings []BotWarning   `json:"warnings"`
}

// BotDetail is a bot with its draft and what is wrong in it.
type BotDetail struct {
	core.Bot
	Errors   []FieldProblem `json:"errors"`
	Warnings []BotWarning   `json:"warnings"`
}

// maxContent is the most bytes of a bot's content.
const maxContent = 8 << 20

func (a *API) addBots() {
	add(a, route{method: "GET", path: "/bot-kinds", tag: "Bots", may: auth.BotRead, summary: "Kinds of bot there are"},
		func(context.Context, *call, *none) (*answer[list[BotKindInfo]], error) {
			out := list[BotKindInfo]{Items: []BotKindInfo{}}
			for _, k := range a.Bots {
				_, explain := k.(Explainer)
				_, export := k.(Exporter)
				_, imports := k.(Importer)
				out.Items = append(out.Items, BotKindInfo{k.Kind(), explain, export && imports})
			}
			return &answer[list[BotKindInfo]]{out}, nil
		})
	add(a, route{method: "GET", path: "/bots", tag: "Bots", may: auth.BotRead, summary: "Bots, without their drafts"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Bot]], error) {
			after, err := in.after("bots")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Bots(ctx, after, in.size())
			return listOf(all, in.Limit, func(v core.Bot) string { return cursorText("bots", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/bots", tag: "Bots", may: auth.BotWrite, act: "bot.created", summary: "Make a bot", status: 201}, a.addBot)
	add(a, route{method: "GET", path: "/bots/{id}", tag: "Bots", may: auth.BotRead, summary: "One bot with its draft"},
		func(ctx context.Context, c *call, in *ByID) (*answer[BotDetail], error) {
			b, err := c.scope.Bot(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out := BotDetail{Bot: b}
			out.Errors, out.Warnings, err = a.judge(ctx, c, b.Kind, b.Draft)
			return &answer[BotDetail]{out}, err
		})
	add(a, route{method: "PATCH", path: "/bots/{id}", tag: "Bots", may: auth.BotWrite, act: "bot.changed", summary: "Rename a bot"},
		func(ctx context.Context, c *call, in *botChange) (*answer[core.Bot], error) {
			name, err := oneLine("body.name", in.Body.Name)
			if err != nil {
				return nil, err
			}
			var out core.Bot
			err = c.write(ctx, func(t *store.Tx) (string, error) {
				out, err = t.RenameBot(ctx, in.ID, name, c.by())
				return in.ID.String() + " " + name, err
			})
			return &answer[core.Bot]{out}, a.told(c, err)
		})
	add(a, route{method: "DELETE", path: "/bots/{id}", tag: "Bots", may: auth.BotWrite, act: "bot.deleted", summary: "Delete a bot that has no conversation", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			return nil, a.told(c, c.write(ctx, func(t *store.Tx) (string, error) { return in.ID.String(), t.DeleteBot(ctx, in.ID, c.by()) }))
		})
	add(a, route{method: "PUT", path: "/bots/{id}/draft", tag: "Bots", may: auth.BotWrite, act: "bot.draft", summary: "Save the draft", most: maxContent,
		doc: "Nothing reaches a customer before it is published. A draft with errors is saved too."}, a.saveDraft)
	add(a, route{method: "POST", path: "/bots/{id}/publish", tag: "Bots", may: auth.BotPublish, act: "bot.published", summary: "Make the draft what customers meet"}, a.publish)
	add(a, route{method: "POST", path: "/bots/{id}/undo", tag: "Bots", may: auth.BotWrite, act: "bot.undone", summary: "Take the draft back to the published version",
		doc: "Where it does not differ from that: to the version before."},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Bot], error) {
			var out core.Bot
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				var err error
				out, err = t.UndoBot(ctx, in.ID, c.by())
				return in.ID.String(), err
			})
			return &answer[core.Bot]{out}, a.told(c, err)
		})
}

// told has the directory read anew after a change.
func (a *API) told(c *call, err error) error {
	if err == nil {
		a.Links.Changed(c.who.Tenant)
	}
	return err
}

func (a *API) kind(name, field string) (orchestrate.BotKind, error) {
	k, ok := a.kinds[name]
	if !ok {
		names := make([]string, len(a.Bots))
		for i, b := range a.Bots {
			names[i] = b.Kind()
		}
		return nil, core.Invalid("kind", field, connector.Text{EN: "This build has no such kind of bot.", ZH: "当前版本没有这种机器人。"},
			connector.Text{EN: "Choose one of: " + strings.Join(names, ", ") + ".", ZH: "可选：" + strings.Join(names, "、") + "。"})
	}
	return k, nil
}

func (a *API) addBot(ctx context.Context, c *call, in *botInput) (*answer[core.Bot], error) {
	b := in.Body
	k, err := a.kind(b.Kind, "body.kind")
	if err != nil {
		return nil, err
	}
	name, err := oneLine("body.name", b.Name)
	if err != nil {
		return nil, err
	}
	if b.Language == "" {
		t, err := c.scope.ReadTenant(ctx)
		if err != nil {
			return nil, err
		}
		b.Language = t.Language
	}
	var out core.Bot
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		out, err = t.AddBot(core.Bot{Kind: b.Kind, Name: name, Draft: k.Blank(b.Language)}, c.by())
		return out.ID.String() + " " + name, err
	})
	return &answer[core.Bot]{out}, a.told(c, err)
}

// judge says what is wrong in a content, and what to look at. Teams and files
// it names must be the tenant's own.
func (a *API) judge(ctx context.Context, c *call, kind string, content json.RawMessage) ([]FieldProblem, []BotWarning, error) {
	k, err := a.kind(kind, "")
	if err != nil {
		return nil, nil, err
	}
	errs, warns := []FieldProblem{}, []BotWarning{}
	for _, f := range k.Check(content) {
		errs = append(errs, FieldProblem{Field: f.Field, Detail: f.Text.In(c.lang)})
	}
	if len(errs) == 0 {
		more, err := a.references(ctx, c, k, content)
		if err != nil {
			return nil, nil, err
		}
		errs = append(errs, more...)
	}
	if w, ok := k.(Warner); ok {
		warns = append(warns, w.Warnings(content)...)
	}
	return errs, warns, nil
}

func (a *API) references(ctx context.Context, c *call, k orchestrate.BotKind, content json.RawMessage) ([]FieldProblem, error) {
	r, ok := k.(Referrer)
	if !ok {
		return nil, nil
	}
	var out []FieldProblem
	missing := func(what string, id canon.ID, err error) error {
		if err != nil && !notFound(err) {
			return err
		}
		if err != nil {
			out = append(out, FieldProblem{Field: "content", Detail: connector.Text{
				EN: fmt.Sprintf("It names a %s that is not there: %s.", what, id), ZH: fmt.Sprintf("引用了不存在的对象（%s）：%s。", what, id)}.In(c.lang)})
		}
		return nil
	}
	teams, files := r.References(content)
	for _, id := range teams {
		_, err := c.scope.Team(ctx, id)
		if err := missing("team", id, err); err != nil {
			return nil, err
		}
	}
	for _, id := range files {
		_, err := a.file(ctx, c, id)
		if err := missing("file", id, err); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *API) saveDraft(ctx context.Context, c *call, in *draftInput) (*answer[DraftState], error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if len(in.Body.Content) == 0 || in.Body.Content[0] != '{' {
		return nil, core.Invalid("content", "body.content", connector.Text{EN: "The content is a JSON object.", ZH: "content 应为 JSON 对象。"},
			connector.Text{EN: "Send the whole draft, changed.", ZH: "请提交修改后的完整草稿。"})
	}
	var out DraftState
	if out.Errors, out.Warnings, err = a.judge(ctx, c, b.Kind, in.Body.Content); err != nil {
		return nil, err
	}
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		saved, err := t.SaveDraft(ctx, in.ID, in.Body.Content, in.Body.DraftRev, c.by())
		out.DraftRev, out.Changed = saved.DraftRev, saved.Changed
		return fmt.Sprintf("%s revision %d", in.ID, saved.DraftRev), err
	})
	return &answer[DraftState]{out}, err
}

func (a *API) publish(ctx context.Context, c *call, in *publishInput) (*answer[core.Bot], error) {
	b, err := c.scope.Bot(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	bad, _, err := a.judge(ctx, c, b.Kind, b.Draft)
	if err != nil {
		return nil, err
	}
	if len(bad) > 0 {
		p := problem(422, "draft_errors", c.lang, "", "draft."+bad[0].Field, connector.Text{EN: "The draft has errors: " + bad[0].Detail, ZH: "草稿有错误：" + bad[0].Detail},
			connector.Text{EN: "Correct them, then publish.", ZH: "请修正后再发布。"})
		p.Errors = bad
		return nil, p
	}
	note := ""
	if in.Body != nil {
		note = in.Body.Note
	}
	var out core.Bot
	err = c.write(ctx, func(t *store.Tx) (string, error) {
		out, err = t.PublishBot(ctx, in.ID, b.DraftRev, note, c.by())
		return fmt.Sprintf("%s version %d", in.ID, out.Published), err
	})
	return &answer[core.Bot]{out}, a.told(c, err)
}
