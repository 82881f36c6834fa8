package web

import (
	"context"
	"strconv"
	"time"

	"parley/core/connector"
)

type linesAnswer struct {
	Lines    linesWire    `json:"lines"`
	Standing standingWire `json:"standing"`
	Now      int64        `json:"now"`
	Typing   *frame       `json:"typing,omitempty"`
}

// lines reads a stretch of the thread: "since" a revision, held open with
// "wait" until something happens (for browsers whose sockets are blocked), or
// "before" a position, for history and for fresh addresses of files.
func (x *exchange) lines() {
	q := x.r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	if limit <= 0 || limit > 100 {
		limit = 50
	}
	ctx := x.r.Context()
	if x.env.Chat.Refused(ctx, x.account.ID, x.addr, x.visitor.Peer) {
		x.fail(unavailable)
		return
	}
	var out linesAnswer
	var lines connector.Lines
	var err error
	if q.Has("before") {
		before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
		lines, err = x.env.Chat.Before(ctx, x.thread(), max(0, before), limit)
	} else {
		since, _ := strconv.ParseInt(q.Get("since"), 10, 64)
		lines, out.Typing, err = x.poll(ctx, max(0, since), limit, q.Has("wait"))
	}
	if err != nil {
		x.away("read lines", err)
		return
	}
	standing, err := x.env.Chat.Standing(ctx, x.thread())
	if err != nil {
		x.away("read the standing", err)
		return
	}
	out.Lines, out.Standing, out.Now = x.wire(lines), standingOf(standing), x.now().UnixMilli()
	x.answer(out)
}

// poll reads what changed since, waiting for something if asked to.
func (x *exchange) poll(ctx context.Context, since int64, limit int, wait bool) (connector.Lines, *frame, error) {
	if !wait {
		lines, err := x.env.Chat.Since(ctx, x.thread(), since, limit)
		return lines, nil, err
	}
	if _, ok := x.visitors.enter(x.visitor.Peer, x.options.Limits.Sockets); !ok {
		return connector.Lines{}, nil, tooMany
	}
	defer x.visitors.leave(x.visitor.Peer)
	woken := make(chan connector.Notice, 1)
	stop := x.env.Chat.Watch(x.thread(), func(n connector.Notice) {
		select {
		case woken <- n:
		default: // one wake is enough: the lines are read afterwards
		}
	})
	defer stop()
	lines, err := x.env.Chat.Since(ctx, x.thread(), since, limit)
	if err != nil || lines.Rev > since || len(lines.Items) > 0 || lines.Resync {
		return lines, nil, err
	}
	timer := time.NewTimer(x.options.Limits.PollWait)
	defer timer.Stop()
	var typing *frame
	select {
	case n := <-woken:
		if f, ok := typingFrame(n); ok {
			typing = &f
		}
	case <-timer.C:
	case <-ctx.Done():
	case <-x.ctx.Done():
	}
	lines, err = x.env.Chat.Since(ctx, x.thread(), since, limit)
	return lines, typing, err
}
