// Servers runs a command with the servers for tests beside it:
//
//	go run ./internal/testenv/servers -- go test ./...
//
// It starts PostgreSQL, the mail server and the S3 server, tells the command by
// PARLEY_TEST_* variables where they are, and stops them when the command ends
// or a signal comes. Its exit code is the command's. With -memory before the "--",
// the databases lie in memory where there is room, which is quicker for tests and
// no measure of anything.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"parley/internal/testenv"
)

func main() {
	args := os.Args[1:]
	memory := len(args) > 0 && args[0] == "-memory"
	if memory {
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: servers [-memory] -- COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	code, err := run(memory, args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(memory bool, args []string) (code int, err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer cancel()
	ctx, orphaned := context.WithCancel(ctx)
	defer orphaned()
	go watchParent(ctx, orphaned)

	shared, err := testenv.StartShared(memory)
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, shared.Stop()) }()
	if ctx.Err() != nil {
		return 1, errors.New("interrupted")
	}

	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), shared.Environ()...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil // the command has said why
	}
	return cmd.ProcessState.ExitCode(), err
}

// watchParent ends the run when the process that started us is gone: `go run`
// does not hand a signal sent to it alone on to us.
func watchParent(ctx context.Context, orphaned context.CancelFunc) {
	parent := os.Getppid()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if os.Getppid() != parent {
				orphaned()
				return
			}
		}
	}
}
