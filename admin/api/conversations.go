package api

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// ConversationRow is a conversation in a list: with whom and through what.
type ConversationRow struct {
	core.Conversation
	Contact ContactBrief `json:"contact"`
	Account AccountBrief `json:"account"`
}

// ContactBrief is a contact by name.
type ContactBrief struct {
	ID     canon.ID `json:"id"`
	Name   string   `json:"name"`
	Avatar canon.ID `json:"avatar,omitzero"`
}

// AccountBrief is an account by name.
type AccountBrief struct {
	ID   canon.ID `json:"id"`
	Name string   `json:"name"`
	Kind string   `json:"kind"`
}

// ConversationDetail is one conversation with what the screen around it needs.
type ConversationDetail struct {
	core.Conversation
	Contact      core.Contact            `json:"contact"`
	Account      AccountBrief            `json:"account"`
	Thread       core.Thread             `json:"thread"`
	Capabilities *connector.Capabilities `json:"capabilities,omitempty" doc:"What the channel can carry now; absent when its link is not open"`
	OwnerChanges []core.OwnerChange      `json:"owner_changes" doc:"Who had it and why, oldest first"`
	Names        map[string]string       `json:"names" doc:"Names of the agents, bots and teams that occur, by id"`
}

type conversationList struct {
	Paging
	Status   []string `query:"status" maxItems:"6" enum:"open,bot,queue,agent,snoozed,closed" doc:"open, when none is given: bot, queue and agent, without what is snoozed"`
	Owner    []string `query:"owner" maxItems:"50" doc:"The id of an agent or bot; me is oneself, and what one was added to"`
	Account  []string `query:"account" maxItems:"50"`
	Team     []string `query:"team" maxItems:"50" doc:"The id of a team, or none"`
	Tag      []string `query:"tag" maxItems:"50"`
	Language []string `query:"language" maxItems:"20" doc:"Of the conversation, as zh"`
	Priority []string `query:"priority" maxItems:"3" enum:"urgent,high,none" doc:"none is as any"`
	Wait     int      `query:"wait" minimum:"0" maximum:"525600" doc:"Only where a customer has waited for a person this many minutes or longer; longest wait first"`
	Overdue  bool     `query:"overdue" doc:"Only what should have been answered or closed by now, by its service goal; the longest overdue first"`
	Sort     string   `query:"sort" enum:"newest,waiting,due,priority" default:"newest" doc:"waiting: longest wait first, of those where a customer waits for a person; due: what is due first, of those with a service goal whose clock runs; priority: the most urgent first, of those the newest"`
}

// filter is the list's filter in the form views keep.
func (in *conversationList) filter() (f core.Filter, err error) {
	f = core.Filter{Owners: in.Owner, Teams: in.Team, Languages: in.Language, Priorities: in.Priority, Wait: in.Wait, Overdue: in.Overdue, Sort: in.Sort}
	for _, s := range in.Status {
		f.Statuses = append(f.Statuses, core.Status(s))
	}
	if f.Accounts, err = queryIDs("query.account", in.Account); err == nil {
		f.Tags, err = queryIDs("query.tag", in.Tag)
	}
	return f, err
}

// Tallies are kept counts, never counted on reading.
type Tallies struct {
	Mine    int64                 `json:"mine"`
	Queue   map[string]QueueTally `json:"queue" doc:"By team; none: agents in no team"`
	Bot     int64                 `json:"bot"`
	Agent   int64                 `json:"agent"`
	Snoozed int64                 `json:"snoozed" doc:"One's own that sleep; not among mine"`
	Unread  int64                 `json:"unread" doc:"One's own conversations with unread messages, counted up to 200"`
	// Mentions are kept with the agent.
	Mentions int64 `json:"mentions" doc:"Notes that mention one and were not read yet"`
}

// QueueTally is one queue.
type QueueTally struct {
	N       int64     `json:"n"`
	Longest time.Time `json:"longest_waiting_since,omitzero"`
}

func (a *API) addConversations() {
	add(a, route{method: "GET", path: "/conversations", tag: "Conversations", may: auth.ConversationRead, summary: "Conversations by status, owner, account, team, tag, language, priority, wait and what is due",
		doc: "Of several values of a filter, parted by commas, any; of several filters, all. Limited agents see their own, those they were added to, and the queues of their teams."}, a.conversations)
	add(a, route{method: "GET", path: "/conversations/tallies", tag: "Conversations", may: auth.ConversationRead, summary: "How many there are in each view"}, a.tallies)
	add(a, route{method: "GET", path: "/conversations/{id}", tag: "Conversations", may: auth.ConversationRead, summary: "One conversation with contact, thread, history of owners"},
		func(ctx context.Context, c *call, in *ByID) (*answer[ConversationDetail], error) {
			v, err := a.detail(ctx, c, in.ID)
			return &answer[ConversationDetail]{v}, err
		})
}

func (a *API) conversations(ctx context.Context, c *call, in *conversationList) (*answer[list[ConversationRow]], error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	q, err := a.listQuery(c, f, "query")
	if err != nil {
		return nil, err
	}
	q.Limit = in.Limit
	kind := "conversations " + string(q.Sort)
	if err := cursorPlace(kind, in.Cursor, &q.After); err != nil {
		return nil, err
	}
	page, err := c.scope.Conversations(ctx, q)
	if err != nil {
		return nil, err
	}
	out := list[ConversationRow]{Items: pageRows(page)}
	if page.More {
		text := cursorText(kind, page.Next)
		out.Next = &text
	}
	return &answer[list[ConversationRow]]{out}, nil
}

// listQuery is what a filter asks for on behalf of the caller. Fields of faults
// are below where.
func (a *API) listQuery(c *call, f core.Filter, where string) (q store.ListQuery, err error) {
	q = store.ListQuery{Accounts: f.Accounts, Tags: f.Tags, Sort: store.Sort(f.Sort), Visible: c.who.Visible()}
	for _, s := range f.Statuses {
		if s == "open" {
			q.Statuses = append(q.Statuses, core.StatusBot, core.StatusQueue, core.StatusAgent)
		} else {
			q.Statuses = append(q.Statuses, s)
		}
	}
	for _, l := range f.Languages {
		q.Languages = append(q.Languages, strings.ToLower(l))
	}
	for _, p := range f.Priorities {
		q.Priorities = append(q.Priorities, core.Priority(strings.TrimPrefix(p, "none")))
	}
	if q.Sort == "" {
		q.Sort = store.SortNewest
	}
	if f.Wait > 0 && f.Overdue {
		return q, core.Invalid("overdue", where+".overdue", connector.Text{EN: "A list is either by how long they wait or by what is overdue.", ZH: "等待时长和已超时不能同时作为筛选条件。"},
			connector.Text{EN: "Leave one of the two out.", ZH: "请去掉其中一个。"})
	}
	if f.Overdue {
		q.Sort, q.Due = store.SortDue, a.Store.Now()
	}
	if f.Wait > 0 {
		q.Sort, q.Waiting = store.SortWaiting, a.Store.Now().Add(-time.Duration(f.Wait)*time.Minute)
	}
	for _, text := range f.Owners {
		id := c.who.Who()
		if text == "me" {
			q.Added = c.who.Agent // who was added writes as the owner does
		} else {
			if id, err = queryID(where+".owner", text); err != nil {
				return q, err
			}
		}
		q.Owners = append(q.Owners, id)
	}
	for _, text := range f.Teams {
		if text == "none" {
			q.NoTeam = true
			continue
		}
		id, err := queryID(where+".team", text)
		if err != nil {
			return q, err
		}
		q.Teams = append(q.Teams, id)
	}
	return q, nil
}

func queryIDs(field string, texts []string) ([]canon.ID, error) {
	var out []canon.ID
	for _, text := range texts {
		id, err := queryID(field, text)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

func queryID(field, text string) (canon.ID, error) {
	id, err := canon.ParseID(text)
	if err != nil {
		return id, core.Invalid("id", field, connector.Text{EN: "This is not an id.", ZH: "不是有效的 id。"},
			connector.Text{EN: "Ids look like 0190f3a2-7c1e-7abc-8def-0123456789ab.", ZH: "id 形如 0190f3a2-7c1e-7abc-8def-0123456789ab。"})
	}
	return id, nil
}

// pageRows are the conversations of a page as a list shows them.
func pageRows(page store.Page) []ConversationRow {
	out := make([]ConversationRow, len(page.Items))
	for i, v := range page.Items {
		n := page.Names[i]
		out[i] = ConversationRow{v, ContactBrief{v.Contact, n.Contact, n.Avatar}, AccountBrief{v.Account, n.Account, n.Kind}}
	}
	return out
}

// rows adds the names a list shows. people are those that are known.
func (a *API) rows(ctx context.Context, c *call, items []core.Conversation, people []core.Contact) ([]ConversationRow, error) {
	accounts := make([]canon.ID, len(items))
	for i, v := range items {
		accounts[i] = v.Account
	}
	places, err := c.scope.AccountsByID(ctx, accounts)
	if err != nil {
		return nil, err
	}
	names, kinds := map[canon.ID]ContactBrief{}, map[canon.ID]AccountBrief{}
	for _, p := range people {
		names[p.ID] = ContactBrief{p.ID, p.Name, p.Avatar}
	}
	for _, p := range places {
		kinds[p.ID] = AccountBrief{p.ID, p.Name, p.Kind}
	}
	out := make([]ConversationRow, len(items))
	for i, v := range items {
		v.Visit = nil // long; it comes with the conversation itself
		out[i] = ConversationRow{Conversation: v, Contact: names[v.Contact], Account: kinds[v.Account]}
		out[i].Contact.ID, out[i].Account.ID = v.Contact, v.Account
	}
	return out, nil
}

// see reads a conversation; one the caller may not see does not exist.
func (a *API) see(ctx context.Context, c *call, id canon.ID) (store.Round, error) {
	r, _, err := a.seeAt(ctx, c, id)
	return r, err
}

// seeAt is see with the revision its thread is at.
func (a *API) seeAt(ctx context.Context, c *call, id canon.ID) (store.Round, int64, error) {
	r, rev, err := c.scope.RoundAt(ctx, id)
	if err == nil && !c.who.Visible().Sees(r.Conversation) {
		return store.Round{}, 0, core.NotFound("conversation")
	}
	return r, rev, err
}

// sees is what of the conversations the caller may see; nil: all.
func sees(c *call) func(core.Conversation) bool {
	if v := c.who.Visible(); v != nil {
		return v.Sees
	}
	return nil
}

func (a *API) detail(ctx context.Context, c *call, id canon.ID) (ConversationDetail, error) {
	r, err := a.see(ctx, c, id)
	if err != nil {
		return ConversationDetail{}, err
	}
	if r.Owner.Kind == core.StatusQueue {
		if r.Place, err = c.scope.Place(ctx, r.Conversation); err != nil {
			return ConversationDetail{}, err
		}
	}
	out := ConversationDetail{Conversation: r.Conversation, Names: map[string]string{}}
	if out.Contact, err = c.scope.Contact(ctx, r.Contact); err != nil && !notFound(err) {
		return out, err
	}
	if out.Thread, _, err = c.scope.Thread(ctx, r.Thread); err != nil {
		return out, err
	}
	if at := out.Thread.Conversation; at != id && !at.IsZero() && c.who.Visible() != nil {
		if _, err := a.see(ctx, c, at); notFound(err) {
			out.Thread.Conversation = canon.ID{}
		} else if err != nil {
			return out, err
		}
	}
	if out.OwnerChanges, err = c.scope.OwnerChanges(ctx, id); err != nil {
		return out, err
	}
	rows, err := a.rows(ctx, c, []core.Conversation{r.Conversation}, nil)
	if err != nil {
		return out, err
	}
	out.Account = rows[0].Account
	caps, linked, err := a.Desk.Reach(ctx, c.who.Tenant, r, out.Thread.Key, true)
	if err != nil {
		return out, err
	}
	if linked {
		out.Capabilities = &caps
	}
	if out.Visit != nil {
		if out.Visit, err = a.maskVisit(ctx, c, *out.Visit); err != nil {
			return out, err
		}
	}
	return out, a.nameAll(ctx, c, &out)
}

func notFound(err error) bool {
	f, ok := core.AsFault(err)
	return ok && f.Kind == core.FaultNotFound
}

// nameAll names who had a conversation.
func (a *API) nameAll(ctx context.Context, c *call, v *ConversationDetail) error {
	d, err := c.scope.Directory(ctx)
	if err != nil {
		return err
	}
	ids := append([]canon.ID{v.Owner.ID, v.Owner.Team}, v.Colleagues...)
	for _, o := range v.OwnerChanges {
		ids = append(ids, o.From.ID, o.From.Team, o.To.ID, o.To.Team, o.By)
	}
	for _, id := range ids {
		key := id.String()
		if _, done := v.Names[key]; done || id.IsZero() {
			continue
		}
		if b, ok := d.Bots[id]; ok {
			v.Names[key] = b.Name
		} else if t, ok := d.Teams[id]; ok {
			v.Names[key] = t.Name
		} else if p, err := c.scope.Agent(ctx, id); err == nil {
			v.Names[key] = p.Name
		} else if !notFound(err) {
			return err
		}
	}
	return nil
}

// maskVisit shortens the visitor's address for those who may not see it whole.
func (a *API) maskVisit(ctx context.Context, c *call, v canon.Visit) (*canon.Visit, error) {
	if c.who.Can(auth.AddressRead) || v.Address == "" {
		return &v, nil
	}
	t, err := c.scope.ReadTenant(ctx)
	if err != nil {
		return nil, err
	}
	if t.Settings.HideAddress {
		v.Address = maskAddress(v.Address)
	}
	return &v, nil
}

// maskAddress keeps the network of an address: 203.0.*.*.
func maskAddress(text string) string {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return "*"
	}
	if addr = addr.Unmap(); addr.Is4() {
		parts := strings.Split(addr.String(), ".")
		return parts[0] + "." + parts[1] + ".*.*"
	}
	p, err := addr.Prefix(32)
	if err != nil {
		return "*"
	}
	return strings.TrimSuffix(p.Masked().Addr().String(), "::") + ":*"
}

func (a *API) tallies(ctx context.Context, c *call, _ *none) (*answer[Tallies], error) {
	counts, err := c.scope.Tallies(ctx)
	if err != nil {
		return nil, err
	}
	mentions, err := c.scope.Mentioned(ctx, c.who.Agent)
	if err != nil {
		return nil, err
	}
	added, asleep, err := c.scope.Added(ctx, c.who.Agent)
	if err != nil {
		return nil, err
	}
	me := c.who.Who().String()
	out := Tallies{Mentions: mentions, Mine: counts["owner:"+me] + added, Snoozed: counts["snoozed:"+me] + asleep, Queue: map[string]QueueTally{}}
	visible := c.who.Visible()
	if visible == nil {
		out.Bot, out.Agent = counts["status:bot"], counts["status:agent"]
	} else {
		out.Agent = out.Mine
	}
	for name, n := range counts {
		text, ok := strings.CutPrefix(name, "queue:")
		if !ok || n == 0 {
			continue
		}
		team := canon.ID{}
		if text != "" {
			if team, err = canon.ParseID(text); err != nil {
				continue
			}
		}
		if visible != nil && (team.IsZero() || !contains(visible.Teams, team)) {
			continue
		}
		longest, err := c.scope.LongestWaiting(ctx, team)
		if err != nil {
			return nil, err
		}
		if text == "" {
			text = "none"
		}
		out.Queue[text] = QueueTally{n, longest}
	}
	if out.Mine > 0 {
		mine, err := c.scope.Conversations(ctx, store.ListQuery{Statuses: []core.Status{core.StatusAgent}, Owners: []canon.ID{c.who.Who()}, Added: c.who.Agent, Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, v := range mine.Items {
			if v.Unread > 0 {
				out.Unread++
			}
		}
	}
	return &answer[Tallies]{out}, nil
}

func contains(all []canon.ID, id canon.ID) bool {
	for _, x := range all {
		if x == id {
			return true
		}
	}
	return false
}
