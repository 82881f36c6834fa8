package api

import (
	"context"
	"errors"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/search"
	"parley/core/store"
)

type searchInput struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"Where to go on: next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many messages"`
	Q      string `query:"q" minLength:"1" maxLength:"500" required:"true" doc:"Words and operators"`
	Zone   string `query:"zone" maxLength:"60" doc:"IANA name of the zone days begin in; absent: one's own"`
}

// SearchAnswer is what was found.
type SearchAnswer struct {
	Items         []MessageFound    `json:"items" doc:"Messages, newest first"`
	Next          *string           `json:"next" nullable:"true" doc:"Send it as cursor to go on; null at the end. A page may be short and have one"`
	Customers     []core.Contact    `json:"customers" doc:"On the first page, where words alone were asked for: who is called so, or has such an address"`
	Conversations []ConversationRow `json:"conversations" doc:"On the first page: the newest conversations with customers who fit"`
	Unmatched     []string          `json:"unmatched" doc:"Operators that name nobody and nothing, as they were typed"`
	Reach         time.Time         `json:"reach,omitzero" doc:"Set while older messages are being prepared: when the oldest was said that is searched already"`
}

// MessageFound is a message with the place where it says what was looked for.
type MessageFound struct {
	ID           canon.ID     `json:"id"`
	Conversation canon.ID     `json:"conversation"`
	Pos          int64        `json:"pos" doc:"Where it stands in its thread"`
	From         core.From    `json:"from"`
	Name         string       `json:"name,omitempty" doc:"Of who said it"`
	At           time.Time    `json:"at"`
	Owner        core.Owner   `json:"owner" doc:"Who has the conversation"`
	Contact      ContactBrief `json:"contact"`
	Account      AccountBrief `json:"account"`
	Snippet      []search.Run `json:"snippet" doc:"Plain text in stretches"`
}

func (a *API) addSearch() {
	add(a, route{method: "GET", path: "/search", tag: "Search", may: auth.ConversationRead, summary: "Find messages, and the customers and conversations they belong to",
		doc: "Every word must occur, in any case and with or without accents: a word is found by its beginning, Chinese by one character or more, what stands in quotation marks as it stands there. " +
			"Operators narrow: `from:` an agent or customer by name or address, or `me`; `in:` an account or team by name; `tag:` a tag of the conversation; `after:` and `before:` a day as 2026-11-26, from that day on and until it begins. " +
			"The same operator twice means either. A value with spaces stands in quotation marks. Only what the caller may see is found."}, a.search)
}

func (a *API) search(ctx context.Context, c *call, in *searchInput) (*answer[SearchAnswer], error) {
	asked, err := a.asked(ctx, c, in)
	if err != nil {
		return nil, err
	}
	out := SearchAnswer{Items: []MessageFound{}, Customers: []core.Contact{}, Conversations: []ConversationRow{}, Unmatched: []string{}}
	q := store.SearchQuery{Words: asked.Words, After: asked.After, Before: asked.Before, Visible: c.who.Visible(), Limit: in.Limit}
	if err := cursorPlace("search", in.Cursor, &q.Below); err != nil {
		return nil, err
	}
	if out.Unmatched, err = a.operators(ctx, c, asked, &q); err != nil {
		return nil, err
	}
	if in.Cursor == "" && len(asked.From)+len(asked.In)+len(asked.Tag) == 0 && asked.After.IsZero() && asked.Before.IsZero() {
		if err := a.findPeople(ctx, c, asked, &out); err != nil {
			return nil, err
		}
	}
	if len(out.Unmatched) > 0 && nobody(q) {
		return &answer[SearchAnswer]{out}, nil
	}
	page, err := c.scope.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out.Reach = page.Reach
	if page.Next > 0 {
		text := cursorText("search", page.Next)
		out.Next = &text
	}
	out.Items, err = a.shown(ctx, c, asked.Words, page.Items)
	return &answer[SearchAnswer]{out}, err
}

// nobody reports whether a condition names nothing that could fit.
func nobody(q store.SearchQuery) bool {
	return q.From != nil && len(q.From.Staff)+len(q.From.Threads) == 0 || q.In != nil && len(q.In.Accounts)+len(q.In.Teams) == 0 || q.Tagged && len(q.Tags) == 0
}

// asked reads the question in the zone of who asks.
func (a *API) asked(ctx context.Context, c *call, in *searchInput) (search.Question, error) {
	name := in.Zone
	if name != "" {
		if err := zone("query.zone", name); err != nil {
			return search.Question{}, err
		}
	} else if !c.who.Agent.IsZero() {
		who, err := c.scope.Agent(ctx, c.who.Agent)
		if err != nil {
			return search.Question{}, err
		}
		name = who.TimeZone
	}
	at, err := time.LoadLocation(name)
	if err != nil {
		at = time.UTC
	}
	q, err := search.Ask(tidy(in.Q), at)
	var wrong *search.OperatorError
	switch {
	case errors.As(err, &wrong):
		return q, operatorFault(wrong)
	case err == nil && q.Empty():
		return q, core.Invalid("search_empty", "query.q", connector.Text{EN: "There is nothing to look for.", ZH: "没有可搜索的内容。"},
			connector.Text{EN: "Type a word, a number, an address or an operator.", ZH: "请输入文字、数字、地址或搜索条件。"})
	}
	return q, err
}

func operatorFault(e *search.OperatorError) error {
	typed := cut(e.Operator, 40) + ":" + cut(e.Value, 80)
	switch e.Problem {
	case search.NoDate:
		return core.Invalid("search_date", "query.q",
			connector.Text{EN: "“" + typed + "” is not a date.", ZH: "“" + typed + "” 不是日期。"},
			connector.Text{EN: "Write the day as 2026-11-26.", ZH: "日期请写成 2026-11-26 的形式。"})
	case search.Bare:
		return core.Invalid("search_operator", "query.q",
			connector.Text{EN: "Nothing stands behind “" + e.Operator + ":”.", ZH: "“" + e.Operator + ":” 后面没有内容。"},
			connector.Text{EN: "Write what to look for right behind the colon.", ZH: "请在冒号后直接写要查找的内容。"})
	}
	return core.Invalid("search_operator", "query.q",
		connector.Text{EN: "There is no operator “" + cut(e.Operator, 40) + ":”.", ZH: "没有 “" + cut(e.Operator, 40) + ":” 这个搜索条件。"},
		connector.Text{EN: "Use from:, in:, tag:, before: or after:, or put the words in quotation marks.", ZH: "可用 from:、in:、tag:、before:、after:，或用引号括起来按原文搜索。"})
}

// shown are messages with names and snippets.
func (a *API) shown(ctx context.Context, c *call, words []search.Phrase, found []store.Found) ([]MessageFound, error) {
	var people, places []canon.ID
	for _, m := range found {
		people, places = append(people, m.Contact), append(places, m.Account)
	}
	who, err := c.scope.ContactsByID(ctx, people)
	if err != nil {
		return nil, err
	}
	where, err := c.scope.AccountsByID(ctx, places)
	if err != nil {
		return nil, err
	}
	names, kinds := map[canon.ID]ContactBrief{}, map[canon.ID]AccountBrief{}
	for _, p := range who {
		names[p.ID] = ContactBrief{p.ID, p.Name, p.Avatar}
	}
	for _, p := range where {
		kinds[p.ID] = AccountBrief{p.ID, p.Name, p.Kind}
	}
	out := make([]MessageFound, len(found))
	for i, m := range found {
		out[i] = MessageFound{ID: m.ID, Conversation: m.Conversation, Pos: m.Pos, From: m.From, Name: m.Name, At: m.At, Owner: m.Owner,
			Contact: names[m.Contact], Account: kinds[m.Account], Snippet: search.Snippet(search.Texts(m.Content), words)}
		out[i].Contact.ID, out[i].Account.ID = m.Contact, m.Account
	}
	return out, nil
}
