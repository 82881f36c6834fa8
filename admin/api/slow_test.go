package api

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
)

// Two sockets stop reading while more passes than the system buffers for them.
// The one that reads is not held up by them; the one that comes back to it finds
// every entry; the one that never does is let go.
func TestR14_ASocketThatDoesNotReadHurtsNobody(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.signedIn(r.home(), core.RoleOwner)
	ids := r.world(r.home(), owner.agent)
	conversation, err := canon.ParseID(ids["conversation"])
	r.must(err)
	say := func(text string) {
		t.Helper()
		owner.do("POST", "/conversations/"+ids["conversation"]+"/messages", map[string]any{"text": text}).want(201)
	}
	quick, slow, dead := owner.follow(""), owner.follow(""), owner.follow("")
	next(t, quick, of("ready"))
	next(t, dead, of("ready"))
	began := next(t, slow, of("ready")).Seq
	long := strings.Repeat("字", 30_000)
	for i := range 200 {
		text := fmt.Sprint(i) + long
		r.hub.feed.Pass(r.home(), feed.Passing{Conversation: conversation, Signal: canon.Typing{On: true, Text: text}, Sender: connector.Sender{Kind: "customer"}})
		next(t, quick, func(f anyFrame) bool {
			return f.Type == "signal" && strings.Contains(string(f.Signal), fmt.Sprintf(`"%d字`, i))
		})
		if i%10 == 0 {
			say(fmt.Sprint("line ", i))
		}
	}
	say("the last line")
	last := next(t, quick, func(f anyFrame) bool { return strings.Contains(string(f.Data), "the last line") })
	seq := began
	next(t, slow, func(f anyFrame) bool {
		if f.Type == "entry" {
			if f.Seq != seq+1 {
				t.Fatalf("entry %d after %d", f.Seq, seq)
			}
			seq = f.Seq
		}
		return seq == last.Seq
	})
	open := func() int {
		r.api.sockets.mu.Lock()
		defer r.api.sockets.mu.Unlock()
		return len(r.api.sockets.all)
	}
	for deadline := time.Now().Add(3 * writeTime); open() != 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d sockets are open, 2 of them read", open())
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for err := error(nil); err == nil; _, _, err = dead.Read(ctx) {
	}
	if ctx.Err() != nil {
		t.Fatal("the socket that did not read stays open")
	}
}
