package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// missing is a program that a bench needs and this machine lacks. It keeps
// nothing else from being measured.
type missing struct{ what, remedy string }

func (m *missing) Error() string { return m.what + "; " + m.remedy }

// driverDir is where the journeys' driver of Chromium lies, in the source tree.
var driverDir = filepath.Join("internal", "journey", "browser")

// findChromium returns the browser to measure in.
func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", &missing{"Chromium is not installed", "run .ci/setup servers, or install the Debian package chromium"}
}

// driven is a Chromium that a script of driverDir drives.
type driven struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	err strings.Builder
}

// driveBrowser starts a script with a plan; it needs node and the driver beside it.
func driveBrowser(ctx context.Context, script string, plan any) (*driven, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, &missing{"Node is not installed", "see https://nodejs.org; Parley needs node 20 or newer"}
	}
	if _, err := os.Stat(filepath.Join(driverDir, "node_modules", "playwright-core")); err != nil {
		return nil, &missing{"the browser driver is not here", "in the source folder, run .ci/setup web " + filepath.ToSlash(driverDir)}
	}
	raw, err := json.Marshal(plan)
	if err != nil {
		return nil, err
	}
	d := &driven{cmd: exec.CommandContext(ctx, node, filepath.Join(driverDir, script), string(raw))}
	d.cmd.Stderr = &d.err
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(syscall.SIGTERM) } // the driver ends its browser
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewReader(out)
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the browser driver: %w", err)
	}
	return d, nil
}

// await waits until the script says a word.
func (d *driven) await(word string) error {
	line, err := d.out.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != word {
		return fmt.Errorf("wait for the browser to say %q: %w%s", word, d.end(err), line)
	}
	return nil
}

// tell lets the script go on.
func (d *driven) tell() error {
	_, err := io.WriteString(d.in, "go\n")
	return err
}

// report reads what the script measured, and ends it.
func (d *driven) report(into any) error {
	err := json.NewDecoder(d.out).Decode(into)
	if end := d.end(nil); err == nil {
		err = end
	}
	if err != nil {
		return fmt.Errorf("read what the browser measured: %w: %s", err, d.err.String())
	}
	return nil
}

// end waits for the script; why it failed stands behind err.
func (d *driven) end(err error) error {
	_ = d.in.Close()
	_, _ = io.Copy(io.Discard, d.out)
	if failed := d.cmd.Wait(); failed != nil {
		return errors.Join(err, fmt.Errorf("the browser driver: %w: %s", failed, d.err.String()))
	}
	return err
}
