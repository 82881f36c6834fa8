package torture

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// A hub that answers before it commits must not pass R-01.
func TestR01_IsRedForAnAnswerBeforeTheCommit(t *testing.T) {
	chance := chance(t)
	h := spoiled(t, "ackfirst")
	api := start(t, h)
	p := linkHTTP(t, h, api, "", fake.WithClient(eachItsOwn))
	customers := poster{newLedger(), p.postHTTP}
	over := make(chan struct{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		defer close(over)
		killings(ctx, t, h, chance, 5)
	}()
	crowd(ctx, t, customers, chance, 16, 50, 100, over)
	<-over
	if err := h.Stop(); err != nil { // what is still to be committed is
		t.Fatal(err)
	}
	if err := h.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wrong []string
	var before int
	until(t, 30*time.Second, "handling does not end", func() (bool, error) {
		found, err := fromCustomers(t.Context(), api, func(m core.Message) string { return string(m.Content.RemoteID) })
		if err != nil {
			return false, err
		}
		wrong = customers.ledger.judge(found)
		settled := len(found) == before
		before = len(found)
		return settled, nil
	})
	if len(wrong) == 0 || !strings.Contains(strings.Join(wrong, "\n"), "is lost") {
		t.Errorf("the rig sees nothing wrong: %v", wrong)
	}
	t.Logf("%d of %d acknowledged were found lost", len(wrong), customers.ledger.ackedCount())
}

// A hub that leaves its log to the system must not pass R-02.
func TestR02_IsRedForCommitsWithoutSync(t *testing.T) {
	onEachJournal(t, "nosync", func(t *testing.T, h *rig.Hub, server *testenv.Server, j journal) {
		const posts = 20
		answers, wrong := j.syncBeforeAnswer(postsTraced(t, h, server, posts))
		// PostgreSQL syncs by itself five times a second: that may fall between.
		if answers != posts || len(wrong) < posts/2 {
			t.Errorf("%d of %d answers were found wanting, want nearly all %d", len(wrong), answers, posts)
		}
		t.Logf("%d of %d answers were found wanting", len(wrong), answers)
	})
}

// plants are bugs built into the program, each with the rig that must fail on it
// and what the rig must say.
var plants = []struct {
	bug, rig, says string
	quick          bool // also in the short form
}{
	{"swallow", "TestR03_WithoutItsDatabaseItRefuses", "was acknowledged and is lost", false},
	{"swallow", "TestR04_AFullDiskIsRefused", "a full disk is never refused", false},
	{"resend", "TestR05_AnAnswerIsShownOnce/sqlite", `asked \d+ questions and saw \d+ answers`, false},
	{"resend", "TestR05_ARepeatedMailKeepsItsMessageID/sqlite", `asked \d+ questions and saw \d+ answers`, false},
	{"resend", "TestR05_OnEveryChannelNothingIsSentTwiceUnsaid", `asked \d+ questions and saw \d+ answers`, false},
	{"retry", "TestR06_RetryReallySendsAgain", "retry made 0 calls, want 1", true},
	{"twice", "TestR08_MessagesAtOnceOpenOneConversation/sqlite", `\d+ conversations are open, want 100`, true},
	{"poison", "TestR09_APoisonMessageStopsNobody/sqlite", "sick has not got 1 answers", false},
	{"window", "TestR16_AfterReconnectNothingIsMissing/sqlite", "is not on the screen", false},
	{"media", "TestR20_MediaComesLaterAndTextAtOnce/sqlite", "the words wait for the file", false},
}

// Every rig is red on the bug it is there for: it is run as it stands, in short
// form, on a program built with the bug.
func TestR00_EachRigIsRedOnItsPlantedBug(t *testing.T) {
	for _, p := range plants {
		if !p.quick && !testenv.Long() {
			continue
		}
		name, _, _ := strings.Cut(p.rig, "/")
		t.Run(p.bug+"/"+name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+strings.ReplaceAll(p.rig, "/", "$/^")+"$", "-test.count=1", "-test.timeout=10m")
			for _, v := range os.Environ() {
				if !strings.HasPrefix(v, "PARLEY_TEST_LONG=") {
					cmd.Env = append(cmd.Env, v)
				}
			}
			cmd.Env = append(cmd.Env, planted+"="+p.bug, finished+"="+rigged(t))
			said, err := cmd.CombinedOutput()
			switch {
			case err == nil:
				t.Errorf("the rig is green on a program with the bug:\n%s", said)
			case !regexp.MustCompile(p.says).Match(said):
				t.Errorf("the rig is red, and does not say %q: %v\n%s", p.says, err, said)
			}
			t.Logf("%s", regexp.MustCompile(".*"+p.says+".*").Find(said))
		})
	}
}
