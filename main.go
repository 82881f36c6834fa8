// Command parley is the hub: it reads the settings, wires the parts and serves.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // opening hours must not depend on what the machine has

	"github.com/spf13/cobra"

	"parley/admin/auth"
	"parley/admin/operate"
	"parley/core"
	"parley/core/egress"
	"parley/core/setting"
	"parley/internal/bench"
)

// version is set when a release is built.
var version = "dev"

func main() {
	cobra.EnableCommandSorting = false // the order of the table is that of use
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &environment{ctx: ctx}
	if err := program(e).Execute(); err != nil {
		fail(err)
	}
}

// program is the tree of commands; without one the hub runs.
func program(e *environment) *cobra.Command {
	root := serveCommand(e)
	root.Use = "parley"
	root.Short = "Parley: a channel-integration hub and bot orchestrator for customer service."
	root.SilenceErrors, root.SilenceUsage = true, true // main says what failed
	root.CompletionOptions.DisableDefaultCmd = true
	e.flags.Bind(root.PersistentFlags())
	root.SetHelpFunc(help)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; %q lists what there is", err, c.CommandPath()+" --help")
	})
	root.AddCommand(
		serveCommand(e), demoCommand(e), migrateCommand(e), tokenCommands(e), userCommands(e), secretsCommands(e),
		doctorCommand(e), backupCommand(e), restoreCommand(e), emulateCommands(e), connectorCommands(), conntestCommand(e),
		configCommands(e), benchCommand(e), versionCommand(),
	)
	return root
}

// group is a command that only has others below it.
func group(name, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short}
	c.AddCommand(below...)
	c.RunE = func(_ *cobra.Command, args []string) error {
		var names []string
		for _, b := range below {
			names = append(names, b.Name())
		}
		have := strings.Join(names, ", ")
		if len(args) == 0 {
			return fmt.Errorf("%s: name one of: %s", c.CommandPath(), have)
		}
		return fmt.Errorf("%s has no %q; name one of: %s", c.CommandPath(), args[0], have)
	}
	return c
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

func serveCommand(e *environment) *cobra.Command {
	return &cobra.Command{Use: "serve", Short: "Run the hub (the default).", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return e.serve() }}
}

// serve runs the hub until a signal ends it.
func (e *environment) serve() error {
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

func migrateCommand(e *environment) *cobra.Command {
	return &cobra.Command{Use: "migrate", Short: "Bring the database to the newest version.", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return e.migrate() }}
}

// migrate applies migrations and says where the database stands.
func (e *environment) migrate() error {
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

func tokenCommands(e *environment) *cobra.Command {
	var o tokenCreate
	create := &cobra.Command{Use: "create", Short: "Make an API token and print it; it is shown this once.", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return o.run(e) }}
	f := create.Flags()
	f.StringVar(&o.tenant, "tenant", "default", "Short `NAME` of the tenant.")
	f.StringVar(&o.role, "role", "owner", "What the token may do, a `ROLE`: owner, admin, supervisor, agent, limited, designer or bot.")
	f.StringVar(&o.name, "name", "command line", "What the token is for, in `WORDS`.")
	f.DurationVar(&o.life, "life", 0, "How long it is valid, a `DURATION` such as 720h; without it, until it is deleted.")
	return group("token", "API tokens.", create)
}

type tokenCreate struct {
	tenant, role, name string
	life               time.Duration
}

// run prints the token.
func (c tokenCreate) run(e *environment) error {
	return e.withTenant(c.tenant, func(v vault, s setting.Settings, t core.Tenant) error {
		expires := time.Time{}
		if c.life > 0 {
			expires = v.store.Now().Add(c.life)
		}
		_, text, err := e.auth(v, s).CreateToken(e.ctx, t.ID, c.name, core.Role(c.role), expires)
		if err == nil {
			fmt.Println(text)
		}
		return err
	})
}

func userCommands(e *environment) *cobra.Command {
	var o userReset
	reset := &cobra.Command{Use: "reset <email>", Short: "Give somebody a new password and end their sessions.", Args: named("email", "the address they sign in with"), RunE: func(_ *cobra.Command, args []string) error {
		o.email = args[0]
		return o.run(e)
	}}
	f := reset.Flags()
	f.StringVar(&o.tenant, "tenant", "default", "Short `NAME` of the tenant.")
	f.StringVar(&o.password, "password", "", "The new `PASSWORD`; without it one is made and printed.")
	f.BoolVar(&o.link, "link", false, "Print a link by which they choose a password themselves, once, within half an hour (three days if they never had one).")
	f.BoolVar(&o.secondFactor, "second-factor", false, "Take their second factor away too.")
	reset.MarkFlagsMutuallyExclusive("password", "link")
	return group("user", "People who sign in.", reset)
}

type userReset struct {
	email, tenant, password string
	link, secondFactor      bool
}

// run resets the password, or prints a link to do so.
func (c userReset) run(e *environment) error {
	return e.withTenant(c.tenant, func(v vault, s setting.Settings, t core.Tenant) error {
		r := auth.Reset{Email: c.email, Password: c.password, SecondFactor: c.secondFactor}
		if c.link {
			r.PublicURL = s.PublicURL
		} else if r.Password == "" {
			text, _, _ := auth.NewToken(t.ID)
			r.Password = text[4:24]
		}
		link, err := e.auth(v, s).Reset(e.ctx, t.ID, r)
		switch {
		case err != nil:
			return err
		case c.link:
			fmt.Println(link.URL)
		case c.password == "":
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

func doctorCommand(e *environment) *cobra.Command {
	c := &cobra.Command{Use: "doctor", Short: "Look after an installation: what is wrong, and what to do about it.", Args: cobra.NoArgs}
	asJSON := c.Flags().Bool("json", false, "One JSON object a line.")
	c.RunE = func(*cobra.Command, []string) error { return e.doctor(*asJSON) }
	return c
}

// doctor prints what was found; it fails when a check failed.
func (e *environment) doctor(asJSON bool) error {
	s, problem := e.settings()
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: s.EgressAllow}, UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	found := operate.Doctor(e.ctx, operate.Input{Settings: s, Problem: problem, Egress: out})
	show := operate.Print
	if asJSON {
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

func backupCommand(e *environment) *cobra.Command {
	return &cobra.Command{Use: "backup <file>", Short: "Copy database and attachments into one file while the hub runs.", Args: named("file", "the file to write, such as parley-2026-11-21.tar.gz"), RunE: func(_ *cobra.Command, args []string) error { return e.backup(args[0]) }}
}

// backup writes the backup and says what it leaves out.
func (e *environment) backup(file string) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	m, err := operate.BackupTo(e.ctx, s, version, file)
	if err != nil {
		return err
	}
	fmt.Println("backup written:", file)
	for _, left := range m.LeftOut {
		fmt.Println("left out:", left)
	}
	return nil
}

func restoreCommand(e *environment) *cobra.Command {
	return &cobra.Command{Use: "restore <file>", Short: "Bring a backup back into an empty data folder and database.", Args: named("file", "the backup to read"), RunE: func(_ *cobra.Command, args []string) error { return e.restore(args[0]) }}
}

// restore restores and says whether the master key at hand fits.
func (e *environment) restore(file string) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: s.EgressAllow}, UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := operate.Restore(e.ctx, s, out, f); err != nil {
		return err
	}
	fmt.Println("restored from", file)
	text, ok := operate.KeyAfterRestore(e.ctx, s)
	fmt.Println(text)
	if !ok {
		return errors.New("the credentials in the database cannot be read with this master key")
	}
	return nil
}

func configCommands(e *environment) *cobra.Command {
	c := &cobra.Command{Use: "print", Short: "Print every setting with where its value came from.", Args: cobra.NoArgs}
	secrets := c.Flags().Bool("show-secrets", false, "Print secrets too.")
	c.RunE = func(*cobra.Command, []string) error { return e.printSettings(*secrets) }
	return group("config", "The settings in force.", c)
}

func (e *environment) printSettings(secrets bool) error {
	loaded, err := setting.Load(e.flags.Sources(os.Environ()))
	if err != nil {
		return err
	}
	return loaded.Print(os.Stdout, !secrets)
}

func benchCommand(e *environment) *cobra.Command {
	return &cobra.Command{Use: "bench [<name> ...]", Short: "Measure this build; with names only those benches, --json for one object a line.", DisableFlagParsing: true, RunE: func(_ *cobra.Command, args []string) error {
		return bench.Main(e.ctx, args, os.Stdin, os.Stdout, os.Stderr)
	}}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version.", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		fmt.Println(version)
		return nil
	}}
}
