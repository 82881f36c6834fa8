//go:build nogpl

package main

import (
	"context"

	"github.com/spf13/cobra"

	"parley/connectors/all"
)

// emulateLinked is empty: this build has nothing under GPL-3.0.
func emulateLinked(*environment) []*cobra.Command { return nil }

func playLinked(string, int) *playedPlatform { return nil }

func startLinked(context.Context) ([]*playedPlatform, all.PlayedWhatsApp, error) {
	return nil, all.PlayedWhatsApp{}, nil
}
