package api

import (
	"context"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// Way is another account the customer can be written to on.
type Way struct {
	Account      AccountBrief          `json:"account"`
	By           connector.AddressKind `json:"by" enum:"email"`
	Address      string                `json:"address"`
	Known        string                `json:"known" enum:"identity,contact,attribute" doc:"How the address is known: by who they are on an account, as the contact's, as an attribute"`
	Conversation canon.ID              `json:"conversation,omitzero" doc:"Open there already, and gone on with; absent: a new one begins"`
}

// WentOn is a conversation that goes on on another account, and what was said
// there first.
type WentOn struct {
	Conversation core.Conversation `json:"conversation"`
	Message      core.Message      `json:"message"`
}

type wayInput struct {
	ByID
	Body struct {
		Account  canon.ID       `json:"account"`
		Address  string         `json:"address" minLength:"1" maxLength:"254"`
		Subject  string         `json:"subject,omitempty" maxLength:"250"`
		Content  *canon.Message `json:"content,omitempty" doc:"What to say: either this or text"`
		Text     string         `json:"text,omitempty" maxLength:"100000"`
		ClientID string         `json:"client_id,omitempty" maxLength:"100" doc:"Made up by the client: the same one posts once"`
	}
}

func (a *API) addWays() {
	add(a, route{method: "GET", path: "/conversations/{id}/ways", tag: "Messages", may: auth.ConversationReply, summary: "Where else the customer of a conversation can be written to",
		doc: "Accounts that can write first, with each address that is known of the customer. For when the channel takes nothing until the customer writes."},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[Way]], error) {
			r, err := a.see(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			all, err := a.Desk.Ways(ctx, c.who.Tenant, r, c.who.Agent, c.who.Visible().Sees)
			out := make([]Way, len(all))
			for i, w := range all {
				out[i] = Way{AccountBrief{w.Account.ID, w.Account.Name, w.Account.Kind}, w.By, w.Address, w.Known, w.Conversation}
			}
			return listOf(out, len(out), nil), err
		})
	add(a, route{method: "POST", path: "/conversations/{id}/ways", tag: "Messages", may: auth.ConversationReply, summary: "Go on with the customer by one of these ways", status: 201,
		doc: "Says something in the conversation open there, or begins one; the answer comes in there. A line in both conversations says who did it and why."}, a.goOn)
}

func (a *API) goOn(ctx context.Context, c *call, in *wayInput) (*answer[WentOn], error) {
	r, err := a.see(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.scope.Account(ctx, in.Body.Account); err != nil {
		return nil, at(err, "body.account")
	}
	if err := needsAgent(c); err != nil {
		return nil, err
	}
	content, err := a.content(ctx, c, in.Body.Content, in.Body.Text)
	if err != nil {
		return nil, err
	}
	if s := strings.TrimSpace(in.Body.Subject); s != "" {
		content.Subject = s
	}
	v, m, err := a.Desk.Onward(ctx, c.who.Tenant, r.ID, orchestrate.Onward{
		Post:    orchestrate.Post{Agent: c.who.Agent, Content: content, ClientID: in.Body.ClientID},
		Account: in.Body.Account, Address: in.Body.Address, Sees: c.who.Visible().Sees,
	})
	v.Visit = nil // it comes with the conversation itself, masked by role
	return &answer[WentOn]{WentOn{v, m}}, err
}
