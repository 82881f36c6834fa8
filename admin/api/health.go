package api

import (
	"context"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// AccountHealth is how an account is.
type AccountHealth struct {
	core.LinkState
	Paused  bool             `json:"paused"`
	Hour    Traffic          `json:"hour" doc:"The last hour"`
	Day     Traffic          `json:"day" doc:"The last 24 hours"`
	Hours   []Traffic        `json:"hours" doc:"Hour by hour, oldest first; the last one is not over"`
	Waiting Waiting          `json:"waiting"`
	Window  connector.Window `json:"window"`
	Quota   connector.Quota  `json:"quota"`
	Checked time.Time        `json:"checked" doc:"When these numbers were read"`
}

// Traffic is what passed on an account.
type Traffic struct {
	At     time.Time `json:"at" doc:"Since when"`
	In     int64     `json:"in"`
	Out    int64     `json:"out" doc:"Calls the platform took"`
	Failed int64     `json:"failed" doc:"Calls it did not"`
}

func (t *Traffic) add(c store.Count) {
	t.In, t.Out, t.Failed = t.In+c.Came, t.Out+c.Went, t.Failed+c.Failed
}

// Waiting is what of an account waits, and what needs a person.
type Waiting struct {
	In      int       `json:"in" doc:"Arrivals not handled yet"`
	Out     int       `json:"out" doc:"Calls not made yet"`
	Since   time.Time `json:"since,omitzero" doc:"Since when the longest waits: the lag"`
	Retries int       `json:"retries" doc:"Calls that failed and are tried again"`
	Dead    int       `json:"dead" doc:"Arrivals that cannot be handled"`
	Unsent  int       `json:"unsent" doc:"Messages that did not leave, or may not have"`
	More    bool      `json:"more,omitempty" doc:"There may be more: counting stops at 1000"`
}

func (a *API) addHealth() {
	add(a, route{method: "GET", path: "/accounts/{id}/health", tag: "Channels", may: auth.AccountRead, summary: "The light of an account with its reason, and what passes",
		doc: "Costs the same after any history: what passed is counted as it passes."},
		func(ctx context.Context, c *call, in *ByID) (*answer[AccountHealth], error) {
			v, err := c.scope.Account(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out, err := a.health(ctx, c, v)
			return &answer[AccountHealth]{out}, err
		})
}

func (a *API) health(ctx context.Context, c *call, v core.Account) (AccountHealth, error) {
	now := c.scope.Now()
	out := AccountHealth{LinkState: v.State, Paused: v.Paused, Checked: now}
	hour := now.Truncate(time.Hour)
	for i := 23; i >= 0; i-- {
		out.Hours = append(out.Hours, Traffic{At: hour.Add(-time.Duration(i) * time.Hour)})
	}
	out.Hour.At, out.Day.At = now.Add(-time.Hour), now.Add(-24*time.Hour)
	counts, err := c.scope.Counts(ctx, v.ID, out.Day.At)
	if err != nil {
		return out, err
	}
	for _, k := range counts {
		out.Day.add(k.Count)
		if !k.At.Before(out.Hour.At.Truncate(store.CountSlot)) {
			out.Hour.add(k.Count)
		}
		if i := int(k.At.Sub(out.Hours[0].At) / time.Hour); !k.At.Before(out.Hours[0].At) && i < len(out.Hours) {
			out.Hours[i].add(k.Count)
		}
	}
	lag, err := c.scope.AccountLag(ctx, v.ID)
	if err != nil {
		return out, err
	}
	out.Waiting = Waiting{In: lag.Inbox, Out: lag.Outbox, Since: lag.OldestIn, Retries: lag.Retries, Dead: lag.Dead, Unsent: lag.Unsent, More: lag.More}
	if out.Waiting.Since.IsZero() || !lag.OldestOut.IsZero() && lag.OldestOut.Before(out.Waiting.Since) {
		out.Waiting.Since = lag.OldestOut
	}
	if caps, ok := a.Links.Capabilities(c.who.Tenant, v.ID, canon.ThreadKey{Account: v.RemoteID}); ok {
		out.Window, out.Quota = caps.Window, caps.Quota
	}
	return out, nil
}
