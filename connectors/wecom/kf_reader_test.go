package wecom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

const readAccount = canon.RemoteID("wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q")

// reader reads what sync_msg gives, without a platform.
func reader() *kf {
	return &kf{corp: &corp{env: connector.Env{Clock: func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }}}}
}

// synced messages of the corpus, as the platform's document has them.
func syncedBodies(tb testing.TB) (out [][]byte) {
	tb.Helper()
	paths, err := filepath.Glob("testdata/in/kf/*.json")
	if err != nil || len(paths) < 40 {
		tb.Fatalf("the corpus has %d messages, %v", len(paths), err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, bytes.TrimSpace(raw))
	}
	return out
}

// malformed is the corpus with every field in turn of another shape, and what is
// no message at all.
func malformedSynced(tb testing.TB) (out [][]byte) {
	tb.Helper()
	for _, s := range []string{`null`, `7`, `"text"`, `[]`, `{}`, `{"msgid":""}`, `{"msgid":7}`, `{"msgid":"a"}`, `{"msgid":"a","msgtype":"event"}`, `{"msgid":"a","msgtype":"event","event":{}}`,
		`{"msgid":"a","msgtype":"event","event":{"event_type":"enter_session"}}`, `{"msgid":"a","external_userid":"u","msgtype":"text","text":` + strings.Repeat(`{"text":`, 5000) + `1` + strings.Repeat(`}`, 5000) + `}`} {
		out = append(out, []byte(s))
	}
	for _, body := range syncedBodies(tb) {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			tb.Fatal(err)
		}
		for name := range fields {
			for _, other := range []string{`null`, `{}`, `[]`, `-1`, `"` + strings.Repeat("长", 3000) + `"`, `[[{"x":null}]]`} {
				changed := map[string]json.RawMessage{}
				for k, v := range fields {
					changed[k] = v
				}
				changed[name] = json.RawMessage(other)
				raw, err := json.Marshal(changed)
				if err != nil {
					tb.Fatal(err)
				}
				out = append(out, raw)
			}
		}
	}
	return out
}

// whole is what is wrong with an envelope that came of some bytes: whatever they
// are, the message is kept and its page goes on.
func whole(raw []byte) error {
	e := reader().message(readAccount, raw)
	switch {
	case e.Account != readAccount || e.Thread.Account != readAccount:
		return fmt.Errorf("it is of the account %q", e.Account)
	case e.EventID == "" || e.Thread.Peer == "" || e.Event == nil || e.Time.IsZero():
		return fmt.Errorf("it lacks its id, peer, event or time: %+v", e)
	}
	b, err := e.AppendJSON(nil)
	if err != nil {
		return err
	}
	var back canon.Envelope
	if err := back.UnmarshalJSON(b); err != nil {
		return err
	}
	if back.EventID != e.EventID && strings.ToValidUTF8(e.EventID, "�") != back.EventID {
		return fmt.Errorf("its id is %q, and %q once stored", e.EventID, back.EventID)
	}
	return nil
}

// TestWhatSyncMsgGivesIsKeptHoweverBroken: one message nobody can read must not
// hold up the others of its page, nor be lost.
func TestWhatSyncMsgGivesIsKeptHoweverBroken(t *testing.T) {
	all := malformedSynced(t)
	if len(all) < 200 {
		t.Fatalf("only %d", len(all))
	}
	for _, raw := range all {
		if err := whole(raw); err != nil {
			t.Fatalf("%.200s: %v", raw, err)
		}
	}
}

func FuzzSynced(f *testing.F) {
	for _, b := range append(syncedBodies(f), malformedSynced(f)...) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return // sync_msg's page is JSON, or it is no page
		}
		if err := whole(raw); err != nil {
			t.Error(err)
		}
	})
}
