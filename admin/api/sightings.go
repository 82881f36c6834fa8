package api

import (
	"context"

	"parley/admin/auth"
	"parley/core"
)

func (a *API) addSightings() {
	add(a, route{method: "GET", path: "/accounts/{id}/sightings", tag: "Channels", may: auth.LinkRead, summary: "Sites whose pages asked for the chat of an account",
		doc: "The newest twenty, by the word of the browsers that asked. Channels that stand on no site have none."},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[core.Sighting]], error) {
			if _, err := c.scope.Account(ctx, in.ID); err != nil {
				return nil, err
			}
			all, err := c.scope.Sightings(ctx, in.ID)
			if all == nil {
				all = []core.Sighting{}
			}
			return &answer[list[core.Sighting]]{list[core.Sighting]{Items: all}}, err
		})
}
