package core

import (
	"time"

	"parley/core/connector"
)

// AlertKind is what an alert tells.
type AlertKind string

// The kinds of alert.
const (
	AlertRed   AlertKind = "red"   // the account stopped working
	AlertGreen AlertKind = "green" // it works again
	AlertToken AlertKind = "token" // its credentials run out soon
	AlertTest  AlertKind = "test"  // somebody tries whether alerts arrive
)

// Alert tells people of a change of an account, once.
type Alert struct {
	ID      ID             `json:"id"`
	Kind    AlertKind      `json:"kind" enum:"red,green,token,test"`
	At      time.Time      `json:"at"`
	Account ID             `json:"account,omitzero"` // the first of the link's
	Channel string         `json:"channel,omitempty" doc:"Kind of channel"`
	Name    string         `json:"name,omitempty" doc:"Of the accounts"`
	Text    connector.Text `json:"text,omitzero" doc:"What is the matter"`
	Remedy  connector.Text `json:"remedy,omitzero" doc:"What to do"`
	Expires time.Time      `json:"expires,omitzero" doc:"When the credentials run out"`
	Sends   []AlertSend    `json:"sends" doc:"Whom it was sent to"`
}

// AlertSend is how an alert fared on one way.
type AlertSend struct {
	Way     string `json:"way" enum:"mail,webhook"`
	Target  string `json:"target" doc:"Address"`
	State   string `json:"state" enum:"waiting,sent,failed"`
	Tries   int    `json:"tries"`
	Trouble string `json:"trouble,omitempty"`
}

// AlertSettings say where a tenant's alerts go besides the inbox.
type AlertSettings struct {
	// Mail are addresses, MailAccount the account of ours that writes to them.
	Mail        []string `json:"mail"`
	MailAccount ID       `json:"mail_account,omitzero"`
	Webhook     string   `json:"webhook,omitempty"`
}

// AlertAhead is how long before its end people are told of a token.
const AlertAhead = 7 * 24 * time.Hour
