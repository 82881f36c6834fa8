package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

const (
	// GreenAfter is how long a light must be well before people are told so: one
	// that flickers says nothing more than that it is red.
	GreenAfter = 2 * time.Minute
	alertsKept = 90 * 24 * time.Hour
)

// turned writes down what people are told of a link's new light, in the
// transaction that turns it.
func (t *Tx) turned(ctx context.Context, l LinkRow, s core.LinkState) error {
	switch {
	case l.Paused:
		return nil
	case s.Health == connector.HealthBad && !l.red:
		if err := t.do("UPDATE links SET red = 1, green_since = 0 WHERE tenant = $1 AND id = $2", t.tenant, l.ID); err != nil {
			return err
		}
		return t.tell(ctx, l, core.Alert{Kind: core.AlertRed, Text: s.Text, Remedy: s.Remedy})
	case l.red && s.Health == connector.HealthGood && l.greenSince == 0:
		return t.do("UPDATE links SET green_since = $3 WHERE tenant = $1 AND id = $2", t.tenant, l.ID, ms(t.Now()))
	case l.red && s.Health != connector.HealthGood && l.greenSince != 0:
		return t.do("UPDATE links SET green_since = 0 WHERE tenant = $1 AND id = $2", t.tenant, l.ID)
	}
	return nil
}

// LinkEnds keeps when a link's credentials run out; zero: never, or not known.
func (t *Tx) LinkEnds(ctx context.Context, id canon.ID, ends time.Time) error {
	n, err := t.exec("UPDATE links SET token_ends = $3 WHERE tenant = $1 AND id = $2 AND token_ends <> $3", t.tenant, id, ms(ends))
	if err != nil || n == 0 {
		return err
	}
	return t.announceAccounts(ctx, id, canon.ID{})
}

// AlertsDue writes the alerts that time brings about: lights that have been well
// for GreenAfter, tokens that run out within core.AlertAhead. Each once.
func (c Scope) AlertsDue(ctx context.Context) error {
	now := c.s.Now()
	due := func(ctx context.Context, r reader) ([]LinkRow, error) {
		return list(ctx, r, scanLink, "SELECT "+linkCols+` FROM links WHERE tenant = $1 AND paused = 0
			AND (red = 1 AND green_since > 0 AND green_since <= $2 OR token_ends > 0 AND token_ends <= $3 AND ends_told <> token_ends)`,
			c.tenant, ms(now.Add(-GreenAfter)), ms(now.Add(core.AlertAhead)))
	}
	if all, err := due(ctx, c.s); err != nil || len(all) == 0 {
		return err
	}
	return c.Write(ctx, func(t *Tx) error {
		all, err := due(ctx, t)
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.red && l.greenSince > 0 && l.greenSince <= ms(now.Add(-GreenAfter)) {
				if err := t.do("UPDATE links SET red = 0, green_since = 0 WHERE tenant = $1 AND id = $2", t.tenant, l.ID); err != nil {
					return err
				}
				if err := t.tell(ctx, l, core.Alert{Kind: core.AlertGreen, Text: l.State.Text}); err != nil {
					return err
				}
			}
			if ends := ms(l.State.Expires); ends > 0 && ends <= ms(now.Add(core.AlertAhead)) && l.endsTold != ends {
				if err := t.do("UPDATE links SET ends_told = $3 WHERE tenant = $1 AND id = $2", t.tenant, l.ID, ends); err != nil {
					return err
				}
				if err := t.tell(ctx, l, core.Alert{Kind: core.AlertToken, Expires: l.State.Expires}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// tell writes an alert of a link, with whom it is to be sent to.
func (t *Tx) tell(ctx context.Context, l LinkRow, a core.Alert) error {
	accounts, err := accountsOf(ctx, t, t.tenant, l.ID)
	if err != nil {
		return err
	}
	a.Channel = l.Kind
	var names []string
	for i, v := range accounts {
		if i == 0 {
			a.Account = v.ID
		}
		names = append(names, v.Name)
	}
	if a.Name = strings.Join(names, ", "); a.Name == "" {
		a.Name = l.Name
	}
	_, err = t.AddAlert(ctx, a)
	return err
}

// AddAlert writes an alert, with whom it is to be sent to by the settings as
// they are now.
func (t *Tx) AddAlert(ctx context.Context, a core.Alert) (core.Alert, error) {
	a.ID, a.At, a.Sends = canon.NewID(), t.Now(), nil
	raw, err := json.Marshal(a)
	if err != nil {
		return a, err
	}
	if err := t.do("INSERT INTO alerts (tenant, id, at, alert) VALUES ($1, $2, $3, $4)", t.tenant, a.ID, ms(a.At), string(raw)); err != nil {
		return a, err
	}
	settings, _, err := alertSettings(ctx, t, t.tenant)
	if err != nil {
		return a, err
	}
	send := func(way, target string) error {
		a.Sends = append(a.Sends, core.AlertSend{Way: way, Target: target, State: "waiting"})
		return t.do("INSERT INTO alert_sends (tenant, alert, way, target, due) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", t.tenant, a.ID, way, target, ms(t.Now()))
	}
	if !settings.MailAccount.IsZero() {
		for _, to := range settings.Mail {
			if err := send("mail", to); err != nil {
				return a, err
			}
		}
	}
	if settings.Webhook != "" {
		if err := send("webhook", settings.Webhook); err != nil {
			return a, err
		}
	}
	old := ms(t.Now().Add(-alertsKept))
	return a, errors.Join(
		t.do("DELETE FROM alert_sends WHERE tenant = $1 AND alert IN (SELECT id FROM alerts WHERE tenant = $1 AND at < $2)", t.tenant, old),
		t.do("DELETE FROM alerts WHERE tenant = $1 AND at < $2", t.tenant, old))
}

// Alerts lists alerts, newest first, before an id (zero: from the newest).
func (c Scope) Alerts(ctx context.Context, before canon.ID, limit int) ([]core.Alert, error) {
	if before.IsZero() {
		for i := range before {
			before[i] = 0xff
		}
	}
	out, err := list(ctx, c.s, func(rows *sql.Rows) (core.Alert, error) {
		a := core.Alert{}
		var raw []byte
		err := rows.Scan(&raw)
		return a, errors.Join(err, json.Unmarshal(raw, &a))
	}, "SELECT alert FROM alerts WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3", c.tenant, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	place := map[canon.ID]int{}
	ids := make([]canon.ID, len(out))
	for i := range out {
		out[i].Sends = []core.AlertSend{}
		ids[i], place[out[i].ID] = out[i].ID, i
	}
	type sent struct {
		alert canon.ID
		core.AlertSend
	}
	sends, err := listIn(ctx, c.s, func(rows *sql.Rows) (sent, error) {
		var v sent
		var state int
		err := rows.Scan(&v.alert, &v.Way, &v.Target, &state, &v.Tries, &v.Trouble)
		v.State = alertStates[state]
		return v, err
	}, "SELECT alert, way, target, state, tries, trouble FROM alert_sends WHERE tenant = $1 AND alert IN (%s)", []any{c.tenant}, uniqueIDs(ids))
	if err != nil {
		return nil, fmt.Errorf("read how alerts fared: %w", err)
	}
	for _, v := range sends {
		i := place[v.alert]
		out[i].Sends = append(out[i].Sends, v.AlertSend)
	}
	return out, nil
}

var alertStates = [...]string{"waiting", "sent", "failed"}

// AlertDue is an alert on its way to somebody.
type AlertDue struct {
	Alert  core.Alert
	Way    string
	Target string
	Tries  int // this one included
}

// ClaimAlerts takes the sends that are due. Nobody else gets them until hold has
// passed: if this process ends meanwhile, another sends them again, under the
// same id.
func (c Scope) ClaimAlerts(ctx context.Context, hold time.Duration, limit int) ([]AlertDue, error) {
	find := func(ctx context.Context, r reader, now int64) ([]AlertDue, error) {
		return list(ctx, r, func(rows *sql.Rows) (AlertDue, error) {
			var d AlertDue
			var raw []byte
			err := rows.Scan(&raw, &d.Way, &d.Target, &d.Tries)
			d.Tries++
			return d, errors.Join(err, json.Unmarshal(raw, &d.Alert))
		}, `SELECT a.alert, s.way, s.target, s.tries FROM alert_sends s JOIN alerts a ON a.tenant = s.tenant AND a.id = s.alert
			WHERE s.tenant = $1 AND s.state = 0 AND s.due <= $2 ORDER BY s.due LIMIT $3`, c.tenant, now, limit)
	}
	if all, err := find(ctx, c.s, ms(c.s.Now())); err != nil || len(all) == 0 {
		return nil, err
	}
	var out []AlertDue
	err := c.Write(ctx, func(t *Tx) error {
		all, err := find(ctx, t, ms(t.Now()))
		if err != nil {
			return err
		}
		out = nil
		for _, d := range all {
			n, err := t.exec("UPDATE alert_sends SET tries = tries + 1, due = $5 WHERE tenant = $1 AND alert = $2 AND way = $3 AND target = $4 AND state = 0 AND due <= $6",
				t.tenant, d.Alert.ID, d.Way, d.Target, ms(t.Now().Add(hold)), ms(t.Now()))
			if err != nil {
				return err
			}
			if n == 1 {
				out = append(out, d)
			}
		}
		return nil
	})
	return out, err
}

// AlertSent notes how a send went: done, given up, or to be tried again at due.
func (t *Tx) AlertSent(d AlertDue, trouble string, due time.Time) error {
	state := 0
	switch {
	case trouble == "":
		state = 1
	case due.IsZero():
		state = 2
	}
	return t.do("UPDATE alert_sends SET state = $5, due = $6, trouble = $7 WHERE tenant = $1 AND alert = $2 AND way = $3 AND target = $4",
		t.tenant, d.Alert.ID, d.Way, d.Target, state, ms(due), cutRunes(trouble, 300))
}

// AlertSettings reads where alerts go; sealed is the webhook's secret.
func (c Scope) AlertSettings(ctx context.Context) (s core.AlertSettings, sealed []byte, err error) {
	return alertSettings(ctx, c.s, c.tenant)
}

func alertSettings(ctx context.Context, r reader, tenant canon.ID) (s core.AlertSettings, sealed []byte, err error) {
	type row struct{ settings, secret []byte }
	found, err := list(ctx, r, func(rows *sql.Rows) (row, error) {
		var v row
		err := rows.Scan(&v.settings, &v.secret)
		return v, err
	}, "SELECT settings, secret FROM alert_settings WHERE tenant = $1", tenant)
	if err != nil {
		return s, nil, fmt.Errorf("read the settings of alerts: %w", err)
	}
	s.Mail = []string{}
	if len(found) == 0 {
		return s, nil, nil
	}
	return s, found[0].secret, json.Unmarshal(found[0].settings, &s)
}

// SaveAlertSettings stores where alerts go, and the webhook's sealed secret.
func (t *Tx) SaveAlertSettings(ctx context.Context, s core.AlertSettings, sealed []byte) error {
	if err := t.exists(ctx, "accounts", s.MailAccount, "account", "body.mail_account"); err != nil {
		return err
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO alert_settings (tenant, settings, secret) VALUES ($1, $2, $3)
		ON CONFLICT (tenant) DO UPDATE SET settings = excluded.settings, secret = excluded.secret`, t.tenant, string(raw), sealed)
	return err
}
