package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"parley/core/canon"
	"parley/core/connector"
)

// A corporation may install the application in WeCom's own market, without anybody
// having been sent there (90642): WeCom tells of it, and the page of ours that
// begins an authorisation had no part in it. The corporation then waits,
// authorised, among what arrived for accounts nobody linked, until an administrator
// takes it. Installations begun here are not told of (90642).

// placeSlots is how many corporations can wait at once for Run to tell of them.
const placeSlots = 32

func placeSlot(corp canon.RemoteID) string {
	sum := sha256.Sum256([]byte(corp))
	return placeName(int(sum[0]) % placeSlots)
}

func placeName(n int) string { return "unplaced:" + strconv.Itoa(n) }

// linked tells whether anything of a corporation is linked.
func (s *suite) linked(corp canon.RemoteID) bool {
	return slices.ContainsFunc(s.named, func(id canon.RemoteID) bool {
		of, _ := serviceOf(id)
		return of == corp
	})
}

// came notes a corporation nobody has linked, for the node that runs the stream.
func (s *suite) came(ctx context.Context, corp canon.RemoteID) error {
	if s.linked(corp) {
		return nil
	}
	if err := s.env.Cache.Set(ctx, placeSlot(corp), string(corp), kept); err != nil {
		return err
	}
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	return nil
}

// place tells of the corporations that wait, each with its service accounts.
func (s *suite) place(ctx context.Context, sink connector.Sink) error {
	for n := range placeSlots {
		id, ok, err := s.env.Cache.Get(ctx, placeName(n))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		corp := canon.RemoteID(id)
		if !s.linked(corp) {
			all, err := s.waitingAt(ctx, corp)
			if err != nil {
				return err
			}
			if err := sink.Commit(ctx, all, nil); err != nil {
				return err
			}
		}
		if err := s.forget(ctx, placeName(n), id); err != nil {
			return err
		}
	}
	return nil
}

// waitingAt are the envelopes that show a corporation and its service accounts.
func (s *suite) waitingAt(ctx context.Context, corp canon.RemoteID) ([]canon.Envelope, error) {
	known, err := s.about(ctx, corp)
	if err != nil {
		return nil, err
	}
	permanent, _, err := s.env.Cache.Get(ctx, "permanent:"+string(corp))
	if err != nil {
		return nil, err
	}
	services, err := s.managed(ctx, corp)
	if err != nil {
		services = nil // each shows with its first message
	}
	sum := sha256.Sum256([]byte(permanent)) // another with every installation
	event := "installed-" + hex.EncodeToString(sum[:8])
	var out []canon.Envelope
	for _, a := range append([]connector.Account{{RemoteID: corp, Name: known.Name}}, services...) {
		out = append(out, canon.Envelope{Account: a.RemoteID, Thread: canon.ThreadKey{Account: a.RemoteID, Peer: "sys"}, From: canon.Peer{ID: "sys", Name: a.Name},
			EventID: event + "-" + string(a.RemoteID), Time: s.env.Clock().UTC(), Event: canon.Unknown{Name: "create_auth", Raw: []byte(`{}`)}})
	}
	return out, nil
}
