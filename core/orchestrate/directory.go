package orchestrate

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// staleAfter is how long a directory is trusted without being told that it
// changed: another node may have changed it.
const staleAfter = 2 * time.Second

// Book is a tenant's directory with its bots opened.
type Book struct {
	*store.Directory
	bots  map[canon.ID]Bot
	zones map[string]*time.Location
	read  time.Time
}

// Books keeps the directories of tenants in memory. Safe for concurrent use.
type Books struct {
	store *store.Store
	kinds map[string]BotKind
	log   *slog.Logger

	mu     sync.Mutex
	byID   map[canon.ID]*Book
	opened map[botKey]Bot // published versions never change, so they are opened once
}

type botKey struct {
	bot     canon.ID
	version int
}

// NewBooks returns books over a store, for bots of the kinds given.
func NewBooks(s *store.Store, kinds []BotKind, log *slog.Logger) *Books {
	b := &Books{store: s, kinds: map[string]BotKind{}, log: log, byID: map[canon.ID]*Book{}, opened: map[botKey]Bot{}}
	for _, k := range kinds {
		b.kinds[k.Kind()] = k
	}
	return b
}

// Get returns the directory of a tenant, at most staleAfter old.
func (b *Books) Get(ctx context.Context, tenant canon.ID) (*Book, error) {
	b.mu.Lock()
	book := b.byID[tenant]
	b.mu.Unlock()
	if book != nil && time.Since(book.read) < staleAfter {
		return book, nil
	}
	began := time.Now()
	d, err := b.store.For(tenant).Directory(ctx)
	if err != nil {
		if book != nil && store.Unavailable(err) {
			return book, nil // the database is away: what we knew is better than nothing
		}
		return nil, err
	}
	book = &Book{Directory: d, bots: map[canon.ID]Bot{}, zones: map[string]*time.Location{}, read: began}
	for _, c := range d.Calendars {
		book.zones[c.TimeZone] = time.UTC
		if zone, err := time.LoadLocation(c.TimeZone); err == nil {
			book.zones[c.TimeZone] = zone
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, p := range d.Bots {
		if p.Version == 0 {
			continue
		}
		key := botKey{id, p.Version}
		bot := b.opened[key]
		if bot == nil {
			if bot = b.open(p); bot == nil {
				continue
			}
			for old := range b.opened {
				if old.bot == id && old.version < p.Version-1 {
					delete(b.opened, old)
				}
			}
			b.opened[key] = bot
		}
		book.bots[id] = bot
	}
	b.byID[tenant] = book
	return book, nil
}

func (b *Books) open(p store.PublishedBot) Bot {
	kind, ok := b.kinds[p.Kind]
	if !ok {
		b.log.Warn("a bot is of a kind this build does not have", "bot", p.ID, "kind", p.Kind)
		return nil
	}
	bot, err := kind.Open(p.Content)
	if err != nil {
		b.log.Error("a published bot does not open", "bot", p.ID, "version", p.Version, "err", err)
		return nil
	}
	return bot
}

// Forget makes the next Get read the tenant's directory again.
func (b *Books) Forget(tenant canon.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.byID, tenant)
}

// Bot returns a published bot, opened.
func (k *Book) Bot(id canon.ID) (Bot, store.PublishedBot, bool) {
	bot, ok := k.bots[id]
	return bot, k.Bots[id], ok
}

// Open reports whether people of a team (zero: of the tenant) serve at an
// instant, and when they next do.
func (k *Book) Open(team canon.ID, now time.Time) (bool, time.Time) {
	c, zone := k.hours(team)
	if zone == nil {
		return true, time.Time{}
	}
	return openIn(c, zone, now)
}

// hours are when people of a team serve, and in which zone; no zone: always.
func (k *Book) hours(team canon.ID) (core.Calendar, *time.Location) {
	id := k.Tenant.Hours
	if t, ok := k.Teams[team]; ok && !t.Hours.IsZero() {
		id = t.Hours
	}
	c, ok := k.Calendars[id]
	if !ok {
		return c, nil
	}
	return c, k.zones[c.TimeZone]
}

// Goals are what customers of a team (zero: of the tenant) are promised.
func (k *Book) Goals(team canon.ID) core.Goals {
	if t, ok := k.Teams[team]; ok && t.Goals != nil {
		return *t.Goals
	}
	return k.Tenant.Settings.Goals
}

// IsBlocked reports whether a contact is blocked at an instant.
func (k *Book) IsBlocked(contact canon.ID, now time.Time) bool {
	until, ok := k.Blocked[contact]
	return ok && (until == 0 || until > now.UnixMilli())
}

// Language is what the hub says to a customer in: their own if it is Chinese
// or English, else the tenant's.
func (k *Book) Language(locale string) string {
	if len(locale) >= 2 {
		switch locale[:2] {
		case "zh", "en":
			return locale[:2]
		}
	}
	return k.Tenant.Language
}

// Settings are the tenant's switches.
func (k *Book) Settings() core.TenantSettings { return k.Tenant.Settings }
