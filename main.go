// Command parley is the hub: it reads the settings, wires the parts and serves.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // opening hours must not depend on what the machine has

	"github.com/alecthomas/kong"

	"parley/admin/auth"
	"parley/admin/operate"
	"parley/core"
	"parley/core/egress"
	"parley/core/setting"
	"parley/internal/bench"
)

// version is set when a release is built.
var version = "dev"

type commands struct {
	setting.Flags
	Serve     serveCommand      `cmd:"" default:"withargs" help:"Run the hub (the default)."`
	Demo      demoCommand       `cmd:"" help:"Run a hub to try: a shop with the widget, a bot, two agents, a mailbox, and phones of every platform."`
	Migrate   migrateCommand    `cmd:"" help:"Bring the database to the newest version."`
	Token     tokenCommands     `cmd:"" help:"API tokens."`
	User      userCommands      `cmd:"" help:"People who sign in."`
	Secrets   secretsCommands   `cmd:"" help:"The master key."`
	Doctor    doctorCommand     `cmd:"" help:"Look after an installation: what is wrong, and what to do about it."`
	Backup    backupCommand     `cmd:"" help:"Copy database and attachments into one file while the hub runs."`
	Restore   restoreCommand    `cmd:"" help:"Bring a backup back into an empty data folder and database."`
	Emulate   emulateCommand    `cmd:"" help:"Play a platform on this machine, for trying and testing."`
	Connector connectorCommands `cmd:"" help:"For authors of connectors."`
	Conntest  conntestCommand   `cmd:"" help:"Hold a connector to the conformance kit; with --url a program outside, with --replay look at one callback."`
	Config    configCommands    `cmd:"" help:"The settings in force."`
	Bench     benchCommand      `cmd:"" help:"Measure this build; with names only those benches, --json for one object a line."`
	Version   versionCommand    `cmd:"" help:"Print the version."`
}

func main() {
	var cli commands
	cli.Flags = setting.NewFlags()
	parser, err := kong.New(&cli, kong.Name("parley"), kong.Description("Parley: a channel-integration hub and bot orchestrator for customer service."), kong.Vars{"demo_language": demoLanguage()}, kong.UsageOnError())
	if err != nil {
		fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	if err := run.Run(&environment{ctx: ctx, flags: cli.Flags}); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "parley:", err)
	os.Exit(1)
}

// environment is what every command starts from.
type environment struct {
	ctx   context.Context
	flags setting.Flags
}

func (e *environment) settings() (setting.Settings, error) {
	loaded, err := setting.Load(e.flags.Sources(os.Environ()))
	return loaded.Settings, err
}

type serveCommand struct{}

// Run serves until a signal ends it.
func (serveCommand) Run(e *environment) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	log := logger(s)
	v, err := e.open(s, log)
	if err != nil {
		return err
	}
	defer v.store.Close()
	x, err := e.build(v, s, log, standIn())
	if err != nil {
		return err
	}
	return e.run(s, v, x, log, nil)
}

type migrateCommand struct{}

// Run applies migrations and says where the database stands.
func (migrateCommand) Run(e *environment) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	v, err := e.open(s, logger(s))
	if err != nil {
		return err
	}
	fmt.Println("the database is at the newest version")
	return v.store.Close()
}

type tokenCommands struct {
	Create tokenCreate `cmd:"" help:"Make an API token and print it; it is shown this once."`
}

type tokenCreate struct {
	Tenant string        `default:"default" help:"Short name of the tenant."`
	Role   string        `default:"owner" help:"owner, admin, supervisor, agent, limited, designer or bot."`
	Name   string        `default:"command line" help:"What the token is for."`
	Life   time.Duration `help:"How long it is valid; without it, until it is deleted."`
}

// Run prints the token.
func (c tokenCreate) Run(e *environment) error {
	return e.withTenant(c.Tenant, func(v vault, s setting.Settings, t core.Tenant) error {
		expires := time.Time{}
		if c.Life > 0 {
			expires = v.store.Now().Add(c.Life)
		}
		_, text, err := e.auth(v, s).CreateToken(e.ctx, t.ID, c.Name, core.Role(c.Role), expires)
		if err == nil {
			fmt.Println(text)
		}
		return err
	})
}

type userCommands struct {
	Reset userReset `cmd:"" help:"Give somebody a new password and end their sessions."`
}

type userReset struct {
	Email        string `arg:"" help:"Address they sign in with."`
	Tenant       string `default:"default" help:"Short name of the tenant."`
	Password     string `help:"The new password; without it one is made and printed." xor:"how"`
	Link         bool   `help:"Print a link by which they choose a password themselves, once, within half an hour (three days if they never had one)." xor:"how"`
	SecondFactor bool   `help:"Take their second factor away too."`
}

// Run resets the password, or prints a link to do so.
func (c userReset) Run(e *environment) error {
	return e.withTenant(c.Tenant, func(v vault, s setting.Settings, t core.Tenant) error {
		r := auth.Reset{Email: c.Email, Password: c.Password, SecondFactor: c.SecondFactor}
		if c.Link {
			r.PublicURL = s.PublicURL
		} else if r.Password == "" {
			text, _, _ := auth.NewToken(t.ID)
			r.Password = text[4:24]
		}
		link, err := e.auth(v, s).Reset(e.ctx, t.ID, r)
		switch {
		case err != nil:
			return err
		case c.Link:
			fmt.Println(link.URL)
		case c.Password == "":
			fmt.Println(r.Password)
		}
		return nil
	})
}

func (e *environment) withTenant(slug string, do func(vault, setting.Settings, core.Tenant) error) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	v, err := e.open(s, logger(s))
	if err != nil {
		return err
	}
	defer v.store.Close()
	t, ok, err := v.store.TenantBySlug(e.ctx, slug)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("tenant: there is no tenant %q", slug)
	}
	return do(v, s, t)
}

type doctorCommand struct {
	JSON bool `name:"json" help:"One JSON object a line."`
}

// Run prints what was found; it fails when a check failed.
func (c doctorCommand) Run(e *environment) error {
	s, problem := e.settings()
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: s.EgressAllow}, UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	found := operate.Doctor(e.ctx, operate.Input{Settings: s, Problem: problem, Egress: out})
	show := operate.Print
	if c.JSON {
		show = operate.PrintJSON
	}
	if err := show(os.Stdout, found); err != nil {
		return err
	}
	if !operate.Healthy(found) {
		return errors.New("the installation has problems, listed above")
	}
	return nil
}

type backupCommand struct {
	File string `arg:"" help:"File to write, such as parley-2026-11-21.tar.gz."`
}

// Run writes the backup and says what it leaves out.
func (c backupCommand) Run(e *environment) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	m, err := operate.BackupTo(e.ctx, s, version, c.File)
	if err != nil {
		return err
	}
	fmt.Println("backup written:", c.File)
	for _, left := range m.LeftOut {
		fmt.Println("left out:", left)
	}
	return nil
}

type restoreCommand struct {
	File string `arg:"" help:"Backup to read." type:"existingfile"`
}

// Run restores and says whether the master key at hand fits.
func (c restoreCommand) Run(e *environment) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: s.EgressAllow}, UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := operate.Restore(e.ctx, s, out, f); err != nil {
		return err
	}
	fmt.Println("restored from", c.File)
	text, ok := operate.KeyAfterRestore(e.ctx, s)
	fmt.Println(text)
	if !ok {
		return errors.New("the credentials in the database cannot be read with this master key")
	}
	return nil
}

type configCommands struct {
	Print configPrint `cmd:"" help:"Print every setting with where its value came from."`
}

type configPrint struct {
	ShowSecrets bool `help:"Print secrets too."`
}

// Run prints the settings.
func (c configPrint) Run(e *environment) error {
	loaded, err := setting.Load(e.flags.Sources(os.Environ()))
	if err != nil {
		return err
	}
	return loaded.Print(os.Stdout, !c.ShowSecrets)
}

type benchCommand struct {
	Args []string `arg:"" optional:"" passthrough:"" help:"Names of benches and --json, --quick."`
}

// Run measures.
func (c benchCommand) Run(e *environment) error {
	return bench.Main(e.ctx, c.Args, os.Stdin, os.Stdout, os.Stderr)
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(*environment) error {
	fmt.Println(version)
	return nil
}
