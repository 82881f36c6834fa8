package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"parley/core"
	"parley/core/canon"
)

func TestAttributesAreCheckedByTheirKind(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		admin, agent := r.signedIn(home, core.RoleAdmin), r.signedIn(home, core.RoleAgent)
		at := "/contacts/" + r.world(home, agent.agent)["contact"]
		for _, a := range []string{
			`{"key":"born","name":"生日","kind":"date"}`, `{"key":"orders","name":"Orders","kind":"number"}`, `{"key":"level","name":"会员等级","kind":"choice","options":["银","金"]}`,
			`{"key":"vip","name":"VIP","kind":"yes_no"}`, `{"key":"city","name":"City","kind":"text"}`,
		} {
			admin.do("POST", "/attributes", a).want(201)
		}
		admin.do("POST", "/attributes", `{"key":"city","name":"Town","kind":"text"}`).want(409)
		admin.do("POST", "/attributes", `{"name":"Size","kind":"choice"}`).want(422)
		var c core.Contact
		agent.do("PATCH", at, `{"attributes":{"born":"1990/3/1","orders":"12","level":"金","vip":"是","city":"Linz","free":"kept"}}`).want(200).into(&c)
		want := map[string]string{"born": "1990-03-01", "orders": "12", "level": "金", "vip": "true", "city": "Linz", "free": "kept"}
		for k, v := range want {
			if c.Attributes[k] != v {
				t.Errorf("%s is %q, want %q", k, c.Attributes[k], v)
			}
		}
		for key, value := range map[string]string{"born": "31.3.", "orders": "many", "level": "铜", "vip": "perhaps"} {
			p := agent.do("PATCH", at, map[string]any{"attributes": map[string]string{key: value}}).want(422).problem()
			if p.Field != "body.attributes."+key || p.Remedy == "" {
				t.Errorf("%+v", p)
			}
		}
		// One is changed without the others, and an empty one goes.
		c = core.Contact{}
		agent.do("PATCH", at, `{"attributes":{"city":""}}`).want(200).into(&c)
		if _, has := c.Attributes["city"]; has || c.Attributes["level"] != "金" {
			t.Errorf("%v", c.Attributes)
		}
	})
}

func TestNotesAreChangedByTheirAuthorOrAnAdministrator(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		admin, lin, wang := r.signedIn(home, core.RoleAdmin), r.signedIn(home, core.RoleAgent), r.signedIn(home, core.RoleAgent)
		at := "/contacts/" + r.world(home, lin.agent)["contact"] + "/notes"
		var n core.ContactNote
		lin.do("POST", at, `{"text":" Prefers mornings "}`).want(201).into(&n)
		if n.Author != lin.agent || n.Body != "Prefers mornings" || n.Created.IsZero() || !n.Edited.IsZero() {
			t.Errorf("%+v", n)
		}
		one := at + "/" + n.ID.String()
		if p := wang.do("PATCH", one, `{"text":"Prefers evenings"}`).want(403).problem(); p.Code != "not_author" {
			t.Errorf("%+v", p)
		}
		wang.do("DELETE", one, nil).want(403)
		lin.do("PATCH", one, `{"text":"Prefers evenings"}`).want(200).into(&n)
		if n.Edited.IsZero() || n.Author != lin.agent {
			t.Errorf("%+v", n)
		}
		admin.do("PATCH", one, `{"text":"Prefers noon"}`).want(200)
		var all list[core.ContactNote]
		wang.do("GET", at, nil).want(200).into(&all)
		if all.Items[0].Body != "Prefers noon" || all.Items[0].Author != lin.agent {
			t.Errorf("%+v", all)
		}
		admin.do("DELETE", one, nil).want(204)
	})
}

func TestAContactIsMergedAndPartedAgain(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		agent := r.signedIn(home, core.RoleAgent)
		w := r.world(home, agent.agent)
		kept, gone := "/contacts/"+w["contact"], "/contacts/"+w["contact_other"]
		agent.do("PATCH", kept, `{"phone":"+43 660 1234567"}`).want(200)
		agent.do("PATCH", gone, `{"phone":"+436601234567","name":"Ms Mei"}`).want(200)
		var like list[ContactDuplicate]
		agent.do("GET", kept+"/duplicates", nil).want(200).into(&like)
		if !slices.ContainsFunc(like.Items, func(d ContactDuplicate) bool {
			return d.Contact.ID.String() == w["contact_other"] && slices.Contains(d.Why, "phone")
		}) {
			t.Errorf("%+v", like)
		}
		before := r.audits(home)
		var m core.Merge
		agent.do("POST", kept+"/merge", map[string]any{"other": w["contact_other"], "take": []string{"name"}}).want(200).into(&m)
		if a := r.auditsSince(home, before); len(a) != 1 || a[0].Action != "contact.merged" || !strings.Contains(a[0].Target, w["contact_other"]) {
			t.Errorf("%+v", a)
		}
		var c core.Contact
		agent.do("GET", gone, nil).want(200).into(&c)
		if c.ID.String() != w["contact"] || c.Name != "Ms Mei" {
			t.Errorf("%+v", c)
		}
		agent.do("POST", kept+"/merge", map[string]any{"other": w["contact_other"]}).want(422) // the same by now
		var all list[ConversationRow]
		agent.do("GET", kept+"/conversations", nil).want(200).into(&all)
		if len(all.Items) != 3 { // its own, that of a merge before, the other's
			t.Errorf("%d conversations", len(all.Items))
		}
		for _, v := range all.Items {
			if v.Contact.ID.String() != w["contact"] || v.Owner.ID != agent.agent {
				t.Errorf("%+v", v)
			}
		}
		agent.do("POST", kept+"/merges/"+w["merge"]+"/undo", nil).want(409) // an earlier one
		agent.do("POST", kept+"/merges/"+m.ID.String()+"/undo", nil).want(200).into(&m)
		if m.Undone.IsZero() {
			t.Errorf("%+v", m)
		}
		agent.do("GET", gone, nil).want(200).into(&c)
		if c.ID.String() != w["contact_other"] || c.Name != "Ms Mei" {
			t.Errorf("%+v", c)
		}
		agent.do("POST", kept+"/merges/"+w["merge"]+"/undo", nil).want(200)
	})
}

// lines are those of an answer of an import.
func (p reply) lines() (table *ImportTable, bad []ImportError, last ImportLine) {
	p.t.Helper()
	p.want(200)
	for line := range bytes.Lines(p.body) {
		var v ImportLine
		if err := json.Unmarshal(line, &v); err != nil {
			p.t.Fatalf("%v in %s", err, line)
		}
		if v.Table != nil {
			table = v.Table
		}
		if v.Error != nil {
			bad = append(bad, *v.Error)
		}
		last = v
	}
	return table, bad, last
}

func TestX08_ContactsGoOutAndComeBack(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		admin := r.signedIn(home, core.RoleAdmin)
		file := admin.with("Content-Type", "text/csv")
		admin.do("POST", "/attributes", `{"key":"level","name":"会员等级","kind":"choice","options":["银","金"]}`).want(201)
		admin.do("POST", "/tags", `{"scope":"contact","name":"VIP"}`).want(201)
		evil := []string{"=1+1", "+43660", "-2", "@SUM(A1)", "'=quoted", "\"x\"; y\nz"}
		var b strings.Builder
		b.WriteString("External id,Name,Phone,会员等级,Tags\n")
		out := csv.NewWriter(&b)
		for i, name := range evil {
			if err := out.Write([]string{string(rune('a' + i)), "'" + name, "+43 " + string(rune('0'+i)), "金", "VIP"}); err != nil {
				t.Fatal(err)
			}
		}
		out.Flush()
		// The last name is on two lines, which a name may not be.
		table, bad, last := file.do("POST", "/contacts/import?dry_run=true", b.String()).lines()
		if table.Match != "external_id" || table.Rows != 6 || table.Columns[3].Target != "attributes.level" || last.Progress.Created != 5 || last.Progress.Failed != 1 ||
			len(bad) != 1 || bad[0].Row != 7 || bad[0].Column != "name" {
			t.Fatalf("%+v %+v %+v", table, bad, last.Progress)
		}
		if n := len(contactsOf(admin)); n != 0 {
			t.Fatalf("a dry run left %d contacts", n)
		}
		_, _, last = file.do("POST", "/contacts/import", b.String()).lines()
		if !last.Done || last.Progress.Created != 5 {
			t.Fatalf("%+v", last.Progress)
		}
		// Again: nothing is doubled, and nothing changes.
		_, _, last = file.do("POST", "/contacts/import", b.String()).lines()
		if last.Progress.Unchanged != 5 || len(contactsOf(admin)) != 5 {
			t.Fatalf("%+v", last.Progress)
		}
		before := map[string]core.Contact{}
		for _, c := range contactsOf(admin) {
			before[c.External] = c
		}
		if before["a"].Name != "=1+1" || before["b"].Phone != "+43 1" || before["a"].Attributes["level"] != "金" || len(before["a"].Tags) != 1 {
			t.Fatalf("%+v", before)
		}
		p := admin.do("GET", "/contacts/export.csv", nil).want(200)
		if !bytes.HasPrefix(p.body, []byte("\ufeff")) {
			t.Error("no byte order mark")
		}
		if p := admin.do("GET", "/contacts/export.csv?bom=false", nil).want(200); bytes.HasPrefix(p.body, []byte("\ufeff")) {
			t.Error("a byte order mark nobody asked for")
		}
		rows, err := csv.NewReader(bytes.NewReader(p.body[3:])).ReadAll()
		if err != nil || len(rows) != 6 {
			t.Fatalf("%v, %d rows", err, len(rows))
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("a formula leaves: %q", cell)
				}
			}
		}
		// What was taken out comes back as it was, by its id, in another encoding too.
		for _, c := range before {
			admin.do("PATCH", "/contacts/"+c.ID.String(), `{"name":"overwritten"}`).want(200)
		}
		gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(p.body[3:])
		if err != nil {
			t.Fatal(err)
		}
		table, bad, last = file.do("POST", "/contacts/import", gbk).lines()
		if table.Encoding != "gb18030" || table.Match != "id" || last.Progress.Changed != 5 || len(bad) != 0 {
			t.Fatalf("%+v %+v %+v", table, bad, last.Progress)
		}
		for _, c := range contactsOf(admin) {
			if was := before[c.External]; c.Name != was.Name || c.Phone != was.Phone || c.ID != was.ID {
				t.Errorf("%+v, was %+v", c, was)
			}
		}
	})
}

func TestAnImportSaysWhatIsWrongWhere(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		admin := r.signedIn(home, core.RoleAdmin)
		account := r.world(home, admin.agent)["account"]
		file := admin.with("Content-Type", "text/csv")
		admin.do("POST", "/attributes", `{"key":"orders","name":"Orders","kind":"number"}`).want(201)
		table := "E-mail;Kunde;Orders;Tags\nann@example.com;Ann;3;\n\nnot an address;Bob;;\nANN@example.com;Ann again;;\n;Nobody;;\neve@example.com;Eve;many;\nkim@example.com;Kim;;Unheard\n"
		_, bad, last := file.do("POST", "/contacts/import?columns=email,name,attributes.orders,tags", table).lines()
		var got []string
		for _, e := range bad {
			got = append(got, string(rune('0'+e.Row))+" "+e.Column)
			if e.Text.EN == "" || e.Text.ZH == "" {
				t.Errorf("%+v", e)
			}
		}
		slices.Sort(got)
		if want := []string{"4 email", "5 email", "6 email", "7 attributes.orders", "8 tags"}; !slices.Equal(got, want) || last.Progress.Created != 1 || last.Progress.Failed != 5 {
			t.Errorf("%v %+v, want %v", got, last.Progress, want)
		}
		file.do("POST", "/contacts/import?columns=email,nonsense", table).want(422)
		file.do("POST", "/contacts/import?match=identity", table).want(422)
		file.do("POST", "/contacts/import", "").want(400)
		// By an id on an account: who writes from there later is the same contact.
		at := "/contacts/import?columns=remote_id,name&match=identity&account=" + account
		for _, want := range []ImportProgress{{Rows: 1, Created: 1}, {Rows: 1, Unchanged: 1}} {
			if _, _, last := file.do("POST", at, "id,name\nU77,Zoe\n").lines(); *last.Progress != want {
				t.Errorf("%+v, want %+v", last.Progress, want)
			}
		}
		id, err := canon.ParseID(account)
		r.must(err)
		if _, known, err := r.store.For(home).ContactOfPeer(context.Background(), id, "U77"); err != nil || !known {
			t.Errorf("%t, %v", known, err)
		}
	})
}

func TestContactsAreListedByWhatAFilterLeaves(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		home := r.home()
		admin := r.signedIn(home, core.RoleAdmin)
		w, other := r.world(home, admin.agent), r.world(home, admin.agent)
		admin.do("PATCH", "/contacts/"+w["contact"], `{"name":"欧阳明月"}`).want(200)
		admin.do("PUT", "/contacts/"+w["contact"]+"/tags/"+w["contact_tag"], nil).want(204)
		for query, want := range map[string]int{"q=%E6%98%8E%E6%9C%88": 1, "q=nobody": 0, "tag=" + w["contact_tag"]: 1, "account=" + other["account"]: 2, "account=" + w["account"] + "&q=mei": 2, "account=" + w["account"] + "&q=%E6%98%8E%E6%9C%88": 1} {
			var all list[core.Contact]
			admin.do("GET", "/contacts?"+query, nil).want(200).into(&all)
			if len(all.Items) != want {
				t.Errorf("%s lists %d, want %d", query, len(all.Items), want)
			}
			rows, err := csv.NewReader(bytes.NewReader(admin.do("GET", "/contacts/export.csv?bom=false&"+query, nil).want(200).body)).ReadAll()
			if err != nil || len(rows) != want+1 {
				t.Errorf("%s exports %d rows, want %d and headings: %v", query, len(rows), want, err)
			}
		}
		// Page by page, each once.
		seen, cursor := map[canon.ID]bool{}, ""
		for {
			var page list[core.Contact]
			admin.do("GET", "/contacts?limit=1&q=mei"+cursor, nil).want(200).into(&page)
			for _, c := range page.Items {
				if seen[c.ID] {
					t.Fatalf("%s twice", c.ID)
				}
				seen[c.ID] = true
			}
			if page.Next == nil {
				break
			}
			cursor = "&cursor=" + *page.Next
		}
		if len(seen) != 4 { // all but the two that are gone; the renamed one by its address
			t.Errorf("%d found", len(seen))
		}
		admin.do("GET", "/contacts?cursor=nonsense", nil).want(400)
	})
}

func contactsOf(c *caller) []core.Contact {
	c.r.t.Helper()
	var all list[core.Contact]
	c.do("GET", "/contacts?limit=200", nil).want(200).into(&all)
	return all.Items
}
