package api

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/core"
)

func TestBotsFromBlankToUndo(t *testing.T) { dialects(t, botLife) }

func botLife(t *testing.T, r *rig) {
	owner := r.signedIn(r.home(), core.RoleOwner)
	var b core.Bot
	owner.do("POST", "/bots", `{"kind":"played","name":"Helper"}`).want(201).into(&b)
	at := "/bots/" + b.ID.String()
	if p := owner.do("POST", "/bots", `{"kind":"oracle","name":"x"}`).want(422).problem(); p.Field != "body.kind" || !strings.Contains(p.Remedy, "played") {
		t.Errorf("%+v", p)
	}
	save := func(say string, rev int) reply {
		return owner.do("PUT", at+"/draft", map[string]any{"content": map[string]string{"say": say}, "draft_rev": rev})
	}
	state := func() BotDetail {
		var d BotDetail
		owner.do("GET", at, nil).want(200).into(&d)
		return d
	}
	ask := func(draft bool) string {
		var got Tried
		owner.do("POST", at+"/try", map[string]any{"text": "hi", "draft": draft}).want(200).into(&got)
		return got.Messages[0].Fallback()
	}
	// What a customer meets is what was published, whatever is typed since.
	save("one", 1).want(200)
	owner.do("POST", at+"/publish", `{"note":"first"}`).want(200).into(&b)
	if b.Published != 1 || b.Changed {
		t.Errorf("%+v", b)
	}
	save("two", 2).want(200)
	if d := state(); !d.Changed || d.Published != 1 || ask(true) != "two" || ask(false) != "one" {
		t.Errorf("%+v; draft says %q, published %q", d, ask(true), ask(false))
	}
	var diff list[BotChange]
	if owner.do("GET", at+"/diff", nil).want(200).into(&diff); len(diff.Items) != 1 {
		t.Errorf("%+v", diff)
	}
	// A draft with mistakes is saved and cannot be published.
	var saved DraftState
	save("", 3).want(200).into(&saved)
	if len(saved.Errors) != 1 || saved.Errors[0].Field != "say" || saved.DraftRev != 4 {
		t.Errorf("%+v", saved)
	}
	if p := owner.do("POST", at+"/publish", nil).want(422).problem(); p.Code != "draft_errors" || p.Field != "draft.say" {
		t.Errorf("%+v", p)
	}
	// Two designers: the slower is told.
	if p := save("three", 3).want(409).problem(); p.Code != "draft_changed" {
		t.Errorf("%+v", p)
	}
	// Undo: to what is published; once more, to the version before.
	owner.do("POST", at+"/undo", nil).want(200)
	if d := state(); d.Changed || ask(true) != "one" {
		t.Errorf("%+v", d)
	}
	save("two", state().DraftRev).want(200)
	owner.do("POST", at+"/publish", nil).want(200)
	owner.do("POST", at+"/undo", nil).want(200)
	if d := state(); !d.Changed || ask(true) != "one" || ask(false) != "two" {
		t.Errorf("%+v", d)
	}
	var versions list[core.BotVersion]
	owner.do("GET", at+"/versions", nil).want(200).into(&versions)
	if len(versions.Items) != 2 || versions.Items[0].Version != 2 || versions.Items[1].Note != "first" || versions.Items[1].By != owner.agent || versions.Items[0].Content != nil {
		t.Errorf("%+v", versions)
	}
	// A team of another business is no team.
	foreign := r.world(r.second(), owner.agent)
	owner.do("PUT", at+"/draft", map[string]any{"content": map[string]string{"say": "x", "team": foreign["team"]}, "draft_rev": state().DraftRev}).want(200).into(&saved)
	if len(saved.Errors) != 1 {
		t.Errorf("a foreign team is taken: %+v", saved)
	}
	owner.do("POST", at+"/publish", nil).want(422)
}

func TestBotTables(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner := r.signedIn(r.home(), core.RoleOwner)
	ids := r.world(r.home(), owner.agent)
	at := "/bots/" + ids["bot"]
	p := owner.do("GET", at+"/export.csv", nil).want(200)
	if p.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment; ") || p.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("X-08: an export is no download: %v", p.header)
	}
	csv := owner.with("Content-Type", "text/csv")
	rev := func() int {
		var d BotDetail
		owner.do("GET", at, nil).want(200).into(&d)
		return d.DraftRev
	}
	before := rev()
	var got ImportResult
	csv.do("POST", at+"/import?dry_run=true", "say\nnew words\n").want(200).into(&got)
	if got.Changed != 1 || !got.DryRun || rev() != before {
		t.Errorf("a dry run: %+v, revision %d → %d", got, before, rev())
	}
	csv.do("POST", at+"/import", "broken").want(200).into(&got)
	if len(got.Errors) != 1 || got.Errors[0].Row != 1 || rev() != before {
		t.Errorf("a broken table: %+v", got)
	}
	csv.do("POST", at+"/import", "say\nnew words\n").want(200).into(&got)
	if got.DraftRev != before+1 || rev() != before+1 {
		t.Errorf("an import: %+v", got)
	}
	csv.do("POST", at+"/import", strings.Repeat("x", maxTable+1)).want(413).problem()
}

func TestMessagesAreCleanedAndFilesOurs(t *testing.T) {
	r := newRig(t, sqliteURL)
	agent := r.signedIn(r.home(), core.RoleAgent)
	ids := r.world(r.home(), agent.agent)
	at := "/conversations/" + ids["conversation"] + "/messages"
	var f File
	agent.do("POST", "/files?name=note.txt", "hello").want(201).into(&f)
	send := func(parts string) reply {
		return agent.do("POST", at, `{"content":{"parts":[`+parts+`]}}`)
	}
	var m core.Message
	send(`{"type":"text","body":"hi","html":"<p onclick=x()>hi</p><script>x()</script><img src=x onerror=x()>"}`).want(201).into(&m)
	raw, err := json.Marshal(m.Content)
	r.must(err)
	if s := string(raw); strings.Contains(s, "script") || strings.Contains(s, "onclick") || strings.Contains(s, "onerror") {
		t.Errorf("HTML that acts is kept: %s", s)
	}
	send(`{"type":"media","kind":"file","file":"` + f.ID.String() + `","url":"http://169.254.169.254/","mime":"text/html","name":"../../x","remote_id":"r"}`).want(201).into(&m)
	if raw, err = json.Marshal(m.Content); err != nil || strings.Contains(string(raw), "169.254") || strings.Contains(string(raw), "text/html") || strings.Contains(string(raw), "../") || strings.Contains(string(raw), "remote_id") {
		t.Errorf("what the sender says of a file is believed: %s", raw)
	}
	foreign := r.world(r.second(), agent.agent)
	send(`{"type":"media","kind":"file","file":"` + foreign["file"] + `"}`).want(404)
	// The same client id posts once.
	var one, two core.Message
	agent.do("POST", at, `{"text":"once","client_id":"c-1"}`).want(201).into(&one)
	agent.do("POST", at, `{"text":"once","client_id":"c-1"}`).want(201).into(&two)
	if one.ID != two.ID {
		t.Error("one client id made two messages")
	}
	// A multipart form.
	form := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
	agent.with("Content-Type", "multipart/form-data; boundary=b").do("POST", "/files", form).want(201).into(&f)
	if f.Name != "b.txt" || f.Size != 5 || f.URL == "" {
		t.Errorf("%+v", f)
	}
	agent.with("Content-Type", "multipart/form-data; boundary=b").do("POST", "/files", "--b--").want(422).problem()
	if p := agent.do("POST", "/files?name=big", strings.Repeat("x", 1<<20+1)).want(413).problem(); p.Code != "file_too_large" {
		t.Errorf("%+v", p)
	}
}

func TestVisitorsAddressesAreMaskedByRole(t *testing.T) {
	r := newRig(t, sqliteURL)
	owner, agent := r.signedIn(r.home(), core.RoleOwner), r.signedIn(r.home(), core.RoleAgent)
	ids := r.world(r.home(), agent.agent)
	shown := func(c *caller) string {
		var d ConversationDetail
		c.do("GET", "/conversations/"+ids["conversation"], nil).want(200).into(&d)
		return d.Visit.Address
	}
	if a, b := shown(owner), shown(agent); a != "203.0.113.77" || b != "203.0.*.*" {
		t.Errorf("the owner sees %s, an agent %s", a, b)
	}
	for _, path := range []string{"/conversations", "/contacts/" + ids["contact"] + "/conversations", "/events?since=0&limit=200"} {
		if p := agent.do("GET", path, nil).want(200); strings.Contains(string(p.body), "203.0.113.77") {
			t.Errorf("%s shows the address whole", path)
		}
	}
	owner.do("PATCH", "/tenant", `{"settings":{"hide_address":false}}`).want(200)
	if b := shown(agent); b != "203.0.113.77" {
		t.Errorf("not hidden any more, an agent sees %s", b)
	}
	for text, want := range map[string]string{"203.0.113.77": "203.0.*.*", "::ffff:203.0.113.77": "203.0.*.*", "2001:db8:1:2::3": "2001:db8:*", "odd": "*"} {
		if got := maskAddress(text); got != want {
			t.Errorf("%s is masked as %s, want %s", text, got, want)
		}
	}
}
