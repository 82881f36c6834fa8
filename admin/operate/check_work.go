package operate

import (
	"context"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

func checkOwners(ctx context.Context, v *visit) []Finding {
	const name = "owners"
	found := v.eachTenant(name, func(t core.Tenant, s store.Scope) ([]Finding, error) {
		needed, err := s.NeedsSetup(ctx)
		if err != nil || !needed {
			return nil, err
		}
		return []Finding{warn(name, "Open "+v.in.Settings.PublicURL+" and fill in the setup page.", "nobody owns %q yet", t.Slug)}, nil
	})
	if len(found) == 0 {
		return []Finding{ok(name, "each of %d tenants has one", len(v.tenants))}
	}
	return found
}

func checkAccounts(ctx context.Context, v *visit) []Finding {
	const name = "accounts"
	count := 0
	found := v.eachTenant(name, func(_ core.Tenant, s store.Scope) ([]Finding, error) {
		all, err := pages(func(a core.Account) canon.ID { return a.ID }, func(after canon.ID, limit int) ([]core.Account, error) {
			return s.Accounts(ctx, after, limit)
		})
		var out []Finding
		for _, a := range all {
			count++
			out = append(out, judgeAccount(a)...)
		}
		return out, err
	})
	if v.store == nil {
		return found
	}
	return append([]Finding{ok(name, "%d linked", count)}, found...)
}

// judgeAccount tells of an account whose light is not green.
func judgeAccount(a core.Account) []Finding {
	name := "account " + a.Name
	fix := a.State.Remedy.EN
	if fix == "" {
		fix = "Open the account in the application and press Test."
	}
	seen := fmt.Sprintf("%s: %s", a.Kind, a.State.Text.EN)
	if a.State.Code != "" {
		seen += " (" + a.State.Code + ")"
	}
	switch {
	case a.Paused:
		return []Finding{ok(name, "%s: paused", a.Kind)}
	case a.State.Health == connector.HealthBad:
		return []Finding{fail(name, fix, "%s", seen)}
	case a.State.Health == connector.HealthPoor:
		return []Finding{warn(name, fix, "%s", seen)}
	}
	return nil
}

// lags reads what waits in each tenant and judges it.
func (v *visit) lags(ctx context.Context, name, good string, judge func(store.Lag, time.Time) []Finding) []Finding {
	found := v.eachTenant(name, func(_ core.Tenant, s store.Scope) ([]Finding, error) {
		l, err := s.Lag(ctx)
		if err != nil {
			return nil, err
		}
		return judge(l, s.Now()), nil
	})
	if len(found) == 0 {
		return []Finding{ok(name, "%s", good)}
	}
	return found
}

// late judges how long something waits.
func late(name, fix, what string, since, now time.Time, soon, much time.Duration) []Finding {
	if since.IsZero() || now.Sub(since) < soon {
		return nil
	}
	if now.Sub(since) >= much {
		return []Finding{fail(name, fix, "%s for %s", what, ago(since, now))}
	}
	return []Finding{warn(name, fix, "%s for %s", what, ago(since, now))}
}

func checkInbox(ctx context.Context, v *visit) []Finding {
	const name = "arrivals"
	return v.lags(ctx, name, "none waits", func(l store.Lag, now time.Time) []Finding {
		return late(name, "Start the hub if it is stopped; else look for errors in its log.", "a message has arrived and waits to be handled", l.Inbox, now, time.Minute, 10*time.Minute)
	})
}

func checkOutbox(ctx context.Context, v *visit) []Finding {
	const name = "outbox"
	return v.lags(ctx, name, "nothing waits and nothing failed today", func(l store.Lag, now time.Time) []Finding {
		if f := late(name, "Start the hub if it is stopped; else look at the accounts' lights.", "a message waits to be sent", l.Outbox, now, 5*time.Minute, time.Hour); f != nil {
			return f
		}
		if l.Failed > 0 {
			return []Finding{warn(name, "Open the conversations marked with trouble: send again, or say that it arrived.", "%s did not leave today, or may not have", counted(l.Failed, "message", "messages"))}
		}
		return nil
	})
}

func checkFeed(ctx context.Context, v *visit) []Finding {
	const name = "feed"
	return v.lags(ctx, name, "every entry has its number", func(l store.Lag, now time.Time) []Finding {
		return late(name, "Start the hub if it is stopped; else look for the sequencer in its log.", "what happened waits to be told", l.Feed, now, time.Minute, 10*time.Minute)
	})
}

func checkLetters(ctx context.Context, v *visit) []Finding {
	const name = "dead letters"
	return v.lags(ctx, name, "none", func(l store.Lag, _ time.Time) []Finding {
		var out []Finding
		if l.Dead > 0 {
			out = append(out, warn(name, "Open Dead letters in the application: replay or drop them.", "%s could not be handled", counted(l.Dead, "message", "messages")))
		}
		if l.Unrouted > 0 {
			out = append(out, warn(name, "Link the account, then replay them.", "%s for accounts nobody linked", counted(l.Unrouted, "message", "messages")))
		}
		return out
	})
}

// counted writes a number with its word, as far as was counted.
func counted(n int, word, words string) string {
	switch {
	case n >= store.LagCounted:
		return fmt.Sprintf("%d or more %s", n, words)
	case n == 1:
		return "1 " + word
	}
	return fmt.Sprintf("%d %s", n, words)
}
