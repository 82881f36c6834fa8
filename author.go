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

	"github.com/spf13/cobra"

	"parley/connectors/all"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/internal/outside"
	"parley/internal/replay"
	"parley/internal/scaffold"
)

func connectorCommands() *cobra.Command {
	c := &cobra.Command{Use: "new <name>", Short: "Write a connector that compiles, with the conformance kit red and saying what is missing.", Args: named("name", "the package and kind, such as telegram")}
	into := c.Flags().String("dir", "connectors", "`FOLDER` of Parley's source to write into.")
	c.RunE = func(_ *cobra.Command, args []string) error {
		dir, err := scaffold.Connector(*into, args[0])
		if err != nil {
			return err
		}
		fmt.Print(scaffold.NextSteps(dir))
		return nil
	}
	return group("connector", "For authors of connectors.", c)
}

// conntest holds what the kit is asked for.
type conntest struct {
	dir string // folder of a connector of this source

	// A program that joins from outside.
	url, secret, hook, customer, seen, peer string
	maxText                                 int

	// A captured callback.
	file, kind, to string
	set            pairs
	at             time.Time

	account string
	json    bool
}

func conntestCommand(e *environment) *cobra.Command {
	o := conntest{dir: ".", set: pairs{}}
	c := &cobra.Command{Use: "conntest [<dir>]", Short: "Hold a connector to the conformance kit; with --url a program outside, with --replay look at one callback.", Args: cobra.MaximumNArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		if len(args) == 1 {
			o.dir = args[0]
		}
		return o.run(e)
	}}
	f := c.Flags()
	f.StringVar(&o.url, "url", "", "Hold a program that joins by docs/http-connector.md to the rules instead: its api_base, a `URL`.")
	f.StringVar(&o.secret, "secret", "", "The `SECRET` of the program's link.")
	f.StringVar(&o.hook, "hook", "127.0.0.1:8090", "`HOST:PORT` where the kit listens as the hub; the program posts to http://HOST:PORT/hook.")
	f.StringVar(&o.customer, "customer", "", "Shell `COMMAND` that makes a customer write the line on its standard input.")
	f.StringVar(&o.seen, "seen", "", "Shell `COMMAND` that prints all that customers have seen so far.")
	f.StringVar(&o.peer, "peer", "customer-1", "`CUSTOMER` of the calls, until one has written.")
	f.IntVar(&o.maxText, "max-text", 0, "max_text of the program's link, a `NUMBER`.")
	f.StringVar(&o.file, "replay", "", "Show what one callback becomes instead: raw, canonical, and as it would go out. The `FILE` holds a whole HTTP request, or a body alone.")
	f.StringVar(&o.kind, "kind", "", "`KIND` of the callback's channel, such as telegram.")
	f.StringVar(&o.to, "to", "", "Render the callback for this `KIND` of channel; without it, for its own.")
	f.Var(o.set, "set", "`NAME=VALUE` of the link's form, many times; with them the signature of a whole request is checked.")
	f.TimeVar(&o.at, "at", time.Time{}, []string{time.RFC3339}, "`TIME` the callback came, such as 2026-03-01T09:30:00Z; without it, now.")
	f.StringVar(&o.account, "account", "", "The account by the `NAME` the platform or the program gives it, of --url and --replay.")
	f.BoolVar(&o.json, "json", false, "One JSON object a line, of --url and --replay.")
	c.MarkFlagsMutuallyExclusive("url", "replay")
	return c
}

// pairs are values of a flag that is given many times.
type pairs map[string]string

// String is empty: there is no default to show.
func (pairs) String() string { return "" }

// Type names the form in help.
func (pairs) Type() string { return "NAME=VALUE" }

// Set keeps one.
func (p pairs) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	p[name] = value
	return nil
}

// run runs the kit; it fails when a rule is broken.
func (c conntest) run(e *environment) error {
	switch {
	case c.url != "":
		return c.outside(e)
	case c.file != "":
		return c.replay(e)
	case c.json:
		return errors.New("--json goes with --url or --replay")
	}
	return scaffold.Conntest(e.ctx, c.dir, os.Stdout)
}

// outside plays the hub towards a program.
func (c conntest) outside(e *environment) error {
	// The author says where the program is; there is nothing to protect from it.
	out, err := egress.New(egress.Options{Policy: anywhere(), UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	hook, err := net.Listen("tcp", c.hook)
	if err != nil {
		return fmt.Errorf("listen as the hub: %w; name another address with --hook", err)
	}
	defer hook.Close()
	o := outside.Options{
		URL: c.url, Secret: c.secret, Hook: hook, Client: out.HTTPClient(egress.API),
		Account: canon.RemoteID(c.account), Peer: canon.RemoteID(c.peer), MaxText: c.maxText,
	}
	if c.customer != "" {
		o.Write = func(ctx context.Context, text string) error {
			_, err := shell(ctx, c.customer, text+"\n")
			return err
		}
	}
	if c.seen != "" {
		o.Seen = func(ctx context.Context) (string, error) { return shell(ctx, c.seen, "") }
	}
	report, err := outside.Run(e.ctx, o)
	if err != nil {
		return err
	}
	show := report.Print
	if c.json {
		show = report.PrintJSON
	}
	if err := show(os.Stdout); err != nil {
		return err
	}
	return report.Err()
}

// replay shows what a callback becomes.
func (c conntest) replay(e *environment) error {
	file, err := os.ReadFile(c.file)
	if err != nil {
		return err
	}
	registry, err := connector.NewRegistry(all.Drivers(all.Options{})...)
	if err != nil {
		return err
	}
	o := replay.Options{Config: connector.Values(c.set), Account: canon.RemoteID(c.account), File: file, At: c.at}
	for flag, kind := range map[string]string{"--kind": c.kind, "--to": c.to} {
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
		return fmt.Errorf("replay %s: %w", c.file, err)
	}
	if c.json {
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
