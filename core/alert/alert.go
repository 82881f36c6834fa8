package alert

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

const (
	// hold is how long a send that was begun is nobody else's.
	hold = 2 * time.Minute
	// sendTime bounds one send.
	sendTime = 30 * time.Second
	// maxTries is how often it is tried: about a day, with the pauses between.
	maxTries = 12
	round    = 20
)

// Options are what a Sender is made of.
type Options struct {
	Store *store.Store
	Box   *secret.Box
	// HTTP posts webhooks; every exchange is checked.
	HTTP *http.Client
	// Line finds the open conn of the account that mails.
	Line func(tenant, account canon.ID) (connector.Conn, connector.Account, bool)
	// PageURL is the public address of the hub, without a slash at the end.
	PageURL string
	Log     *slog.Logger
}

// Sender sends alerts. Safe for concurrent use.
type Sender struct{ o Options }

// New returns a sender.
func New(o Options) *Sender { return &Sender{o} }

// Round sends what is due of a tenant, and what time brings about.
func (s *Sender) Round(ctx context.Context, tenant canon.ID) error {
	scope := s.o.Store.For(tenant)
	if err := scope.AlertsDue(ctx); err != nil {
		return err
	}
	due, err := scope.ClaimAlerts(ctx, hold, round)
	if err != nil || len(due) == 0 {
		return err
	}
	settings, sealed, err := scope.AlertSettings(ctx)
	if err != nil {
		return err
	}
	for _, d := range due {
		err := s.send(ctx, scope, tenant, d, settings, sealed)
		if ctx.Err() != nil {
			return ctx.Err() // it is sent again after hold
		}
		trouble, next := "", time.Time{}
		if err != nil {
			s.o.Log.Warn("an alert was not sent", "alert", d.Alert.ID, "way", d.Way, "try", d.Tries, "err", err)
			trouble = said(err)
			if d.Tries < maxTries {
				next = s.o.Store.Now().Add(pause(d.Tries))
			}
		}
		if err := scope.Write(ctx, func(t *store.Tx) error { return t.AlertSent(d, trouble, next) }); err != nil {
			return err
		}
	}
	return nil
}

// pause grows from half a minute to four hours.
func pause(tries int) time.Duration {
	return min(30*time.Second<<min(tries-1, 10), 4*time.Hour)
}

func (s *Sender) send(ctx context.Context, scope store.Scope, tenant canon.ID, d store.AlertDue, settings core.AlertSettings, sealed []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if d.Way == "webhook" {
		return s.post(ctx, scope, tenant, d, sealed)
	}
	t, err := scope.ReadTenant(ctx)
	if err != nil {
		return err
	}
	return s.mail(ctx, t, d, settings.MailAccount)
}

// mail writes to an address from an account of the tenant's. The message has the
// alert's id, so that one sent twice is one.
func (s *Sender) mail(ctx context.Context, tenant core.Tenant, d store.AlertDue, from canon.ID) error {
	conn, account, ok := s.o.Line(tenant.ID, from)
	if !ok {
		return errNoAccount
	}
	subject, body := Words(d.Alert, tenant.Language, s.o.PageURL)
	m := canon.TextMessage(body)
	m.ID, m.Subject = d.Alert.ID, subject
	_, err := conn.Send(ctx, connector.Request{
		Key: d.Alert.ID, Attempt: d.Tries, Account: account, Message: m,
		Thread: canon.ThreadKey{Account: account.RemoteID, Peer: canon.RemoteID(d.Target), Thread: "alerts"},
		Sender: connector.Sender{Kind: "system", ID: tenant.ID, Name: tenant.Name},
	})
	return err
}

var errNoAccount = errors.New("the account alerts are mailed from is not open")

// said is as much of a cause as people may read.
func said(err error) string {
	var e *connector.Error
	if errors.As(err, &e) && e.Shown.EN != "" {
		return e.Shown.EN
	}
	return err.Error()
}
