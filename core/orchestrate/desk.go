package orchestrate

import (
	"cmp"
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/store"
)

// Faults of the desk.
var (
	errClosed = &core.Fault{Kind: core.FaultConflict, Code: "closed",
		Text:   connector.Text{EN: "The conversation is closed.", ZH: "会话已结束。"},
		Remedy: connector.Text{EN: "Reopen it first.", ZH: "请先重新打开会话。"}}
	errNotOwner = &core.Fault{Kind: core.FaultConflict, Code: "not_owner",
		Text:   connector.Text{EN: "Somebody else has this conversation.", ZH: "该会话正由他人接待。"},
		Remedy: connector.Text{EN: "Take it, or ask to be added.", ZH: "请先接手会话，或请对方邀请您加入。"}}
	errTagRequired = &core.Fault{Kind: core.FaultInvalid, Code: "tag_required", Field: "tags",
		Text:   connector.Text{EN: "A conversation needs a tag before it is closed.", ZH: "结束会话前需要先打标签。"},
		Remedy: connector.Text{EN: "Add a tag and close again.", ZH: "请添加标签后再结束。"}}
	errRecallLate = &core.Fault{Kind: core.FaultConflict, Code: "recall_late",
		Text:   connector.Text{EN: "The time for taking the message back is over.", ZH: "已超过可撤回的时间。"},
		Remedy: connector.Text{EN: "Write a correction instead.", ZH: "请改为发送更正消息。"}}
	errNotYours = &core.Fault{Kind: core.FaultForbidden, Code: "not_yours",
		Text:   connector.Text{EN: "You can only do this with your own messages.", ZH: "只能对自己发送的消息执行此操作。"},
		Remedy: connector.Text{EN: "Ask the agent who wrote it.", ZH: "请联系发送该消息的客服。"}}
	errEmpty = core.Invalid("empty", "content", connector.Text{EN: "There is nothing to send.", ZH: "没有可发送的内容。"},
		connector.Text{EN: "Write something or attach a file.", ZH: "请输入内容或添加文件。"})
)

// Post is what an agent, or a program speaking as a bot, wants to say.
type Post struct {
	Agent    canon.ID  // who writes; of a program: the token's id
	As       core.From // FromAgent, FromBot or FromNote
	Name     string    // of a program
	Content  canon.Message
	ClientID string // made up by the client: the same id posts once
	ReplyTo  canon.ID
	// Seen is the place of the newest message the writer knew of: where a colleague
	// answered after it, nothing is said, and the fault tells their words. 0: say
	// it whatever was said.
	Seen int64
	// Hold keeps it until the customer writes again, if the channel takes nothing
	// before that; otherwise it is sent at once.
	Hold bool
	// Mentions are agents a note names, who are told of it.
	Mentions []canon.ID
	// Sees is what the writer may see, and answer to; nil: all.
	Sees func(core.Conversation) bool
}

// view is the conversation as it was committed.
func (o *Orchestrator) view(ctx context.Context, tenant, conversation canon.ID) (core.Conversation, error) {
	r, err := o.store.For(tenant).Placed(ctx, conversation)
	return r.Conversation, err
}

// Take gives a conversation to the agent who asks for it, whatever their
// maximum load is, and from the platform's own desk where its people have it.
// Taking what one has already changes nothing.
func (o *Orchestrator) Take(ctx context.Context, tenant, conversation, agent canon.ID) (core.Conversation, error) {
	if err := o.bringBack(ctx, tenant, conversation); err != nil {
		return core.Conversation{}, err
	}
	return o.Assign(ctx, tenant, conversation, core.Owner{Kind: core.StatusAgent, ID: agent}, agent, "")
}

// Assign gives a conversation to an agent, to a team's queue, or back to a bot.
// by is the agent who does it.
func (o *Orchestrator) Assign(ctx context.Context, tenant, conversation canon.ID, to core.Owner, by canon.ID, note string) (core.Conversation, error) {
	err := o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		r := s.round()
		if r.Owner.Kind == core.StatusClosed {
			return errClosed
		}
		if to.Kind == r.Owner.Kind && to.ID == r.Owner.ID && (to.Kind != core.StatusQueue || to.Team == r.Owner.Team) {
			if r.Snooze != nil {
				s.wake("agent", by)
			}
			return nil
		}
		reason := core.Reason{Code: "transferred", Text: note}
		kind := core.FeedTransferred
		if to.ID == by && to.Kind == core.StatusAgent {
			reason.Code, kind = "taken", core.FeedAssigned
		}
		switch to.Kind {
		case core.StatusAgent:
			_, serves, err := t.AgentName(ctx, to.ID)
			if err != nil {
				return err
			}
			if !serves {
				return core.NotFound("agent")
			}
			to := core.Owner{Kind: core.StatusAgent, ID: to.ID, Team: r.Owner.Team}
			if err := t.Take(to.ID); err != nil {
				return err
			}
			s.own(to, reason, by, kind)
		case core.StatusQueue:
			if !to.Team.IsZero() {
				if ok, err := t.TeamExists(ctx, to.Team); err != nil || !ok {
					return errOr(err, core.NotFound("team"))
				}
			}
			s.own(core.Owner{Kind: core.StatusQueue, Team: to.Team}, reason, by, core.FeedTransferred)
			t.After(func() { o.Drain(tenant) })
		case core.StatusBot:
			if _, _, ok := s.book.Bot(to.ID); !ok {
				return core.NotFound("published bot")
			}
			reason.Code = "returned"
			s.own(core.Owner{Kind: core.StatusBot, ID: to.ID}, reason, by, core.FeedTransferred)
		default:
			return core.Invalid("owner", "to", connector.Text{EN: "Name an agent, a team or a bot.", ZH: "请指定客服、技能组或机器人。"}, connector.Text{})
		}
		return nil
	})
	if err != nil {
		return core.Conversation{}, err
	}
	o.Drain(tenant)
	return o.view(ctx, tenant, conversation)
}

func errOr(err error, other error) error {
	if err != nil {
		return err
	}
	return other
}

// Return gives a conversation back to the bot that had it first, or to the
// account's.
func (o *Orchestrator) Return(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error) {
	r, err := o.store.For(tenant).Round(ctx, conversation)
	if err != nil {
		return core.Conversation{}, err
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return core.Conversation{}, err
	}
	bot := r.Bot
	if _, _, ok := book.Bot(bot); !ok {
		bot = book.Accounts[r.Account].Bot
	}
	return o.Assign(ctx, tenant, conversation, core.Owner{Kind: core.StatusBot, ID: bot}, by, "")
}

// Close ends a conversation.
func (o *Orchestrator) Close(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error) {
	err := o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		if s.book.Settings().RequireTag {
			tagged, err := t.HasTag(ctx, conversation)
			if err != nil {
				return err
			}
			if !tagged {
				return errTagRequired
			}
		}
		return s.end("agent", by)
	})
	if err != nil {
		return core.Conversation{}, err
	}
	o.Drain(tenant)
	return o.view(ctx, tenant, conversation)
}

// end closes the conversation; one that is closed already stays as it is.
func (s *scene) end(how string, by canon.ID) error {
	r := s.round()
	if r == nil || r.Owner.Kind == core.StatusClosed {
		return nil
	}
	r.CloseBy = how
	r.Unread = 0
	last := r.Owner
	s.own(core.Owner{Kind: core.StatusClosed, ID: last.ID, Team: last.Team}, core.Reason{Code: "closed", Text: how}, by, core.FeedClosed)
	s.askRating(last, how)
	return nil
}

// Reopen gives a closed conversation to the agent who asks for it, if its
// thread has no newer one.
func (o *Orchestrator) Reopen(ctx context.Context, tenant, conversation, by canon.ID) (core.Conversation, error) {
	err := o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		r := s.round()
		if r.Owner.Kind != core.StatusClosed {
			return nil
		}
		if open := s.ch.Lane.Thread.Conversation; !open.IsZero() {
			return &core.Fault{Kind: core.FaultConflict, Code: "newer_open",
				Text:   connector.Text{EN: "The customer has a newer conversation open.", ZH: "该客户已有新的会话正在进行。"},
				Remedy: connector.Text{EN: "Go on in that one.", ZH: "请在新会话中继续。"}}
		}
		if err := t.Take(by); err != nil {
			return err
		}
		r.Closed, r.CloseBy = time.Time{}, ""
		s.ch.Lane.Thread.Conversation = r.ID
		s.own(core.Owner{Kind: core.StatusAgent, ID: by, Team: r.Owner.Team}, core.Reason{Code: "reopened"}, by, core.FeedAssigned)
		return nil
	})
	if err != nil {
		return core.Conversation{}, err
	}
	return o.view(ctx, tenant, conversation)
}

// Post says something in a conversation, or leaves a note. What a person says,
// once accepted from the owner or an added colleague, is sent whatever the
// owner is later. The same ClientID posts once.
func (o *Orchestrator) Post(ctx context.Context, tenant, conversation canon.ID, p Post) (core.Message, error) {
	if p.Content.Empty() {
		return core.Message{}, errEmpty
	}
	if offersReserved(p.Content) {
		return core.Message{}, errReserved
	}
	if p.As == "" {
		p.As = core.FromAgent
	}
	replyTo, quote, after, err := o.anchors(ctx, tenant, conversation, p.ReplyTo, p.Sees)
	if err != nil {
		return core.Message{}, err
	}
	var out core.Message
	err = o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		r := s.round()
		if p.ClientID != "" {
			m, found, err := t.MessageByClient(ctx, r.Thread, p.ClientID)
			if err != nil {
				return err
			}
			if found {
				out = m
				return nil
			}
		}
		name := p.Name
		if p.As != core.FromBot {
			var err error
			if name, _, err = t.AgentName(ctx, p.Agent); err != nil {
				return err
			}
		}
		m := core.Message{ID: canon.NewID(), From: p.As, Sender: p.Agent, Name: name, Content: p.Content}
		m.Content.ClientID = p.ClientID
		if !p.ReplyTo.IsZero() {
			m.Content.ReplyTo, m.Content.Quote = &canon.Ref{ID: p.ReplyTo, RemoteID: replyTo}, quote
		}
		if p.As == core.FromNote {
			if m.Mentions, err = s.mention(t, p.Agent, m.ID, p.Mentions); err != nil {
				return err
			}
			out = *s.line(m)
			s.tellMentioned(out)
			return nil
		}
		if r.Owner.Kind == core.StatusClosed {
			return errClosed
		}
		if p.As == core.FromAgent {
			if err := s.serves(t, p.Agent); err != nil {
				return err
			}
		}
		if p.As == core.FromBot && r.Owner.Kind != core.StatusBot {
			return errNotOwner
		}
		if err := answered(ctx, t, r.Thread, r.ID, p); err != nil {
			return err
		}
		s.after = after
		if p.Hold {
			caps, _, err := o.Reach(ctx, tenant, *r, s.ch.Lane.Thread.Key, p.As == core.FromAgent)
			if err != nil {
				return err
			}
			s.hold = caps.Window.Shut(s.now)
		}
		lease := int64(0)
		if p.As == core.FromBot {
			lease = r.Lease
		}
		line, _, err := s.say(m, lease, replyTo)
		if err != nil {
			return refusal(err)
		}
		if p.As == core.FromAgent {
			if r.Replied.IsZero() {
				r.Replied = s.now
			}
			r.WaitingSince = time.Time{}
			r.Unread = 0
			s.ch.Lane.ReadPos, s.ch.Read = line.Pos, true
			s.number() // of the customer's message that counts as read now
		}
		out = *line
		out.State = canon.Queued
		if s.hold {
			out.State = canon.Held
		}
		return nil
	})
	if err == nil && out.From == core.FromAgent {
		o.seen(tenant, conversation)
	}
	return out, err
}

// anchors finds the platform's id of the message answered with its words, which
// has to be one that is seen, and the id of the customer's newest one.
func (o *Orchestrator) anchors(ctx context.Context, tenant, conversation, replyTo canon.ID, sees func(core.Conversation) bool) (reply canon.RemoteID, quote string, after canon.RemoteID, err error) {
	scope := o.store.For(tenant)
	r, err := scope.Round(ctx, conversation)
	if err != nil {
		return "", "", "", err
	}
	if !replyTo.IsZero() {
		m, err := scope.Message(ctx, replyTo)
		hidden := false
		if err == nil && m.Conversation != conversation && sees != nil {
			other, err := scope.Round(ctx, m.Conversation)
			hidden = err != nil || !sees(other.Conversation)
		}
		if err != nil || m.Thread != r.Thread || hidden {
			return "", "", "", core.Invalid("reply_to", "reply_to", connector.Text{EN: "There is no such message in this thread.", ZH: "该会话中没有这条消息。"}, connector.Text{EN: "Reply to a message of this thread.", ZH: "请引用本会话中的消息。"})
		}
		reply = cmp.Or(canon.RemoteID(m.Content.Header(canon.HeaderQuote)), m.Content.RemoteID)
		quote = m.Content.Fallback()
		if reply == "" {
			if reply, err = scope.SentAs(ctx, replyTo); err != nil {
				return "", "", "", err
			}
		}
	}
	after, err = o.newest(ctx, tenant, r.Thread, "")
	return reply, quote, after, err
}

// MarkRead says that an agent has seen everything of a conversation.
func (o *Orchestrator) MarkRead(ctx context.Context, tenant, conversation, agent canon.ID) error {
	fresh := false
	err := o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		r := s.round()
		l := s.ch.Lane
		fresh = r.Unread > 0
		if r.Unread == 0 && l.ReadPos >= l.Thread.Pos {
			return nil
		}
		r.Unread = 0
		l.ReadPos, s.ch.Read = l.Thread.Pos, true
		s.number() // a message handled beside must count on from here
		s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedConversation, Actor: agent, Conversation: r.ID, Subject: r.ID})
		return nil
	})
	if err == nil && fresh {
		o.seen(tenant, conversation)
	}
	return err
}

// AddColleague lets a second agent answer too; RemoveColleague ends that.
func (o *Orchestrator) AddColleague(ctx context.Context, tenant, conversation, agent, by canon.ID) error {
	return o.colleague(ctx, tenant, conversation, agent, by, true)
}

// RemoveColleague takes an added agent off a conversation.
func (o *Orchestrator) RemoveColleague(ctx context.Context, tenant, conversation, agent, by canon.ID) error {
	return o.colleague(ctx, tenant, conversation, agent, by, false)
}

func (o *Orchestrator) colleague(ctx context.Context, tenant, conversation, agent, by canon.ID, on bool) error {
	return o.atDesk(ctx, tenant, conversation, func(t *store.Tx, s *scene) error {
		name, serves, err := t.AgentName(ctx, agent)
		if err != nil {
			return err
		}
		if !serves {
			return core.NotFound("agent")
		}
		was, err := t.IsColleague(ctx, conversation, agent)
		if err != nil || was == on {
			return err
		}
		kind := "colleague_added"
		if !on {
			kind = "colleague_removed"
		}
		s.line(core.Message{From: core.FromEvent, Sender: by, Event: &core.LineEvent{Kind: kind, Detail: name}})
		s.feed = append(s.feed, core.FeedEntry{Kind: core.FeedConversation, Actor: by, Conversation: conversation, Subject: conversation})
		return t.Colleague(conversation, agent, on)
	})
}

// Typing passes on that an agent writes, to the customer and to colleagues.
func (o *Orchestrator) Typing(ctx context.Context, tenant, conversation, agent canon.ID, on bool) error {
	r, err := o.store.For(tenant).Round(ctx, conversation)
	if err != nil {
		return err
	}
	o.signal(tenant, feed.Passing{Thread: r.Thread, Conversation: conversation, Signal: canon.Typing{On: on}, Sender: connector.Sender{Kind: string(core.FromAgent), ID: agent}, ToCustomer: true})
	line, ok := o.lines.LineOf(tenant, r.Account)
	if !ok {
		return nil
	}
	th, _, err := o.store.For(tenant).Thread(ctx, r.Thread)
	if err != nil {
		return err
	}
	if typer, can := line.Conn.(connector.Typer); can && line.Conn.Capabilities(th.Key).Can(connector.OpsTyping) {
		if err := typer.Type(ctx, th.Key, on); err != nil {
			o.log.Debug("typing was not shown to the customer", "kind", line.Kind, "err", err)
		}
	}
	return nil
}
