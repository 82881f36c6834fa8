package hub_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// TestACustomersPictureIsBroughtOnce: the picture a platform names is fetched by
// the hub into its files, once, and not for a group, whose contact is no person.
func TestACustomersPictureIsBroughtOnce(t *testing.T) {
	var picture, grown bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&grown, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	eachDatabase(t, func(t *testing.T, url string) {
		var asked atomic.Int32
		faces := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			if strings.HasSuffix(r.URL.Path, "/grown") {
				_, _ = w.Write(grown.Bytes())
				return
			}
			if r.URL.Path == "/page" {
				_, _ = w.Write([]byte("<html><script>alert(1)</script>"))
				return
			}
			_, _ = w.Write(picture.Bytes())
		}))
		defer faces.Close()
		r := newRigWith(t, url, "", func(r *rig) { r.reach = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")} })
		contact := func(peer string) core.Contact {
			id, ok, err := r.scope().ContactOfPeer(t.Context(), r.account, canon.RemoteID(peer))
			if err != nil || !ok {
				return core.Contact{}
			}
			c, err := r.scope().Contact(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		says := func(peer, from, face string) {
			e := r.says(peer, "hello")
			e.From.ID, e.From.Avatar = canon.RemoteID(from), face
			r.deliver(e)
		}
		says("group", "bob", faces.URL+"/bob")
		says("eve", "eve", faces.URL+"/page")
		says("ann", "ann", faces.URL+"/ann")
		eventually(t, "the picture is there", func() bool { return !contact("ann").Avatar.IsZero() })
		f, err := r.scope().ReadFile(t.Context(), contact("ann").Avatar)
		if err != nil || f.MIME != "image/png" || f.Width != 8 || f.Thread.IsZero() {
			t.Errorf("the file is %+v, %v", f, err)
		}
		eventually(t, "a page is looked at", func() bool { return asked.Load() == 2 })

		// Another picture later, and one that an agent chose, change nothing.
		says("ann", "ann", faces.URL+"/other")
		chosen, chosenFor := contact("ann").Avatar, contact("ann").ID
		r.write(func(tx *store.Tx) error { return tx.Portray(t.Context(), chosenFor, canon.NewID(), canon.ID{}) })
		r.send("zoe", "behind it")
		eventually(t, "all of it is handled", func() bool { _, ok := r.line("zoe", "behind it"); return ok && r.waiting() == 0 })
		if asked.Load() != 2 || contact("ann").Avatar != chosen || !contact("group").Avatar.IsZero() || !contact("eve").Avatar.IsZero() {
			t.Errorf("asked %d times; ann has %s, before %s; the group %s, eve %s", asked.Load(), contact("ann").Avatar, chosen, contact("group").Avatar, contact("eve").Avatar)
		}

		// A month later it is brought again, when a conversation opens: the same one
		// is kept, another takes its place, and an agent's choice stays.
		ada := r.agent("Ada", core.AgentOnline, 50)
		again := func(peer, face string) {
			t.Helper()
			r.closes(r.the(peer).ID, ada)
			r.later(31 * 24 * time.Hour)
			says(peer, peer, faces.URL+face)
			r.quiet()
		}
		again("ann", "/ann")
		eventually(t, "it is asked for again, and counts as brought now", func() bool {
			f, err := r.scope().ReadFile(t.Context(), chosen)
			return err == nil && asked.Load() == 3 && r.store.Now().Sub(f.Created) < time.Hour
		})
		again("ann", "/grown")
		eventually(t, "the new one is there", func() bool { return contact("ann").Avatar != chosen })
		if f, err := r.scope().ReadFile(t.Context(), contact("ann").Avatar); err != nil || f.Width != 9 {
			t.Errorf("the file is %+v, %v", f, err)
		}
		lin := r.agent("Lin", core.AgentAway, 1)
		own := store.File{ID: canon.NewID(), Key: "own", Name: "ann.png", MIME: "image/png", SHA256: make([]byte, 32), Agent: lin}
		if err := r.scope().AddFile(t.Context(), own); err != nil {
			t.Fatal(err)
		}
		r.write(func(tx *store.Tx) error { return tx.Portray(t.Context(), chosenFor, own.ID, contact("ann").Avatar) })
		again("ann", "/ann")
		r.send("zoe", "behind that")
		eventually(t, "all of it is handled", func() bool { _, ok := r.line("zoe", "behind that"); return ok && r.waiting() == 0 })
		if asked.Load() != 4 || contact("ann").Avatar != own.ID {
			t.Errorf("asked %d times, ann has %s, not the agent's choice", asked.Load(), contact("ann").Avatar)
		}
	})
}

// faced is a platform whose pictures its connector alone can bring.
type faced struct {
	*played
	face  []byte
	asked *atomic.Int32
}

func (c faced) Capabilities(key canon.ThreadKey) connector.Capabilities {
	caps := c.played.Capabilities(key)
	caps.Ops[connector.OpsProfile] = connector.Full
	return caps
}

func (c faced) Profile(_ context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	return canon.Peer{ID: peer, Name: "Customer " + string(peer)}, nil
}

func (c faced) Picture(_ context.Context, _ connector.Account, peer canon.RemoteID) (io.ReadCloser, connector.FileInfo, error) {
	c.asked.Add(1)
	switch peer {
	case "eve":
		panic("a face of stone")
	case "ann":
		return io.NopCloser(bytes.NewReader(c.face)), connector.FileInfo{Name: "avatar.jpg"}, nil
	}
	return nil, connector.FileInfo{}, &connector.Error{Class: connector.Gone, Code: "no_picture"}
}

// TestAPictureWithoutAnAddressIsBroughtByItsConnector, once, when a conversation
// opens; who has none, and a connector that panics, cost nothing else.
func TestAPictureWithoutAnAddressIsBroughtByItsConnector(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	eachDatabase(t, func(t *testing.T, url string) {
		var asked atomic.Int32
		r := newRigWith(t, url, "", func(r *rig) {
			r.p.wrap = func(p *played) connector.Conn { return faced{p, picture.Bytes(), &asked} }
		})
		for _, who := range []string{"eve", "bob", "ann", "ann"} {
			r.deliver(r.says(who, "hello"))
		}
		face := func(peer string) canon.ID {
			id, ok, err := r.scope().ContactOfPeer(t.Context(), r.account, canon.RemoteID(peer))
			if err != nil || !ok {
				return canon.ID{}
			}
			c, err := r.scope().Contact(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			return c.Avatar
		}
		eventually(t, "the picture is there, and all three were asked for", func() bool { return !face("ann").IsZero() && asked.Load() == 3 })
		f, err := r.scope().ReadFile(t.Context(), face("ann"))
		if err != nil || f.MIME != "image/png" || f.Width != 8 {
			t.Errorf("the file is %+v, %v", f, err)
		}
		if !face("bob").IsZero() || !face("eve").IsZero() {
			t.Error("somebody has a picture that shows none")
		}
	})
}
