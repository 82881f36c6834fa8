package hub_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/orchestrate"
	"parley/core/store"
)

// What is erased is nowhere any more: not in a table, not in the files of the
// database, not in the storage; what others said is where it was.
func TestX15_WhatIsErasedIsNowhere(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		ctx := t.Context()
		body := picturePNG(t)
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.fetch = func(canon.Media) (io.ReadCloser, connector.FileInfo, error) {
				return io.NopCloser(bytes.NewReader(body)), connector.FileInfo{Name: "marker-name.png", MIME: "image/png", Size: int64(len(body))}, nil
			}
		})
		lin := r.agent("lin", core.AgentOnline, 10)
		for _, peer := range []string{"marker", "bob"} {
			r.send(peer, "marker-word of "+peer)
			r.seesText(peer, "you said marker-word of "+peer)
		}
		r.sendsMedia("marker", "marker-picture.png")
		eventually(t, "the picture is here", func() bool { m, ok := r.media("marker"); return ok && !m.File.IsZero() })
		picture, _ := r.media("marker")
		r.send("marker", "human")
		c := r.owned("marker", core.StatusAgent)
		upload, err := r.hub.Upload(ctx, r.tenant, file.Claim{Name: "marker-offer.png", MIME: "image/png"}, lin, canon.ID{}, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		m := canon.TextMessage("marker-answer")
		m.Parts = append(m.Parts, canon.Media{Kind: canon.MediaImage, File: upload.ID, Name: upload.Name, State: canon.MediaReady})
		if _, err := r.hub.Desk.Post(ctx, r.tenant, c.ID, orchestrate.Post{Agent: lin, As: core.FromAgent, Content: m}); err != nil {
			t.Fatal(err)
		}
		plan := func() store.Erasing {
			e, err := r.scope().ErasingContact(ctx, c.Contact)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		erase := func(e store.Erasing) (out core.Erased, err error) {
			err = r.scope().Write(ctx, func(tx *store.Tx) (err error) { out, err = tx.Erase(ctx, e, lin); return err })
			return out, err
		}
		if _, err := erase(plan()); err == nil {
			t.Fatal("an open conversation was erased")
		}
		if _, err := r.hub.Desk.Post(ctx, r.tenant, c.ID, orchestrate.Post{Agent: lin, As: core.FromNote, Content: canon.TextMessage("marker-whisper")}); err != nil {
			t.Fatal(err)
		}
		err = r.scope().Write(ctx, func(tx *store.Tx) error {
			_, err := tx.SaveContactNote(core.ContactNote{Contact: c.Contact, Author: lin, Body: "marker-note"}, lin)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.hub.Desk.Close(ctx, r.tenant, c.ID, lin); err != nil {
			t.Fatal(err)
		}
		eventually(t, "all is sent", func() bool { return r.rowsOf("SELECT count(*) FROM outbox WHERE state < 2") == 0 })
		if found := r.markers(); len(found) < 6 {
			t.Fatalf("there is too little to erase: %v", found)
		}
		out, err := erase(plan())
		if err != nil {
			t.Fatal(err)
		}
		if out.Conversations != 1 || out.Messages < 5 || out.Files != 2 {
			t.Errorf("%+v", out)
		}
		if err := r.hub.Shred(ctx, r.tenant); err != nil {
			t.Fatal(err)
		}
		for _, id := range []canon.ID{picture.File, upload.ID} {
			if _, err := r.storage.Stat(ctx, file.Key(r.tenant, id)); err == nil {
				t.Errorf("the bytes of %s are still there", id)
			}
		}
		if found := r.markers(); len(found) > 0 {
			t.Errorf("it is still in %v", found)
		}
		if all := r.conversations(core.StatusClosed); len(all) != 0 {
			t.Errorf("%d closed conversations are listed", len(all))
		}
		if said := r.messages("bob"); len(said) != 3 {
			t.Errorf("of another customer %d messages are left", len(said))
		}
		// Who writes again is somebody new.
		r.send("marker", "hello")
		if next := r.owned("marker", core.StatusBot); next.Contact == c.Contact {
			t.Error("they are who they were")
		}
		r.onDisk()
	})
}

// markers are the tables in which something of the customer "marker" stands, by
// how often.
func (r *rig) markers() map[string]int {
	r.t.Helper()
	db, tables := r.raw()
	defer db.Close()
	found := map[string]int{}
	for _, table := range tables {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			r.t.Fatal(err)
		}
		names, _ := rows.Columns()
		for rows.Next() {
			row := make([]any, len(names))
			to := make([]any, len(names))
			for i := range row {
				to[i] = &row[i]
			}
			if err := rows.Scan(to...); err != nil {
				r.t.Fatal(err)
			}
			var text strings.Builder
			for _, v := range row {
				fmt.Fprintf(&text, "%s|", v)
			}
			// Of the other one there is no more than a word.
			if s := strings.ReplaceAll(text.String(), "marker-word of bob", ""); strings.Contains(s, "marker") {
				found[table]++
			}
		}
		if err := rows.Err(); err != nil {
			r.t.Fatal(err)
		}
		rows.Close()
	}
	return found
}

func (r *rig) raw() (db *sql.DB, tables []string) {
	r.t.Helper()
	driver, at, q := "pgx", r.url, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
	if r.url == "sqlite" {
		driver, at, q = "sqlite", "file:"+filepath.Join(r.dir, "parley.db")+"?_pragma=busy_timeout(10000)", "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	}
	db, err := sql.Open(driver, at)
	if err != nil {
		r.t.Fatal(err)
	}
	rows, err := db.Query(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			r.t.Fatal(err)
		}
		tables = append(tables, name)
	}
	return db, tables
}

func (r *rig) rowsOf(q string) (n int) {
	r.t.Helper()
	db, _ := r.raw()
	defer db.Close()
	if err := db.QueryRow(q).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// onDisk looks into the files of SQLite, once the hub is down.
func (r *rig) onDisk() {
	r.t.Helper()
	if r.url != "sqlite" {
		return
	}
	r.stop(10 * time.Second)
	defer func() { r.openStore(); r.start() }()
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		for _, word := range []string{"marker-answer", "marker-picture", "marker-offer", "marker-name", "marker-word of marker"} {
			if n := bytes.Count(body, []byte(word)); n > 0 {
				r.t.Errorf("%s: %q is there %d times", filepath.Base(path), word, n)
			}
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}
