package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The help is written for a terminal of 80 columns.
const (
	helpWidth  = 80
	flagColumn = 33 // where the sentences of flags begin
)

// help prints what a command is for and takes. Only the program's own help
// lists settings and commands; a command's names where they are.
func help(c *cobra.Command, _ []string) {
	w := c.OutOrStdout()
	if !c.HasParent() {
		fmt.Fprintf(w, "Usage: parley <command> [flags]\n\n%s\n\nSettings, of every command\n", c.Short)
		printFlags(w, c.PersistentFlags())
		fmt.Fprint(w, "\nCommands:\n")
		printCommands(w, c)
		fmt.Fprintln(w, "Run \"parley <command> --help\" for what a command takes.")
		return
	}
	if c.HasSubCommands() {
		fmt.Fprintf(w, "Usage: %s <command> [flags]\n\n%s\n\nCommands:\n", c.CommandPath(), c.Short)
		printCommands(w, c)
		return
	}
	fmt.Fprintf(w, "Usage: %s%s [flags]\n\n%s\n", c.CommandPath(), arguments(c), wrap(c.Short, 0))
	if own := c.LocalNonPersistentFlags(); own.HasAvailableFlags() {
		fmt.Fprint(w, "\nFlags\n")
		printFlags(w, own)
	}
	fmt.Fprintln(w, "\nThe settings of \"parley --help\", such as --data-dir, may be given too.")
}

// arguments are what follows the command's name, with the space before.
func arguments(c *cobra.Command) string {
	return strings.TrimPrefix(c.Use, c.Name())
}

// printCommands lists the commands below c that do something.
func printCommands(w io.Writer, c *cobra.Command) {
	for _, below := range c.Commands() {
		if below.Name() == "help" {
			continue
		}
		if below.HasSubCommands() {
			printCommands(w, below)
			continue
		}
		line := strings.TrimPrefix(below.CommandPath(), "parley ") + arguments(below)
		fmt.Fprintf(w, "  %s [flags]\n    %s\n\n", line, wrap(below.Short, 4))
	}
}

// printFlags lists flags with their sentences in a column of their own.
func printFlags(w io.Writer, set *pflag.FlagSet) {
	set.SortFlags = false
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		form, text := pflag.UnquoteUsage(f)
		line := "  --" + f.Name
		if form != "" {
			line += "=" + form
		}
		switch f.Value.Type() {
		case "string", "int", "duration":
			if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "0s" {
				text = strings.TrimSuffix(text, ".") + " (default " + f.DefValue + ")."
			}
		}
		gap := flagColumn - len([]rune(line))
		if gap < 2 {
			line, gap = line+"\n", flagColumn
		}
		fmt.Fprintln(w, line+strings.Repeat(" ", gap)+wrap(text, flagColumn))
	})
}

// wrap breaks text between words; every line but the first is indented.
func wrap(text string, indent int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case at+1+n > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

// named demands one argument and says what it is.
func named(name, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fmt.Errorf("%s takes one argument, <%s>: %s", c.CommandPath(), name, what)
		}
		return nil
	}
}
