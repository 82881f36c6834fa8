package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
	"parley/core/outbox"
	"parley/core/store"
)

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// playedHub is the real desk and feed over links and files that are played.
type playedHub struct {
	*orchestrate.Orchestrator
	store *store.Store
	feed  *feed.Hub
	conn  connector.Conn     // of every link
	box   *outbox.Dispatcher // sends once it is started
	mu    sync.Mutex
	calls []string
}

func newPlayedHub(s *store.Store) *playedHub {
	log := slog.New(slog.DiscardHandler)
	h := &playedHub{store: s, feed: feed.NewHub(s, log), conn: playedConn{}}
	books := orchestrate.NewBooks(s, []orchestrate.BotKind{playedBot{}}, log)
	h.box = outbox.NewDispatcher(outbox.Options{Store: s, Lines: h, Node: "test", Log: log, Poke: h.feed.Poke})
	h.Orchestrator = orchestrate.New(orchestrate.Options{Store: s, Books: books, Outbox: h.box, Lines: h, Log: log, Poke: h.feed.Poke, Signal: h.feed.Pass})
	return h
}

func (h *playedHub) LineOf(tenant, account canon.ID) (outbox.Line, bool) {
	v, err := h.store.For(tenant).Account(context.Background(), account)
	if err != nil {
		return outbox.Line{}, false
	}
	return outbox.Line{Tenant: tenant, Link: v.Link, Kind: v.Kind, Conn: h.conn, Files: playedFiles{}, Account: connector.Account{ID: v.ID, RemoteID: v.RemoteID, Name: v.Name}}, true
}

func (h *playedHub) note(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, what)
}

func (h *playedHub) Reload(_ context.Context, _, link canon.ID) error {
	h.note("reload " + link.String())
	return nil
}

func (h *playedHub) Conn(tenant, link canon.ID) (connector.Conn, bool) {
	if _, err := h.store.For(tenant).Link(context.Background(), link); err != nil {
		return nil, false
	}
	return h.conn, true
}

func (h *playedHub) Install(_ context.Context, _, link canon.ID) (connector.Check, bool) {
	h.note("install " + link.String())
	text := connector.Text{EN: "Set up", ZH: "已设置"}
	return connector.Check{Name: text, OK: true}, true
}

func (h *playedHub) Verify(ctx context.Context, tenant, link canon.ID, step func(connector.Check)) (ok, open bool) {
	set, _ := h.Install(ctx, tenant, link)
	step(set)
	return hub.Tested(ctx, playedConn{}, step), true
}

// Again has learned to read what says {"learned":true}.
func (h *playedHub) Again(_ context.Context, _, _ canon.ID, body []byte) ([]canon.Envelope, error) {
	var told struct {
		Learned bool           `json:"learned"`
		Event   string         `json:"event"`
		Account canon.RemoteID `json:"account"`
	}
	if err := json.Unmarshal(body, &told); err != nil || !told.Learned {
		return nil, err
	}
	key := canon.ThreadKey{Account: told.Account, Peer: "p"}
	return []canon.Envelope{{EventID: told.Event, Account: told.Account, Thread: key, From: canon.Peer{ID: "p", Name: "Peer"}, Time: h.store.Now(), Event: canon.Posted{Message: canon.TextMessage("now understood")}}}, nil
}

func (h *playedHub) Retake(ctx context.Context, tenant, link canon.ID, body []byte) (bool, error) {
	all, err := h.Again(ctx, tenant, link, body)
	if err == nil && len(all) == 0 {
		err = errors.New("not learned yet")
	}
	if err != nil {
		return true, err
	}
	v, err := h.store.For(tenant).AccountsOf(ctx, link)
	if err != nil {
		return true, err
	}
	all[0].ID = canon.NewID()
	return true, h.store.For(tenant).Accept(ctx, link, []store.Arrival{{Link: link, Account: v[0].ID, Envelope: all[0], Raw: body}}, nil)
}

func (h *playedHub) Probe(context.Context, canon.ID, string, connector.Values) (connector.Conn, error) {
	return playedConn{}, nil
}

func (h *playedHub) Capabilities(_, _ canon.ID, key canon.ThreadKey) (connector.Capabilities, bool) {
	return h.conn.Capabilities(key), true
}

func (h *playedHub) HookURL(link canon.ID) string {
	return "https://hub.example/hooks/" + link.String()
}
func (h *playedHub) Changed(tenant canon.ID) { h.feed.Poke(tenant) }

func (h *playedHub) Upload(ctx context.Context, tenant canon.ID, claim file.Claim, by, thread canon.ID, body io.Reader) (store.File, error) {
	raw, err := io.ReadAll(io.LimitReader(body, 1<<20+1))
	if err != nil {
		return store.File{}, err
	}
	if len(raw) > 1<<20 {
		return store.File{}, &file.Refusal{Code: file.TooLarge, Err: errors.New("too large")}
	}
	f := store.File{ID: canon.NewID(), Name: claim.Name, MIME: "text/plain", Size: int64(len(raw)), SHA256: make([]byte, 32), Agent: by, Thread: thread}
	f.Key = f.ID.String()
	return f, h.store.For(tenant).AddFile(ctx, f)
}

func (h *playedHub) Shred(context.Context, canon.ID) error { return nil }

func (h *playedHub) FileURL(_, id canon.ID, revision int64) string {
	return fmt.Sprintf("/files/%s?r=%d", id, revision)
}

type playedFiles struct{}

func (playedFiles) Open(context.Context, canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	return nil, connector.FileInfo{}, errors.New("no file is kept")
}

func (playedFiles) Link(context.Context, canon.ID, time.Duration) (string, error) {
	return "https://hub.example/files/x", nil
}

// playedDriver is a channel with a secret.
type playedDriver struct{}

func (playedDriver) Spec() connector.Spec {
	text := connector.Text{EN: "Played", ZH: "演示"}
	return connector.Spec{Kind: "played", Name: text, Help: text, Row: "own", Form: connector.Form{Fields: []connector.Field{
		{Name: "api_base", Kind: connector.FieldURL, Label: text, Default: "https://played.example", Required: true},
		{Name: "secret", Kind: connector.FieldSecret, Label: text, Required: true, Min: 8, Max: 200},
	}}, Ceiling: playedConn{}.Capabilities(canon.ThreadKey{})}
}

func (playedDriver) Open(context.Context, connector.Link, connector.Env) (connector.Conn, error) {
	return playedConn{}, nil
}

// Same is what a secret says that it is known as.
func (playedDriver) Same(v connector.Values) string {
	_, same, _ := strings.Cut(v["secret"], "known-as:")
	return same
}

type playedConn struct{}

func (playedConn) Capabilities(canon.ThreadKey) connector.Capabilities {
	return connector.Capabilities{
		Ops:  map[connector.Operation]connector.Level{connector.OpsMenu: connector.Full},
		Menu: connector.MenuLimit{Top: 3, Label: connector.Length{Max: 16, Unit: connector.Bytes}, Kinds: []canon.OptionKind{canon.OptionReply}},
	}
}
func (playedConn) Menu(context.Context, connector.Account) (connector.Menu, error) {
	return connector.Menu{Items: []connector.MenuItem{{Label: "Orders", Kind: canon.OptionReply, Value: "orders"}}}, nil
}
func (playedConn) SetMenu(_ context.Context, _ connector.Account, m connector.Menu) error {
	if len(m.Items) > 0 && m.Items[0].Label == "Forbidden" {
		return &connector.Error{Class: connector.Invalid, Code: "1", Shown: connector.Text{EN: "The platform does not like it.", ZH: "平台拒绝。"}}
	}
	return nil
}
func (playedConn) Send(context.Context, connector.Request) (connector.Receipt, error) {
	return connector.Receipt{}, nil
}
func (playedConn) Close(context.Context) error { return nil }
func (playedConn) Probe(_ context.Context, step func(connector.Check)) error {
	step(connector.Check{OK: true, Name: connector.Text{EN: "Reached", ZH: "已连接"}})
	return nil
}

// playedBot answers with what its content says.
type playedBot struct{}

func (playedBot) Kind() string                 { return "played" }
func (playedBot) Blank(string) json.RawMessage { return json.RawMessage(`{"say":"hello"}`) }

type playedContent struct {
	Say  string   `json:"say"`
	Team canon.ID `json:"team,omitzero"`
}

func (playedBot) read(raw json.RawMessage) (playedContent, error) {
	var c playedContent
	err := json.Unmarshal(raw, &c)
	return c, err
}

func (b playedBot) Check(raw json.RawMessage) []connector.FieldError {
	if c, err := b.read(raw); err != nil || c.Say == "" {
		return []connector.FieldError{{Field: "say", Text: connector.Text{EN: "Say something.", ZH: "请填写。"}}}
	}
	return nil
}

func (b playedBot) Open(raw json.RawMessage) (orchestrate.Bot, error) {
	c, err := b.read(raw)
	return c, err
}

func (c playedContent) Answer(context.Context, orchestrate.Turn) (orchestrate.Answer, error) {
	return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage(c.Say)}}, nil
}

func (b playedBot) Says(raw json.RawMessage, _ int) ([]BotSaid, error) {
	c, err := b.read(raw)
	return []BotSaid{{Field: "say", Message: canon.TextMessage(c.Say)}}, err
}

func (b playedBot) References(raw json.RawMessage) (teams, files []canon.ID) {
	c, err := b.read(raw)
	if err != nil || c.Team.IsZero() {
		return nil, nil
	}
	return []canon.ID{c.Team}, nil
}

func (b playedBot) Export(w io.Writer, raw json.RawMessage, _ TableOptions) error {
	c, err := b.read(raw)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "say\r\n"+c.Say+"\r\n")
	return err
}

func (b playedBot) Import(r io.Reader, old json.RawMessage, _ TableOptions) (BotImport, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return BotImport{}, err
	}
	_, say, ok := bytes.Cut(raw, []byte("\n"))
	if !ok {
		return BotImport{Errors: []BotCellError{{Row: 1, Text: connector.Text{EN: "No rows.", ZH: "没有数据行。"}}}}, nil
	}
	content, err := json.Marshal(playedContent{Say: string(bytes.TrimSpace(say))})
	return BotImport{Encoding: "utf-8", Rows: 1, Changed: 1, Content: content}, err
}

func (b playedBot) Diff(from, to json.RawMessage) ([]BotChange, error) {
	x, err := b.read(from)
	if err != nil {
		return nil, err
	}
	y, err := b.read(to)
	if err != nil || x.Say == y.Say {
		return []BotChange{}, err
	}
	return []BotChange{{Section: "basics", Kind: "changed", Fields: []string{"say"}}}, nil
}
