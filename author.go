package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"parley/connectors/all"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/internal/outside"
	"parley/internal/replay"
	"parley/internal/scaffold"
)

type connectorCommands struct {
	New connectorNew `cmd:"" help:"Write a connector that compiles, with the conformance kit red and saying what is missing."`
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
	Dir string `arg:"" optional:"" default:"." help:"Folder of a connector of this source, such as connectors/http."`

	URL      string `placeholder:"URL" group:"A program that joins from outside" xor:"what" help:"Hold a program that joins by docs/http-connector.md to the rules instead: its api_base."`
	Secret   string `group:"A program that joins from outside" placeholder:"SECRET" help:"The secret of its link."`
	Hook     string `group:"A program that joins from outside" default:"127.0.0.1:8090" placeholder:"HOST:PORT" help:"Where the kit listens as the hub; the program posts to http://HOST:PORT/hook."`
	Customer string `group:"A program that joins from outside" placeholder:"COMMAND" help:"Shell command that makes a customer write the line on its standard input."`
	Seen     string `group:"A program that joins from outside" placeholder:"COMMAND" help:"Shell command that prints all that customers have seen so far."`
	Peer     string `group:"A program that joins from outside" default:"customer-1" help:"Customer of the calls, until one has written."`
	MaxText  int    `group:"A program that joins from outside" placeholder:"N" help:"max_text of its link."`

	Replay string            `group:"A captured callback" xor:"what" placeholder:"FILE" help:"Show what one callback becomes instead: raw, canonical, and as it would go out. The file holds a whole HTTP request, or a body alone."`
	Kind   string            `group:"A captured callback" placeholder:"KIND" help:"Kind of its channel, such as telegram."`
	To     string            `group:"A captured callback" placeholder:"KIND" help:"Render it for this channel; without it, for its own."`
	Set    map[string]string `group:"A captured callback" placeholder:"NAME=VALUE" help:"Values of the link's form; with them the signature of a whole request is checked."`
	At     time.Time         `group:"A captured callback" placeholder:"TIME" help:"When it came, such as 2026-03-01T09:30:00Z; without it, now."`

	Account string `placeholder:"NAME" help:"The account as the platform or the program calls it, of --url and --replay."`
	JSON    bool   `name:"json" help:"One JSON object a line, of --url and --replay."`
}

// Run runs the kit; it fails when a rule is broken.
func (c conntestCommand) Run(e *environment) error {
	switch {
	case c.URL != "":
		return c.outside(e)
	case c.Replay != "":
		return c.replay(e)
	case c.JSON:
		return errors.New("--json goes with --url or --replay")
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

// replay shows what a callback becomes.
func (c conntestCommand) replay(e *environment) error {
	file, err := os.ReadFile(c.Replay)
	if err != nil {
		return err
	}
	registry, err := connector.NewRegistry(all.Drivers(all.Options{})...)
	if err != nil {
		return err
	}
	o := replay.Options{Config: c.Set, Account: canon.RemoteID(c.Account), File: file, At: c.At}
	for flag, kind := range map[string]string{"--kind": c.Kind, "--to": c.To} {
		d, ok := registry.Driver(kind)
		switch {
		case !ok && (kind != "" || flag == "--kind"):
			return fmt.Errorf("%s: name one of %s; a connector of your own is known once connectors/all/all.go lists it and the program is built anew", flag, strings.Join(registry.Kinds(), ", "))
		case flag == "--kind":
			o.Driver = d
		case ok:
			o.To = d
		}
	}
	shown, err := replay.Run(e.ctx, o)
	if err != nil {
		return fmt.Errorf("replay %s: %w", c.Replay, err)
	}
	if c.JSON {
		return shown.PrintJSON(os.Stdout)
	}
	return shown.Print(os.Stdout)
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
