package wecom

import (
	"crypto/sha256"
	"encoding/hex"

	"parley/core/canon"
)

// msgID is the id a message of ours has at the platform: the request's key in 32
// characters, which is all that fits (94677: at most 32 bytes of [0-9a-zA-Z_-]).
func msgID(key canon.ID) string { return hex.EncodeToString(key[:]) }

// remoteOf is our name of a message at the platform. One that carries our key is
// named by the key, so that a report finds also a message whose answer was lost.
func remoteOf(id string) canon.RemoteID {
	var key canon.ID
	if len(id) == 2*len(key) {
		if _, err := hex.Decode(key[:], []byte(id)); err == nil && !key.IsZero() {
			return canon.RemoteID(key.String())
		}
	}
	return canon.RemoteID(id)
}

// msgIDOf is the platform's name of what remoteOf named.
func msgIDOf(id canon.RemoteID) string {
	if key, err := canon.ParseID(string(id)); err == nil {
		return msgID(key)
	}
	return string(id)
}

// digest names a callback that has no id of its own by its content.
func digest(n node) string {
	sum := sha256.Sum256(rawOf(n))
	return "sha-" + hex.EncodeToString(sum[:12])
}
