//go:build nogpl

package main

import (
	"context"

	"parley/connectors/all"
)

// emulateLinked is empty: this build has nothing under GPL-3.0.
type emulateLinked struct{}

func playLinked(string, int) *playedPlatform { return nil }

func startLinked(context.Context) ([]*playedPlatform, all.PlayedWhatsApp, error) {
	return nil, all.PlayedWhatsApp{}, nil
}
