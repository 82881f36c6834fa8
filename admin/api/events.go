package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
)

// Events is a stretch of what happened.
type Events struct {
	Items  []core.FeedEntry `json:"items"`
	Seq    int64            `json:"seq" doc:"The next since: it may be beyond the last item, for what is not shown to you"`
	More   bool             `json:"more" doc:"Ask again at once"`
	Resync bool             `json:"resync" doc:"since is beyond what is kept, or ahead of it: load everything anew, then follow from seq"`
}

type eventsInput struct {
	Since int64 `query:"since" minimum:"0" doc:"The number of the last entry you have"`
	Limit int   `query:"limit" minimum:"1" maximum:"200" default:"100"`
}

// TicketAnswer opens one live socket.
type TicketAnswer struct {
	Ticket string `json:"ticket" doc:"Good for one socket within 30 seconds: /api/v1/live?ticket=…"`
}

func (a *API) addEvents() {
	add(a, route{method: "GET", path: "/events", tag: "Events", may: auth.EventRead, summary: "What happened after a number, oldest first",
		doc: "Numbers are gapless and ascending. An entry about a conversation that left your sight has no data."},
		func(ctx context.Context, c *call, in *eventsInput) (*answer[Events], error) {
			items, last, resync, err := a.Feed.Since(ctx, c.who.Tenant, in.Since, in.Limit)
			if err != nil {
				return nil, err
			}
			out := Events{Items: []core.FeedEntry{}, Seq: in.Since, More: len(items) == in.Limit, Resync: resync}
			if resync {
				out.Seq = last
			}
			eye := newEye(c.who)
			for _, it := range items {
				out.Seq = it.Entry.Seq
				if e, _, ok := eye.entry(it); ok {
					out.Items = append(out.Items, e)
				}
			}
			return &answer[Events]{out}, nil
		})
	add(a, route{method: "POST", path: "/live/ticket", tag: "Events", may: auth.EventRead, summary: "A ticket for one live socket", status: 201, secret: true},
		func(_ context.Context, c *call, _ *none) (*answer[TicketAnswer], error) {
			text, err := a.Auth.Ticket(c.who)
			return &answer[TicketAnswer]{TicketAnswer{text}}, err
		})
}
