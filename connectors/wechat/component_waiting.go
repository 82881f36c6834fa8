package wechat

import (
	"context"
	"crypto/sha256"
	"slices"
	"strconv"

	"parley/core/canon"
	"parley/core/connector"
)

// An account may authorise in its own console, or by a code printed somewhere,
// before anybody linked it here. Its authorisation code counts an hour; what it is
// good for is kept at once, so that the account works whenever it is linked.

// waitingSlots is how many such accounts can wait at once for Refresh.
const waitingSlots = 32

func waitingName(n int) string { return "waiting:" + strconv.Itoa(n) }

// waitingFor notes an account nobody linked; nothing for one that is.
func (c *ComponentConn) waitingFor(id canon.RemoteID) []connector.Kept {
	if slices.Contains(c.named, id) {
		return nil
	}
	sum := sha256.Sum256([]byte(id))
	return []connector.Kept{{Name: waitingName(int(sum[0]) % waitingSlots), Value: string(id), For: kept}}
}

// settle spends the codes of accounts that wait.
func (c *ComponentConn) settle(ctx context.Context) error {
	for n := range waitingSlots {
		id, ok, err := c.api.env.Cache.Get(ctx, waitingName(n))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		g := &authorizer{c.platform, canon.RemoteID(id)}
		if err := g.spend(ctx); err != nil {
			return err
		}
		if err := g.forget(ctx, waitingName(n), id); err != nil {
			return err
		}
	}
	return nil
}
