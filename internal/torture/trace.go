package torture

import (
	"fmt"
	"regexp"
	"strings"
)

// A trace is what strace -f -y writes: one call a line, each begun by the
// process id; a call that others interrupt is split into an unfinished and a
// resumed line.
var (
	calls   = regexp.MustCompile(`^(\d+)\s+(?:\S+\s+)?(\w+)\((.*)$`)
	resumed = regexp.MustCompile(`^(\d+)\s+(?:\S+\s+)?<\.\.\. (\w+) resumed>(.*)$`)
	onFile  = regexp.MustCompile(`^(\d+)<([^>]*(?:>[^>"]*)?)>`)
)

// journal tells how a database's write-ahead log shows in a trace.
type journal struct {
	// file tells the log's files by their paths.
	file func(path string) bool
	// commit tells what a server process is sent to commit a post; nil where the
	// hub writes the log itself. A sync from before it holds nothing of the post.
	commit func(args string) bool
}

var (
	sqliteJournal = journal{file: func(path string) bool { return strings.HasSuffix(path, "-wal") }}
	// The rows of a callback and their COMMIT are sent together; the message Sync
	// ends them.
	postgresJournal = journal{file: func(path string) bool { return strings.Contains(path, "/pg_wal/") }, commit: func(args string) bool {
		return strings.Contains(args, `\"event_id\"`) && strings.Contains(args, `S\0\0\0\4"`)
	}}
)

// syncBeforeAnswer reads a trace of a hub that one client posted to, one
// request after another, and of its database's server if it has one. It says
// which answers were written without a sync of the write-ahead log begun after
// the request was read (and a commit asked for), and ended before the answer
// was written. It also returns how many answers it saw.
func (j journal) syncBeforeAnswer(trace string) (answers int, wrong []string) {
	type call struct{ name, args string }
	open := map[string]call{} // unfinished, by process
	syncs := map[string]int{} // where an unfinished sync of the log began, by process
	asked := -1               // line of the newest request
	begun := -1               // line from which a sync holds it
	synced := -1              // line where the newest complete sync began
	for n, line := range strings.Split(trace, "\n") {
		pid, name, args, ended := "", "", "", true
		if m := resumed.FindStringSubmatch(line); m != nil {
			pid, name = m[1], m[2]
			args = open[pid].args + m[3]
			delete(open, pid)
		} else if m := calls.FindStringSubmatch(line); m != nil {
			pid, name, args = m[1], m[2], m[3]
			if rest, unfinished := strings.CutSuffix(args, "<unfinished ...>"); unfinished {
				open[pid], ended, args = call{name, rest}, false, rest
			}
		} else {
			continue
		}
		switch name {
		case "fdatasync", "fsync":
			file := onFile.FindStringSubmatch(args)
			if file == nil || !j.file(file[2]) {
				continue
			}
			if !ended {
				syncs[pid] = n
				continue
			}
			from, split := syncs[pid]
			if !split {
				from = n
			}
			delete(syncs, pid)
			if strings.Contains(args, "= 0") {
				synced = max(synced, from)
			}
		case "read", "recvfrom":
			switch {
			case !ended:
			case strings.Contains(args, `"POST /hooks/`):
				asked, begun = n, -1
				if j.commit == nil {
					begun = n
				}
			case j.commit != nil && begun < 0 && name == "recvfrom" && j.commit(args):
				begun = n
			}
		case "write", "sendto", "writev":
			// The call's beginning counts: from then on the answer may be out.
			if asked >= 0 && strings.Contains(args, `"HTTP/1.1 20`) && !strings.HasPrefix(line, pid+" <...") {
				answers++
				if begun < 0 || synced <= begun {
					wrong = append(wrong, fmt.Sprintf("line %d: answered without a sync after the request of line %d", n+1, asked+1))
				}
				asked = -1
			}
		}
	}
	return answers, wrong
}
