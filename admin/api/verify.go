package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"parley/admin/auth"
	"parley/core/connector"
	"parley/core/hub"
)

// VerifyLine is one line of a verification: a step that ended, or at the end
// whether all is well.
type VerifyLine struct {
	Check *connector.Check `json:"check,omitempty"`
	Done  bool             `json:"done,omitempty"`
	OK    bool             `json:"ok"`
}

const verifyDoc = "Answers line by line (application/x-ndjson): {\"check\":{…},\"ok\":…} as each step ends, and {\"done\":true,\"ok\":…} last."

func (a *API) addVerify() {
	add(a, route{method: "POST", path: "/accounts/verify", tag: "Channels", may: auth.AccountWrite, act: "account.tested", summary: "Test credentials before linking, step by step",
		doc: verifyDoc + " Nothing is stored."},
		func(ctx context.Context, c *call, in *tryConfigInput) (*huma.StreamResponse, error) {
			d, err := a.driver(in.Body.Connector, "body.connector")
			if err != nil {
				return nil, err
			}
			values, err := a.complete(d, in.Body.Config)
			if err != nil {
				return nil, err
			}
			if err := c.note(ctx, in.Body.Connector, ""); err != nil {
				return nil, err
			}
			conn, bad := a.Links.Probe(ctx, c.who.Tenant, in.Body.Connector, values)
			return verified(func(step func(connector.Check)) bool {
				if bad != nil {
					step(hub.NoConnection(bad, 0))
					return false
				}
				defer conn.Close(context.WithoutCancel(ctx))
				return hub.Tested(ctx, conn, step)
			}), nil
		})
	add(a, route{method: "POST", path: "/accounts/{id}/verify", tag: "Channels", may: auth.AccountWrite, act: "account.tested", summary: "Verify an account, step by step",
		doc: verifyDoc + " Sets the platform up again where the channel can, knocks at the callback address from outside, with and without the platform's signature, then tests credentials, permissions and webhook. Nothing is stored, and customers see nothing of it."},
		func(ctx context.Context, c *call, in *ByID) (*huma.StreamResponse, error) {
			v, _, err := a.connOf(ctx, c, in.ID)
			if err == nil {
				err = c.note(ctx, in.ID.String(), "")
			}
			if err != nil {
				return nil, err
			}
			return verified(func(step func(connector.Check)) bool {
				ok, open := a.Links.Verify(ctx, c.who.Tenant, v.Link, step)
				return ok && open
			}), nil
		})
}

func verified(run func(step func(connector.Check)) bool) *huma.StreamResponse {
	return streamed(func(say func(any)) {
		ok := run(func(k connector.Check) { say(VerifyLine{Check: &k, OK: k.OK}) })
		say(VerifyLine{Done: true, OK: ok})
	})
}
