package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/store"
)

// maxFetches is how often the bytes of an inbound file are tried for: with the
// pauses below, over about two days.
const maxFetches = 14

// fetchDue brings inbound media whose bytes are still at the platform. A file
// that cannot be had leaves its placeholder, and the text stands anyway.
func (h *Hub) fetchDue(ctx context.Context, tenant canon.ID) error {
	due, err := h.o.Store.For(tenant).DueFetches(ctx, 16)
	if err != nil {
		return err
	}
	// Side by side, so that one slow platform does not hold up the others.
	errs := make([]error, len(due))
	var all sync.WaitGroup
	slots := make(chan struct{}, 4)
	for i, f := range due {
		all.Add(1)
		slots <- struct{}{}
		go func() {
			defer all.Done()
			defer func() { <-slots }()
			errs[i] = h.fetch(ctx, tenant, f)
		}()
	}
	all.Wait()
	return errors.Join(errs...)
}

func (h *Hub) fetch(ctx context.Context, tenant canon.ID, f store.DueFetch) error {
	scope := h.o.Store.For(tenant)
	m, err := scope.Message(ctx, f.Message)
	if err != nil {
		if _, gone := core.AsFault(err); !gone {
			return err
		}
		return scope.Write(ctx, func(t *store.Tx) error { return t.FetchDone(f.Message, f.Part, 0, "") })
	}
	if f.Part >= len(m.Content.Parts) {
		return scope.Write(ctx, func(t *store.Tx) error { return t.FetchDone(f.Message, f.Part, 0, "") })
	}
	media, ok := canon.MediaOf(m.Content.Parts[f.Part])
	if !ok || !media.File.IsZero() {
		return scope.Write(ctx, func(t *store.Tx) error { return t.FetchDone(f.Message, f.Part, 0, "") })
	}
	stored, err := h.bring(ctx, tenant, f, m, media)
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		media.File, media.State, media.Name, media.MIME, media.Size = stored.ID, canon.MediaReady, stored.Name, stored.MIME, stored.Size
		media.Width, media.Height = stored.Width, stored.Height
		return h.Desk.Amend(ctx, tenant, f.Message, f.Part, media)
	}
	e := connector.AsError(err)
	final := e.Class == connector.Gone || e.Class == connector.Invalid || e.Class == connector.Unsupported || f.Tries+1 >= maxFetches
	h.o.Log.Info("inbound media is not here yet", "message", f.Message, "try", f.Tries+1, "final", final, "err", err)
	if final {
		media.State, media.Why = canon.MediaExpired, canon.Words(e.Shown)
		return h.Desk.Amend(ctx, tenant, f.Message, f.Part, media)
	}
	wait := min(time.Second<<f.Tries, 4*time.Hour)
	if e.RetryAfter > wait {
		wait = e.RetryAfter
	}
	next := h.o.Store.Now().Add(wait).UnixMilli()
	return scope.Write(ctx, func(t *store.Tx) error { return t.FetchDone(f.Message, f.Part, next, e.Error()) })
}

// fetch survives a connector's panic.
func fetch(ctx context.Context, f connector.Fetcher, a connector.Account, m canon.Media) (body io.ReadCloser, info connector.FileInfo, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &connector.Error{Class: connector.Internal, Code: "panic", Err: fmt.Errorf("panic in the connector: %v", r)}
		}
	}()
	return f.Fetch(ctx, a, m)
}

// bring fetches the bytes and stores them.
func (h *Hub) bring(ctx context.Context, tenant canon.ID, f store.DueFetch, m core.Message, media canon.Media) (store.File, error) {
	line, ok := h.LineOf(tenant, f.Account)
	if !ok {
		return store.File{}, &connector.Error{Class: connector.NeedsLogin, Code: "not_linked"}
	}
	fetcher, ok := line.Conn.(connector.Fetcher)
	if !ok {
		return store.File{}, &connector.Error{Class: connector.Unsupported, Code: "no_fetcher"}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	body, info, err := fetch(ctx, fetcher, line.Account, media)
	if err != nil {
		if e := connector.AsError(err); e.Class == connector.Uncertain {
			// Fetching again shows nothing to anybody.
			return store.File{}, &connector.Error{Class: connector.Transient, Code: e.Code, Err: e}
		}
		return store.File{}, err
	}
	defer body.Close()
	name, kind := info.Name, info.MIME
	if name == "" {
		name = media.Name
	}
	if kind == "" {
		kind = media.MIME
	}
	heard, plays, err := h.playable(ctx, body, kind)
	if err != nil {
		return store.File{}, err
	}
	claim := file.Claim{Name: name, MIME: kind, Size: info.Size, Keep: true}
	if plays != kind {
		claim = renamed(claim, plays)
	}
	stored, err := h.Upload(ctx, tenant, claim, canon.ID{}, m.Thread, heard)
	var refused *file.Refusal
	if asRefusal(err, &refused) {
		return store.File{}, &connector.Error{Class: connector.Invalid, Code: refused.Code, Shown: refusalText(refused), Err: refused}
	}
	if err != nil {
		return store.File{}, &connector.Error{Class: connector.Transient, Code: "not_stored", Err: err}
	}
	return stored, nil
}
