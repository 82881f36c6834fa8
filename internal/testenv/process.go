package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// startDeadline bounds how long a server may take until it answers. It is
// generous because a loaded machine with two cores starts several at once.
const startDeadline = 60 * time.Second

// stopDeadline is how long a server may take to end before it is killed.
const stopDeadline = 10 * time.Second

// guard becomes the server by exec, so that its pid is the one we started, and
// leaves behind a watcher that holds the read end of a pipe. When the owner
// ends, however it ends, the pipe closes and the watcher stops the server and
// removes its folder. A line on the pipe sends the watcher home instead. The
// double fork keeps the watcher from being the server's child, which PostgreSQL
// would take for a lost backend.
const guard = `
signal=$1 dir=$2
shift 2
( (
	read -r _ <&3 && exit 0
	kill "-$signal" $$
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 $$ || break
		case $(cat /proc/$$/stat) in *") Z "*) break ;; esac
		sleep 0.5 # an ended server stays a zombie until init has time for it
	done
	kill -KILL $$
	rm -rf -- "$dir"
) >/dev/null 2>&1 & )
exec "$@" 3<&-
`

// account is the system user a server runs as.
type account struct {
	name     string
	group    string
	uid, gid uint32
	switched bool // whether it differs from the user running the tests
}

// program says how to run one server.
type program struct {
	name string         // for messages
	args []string       // command line
	dir  string         // its folder: log, data; removed if the owner is killed
	stop syscall.Signal // what ends it in order
	as   account        // the user it runs as
	env  []string       // added to a minimal environment
}

// process is a running program. It is not safe for concurrent use.
type process struct {
	program
	cmd   *exec.Cmd
	alive *os.File      // write end of the watcher's pipe
	ended chan struct{} // closed when the program has ended
	log   string
}

func (p program) start() (*process, error) {
	log := p.dir + "/" + p.name + ".log"
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	defer out.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	defer read.Close()

	cmd := exec.Command("/bin/sh", append([]string{"-c", guard, p.name, signalName(p.stop), p.dir}, p.args...)...)
	cmd.Dir = p.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "LC_ALL=C.UTF-8"}, p.env...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.ExtraFiles = []*os.File{read}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // an interrupt at the terminal is for the tests
	if p.as.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: p.as.uid, Gid: p.as.gid}
	}
	if err := cmd.Start(); err != nil {
		write.Close()
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	started := &process{program: p, cmd: cmd, alive: write, ended: make(chan struct{}), log: log}
	go func() {
		cmd.Wait() // how it ended is in its log
		write.WriteString("ended\n")
		write.Close()
		close(started.ended)
	}()
	return started, nil
}

// ready waits until probe succeeds, the process ends or the deadline passes.
func (p *process) ready(probe func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startDeadline)
	defer cancel()
	for {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended at its start: %s", p.name, p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer after %s: %w: %s", p.name, startDeadline, err, p.tail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// end stops the process in order, or kills it when that takes too long.
func (p *process) end() error {
	if err := p.signal(p.stop); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopDeadline):
		return errors.Join(fmt.Errorf("stop %s: still running after %s", p.name, stopDeadline), p.signal(syscall.SIGKILL))
	}
}

// signal sends a signal and, for SIGKILL, waits for the end.
func (p *process) signal(s syscall.Signal) error {
	err := p.cmd.Process.Signal(s)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	if s == syscall.SIGKILL {
		<-p.ended
	}
	return nil
}

// tail is the end of the server's log, for messages.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// signalName is what the shell's kill takes.
func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "INT"
	case syscall.SIGKILL:
		return "KILL"
	default:
		return "TERM"
	}
}
