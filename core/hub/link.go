package hub

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/ingest"
	"parley/core/outbox"
	"parley/core/secret"
	"parley/core/store"
)

// openLink is a link in use.
type openLink struct {
	hub      *Hub
	tenant   canon.ID
	id       canon.ID
	kind     string
	conn     connector.Conn
	paused   bool
	many     bool // it may carry several accounts
	accounts []connector.Account
	resting  map[canon.ID]bool // accounts that are paused
	files    files
	key      []byte // the tenant's data key
	kept     cache
	setUp    setUp

	installed atomic.Bool // at the platform, by this opening of the link
	gone      atomic.Bool // the link was deleted: nothing of it is kept any more

	cancel context.CancelFunc
	done   sync.WaitGroup
	wakes  chan connector.Wake
	asked  chan struct{} // for a refresh
}

// account finds our account by the platform's id. An empty id means the only
// one.
func (l *openLink) account(remote canon.RemoteID) (canon.ID, bool) {
	if remote == "" && len(l.accounts) == 1 {
		return l.accounts[0].ID, true
	}
	for _, a := range l.accounts {
		if a.RemoteID == remote {
			return a.ID, true
		}
	}
	return canon.ID{}, false
}

// seal encrypts the words of a ticket of this link; unseal decrypts them.
func (l *openLink) seal(plain []byte) ([]byte, error) {
	return l.hub.o.Box.Seal(l.key, l.ticketScope(), plain)
}

func (l *openLink) unseal(sealed []byte) ([]byte, error) {
	return l.hub.o.Box.Open(l.key, l.ticketScope(), sealed)
}

func (l *openLink) ticketScope() secret.Scope {
	return secret.Scope{Tenant: l.tenant.String(), Account: l.id.String(), Field: "ticket"}
}

// halt stops the link's streamer.
func (l *openLink) halt() {
	l.cancel()
	l.done.Wait()
}

// LineByLink finds an open link for a callback.
func (h *Hub) LineByLink(link canon.ID) (ingest.Line, bool) {
	h.mu.RLock()
	l := h.links[link]
	h.mu.RUnlock()
	if l == nil {
		return ingest.Line{}, false
	}
	return h.ingestLine(l), true
}

// Beside are the other open links of a line's tenant and kind that carry an
// account.
func (h *Hub) Beside(line ingest.Line, account canon.RemoteID) []ingest.Line {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var out []ingest.Line
	for id, l := range h.links {
		if _, carries := l.account(account); carries && id != line.Link && l.tenant == line.Tenant && l.kind == line.Kind {
			out = append(out, h.ingestLine(l))
		}
	}
	return out
}

func (h *Hub) ingestLine(l *openLink) ingest.Line {
	return ingest.Line{Tenant: l.tenant, Link: l.id, Kind: l.kind, Conn: l.conn, Account: l.account, Wake: l.wake, Seal: l.seal, Keep: l.kept.keep, Refresh: l.ask, Signal: l.signalled}
}

// wake nudges the streamer. A nudge that finds the queue full is not lost: the
// streamer looks at everything when it comes to the ones before it.
func (l *openLink) wake(w connector.Wake) {
	select {
	case l.wakes <- w:
	default:
	}
}

// signalled passes on what a customer does right now.
func (l *openLink) signalled(ctx context.Context, key canon.ThreadKey, s canon.Signal) {
	if account, ok := l.account(key.Account); ok {
		l.hub.Desk.Signalled(ctx, l.tenant, account, key, s)
	}
}

// ask has the refresher of the link run once more; one run that is to come
// serves all who ask.
func (l *openLink) ask() {
	select {
	case l.asked <- struct{}{}:
	default:
	}
}

// LineOf finds the open link of an account for sending.
func (h *Hub) LineOf(tenant, account canon.ID) (outbox.Line, bool) {
	h.mu.RLock()
	l := h.accounts[account]
	h.mu.RUnlock()
	if l == nil || l.tenant != tenant {
		return outbox.Line{}, false
	}
	for _, a := range l.accounts {
		if a.ID == account {
			return outbox.Line{Tenant: tenant, Link: l.id, Kind: l.kind, Conn: l.conn, Account: a, Files: l.files, Paused: l.paused || l.resting[account], Unseal: l.unseal}, true
		}
	}
	return outbox.Line{}, false
}

// Conn returns the open conn of a link, for tests of credentials and logins.
func (h *Hub) Conn(tenant, link canon.ID) (connector.Conn, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	l := h.links[link]
	if l == nil || l.tenant != tenant {
		return nil, false
	}
	return l.conn, true
}

// Capabilities says what an account's thread can carry now.
func (h *Hub) Capabilities(tenant, account canon.ID, key canon.ThreadKey) (connector.Capabilities, bool) {
	line, ok := h.LineOf(tenant, account)
	if !ok {
		return connector.Capabilities{}, false
	}
	return line.Conn.Capabilities(key), true
}

// openAll opens every link of a tenant.
func (h *Hub) openAll(ctx context.Context, tenant canon.ID) error {
	after := canon.ID{}
	for {
		rows, err := h.o.Store.For(tenant).Links(ctx, after, 200)
		if err != nil {
			return err
		}
		for _, row := range rows {
			after = row.ID
			if err := h.open(ctx, tenant, row, false); err != nil {
				h.o.Log.Error("a link does not open", "link", row.ID, "kind", row.Kind, "err", err)
			}
		}
		if len(rows) < 200 {
			return nil
		}
	}
}

// Reload opens a link anew after it was saved, and has its platform set up for
// it; or closes it when it is gone.
func (h *Hub) Reload(ctx context.Context, tenant, link canon.ID) error {
	h.Books.Forget(tenant)
	row, err := h.o.Store.For(tenant).Link(ctx, link)
	if f, ok := core.AsFault(err); ok && f.Kind == core.FaultNotFound {
		h.shut(link)
		return nil
	}
	if err != nil {
		return err // the link works on as it was opened
	}
	return h.open(ctx, tenant, row, true)
}

// shut closes a link that was deleted and forgets it.
func (h *Hub) shut(link canon.ID) {
	h.mu.Lock()
	l := h.links[link]
	delete(h.links, link)
	for id, x := range h.accounts {
		if x == l && l != nil {
			delete(h.accounts, id)
		}
	}
	h.mu.Unlock()
	if l != nil {
		l.halt()
		h.letGo(l)
	}
}

// retire ends a link that is out of the maps already.
func (h *Hub) retire(ctx context.Context, l *openLink) {
	if l == nil {
		return
	}
	l.halt()
	if err := l.conn.Close(ctx); err != nil {
		h.o.Log.Warn("a link did not close", "link", l.id, "err", err)
	}
}

// open opens a link in place of the one that was open. saved tells that somebody
// just saved it.
func (h *Hub) open(ctx context.Context, tenant canon.ID, row store.LinkRow, saved bool) error {
	unlock := h.filling.lock("open " + row.ID.String())
	defer unlock()
	driver, ok := h.o.Connectors.Driver(row.Kind)
	if !ok {
		h.setState(tenant, row.ID, connector.State{Health: connector.HealthBad, Code: "unknown_kind", At: h.o.Store.Now(),
			Text:   connector.Text{EN: "This build does not have this kind of channel.", ZH: "当前版本不包含该渠道类型。"},
			Remedy: connector.Text{EN: "Use a build with it, or delete the account.", ZH: "请使用包含该渠道的版本，或删除此账号。"}})
		return fmt.Errorf("no driver of kind %q", row.Kind)
	}
	scope := h.o.Store.For(tenant)
	dataKey, err := scope.DataKey(ctx)
	if err != nil {
		return err
	}
	values, err := row.Values(h.o.Box, dataKey, tenant)
	if err != nil {
		return err
	}
	all, err := scope.AccountsOf(ctx, row.ID)
	if err != nil {
		return err
	}
	l := &openLink{hub: h, tenant: tenant, id: row.ID, kind: row.Kind, paused: row.Paused, resting: map[canon.ID]bool{}, wakes: make(chan connector.Wake, 64), asked: make(chan struct{}, 1)}
	l.files, l.key = files{h, tenant}, dataKey
	for _, a := range all {
		l.accounts = append(l.accounts, connector.Account{ID: a.ID, RemoteID: a.RemoteID, Name: a.Name})
		l.resting[a.ID] = a.Paused
	}
	l.kept = cache{h: h, l: l, key: dataKey}
	link := h.describe(tenant, row, values, l.accounts)
	spec := driver.Spec()
	l.many = spec.ManyAccounts
	conn, err := driver.Open(ctx, link, h.env(l, spec, values))
	if err != nil {
		h.setState(tenant, row.ID, connector.State{Health: connector.HealthBad, Code: "does_not_open", At: h.o.Store.Now(),
			Text:   connector.Text{EN: "The settings of this account do not work.", ZH: "该账号的配置无法使用。"},
			Remedy: connector.Text{EN: "Open its settings, check every field and save.", ZH: "请打开账号设置，逐项检查并保存。"}})
		return fmt.Errorf("open the link: %w", err)
	}
	l.conn = conn
	if i, ok := conn.(connector.Installer); ok {
		l.setUp = setUp{installer: i, mark: markOf(link)}
	}
	run, cancel := context.WithCancel(h.ctx)
	l.cancel = cancel
	// The new one takes the old one's place at once, so that no callback finds
	// nobody; its streamer begins when the old one's has ended.
	h.mu.Lock()
	old := h.links[row.ID]
	h.links[row.ID] = l
	for id, x := range h.accounts {
		if x == old && old != nil {
			delete(h.accounts, id)
		}
	}
	ids := make([]canon.ID, len(l.accounts))
	for i, a := range l.accounts {
		h.accounts[a.ID], ids[i] = l, a.ID
	}
	h.mu.Unlock()
	h.retire(ctx, old)
	h.noteOpened(l)
	h.Outbox.Mended(row.ID, ids...)
	if l.setUp.installer != nil && !l.paused {
		l.done.Add(1)
		go func() {
			defer l.done.Done()
			l.keepInstalled(run, saved)
		}()
	}
	if f, ok := conn.(connector.Refresher); ok && !l.paused {
		l.done.Add(1)
		go func() {
			defer l.done.Done()
			l.refresh(run, f)
		}()
	}
	if p, ok := conn.(connector.Pulse); ok && !l.paused {
		l.done.Add(1)
		go func() {
			defer l.done.Done()
			l.feel(run, p)
		}()
	}
	h.nameLink(ctx, tenant, row, driver, values)
	if s, ok := conn.(connector.Streamer); ok && !l.paused {
		l.done.Add(1)
		go func() {
			defer l.done.Done()
			l.stream(run, s)
		}()
	}
	return nil
}

func (h *Hub) describe(tenant canon.ID, row store.LinkRow, values connector.Values, accounts []connector.Account) connector.Link {
	return connector.Link{ID: row.ID, Tenant: tenant, Config: values, Accounts: accounts, HookURL: h.HookURL(row.ID), PageURL: h.o.PublicURL}
}

// nameLink keeps what the credentials of a link from before are known by.
func (h *Hub) nameLink(ctx context.Context, tenant canon.ID, row store.LinkRow, driver connector.Driver, values connector.Values) {
	same := connector.SameOf(driver, values)
	if row.Same != "" || same == "" {
		return
	}
	if err := h.o.Store.For(tenant).Write(ctx, func(t *store.Tx) error { return t.NameLink(row.ID, row.Kind, same) }); err != nil {
		h.o.Log.Warn("what a link is known by was not kept", "link", row.ID, "err", err)
	}
}

// HookURL is the callback address of a link.
func (h *Hub) HookURL(link canon.ID) string { return h.o.PublicURL + "/hooks/" + link.String() }

// Probe opens a link that is not stored, for a test before linking.
func (h *Hub) Probe(ctx context.Context, tenant canon.ID, kind string, values connector.Values) (connector.Conn, error) {
	driver, ok := h.o.Connectors.Driver(kind)
	if !ok {
		return nil, fmt.Errorf("no driver of kind %q", kind)
	}
	l := &openLink{hub: h, tenant: tenant, id: canon.NewID(), kind: kind, files: files{h, tenant}}
	accounts := []connector.Account{{ID: canon.NewID()}}
	link := connector.Link{ID: l.id, Tenant: tenant, Config: values, Accounts: accounts, HookURL: h.HookURL(l.id), PageURL: h.o.PublicURL}
	l.kept = cache{h: h, l: l}
	env := h.env(l, driver.Spec(), values)
	env.State = func(connector.State) {} // a link nobody stored has no light
	return driver.Open(ctx, link, env)
}

// env is what a conn is lent.
func (h *Hub) env(l *openLink, spec connector.Spec, values connector.Values) connector.Env {
	var secrets []string
	for _, name := range spec.Form.Secrets() {
		if v := values[name]; v != "" {
			secrets = append(secrets, v)
		}
	}
	redactor := egress.NewRedactor(secrets...)
	env := connector.Env{
		HTTP: h.o.Egress.HTTPClient(egress.API, egress.WithSecrets(redactor)),
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			return h.o.Egress.Dial(egress.WithRedactor(ctx, redactor), network, address)
		},
		Files: l.files,
		Cache: l.kept,
		Chat:  chat{h: h, l: l},
		Clock: h.o.Store.Now, Convert: h.o.Convert,
		Database: h.o.Store.Beside,
		Log:      h.o.Log.With("link", l.id, "kind", l.kind),
		State:    func(s connector.State) { h.setState(l.tenant, l.id, s) },
	}
	return env
}

// refresh keeps what a conn knows of its platform fresh.
func (l *openLink) refresh(ctx context.Context, f connector.Refresher) {
	t := time.NewTicker(connector.RefreshEvery)
	defer t.Stop()
	for ctx.Err() == nil {
		if err := guarded(ctx, 30*time.Second, f.Refresh); err != nil && ctx.Err() == nil {
			l.hub.o.Log.Debug("a link could not be refreshed", "link", l.id, "kind", l.kind, "err", err)
		}
		if x, ok := l.conn.(connector.Expirer); ok {
			l.hub.noteEnds(l, x.Expires())
		}
		select {
		case <-t.C:
		case <-l.asked:
		case <-ctx.Done():
		}
	}
}

// stream keeps a streamer running, with growing pauses while it fails.
// It runs on exactly one node: the one that holds the link's lease.
func (l *openLink) stream(ctx context.Context, s connector.Streamer) {
	for ctx.Err() == nil {
		err := l.hub.Leases.Hold(ctx, "link:"+l.id.String(), func(held context.Context, _ int64) error {
			l.keep(held, s)
			return held.Err()
		})
		if err != nil && ctx.Err() == nil {
			l.hub.o.Log.Warn("a link's lease was lost, waiting for it", "link", l.id, "kind", l.kind, "err", err)
		}
	}
}

func (l *openLink) keep(ctx context.Context, s connector.Streamer) {
	defer l.hub.noteMoved(l)
	for fails := 0; ctx.Err() == nil; fails++ {
		began := time.Now()
		err := l.streamOnce(ctx, s)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > time.Minute {
			fails = 0
		}
		l.hub.noteCut(l, err)
		l.hub.o.Log.Warn("a link was cut, opening it again", "link", l.id, "kind", l.kind, "err", err)
		wait := min(time.Second<<min(fails, 6), time.Minute)
		t := time.NewTimer(wait/2 + rand.N(wait/2+1))
		select {
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}

func (l *openLink) streamOnce(ctx context.Context, s connector.Streamer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in the connector: %v\n%s", r, debug.Stack())
		}
	}()
	cursors, err := l.hub.o.Store.For(l.tenant).Cursors(ctx, l.id)
	if err != nil {
		return err
	}
	return s.Run(ctx, cursors, l.wakes, l.hub.sink(l))
}
