package main

import (
	"fmt"
	"os"

	"parley/internal/scaffold"
)

type connectorCommands struct {
	New connectorNew `cmd:"" help:"Write the skeleton of a connector that passes the conformance kit."`
}

type connectorNew struct {
	Name string `arg:"" help:"Package and kind, such as telegram."`
	Dir  string `default:"connectors" help:"Folder of Parley's source to write into."`
}

// Run writes the skeleton and says what to do next.
func (c connectorNew) Run(*environment) error {
	dir, err := scaffold.Connector(c.Dir, c.Name)
	if err != nil {
		return err
	}
	fmt.Print(scaffold.NextSteps(dir))
	return nil
}

type conntestCommand struct {
	Dir string `arg:"" optional:"" default:"." help:"Folder of the connector."`
}

// Run runs the kit; it fails when a rule is broken.
func (c conntestCommand) Run(e *environment) error {
	return scaffold.Conntest(e.ctx, c.Dir, os.Stdout)
}
