package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// Server is a server that a test owns alone, so that the test may stop it and
// start it again on the same address with the same data. Its methods are not
// safe for concurrent use.
type Server struct {
	dir     string
	parts   []part
	running []*process
}

// part is one of a server's programs with the question that tells when it is up.
type part struct {
	program
	probe func(context.Context) error
}

// Start starts the server and returns when it answers.
func (s *Server) Start() error {
	for _, part := range s.parts {
		process, err := part.start()
		if err != nil {
			return errors.Join(err, s.Kill())
		}
		s.running = append(s.running, process)
		if err := process.ready(part.probe); err != nil {
			return errors.Join(err, s.Kill())
		}
	}
	return nil
}

// Stop ends the server in order and returns when it is gone; its data stay.
func (s *Server) Stop() error { return s.each((*process).end) }

// Kill ends the server at once, as a crash would; its data stay.
func (s *Server) Kill() error {
	return s.each(func(p *process) error { return p.signal(syscall.SIGKILL) })
}

func (s *Server) each(end func(*process) error) error {
	var errs []error
	for i := len(s.running) - 1; i >= 0; i-- {
		errs = append(errs, end(s.running[i]))
	}
	s.running = nil
	return errors.Join(errs...)
}

// remove stops the server and deletes its data.
func (s *Server) remove() error { return errors.Join(s.Stop(), os.RemoveAll(s.dir)) }

// starting makes a server from a folder and tries again with other ports when
// it does not come up: a port that was free may have been taken meanwhile.
// Its folder is made in where, "" for that of temporary files.
func starting[T any](name, where string, as account, build func(dir string, s *Server) (T, error)) (T, *Server, error) {
	var none T
	var last error
	for range 3 {
		dir, err := os.MkdirTemp(where, "parley-test-"+name+"-")
		if err != nil {
			return none, nil, fmt.Errorf("start %s: %w", name, err)
		}
		s := &Server{dir: dir}
		if as.switched {
			if err := os.Chown(dir, int(as.uid), int(as.gid)); err != nil {
				return none, nil, fmt.Errorf("start %s: %w", name, err)
			}
		}
		made, err := build(dir, s)
		if err == nil {
			err = s.Start()
		}
		if err == nil {
			return made, s, nil
		}
		last = errors.Join(err, s.remove())
		var missing *missingError
		if errors.As(err, &missing) {
			break
		}
	}
	return none, nil, last
}

// unprivileged is the user a server runs as: the named one when the tests run
// as root, because servers refuse root or would drop it themselves; otherwise
// the user of the tests.
func unprivileged(name string) (account, error) {
	if os.Geteuid() != 0 {
		me, err := user.Current()
		if err != nil {
			return account{}, fmt.Errorf("look up the current user: %w", err)
		}
		return accountOf(me, false)
	}
	other, err := user.Lookup(name)
	if err != nil {
		return account{}, fmt.Errorf("look up the user that the server runs as: %w", err)
	}
	return accountOf(other, true)
}

func accountOf(u *user.User, switched bool) (account, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	group, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return account{name: u.Username, group: group.Name, uid: uint32(uid), gid: uint32(gid), switched: switched}, nil
}

// missingError is a program that is not installed.
type missingError struct{ program, pkg string }

func (e *missingError) Error() string {
	return fmt.Sprintf("%s is not installed: apt-get install %s (`.ci/setup servers` does it)", e.program, e.pkg)
}

// find returns the first of the candidates that can be run.
func find(pkg string, candidates ...string) (string, error) {
	for _, candidate := range candidates {
		if path, err := exec.LookPath(candidate); err == nil {
			return path, nil
		}
	}
	return "", &missingError{program: candidates[0], pkg: pkg}
}
