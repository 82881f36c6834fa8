package journey

import (
	"crypto/rand"
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/internal/testenv"
)

func newKey() string {
	var key [32]byte
	rand.Read(key[:])
	return base64.StdEncoding.EncodeToString(key[:])
}

// set changes a setting of the hub for what is started from now on; an empty
// value counts as none.
func (h *hub) set(name, value string) {
	h.env = slices.DeleteFunc(slices.Clone(h.env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
	h.env = append(h.env, name+"="+value)
}

// refusesToStart starts the hub, which must end by itself, and returns what it
// said.
func (h *hub) refusesToStart(t testing.TB) string {
	t.Helper()
	_, said, err := h.try("serve")
	if err == nil {
		t.Errorf("it ended with exit code 0: %s", said)
	}
	return said
}

// rows is what a dump in SQL inserts; its frame has a word that is new each time.
func rows(dump []byte) string {
	lines := slices.DeleteFunc(strings.Split(string(dump), "\n"), func(l string) bool { return !strings.HasPrefix(l, "INSERT ") })
	return strings.Join(lines, "\n")
}

// The master key is changed beside a hub that serves. It goes on sending and
// receiving with credentials from before and after, and after a restart with the
// new key too; customers are known again.
func TestX13_TheMasterKeyIsChangedWhileTheHubServes(t *testing.T) {
	run := func(database func(*testing.T) string, keyFile bool) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			var env []string
			if keyFile {
				env = []string{"PARLEY_MASTER_KEY="}
			}
			h := startHub(t, database(t), env...)
			s := staff(t, h)
			app := s.platform(t, s.bot)
			n := 0
			works := func(app *platform, when string) {
				t.Helper()
				n++
				id := string(rune('a' + n))
				got := app.tell(t, object{"event_id": id, "from": object{"id": "u" + id, "name": "小明"}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": "退货 " + id}}}}})
				if got/100 != 2 {
					t.Errorf("%s a callback is answered %d", when, got)
				}
				if got := app.post(t, []byte(`{"envelopes":[]}`), "wrong secret of the application "); got != 401 {
					t.Errorf("%s a wrong signature is answered %d", when, got)
				}
				h.conversationWith(t, "退货 "+id)
			}
			site := s.webSite(t, s.bot)
			ming := customer(t, "小明")
			v := site.visit(ming, "/plain")
			v.open()
			v.say("你好，我叫小明")
			v.sees(v.theirs().has("这个我还不会。"))
			works(app, "before")

			old := ""
			for _, e := range h.env {
				if after, ok := strings.CutPrefix(e, "PARLEY_MASTER_KEY="); ok {
					old = after
				}
			}
			next := newKey()
			if !keyFile {
				if _, said, err := h.try("secrets", "rotate"); err == nil || !strings.Contains(said, "PARLEY_NEW_MASTER_KEY") {
					t.Errorf("without a new key: %v %s", err, said)
				}
				h.set("PARLEY_NEW_MASTER_KEY", next)
			}
			said := h.run(t, "secrets", "rotate")
			if strings.Contains(said, next) || old != "" && strings.Contains(said, old) {
				t.Errorf("the command shows a key: %s", said)
			}
			h.set("PARLEY_NEW_MASTER_KEY", "")
			works(app, "after the rotation")
			second := s.platform(t, s.bot)
			works(second, "after the rotation, on a new account,")
			v.say("还在吗")
			v.counts(v.theirs().has("这个我还不会。"), 2)

			h.stop(t)
			if keyFile {
				if files, _ := filepath.Glob(filepath.Join(h.data, "master.key.old-*")); len(files) != 1 {
					t.Errorf("old keys: %v", files)
				}
			} else {
				before := rows(h.dump(t))
				said := h.refusesToStart(t)
				if !strings.Contains(said, "master_key: ") || !strings.Contains(said, "PARLEY_MASTER_KEY") || strings.Contains(said, old) || strings.Count(said, "\n") > 1 {
					t.Errorf("a start with the old key says %s", said)
				}
				if h.dbURL != "sqlite" && rows(h.dump(t)) != before {
					t.Error("a start with the old key changed the database")
				}
				h.set("PARLEY_MASTER_KEY", next)
			}
			h.start(t)
			works(app, "after the restart")
			works(second, "after the restart, on the new account,")
			back := site.visit(ming, "/plain")
			back.open()
			back.sees(back.mine().has("你好，我叫小明"))
			if dump := h.dump(t); found(dump, next) >= 0 || old != "" && found(dump, old) >= 0 {
				t.Error("a master key is in the database")
			}
		}
	}
	sqlite := func(*testing.T) string { return "sqlite" }
	t.Run("file", run(sqlite, true))
	t.Run("sqlite", run(sqlite, false))
	t.Run("postgres", run(func(t *testing.T) string { return testenv.Postgres(t) }, false))
}
