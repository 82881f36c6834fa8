package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"parley/admin/operate"
	"parley/core/secret"
)

func secretsCommands(e *environment) *cobra.Command {
	c := &cobra.Command{Use: "rotate", Short: "Change the master key while the hub runs.", Args: cobra.NoArgs}
	signatures := c.Flags().Bool("signatures", false, "Change the signing key too: customers are met as strangers, links to files stop working, and all hubs must be restarted together.")
	c.RunE = func(*cobra.Command, []string) error { return e.rotate(*signatures) }
	return group("secrets", "The master key.", c)
}

// rotate changes the master key and says what the operator has to do now.
func (e *environment) rotate(signatures bool) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	done, err := operate.Rotation{NewSigning: signatures}.Run(e.ctx, s)
	if err != nil {
		return err
	}
	fmt.Printf("the master key was changed from %s to %s; tenants: %d\n", done.Old.Name(), done.New.Name(), done.Tenants)
	if done.OldFile == "" {
		fmt.Println("now set PARLEY_MASTER_KEY to the new key on every node and unset PARLEY_NEW_MASTER_KEY; nodes that run go on until they are restarted, with the old key none starts")
		fmt.Println("keep the old key as long as you keep backups made before: they open with it alone")
	} else {
		fmt.Printf("the new key is in %s; keep a copy apart from the backups\n", filepath.Join(s.DataDir, secret.KeyFile))
		fmt.Printf("the old key is in %s; backups made before open with it alone: move it to them, or delete it when there are none\n", done.OldFile)
	}
	if signatures {
		fmt.Println("restart every hub now: until then they sign with the old signing key")
	}
	return nil
}
