package hub

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
)

// mailTime bounds one letter to a colleague.
const mailTime = 20 * time.Second

// Mail writes a letter to somebody who works here, from the account that mails
// alerts, else the first that can begin a letter; from is its address, empty where
// none can. The letter stands in no conversation and is filed nowhere: it may hold
// a secret.
func (h *Hub) Mail(ctx context.Context, tenant canon.ID, to, subject, body string) (from string, err error) {
	set, _, err := h.o.Store.For(tenant).AlertSettings(ctx)
	if err != nil {
		return "", err
	}
	line, starter, ok := h.postman(tenant, set.MailAccount)
	if !ok {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	m := canon.TextMessage(body)
	m.ID, m.Subject = canon.NewID(), subject
	key, err := starter.Start(line.Account, to, m.ID.String())
	if err != nil {
		return "", fmt.Errorf("write to a colleague: %w", err)
	}
	t, err := h.o.Store.For(tenant).ReadTenant(ctx)
	if err != nil {
		return "", err
	}
	_, err = line.Conn.Send(ctx, connector.Request{
		Key: m.ID, Attempt: 1, Account: line.Account, Message: m, Thread: key,
		Sender: connector.Sender{Kind: "system", ID: tenant, Name: t.Name},
	})
	if err != nil {
		return "", fmt.Errorf("write to a colleague: %w", err)
	}
	return string(line.Account.RemoteID), nil
}

// postman is the open account that letters to colleagues go out by: the wanted
// one if it can, else the oldest that can.
func (h *Hub) postman(tenant, wanted canon.ID) (line outbox.Line, s connector.Starter, ok bool) {
	var ids []canon.ID
	h.mu.RLock()
	for id, l := range h.accounts {
		if l.tenant == tenant {
			ids = append(ids, id)
		}
	}
	h.mu.RUnlock()
	var best canon.ID
	for _, id := range ids {
		l, open := h.LineOf(tenant, id)
		if !open || l.Paused {
			continue
		}
		can, starts := l.Conn.(connector.Starter)
		caps := l.Conn.Capabilities(canon.ThreadKey{Account: l.Account.RemoteID})
		if !starts || caps.Starts != connector.AddressEmail || !caps.Can(connector.OpsStart) {
			continue
		}
		if !ok || id == wanted || best != wanted && bytes.Compare(id[:], best[:]) < 0 {
			line, s, best, ok = l, can, id, true
		}
	}
	return line, s, ok
}
