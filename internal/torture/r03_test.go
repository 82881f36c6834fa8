package torture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/internal/testenv"
)

// refused is an answer that is no acknowledgement.
type refused struct {
	status     int
	retryAfter string
}

func (r *refused) Error() string { return fmt.Sprintf("answered %d", r.status) }

// postCounting posts and keeps the answer apart from a broken connection.
func (p *platform) postCounting(ctx context.Context, id, peer, words string) error {
	e := p.Does(canon.RemoteID(peer), canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(id), Parts: []canon.Part{canon.Text{Body: words}}}})
	e.EventID = id
	answer, err := p.Post(ctx, p.hook, e)
	if err != nil {
		return err
	}
	if !answer.Accepted() {
		return &refused{answer.Status, answer.Header.Get("Retry-After")}
	}
	return nil
}

// While the database is away a callback is refused with 503 and Retry-After,
// never taken and lost; and the hub goes on by itself when it is back.
func TestR03_WithoutItsDatabaseItRefuses(t *testing.T) {
	chance := chance(t)
	h := rest(t)
	url, server := testenv.PrivatePostgres(t)
	h.Database = url
	api := start(t, h)
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	var away atomic.Int64
	customers := poster{newLedger(), func(ctx context.Context, id, peer, words string) error {
		err := p.postCounting(ctx, id, peer, words)
		var no *refused
		if errors.As(err, &no) {
			if no.status != http.StatusServiceUnavailable || no.retryAfter == "" {
				t.Errorf("refused with %d and Retry-After %q, want 503 and a time", no.status, no.retryAfter)
			}
			away.Add(1)
			time.Sleep(100 * time.Millisecond)
		}
		return err
	}}
	over := make(chan struct{})
	go func() {
		defer close(over)
		time.Sleep(time.Second)
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Duration(long(60, 4)) * time.Second)
		if err := server.Start(); err != nil {
			t.Error(err)
		}
	}()
	posted := crowd(t.Context(), t, customers, chance, 8, 20, long(5000, 500), over)
	<-over
	if away.Load() == 0 {
		t.Error("nothing was refused while the database was away")
	}
	judgeStored(t, api, customers.ledger, posted, func(m core.Message) string { return string(m.Content.RemoteID) })
	if pid := h.PID(); pid == 0 {
		t.Error("the hub ended")
	}
}
