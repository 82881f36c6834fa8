package email

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The loop guard: two machines that answer each other do not stop by
// themselves. Headers catch the polite ones (package letter); for the rest, at
// most AutoPerHour mails of one sender are answered automatically within an
// hour. All messages that answer one mail count as one, and so does every
// attempt of a message.

const guardFor = time.Hour

// mayAnswer reports whether one more mail of the thread's peer, named by its
// id, may be answered automatically.
func (c *conn) mayAnswer(ctx context.Context, thread canon.ThreadKey, mail string) bool {
	if c.settings.own(string(thread.Peer)) {
		return false
	}
	answered := c.answered(ctx, thread.Peer)
	return slices.ContainsFunc(answered, func(e string) bool { return mailOf(e) == mail }) || len(answered) < c.settings.AutoPerHour
}

// countAnswer notes an automatic answer to a mail, or refuses it.
func (c *conn) countAnswer(ctx context.Context, thread canon.ThreadKey, mail string) error {
	if !c.mayAnswer(ctx, thread, mail) {
		return &connector.Error{Class: connector.Invalid, Code: "loop_guard", Scope: connector.ScopeThread,
			Shown: connector.Text{
				EN: "Not sent: this sender has had " + strconv.Itoa(c.settings.AutoPerHour) + " automatic answers within the hour, as when two machines answer each other. A person can answer.",
				ZH: "未发送：一小时内已自动回复该发件人 " + strconv.Itoa(c.settings.AutoPerHour) + " 次，可能是两个系统在互相回复。可由人工回复。",
			}}
	}
	answered := c.answered(ctx, thread.Peer)
	if slices.ContainsFunc(answered, func(e string) bool { return mailOf(e) == mail }) {
		return nil
	}
	answered = append(answered, strconv.FormatInt(c.env.Clock().Unix(), 10)+" "+mail)
	if c.env.Cache == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.recent[string(thread.Peer)] = answered
		return nil
	}
	raw, err := json.Marshal(answered)
	if err != nil {
		return err
	}
	// Losing the note lets one answer too many through, no more.
	_ = c.env.Cache.Set(ctx, guardKey(thread.Peer), string(raw), guardFor)
	return nil
}

// answered lists the mails of a peer answered automatically in the last hour.
func (c *conn) answered(ctx context.Context, peer canon.RemoteID) []string {
	var list []string
	if c.env.Cache == nil {
		c.mu.Lock()
		list = slices.Clone(c.recent[string(peer)])
		c.mu.Unlock()
	} else if raw, ok := c.recall(ctx, guardKey(peer)); ok && json.Unmarshal([]byte(raw), &list) != nil {
		return nil
	}
	oldest := c.env.Clock().Add(-guardFor).Unix()
	return slices.DeleteFunc(list, func(e string) bool {
		at, err := strconv.ParseInt(strings.SplitN(e, " ", 2)[0], 10, 64)
		return err != nil || at < oldest
	})
}

func guardKey(peer canon.RemoteID) string { return "answered:" + string(peer) }

func mailOf(entry string) string {
	_, mail, _ := strings.Cut(entry, " ")
	return mail
}
