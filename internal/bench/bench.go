package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Bench is one thing that can be measured.
type Bench struct {
	Name string
	Help string
	run  func(context.Context, *session) error
}

// All lists the benches in the order they run in.
func All() []Bench {
	return []Bench{
		{"start", "start to ready, memory at rest, sizes", benchStart},
		{"accept", "callbacks accepted and durable per second", benchAccept},
		{"way", "callback → bot rule → outbox → platform", benchWay},
		{"typing", "a visitor's key press to an agent's screen", benchTyping},
		{"list", "lists and threads with many conversations stored", benchList},
		{"contacts", "lists, searches and pages of a million contacts", benchContacts},
		{"search", "a million messages searched", benchSearch},
		{"inbox", "the application in Chromium: load, paint, switching, typing, heap", benchInbox},
		{"sockets", "thousands of visitors' sockets", benchSockets},
	}
}

// session is what the benches of one run share.
type session struct {
	binary   string // the hub under test and all helpers
	postgres string // administrative URL; "" without PostgreSQL
	only     string // the database to measure on; "" for all
	dir      string // scratch
	quick    bool
	rounds   int
	report   *report
	log      io.Writer
}

// Usage is the help of the command.
func Usage() string {
	var b strings.Builder
	b.WriteString("usage: parley bench [name…] [--json] [--quick] [--postgres URL] [--database sqlite|postgres] [--binary FILE]\n\n")
	for _, one := range All() {
		fmt.Fprintf(&b, "  %-8s %s\n", one.Name, one.Help)
	}
	return b.String()
}

// Main is `parley bench`, called with the arguments after that word.
func Main(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	if len(args) > 0 && strings.HasPrefix(args[0], "role:") {
		return role(ctx, args[0], args[1:], in, out)
	}
	s := &session{log: errs, rounds: 5}
	set := flag.NewFlagSet("parley bench", flag.ContinueOnError)
	set.SetOutput(errs)
	set.Usage = func() { fmt.Fprint(errs, Usage()) }
	asJSON := set.Bool("json", false, "one JSON object per line")
	set.BoolVar(&s.quick, "quick", false, "short runs: figures are rougher")
	set.StringVar(&s.postgres, "postgres", os.Getenv("PARLEY_TEST_POSTGRES_URL"), "URL of a PostgreSQL server on which databases may be made")
	set.StringVar(&s.only, "database", "", "sqlite or postgres: measure on it alone")
	set.StringVar(&s.binary, "binary", "", "the program to measure; this one if not given")
	names, err := parse(set, args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.quick {
		s.rounds = 3
	}
	switch {
	case s.only != "" && s.only != "sqlite" && s.only != "postgres":
		return fmt.Errorf("--database is sqlite or postgres, not %q", s.only)
	case s.only == "postgres" && s.postgres == "":
		return errors.New("give --postgres URL or PARLEY_TEST_POSTGRES_URL to measure on PostgreSQL")
	}
	if s.binary == "" {
		if s.binary, err = os.Executable(); err != nil {
			return fmt.Errorf("find this program: %w", err)
		}
	}
	if s.dir, err = os.MkdirTemp("", "parley-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	s.report = &report{out: out, json: *asJSON}
	return s.measure(ctx, names)
}

// parse lets flags and names stand in any order.
func parse(set *flag.FlagSet, args []string) (names []string, err error) {
	for len(args) > 0 {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		args = set.Args()
		if len(args) > 0 {
			names = append(names, args[0])
			args = args[1:]
		}
	}
	known := All()
	for _, name := range names {
		if !slices.ContainsFunc(known, func(b Bench) bool { return b.Name == name }) {
			return nil, fmt.Errorf("there is no bench %q\n%s", name, Usage())
		}
	}
	return names, nil
}

// measure runs the benches; one that fails does not keep the others from
// running, and one that lacks a program is an error only when it was asked for.
func (s *session) measure(ctx context.Context, names []string) error {
	var failed []error
	for _, one := range All() {
		if len(names) > 0 && !slices.Contains(names, one.Name) {
			continue
		}
		err := one.run(ctx, s)
		var lacks *missing
		switch {
		case errors.As(err, &lacks) && len(names) == 0:
			fmt.Fprintf(s.log, "without bench %s: %v\n", one.Name, lacks)
		case err != nil:
			failed = append(failed, fmt.Errorf("bench %s: %w", one.Name, err))
			fmt.Fprintf(s.log, "bench %s: %v\n", one.Name, err)
		}
		if ctx.Err() != nil {
			return errors.Join(append(failed, ctx.Err())...)
		}
	}
	return errors.Join(failed...)
}

// databases are those to measure on.
func (s *session) databases() []string {
	if s.only != "" {
		return []string{s.only}
	}
	if s.postgres == "" {
		fmt.Fprintln(s.log, "without PostgreSQL: give --postgres URL or PARLEY_TEST_POSTGRES_URL to measure on it too")
		return []string{"sqlite"}
	}
	return []string{"sqlite", "postgres"}
}
