package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"parley/core/canon"
	"parley/core/egress"
	"parley/internal/outside"
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
	Dir string `arg:"" optional:"" default:"." help:"Folder of a connector of this source."`

	URL      string `placeholder:"URL" group:"A program that joins from outside" xor:"what" help:"Hold a program that joins by docs/http-connector.md to the rules instead: its api_base."`
	Secret   string `group:"A program that joins from outside" env:"PARLEY_SECRET" placeholder:"SECRET" help:"The secret of its link."`
	Hook     string `group:"A program that joins from outside" default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Where the kit listens as the hub; the program posts to http://HOST:PORT/hook."`
	Customer string `group:"A program that joins from outside" placeholder:"COMMAND" help:"Shell command that makes a customer write the line on its standard input."`
	Seen     string `group:"A program that joins from outside" placeholder:"COMMAND" help:"Shell command that prints all that customers have seen so far."`
	Account  string `group:"A program that joins from outside" default:"main" help:"Account of the calls."`
	Peer     string `group:"A program that joins from outside" default:"customer-1" help:"Customer of the calls, until one has written."`
	MaxText  int    `group:"A program that joins from outside" placeholder:"N" help:"max_text of its link."`

	JSON bool `name:"json" help:"One JSON object a line."`
}

// Run runs the kit; it fails when a rule is broken.
func (c conntestCommand) Run(e *environment) error {
	if c.URL != "" {
		return c.outside(e)
	}
	if c.JSON {
		return errors.New("--json goes with --url")
	}
	return scaffold.Conntest(e.ctx, c.Dir, os.Stdout)
}

// outside plays the hub towards a program.
func (c conntestCommand) outside(e *environment) error {
	// The author says where the program is; there is nothing to protect from it.
	out, err := egress.New(egress.Options{Policy: anywhere(), UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	hook, err := net.Listen("tcp", c.Hook)
	if err != nil {
		return fmt.Errorf("listen as the hub: %w; name another address with --hook", err)
	}
	defer hook.Close()
	o := outside.Options{
		URL: c.URL, Secret: c.Secret, Hook: hook, Client: out.HTTPClient(egress.API),
		Account: canon.RemoteID(c.Account), Peer: canon.RemoteID(c.Peer), MaxText: c.MaxText,
	}
	if c.Customer != "" {
		o.Write = func(ctx context.Context, text string) error {
			_, err := shell(ctx, c.Customer, text+"\n")
			return err
		}
	}
	if c.Seen != "" {
		o.Seen = func(ctx context.Context) (string, error) { return shell(ctx, c.Seen, "") }
	}
	report, err := outside.Run(e.ctx, o)
	if err != nil {
		return err
	}
	show := report.Print
	if c.JSON {
		show = report.PrintJSON
	}
	if err := show(os.Stdout); err != nil {
		return err
	}
	return report.Err()
}

// shell runs a command of the author's and returns what it printed.
func shell(ctx context.Context, command, in string) (string, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Stdin, cmd.Stderr = strings.NewReader(in), os.Stderr
	said, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", command, err)
	}
	return string(said), nil
}
