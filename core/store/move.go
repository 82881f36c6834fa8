package store

import (
	"encoding/json"
	"fmt"

	"parley/core"
	"parley/core/canon"
)

// MoveThread gives a thread another key, for a group that goes on under another
// id at the platform, and its peer the new id with it. It reports false, and
// changes nothing, when the new key has a thread already.
func (t *Tx) MoveThread(th core.Thread, to canon.ThreadKey) (bool, error) {
	key, err := json.Marshal(to)
	if err != nil {
		return false, fmt.Errorf("encode a thread key: %w", err)
	}
	n, err := t.exec(`UPDATE threads SET lane = $3, key = $4 WHERE tenant = $1 AND id = $2
		AND NOT EXISTS (SELECT 1 FROM threads x WHERE x.tenant = $1 AND x.account = $5 AND x.lane = $3)`,
		t.tenant, th.ID, LaneOf(to), string(key), th.Account)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = t.exec(`UPDATE identities SET remote_id = $3 WHERE tenant = $1 AND id = $2
		AND NOT EXISTS (SELECT 1 FROM identities x WHERE x.tenant = $1 AND x.account = $4 AND x.remote_id = $3)`,
		t.tenant, th.Identity, string(to.Peer), th.Account)
	return err == nil, err
}
