package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
)

func (a *API) addAudit() {
	add(a, route{method: "GET", path: "/audit", tag: "Settings", may: auth.AuditRead, summary: "Sensitive acts, newest first",
		doc: "Who did what to what, from where. Nobody can change or delete a line here."},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Audit]], error) {
			var before int64
			if err := cursorPlace("audit", in.Cursor, &before); err != nil {
				return nil, err
			}
			all, err := c.scope.AuditBefore(ctx, before, in.size())
			return listOf(all, in.Limit, func(v core.Audit) string { return cursorText("audit", v.N) }), err
		})
}
