package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

const botCols = "id, kind, name, published, changed, draft_rev, created, updated"

func scanBot(rows *sql.Rows) (core.Bot, error) {
	var b core.Bot
	var changed, created, updated int64
	err := rows.Scan(&b.ID, &b.Kind, &b.Name, &b.Published, &changed, &b.DraftRev, &created, &updated)
	b.Changed, b.Created, b.Updated = changed != 0, at(created), at(updated)
	return b, err
}

// Bots lists bots after an id, oldest first, without their drafts.
func (c Scope) Bots(ctx context.Context, after canon.ID, limit int) ([]core.Bot, error) {
	out, err := list(ctx, c.s, scanBot, "SELECT "+botCols+" FROM bots WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3", c.tenant, after[:], limit)
	if err != nil {
		return nil, fmt.Errorf("list bots: %w", err)
	}
	return out, nil
}

// Bot reads one bot with its draft.
func (c Scope) Bot(ctx context.Context, id canon.ID) (core.Bot, error) {
	return bot(ctx, c.s, c.tenant, id)
}

// Bot reads one bot with its draft inside the transaction.
func (t *Tx) Bot(ctx context.Context, id canon.ID) (core.Bot, error) {
	return bot(ctx, t, t.tenant, id)
}

func bot(ctx context.Context, r reader, tenant, id canon.ID) (core.Bot, error) {
	b, err := one(ctx, r, scanBot, "SELECT "+botCols+" FROM bots WHERE tenant = $1 AND id = $2", tenant, id)
	if errors.Is(err, errNone) {
		return b, core.NotFound("bot")
	}
	if err != nil {
		return b, fmt.Errorf("read bot: %w", err)
	}
	draft, err := one(ctx, r, scalar[[]byte], "SELECT draft FROM bots WHERE tenant = $1 AND id = $2", tenant, id)
	if err != nil {
		return b, fmt.Errorf("read bot: %w", err)
	}
	b.Draft = draft
	return b, nil
}

// AddBot adds a bot with its first draft.
func (t *Tx) AddBot(b core.Bot, by canon.ID) (core.Bot, error) {
	b.ID, b.Created, b.Updated, b.DraftRev, b.Changed = canon.NewID(), t.Now(), t.Now(), 1, true
	if _, err := t.exec("INSERT INTO bots (tenant, id, kind, name, draft, draft_rev, changed, created, updated) VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $6)",
		t.tenant, b.ID, b.Kind, b.Name, string(b.Draft), ms(b.Created)); err != nil {
		return b, err
	}
	return b, t.announceBot(b, by)
}

// announceBot leaves the draft out: it is long, and designers read it.
func (t *Tx) announceBot(b core.Bot, by canon.ID) error {
	b.Draft = nil
	return t.announce(core.FeedSettings, by, b.ID, b)
}

// RenameBot changes what a bot is called.
func (t *Tx) RenameBot(ctx context.Context, id canon.ID, name string, by canon.ID) (core.Bot, error) {
	if _, err := t.exec("UPDATE bots SET name = $3, updated = $4 WHERE tenant = $1 AND id = $2", t.tenant, id, name, ms(t.Now())); err != nil {
		return core.Bot{}, err
	}
	b, err := t.Bot(ctx, id)
	if err != nil {
		return b, err
	}
	return b, t.announceBot(b, by)
}

// SaveDraft stores a draft if nobody stored another one since rev.
func (t *Tx) SaveDraft(ctx context.Context, id canon.ID, draft json.RawMessage, rev int, by canon.ID) (core.Bot, error) {
	b, err := t.Bot(ctx, id)
	if err != nil {
		return b, err
	}
	if b.DraftRev != rev {
		return b, &core.Fault{Kind: core.FaultConflict, Code: "draft_changed", Field: "body.draft_rev",
			Text:   connector.Text{EN: fmt.Sprintf("Somebody else saved this draft meanwhile; it is at %d now.", b.DraftRev), ZH: fmt.Sprintf("草稿已被他人修改，当前修订号为 %d。", b.DraftRev)},
			Remedy: connector.Text{EN: "Load the draft again and repeat your change.", ZH: "请重新加载草稿后再修改。"}}
	}
	return t.putDraft(ctx, b, draft, by)
}

func (t *Tx) putDraft(ctx context.Context, b core.Bot, draft json.RawMessage, by canon.ID) (core.Bot, error) {
	b.Changed = true
	if b.Published > 0 {
		v, err := botVersion(ctx, t, t.tenant, b.ID, b.Published)
		if err != nil {
			return b, err
		}
		b.Changed = !sameJSON(v.Content, draft)
	}
	b.Draft, b.Updated = draft, t.Now()
	b.DraftRev++
	if _, err := t.exec("UPDATE bots SET draft = $3, draft_rev = $4, changed = $5, updated = $6 WHERE tenant = $1 AND id = $2",
		t.tenant, b.ID, string(draft), b.DraftRev, flag(b.Changed), ms(b.Updated)); err != nil {
		return b, err
	}
	return b, t.announceBot(b, by)
}

func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	left, err := json.Marshal(x)
	if err != nil {
		return false
	}
	right, err := json.Marshal(y)
	return err == nil && string(left) == string(right)
}

// PublishBot makes the draft the version customers meet. The draft must not
// have changed since rev.
func (t *Tx) PublishBot(ctx context.Context, id canon.ID, rev int, note string, by canon.ID) (core.Bot, error) {
	b, err := t.Bot(ctx, id)
	if err != nil {
		return b, err
	}
	if b.DraftRev != rev {
		return b, &core.Fault{Kind: core.FaultConflict, Code: "draft_changed",
			Text:   connector.Text{EN: "The draft changed while it was being published.", ZH: "发布时草稿发生了变化。"},
			Remedy: connector.Text{EN: "Look at it again, then publish.", ZH: "请确认后再发布。"}}
	}
	b.Published++
	b.Changed, b.Updated = false, t.Now()
	if _, err := t.exec("INSERT INTO bot_versions (tenant, bot, version, content, agent, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		t.tenant, id, b.Published, string(b.Draft), by, note, ms(t.Now())); err != nil {
		return b, err
	}
	if _, err := t.exec("UPDATE bots SET published = $3, changed = 0, updated = $4 WHERE tenant = $1 AND id = $2", t.tenant, id, b.Published, ms(b.Updated)); err != nil {
		return b, err
	}
	return b, t.announceBot(b, by)
}

// UndoBot takes the draft back to the published version or, where it does not
// differ from that, to the version before.
func (t *Tx) UndoBot(ctx context.Context, id, by canon.ID) (core.Bot, error) {
	b, err := t.Bot(ctx, id)
	if err != nil {
		return b, err
	}
	to := b.Published
	if !b.Changed {
		to--
	}
	if to < 1 {
		return b, &core.Fault{Kind: core.FaultConflict, Code: "nothing_to_undo",
			Text:   connector.Text{EN: "There is no earlier published version.", ZH: "没有更早的已发布版本。"},
			Remedy: connector.Text{EN: "Publish the bot first.", ZH: "请先发布机器人。"}}
	}
	v, err := botVersion(ctx, t, t.tenant, id, to)
	if err != nil {
		return b, err
	}
	return t.putDraft(ctx, b, v.Content, by)
}

// DeleteBot removes a bot. Accounts it answered on go to people; conversations
// it has must be handed over first.
func (t *Tx) DeleteBot(ctx context.Context, id, by canon.ID) error {
	if err := t.exists(ctx, "bots", id, "bot", ""); err != nil {
		return err
	}
	busy, err := t.serves(ctx, core.StatusBot, id)
	if err != nil {
		return err
	}
	if busy {
		return &core.Fault{Kind: core.FaultConflict, Code: "bot_serves",
			Text:   connector.Text{EN: "This bot still has conversations.", ZH: "该机器人仍有进行中的会话。"},
			Remedy: connector.Text{EN: "Take it off its accounts and hand its conversations over first.", ZH: "请先从渠道账号移除该机器人，并转接其会话。"}}
	}
	for _, q := range []string{
		"UPDATE accounts SET bot = NULL WHERE tenant = $1 AND bot = $2",
		"DELETE FROM bot_hits WHERE tenant = $1 AND bot = $2",
		"DELETE FROM bot_missed WHERE tenant = $1 AND bot = $2",
		"DELETE FROM bot_versions WHERE tenant = $1 AND bot = $2",
		"DELETE FROM bots WHERE tenant = $1 AND id = $2",
	} {
		if _, err := t.exec(q, t.tenant, id); err != nil {
			return err
		}
	}
	return t.announce(core.FeedSettings, by, id, nil)
}

const versionCols = "bot, version, content, agent, note, at"

func scanVersion(rows *sql.Rows) (core.BotVersion, error) {
	var v core.BotVersion
	var content []byte
	var when int64
	err := rows.Scan(&v.Bot, &v.Version, &content, &v.By, &v.Note, &when)
	v.Content, v.At = content, at(when)
	return v, err
}

// BotVersion reads one published version with its content.
func (c Scope) BotVersion(ctx context.Context, id canon.ID, version int) (core.BotVersion, error) {
	return botVersion(ctx, c.s, c.tenant, id, version)
}

func botVersion(ctx context.Context, r reader, tenant, id canon.ID, version int) (core.BotVersion, error) {
	v, err := one(ctx, r, scanVersion, "SELECT "+versionCols+" FROM bot_versions WHERE tenant = $1 AND bot = $2 AND version = $3", tenant, id, version)
	if errors.Is(err, errNone) {
		return v, core.NotFound("version")
	}
	if err != nil {
		return v, fmt.Errorf("read version %d of bot %s: %w", version, id, err)
	}
	return v, nil
}

// BotVersions lists published versions below one (0: from the newest), newest
// first, without their contents.
func (c Scope) BotVersions(ctx context.Context, id canon.ID, below, limit int) ([]core.BotVersion, error) {
	if below <= 0 {
		below = 1 << 30
	}
	out, err := list(ctx, c.s, scanVersion, "SELECT bot, version, '', agent, note, at FROM bot_versions WHERE tenant = $1 AND bot = $2 AND version < $3 ORDER BY version DESC LIMIT $4", c.tenant, id, below, limit)
	if err != nil {
		return nil, fmt.Errorf("list versions of bot %s: %w", id, err)
	}
	for i := range out {
		out[i].Content = nil
	}
	return out, nil
}

// RuleHits is how often a rule answered.
type RuleHits struct {
	Rule string `json:"rule"`
	Hits int64  `json:"hits"`
	Last string `json:"last"` // the newest day, 2006-01-02, UTC
}

// BotHits sums what a bot's rules answered since a day, most first, at most
// 5,000 rules.
func (c Scope) BotHits(ctx context.Context, id canon.ID, since time.Time) ([]RuleHits, error) {
	out, err := list(ctx, c.s, func(rows *sql.Rows) (RuleHits, error) {
		var h RuleHits
		err := rows.Scan(&h.Rule, &h.Hits, &h.Last)
		return h, err
	}, "SELECT rule, sum(hits), max(day) FROM bot_hits WHERE tenant = $1 AND bot = $2 AND day >= $3 GROUP BY rule ORDER BY sum(hits) DESC, rule LIMIT 5000", c.tenant, id, since.UTC().Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("read hits of bot %s: %w", id, err)
	}
	return out, nil
}

// BotMissed lists what a bot could not answer, newest first, before number
// before (0: from the newest).
func (c Scope) BotMissed(ctx context.Context, id canon.ID, before int64, limit int) ([]core.Missed, error) {
	if before <= 0 {
		before = 1 << 62
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Missed, error) {
		var m core.Missed
		var when int64
		err := rows.Scan(&m.N, &m.Bot, &m.Conversation, &m.Message, &m.Text, &when)
		m.At = at(when)
		return m, err
	}, "SELECT n, bot, conversation, message, text, at FROM bot_missed WHERE tenant = $1 AND bot = $2 AND n < $3 ORDER BY n DESC LIMIT $4", c.tenant, id, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read what bot %s missed: %w", id, err)
	}
	return out, nil
}
