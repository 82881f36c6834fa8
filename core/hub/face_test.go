package hub_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// TestACustomersPictureIsBroughtOnce: the picture a platform names is fetched by
// the hub into its files, once, and not for a group, whose contact is no person.
func TestACustomersPictureIsBroughtOnce(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	eachDatabase(t, func(t *testing.T, url string) {
		var asked atomic.Int32
		faces := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
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
		r.write(func(tx *store.Tx) error { return tx.Portray(t.Context(), chosenFor, canon.NewID()) })
		r.send("zoe", "behind it")
		eventually(t, "all of it is handled", func() bool { _, ok := r.line("zoe", "behind it"); return ok && r.waiting() == 0 })
		if asked.Load() != 2 || contact("ann").Avatar != chosen || !contact("group").Avatar.IsZero() || !contact("eve").Avatar.IsZero() {
			t.Errorf("asked %d times; ann has %s, before %s; the group %s, eve %s", asked.Load(), contact("ann").Avatar, chosen, contact("group").Avatar, contact("eve").Avatar)
		}
	})
}
