package hub_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// bulk asks for an act on conversations and returns it unstarted.
func (r *rig) bulk(by canon.ID, act core.BulkAct, ids ...canon.ID) core.Bulk {
	r.t.Helper()
	var b core.Bulk
	if err := r.scope().Write(r.t.Context(), func(tx *store.Tx) error {
		var err error
		b, err = tx.AddBulk(context.Background(), core.Bulk{By: by, Act: act}, ids)
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
	return b
}

func (r *rig) ended(b core.Bulk) core.Bulk {
	r.t.Helper()
	eventually(r.t, "the bulk ends", func() bool {
		var err error
		if b, err = r.scope().Bulk(r.t.Context(), b.ID); err != nil {
			r.t.Fatal(err)
		}
		return b.State != core.BulkRunning
	})
	return b
}

// failures are the codes of what failed, by conversation.
func (r *rig) failures(b core.Bulk) map[canon.ID]string {
	r.t.Helper()
	rows, err := r.scope().BulkRows(r.t.Context(), b.ID, true, -1, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[canon.ID]string{}
	for _, row := range rows {
		out[row.Conversation] = row.Fault.Code
	}
	return out
}

func TestABulkDoesEachOnceAndNamesWhatFailed(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.settings(func(v *core.Tenant) { v.Settings.RequireTag = true })
		lin, mo := r.agent("Lin", core.AgentAway, 99), r.agent("Mo", core.AgentAway, 99)
		var tag core.Tag
		if err := r.scope().Write(t.Context(), func(tx *store.Tx) error {
			var err error
			tag, err = tx.SaveTag(context.Background(), core.Tag{Scope: core.TagConversation, Name: "parcel"}, canon.ID{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		const many = 40
		var ids []canon.ID
		for i := range many {
			peer := fmt.Sprintf("c%d", i)
			r.send(peer, "human")
			ids = append(ids, r.owned(peer, core.StatusQueue).ID)
		}
		gone := canon.NewID()
		b := r.bulk(lin, core.BulkAct{Kind: "assign", Agent: mo, Note: "please"}, append(ids, gone)...)
		// Two at once do each row once.
		r.hub.Desk.Bulks(r.tenant)
		r.hub.Desk.Bulks(r.tenant)
		if b = r.ended(b); b.State != core.BulkDone || b.Done != many || b.Failed != 1 || b.Total != many+1 {
			t.Fatalf("%+v", b)
		}
		if f := r.failures(b); len(f) != 1 || f[gone] != "not_found" {
			t.Fatalf("failed: %v", f)
		}
		if n := r.load(mo); n != many {
			t.Fatalf("load %d", n)
		}
		// Those without a tag cannot be closed; snoozing and tagging go through.
		b = r.ended(r.started(r.bulk(lin, core.BulkAct{Kind: "tag", Tags: []canon.ID{tag.ID}}, ids[:10]...)))
		if b.Done != 10 {
			t.Fatalf("%+v", b)
		}
		b = r.ended(r.started(r.bulk(lin, core.BulkAct{Kind: "close"}, ids[:12]...)))
		if f := r.failures(b); b.Done != 10 || b.Failed != 2 || f[ids[10]] != "tag_required" || f[ids[11]] != "tag_required" {
			t.Fatalf("%+v, %v", b, f)
		}
		b = r.ended(r.started(r.bulk(lin, core.BulkAct{Kind: "snooze", Until: r.store.Now().Add(time.Hour), Note: "later"}, ids[8:]...)))
		if f := r.failures(b); b.Done != many-10 || b.Failed != 2 || f[ids[8]] != "closed" {
			t.Fatalf("%+v, %v", b, f)
		}
		if n := len(r.conversations(core.StatusSnoozed)); n != many-10 {
			t.Fatalf("%d sleep", n)
		}
		b = r.ended(r.started(r.bulk(lin, core.BulkAct{Kind: "wake"}, ids[10:]...)))
		if n := len(r.conversations(core.StatusSnoozed)); n != 0 || b.Done != many-10 {
			t.Fatalf("%d sleep, %+v", n, b)
		}
	})
}

func (r *rig) started(b core.Bulk) core.Bulk {
	r.hub.Desk.Bulks(r.tenant)
	return b
}

func TestABulkGoesOnAfterARestartAndEndsWhenCancelled(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		lin := r.agent("Lin", core.AgentAway, 99)
		r.send("ann", "human")
		r.send("bob", "human")
		ann, bob := r.owned("ann", core.StatusQueue).ID, r.owned("bob", core.StatusQueue).ID
		// As a crash leaves it: one row was done and not noted.
		b := r.bulk(lin, core.BulkAct{Kind: "assign", Agent: lin}, ann, bob)
		if _, err := r.hub.Desk.Take(t.Context(), r.tenant, ann, lin); err != nil {
			t.Fatal(err)
		}
		if err := r.hub.Desk.Sweep(t.Context(), r.tenant); err != nil { // what the hub does by itself
			t.Fatal(err)
		}
		if b = r.ended(b); b.Done != 2 || r.load(lin) != 2 {
			t.Fatalf("%+v, load %d", b, r.load(lin))
		}
		// One who serves no more has nothing done in their name.
		mo := r.agent("Mo", core.AgentAway, 99)
		if err := r.scope().Write(t.Context(), func(tx *store.Tx) error {
			a, err := tx.Agent(t.Context(), mo)
			if err != nil {
				return err
			}
			a.Disabled = tx.Now()
			_, err = tx.ChangeAgent(t.Context(), a, canon.ID{})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		b = r.ended(r.started(r.bulk(mo, core.BulkAct{Kind: "close"}, ann, bob)))
		if b.State != core.BulkCancelled || b.Done != 0 || r.the("ann").Owner.Kind == core.StatusClosed {
			t.Fatalf("%+v", b)
		}
	})
}
