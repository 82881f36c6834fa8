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
)

// Authorisation is an administrator who was sent to a platform's page.
type Authorisation struct {
	State      []byte // hash of what they carry
	Credential []byte // hash of the session they were sent from
	Agent      canon.ID
	Account    canon.ID // the one they began at
	Again      bool     // it was to be authorised itself, not another one
	Expires    time.Time
	Offered    []Offered // it was ended, and covered these: they are back to choose
}

// Offered is an account an authorisation covers that nobody chose yet.
type Offered struct {
	RemoteID canon.RemoteID `json:"id"`
	Name     string         `json:"name"`
}

// AddAuthorisation expects somebody back. Those who never came are forgotten.
func (t *Tx) AddAuthorisation(a Authorisation) error {
	if _, err := t.exec("DELETE FROM authorisations WHERE tenant = $1 AND expires <= $2", t.tenant, ms(t.Now())); err != nil {
		return err
	}
	if a.Offered == nil {
		a.Offered = []Offered{}
	}
	offered, err := json.Marshal(a.Offered)
	if err != nil {
		return fmt.Errorf("write an authorisation: %w", err)
	}
	_, err = t.exec("INSERT INTO authorisations (tenant, state, credential, agent, account, again, expires, offered) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		t.tenant, a.State, a.Credential, a.Agent, a.Account, flag(a.Again), ms(a.Expires), string(offered))
	return err
}

// TakeAuthorisation uses up a state: it is good once, before it expires, for who
// carries it in the session it was given in. Anything else is not found, and
// leaves it as it is.
func (t *Tx) TakeAuthorisation(ctx context.Context, state, credential []byte, agent canon.ID) (Authorisation, error) {
	a, err := one(ctx, t, func(rows *sql.Rows) (Authorisation, error) {
		a := Authorisation{State: state, Credential: credential, Agent: agent}
		var again, expires int64
		var offered string
		if err := rows.Scan(&a.Account, &again, &expires, &offered); err != nil {
			return a, err
		}
		a.Again, a.Expires = again != 0, at(expires)
		return a, json.Unmarshal([]byte(offered), &a.Offered)
	}, "DELETE FROM authorisations WHERE tenant = $1 AND state = $2 AND credential = $3 AND agent = $4 AND expires > $5 RETURNING account, again, expires, offered",
		t.tenant, state, credential, agent, ms(t.Now()))
	if errors.Is(err, errNone) {
		return a, core.NotFound("authorisation")
	}
	if err != nil {
		return a, fmt.Errorf("take an authorisation: %w", err)
	}
	return a, nil
}
