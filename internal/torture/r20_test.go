package torture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/rig"
)

// A file that cannot be had at once never costs the words it came with, and
// comes when it can.
func TestR20_MediaComesLaterAndTextAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		api := start(t, h)
		p, err := fake.New(secret)
		if err != nil {
			t.Fatal(err)
		}
		var away, asked atomic.Int64
		away.Store(3)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/files/") {
				asked.Add(1)
				if away.Add(-1) >= 0 {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
			}
			p.ServeHTTP(w, r)
		}))
		t.Cleanup(server.Close)
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
			t.Fatal(err)
		}
		p.Serve("cat.png", fake.File{MIME: "image/png", Body: picture.Bytes()})
		linked, err := api.Link(t.Context(), "http", "played", map[string]string{"secret": secret, "api_base": server.URL}, "")
		if err != nil {
			t.Fatal(err)
		}
		hook := h.URL() + linked.HookPath()
		send := func(peer canon.RemoteID, file string) {
			t.Helper()
			answer, err := p.Post(t.Context(), hook, p.Does(peer, canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID("m-" + file), Parts: []canon.Part{
				canon.Text{Body: "look at this"}, canon.Media{Kind: canon.MediaImage, Name: file, MIME: "image/png", URL: server.URL + "/files/" + file},
			}}}))
			if err != nil || !answer.Accepted() {
				t.Fatalf("post: %v, %d %s", err, answer.Status, answer.Body)
			}
		}
		message := func(peer canon.RemoteID, file, what string, holds func(core.Message, canon.Media) bool) canon.Media {
			t.Helper()
			var media canon.Media
			until(t, 40*time.Second, what, func() (bool, error) {
				all, err := threads(t.Context(), api)
				if err != nil {
					return false, err
				}
				for _, thread := range all {
					for _, m := range thread {
						if m.Content.RemoteID != canon.RemoteID("m-"+file) || len(m.Content.Parts) != 2 {
							continue
						}
						if found, ok := m.Content.Parts[1].(canon.Media); ok {
							media = found
							return holds(m, found), fmt.Errorf("the file is %q", found.State)
						}
					}
				}
				return false, errors.New("the message is not there")
			})
			return media
		}
		send("anna", "cat.png")
		message("anna", "cat.png", "the words wait for the file", func(m core.Message, _ canon.Media) bool { return m.Content.Plain() != "" })
		got := message("anna", "cat.png", "the file does not come", func(_ core.Message, f canon.Media) bool { return !f.File.IsZero() })
		if got.State != canon.MediaReady || got.Width != 40 || got.Height != 30 {
			t.Errorf("the file is shown as %+v", got)
		}
		if n := asked.Load(); n != 4 {
			t.Errorf("the platform was asked %d times, want 4", n)
		}
		var file struct {
			URL string `json:"url"`
		}
		if err := api.Call(t.Context(), http.MethodGet, "/files/"+got.File.String(), nil, &file); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(file.URL, "http") {
			file.URL = h.URL() + file.URL
		}
		resp, err := http.Get(file.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if shown, _, err := image.Decode(resp.Body); err != nil || shown.Bounds().Dx() != 40 {
			t.Errorf("the file is served with status %d, as a picture: %v", resp.StatusCode, err)
		}
		// A file the platform has lost leaves its place and its name.
		send("ben", "lost.png")
		lost := message("ben", "lost.png", "a lost file is not called so", func(_ core.Message, f canon.Media) bool { return f.State == canon.MediaExpired })
		if lost.Name != "lost.png" {
			t.Errorf("the lost file is shown as %+v", lost)
		}
	})
}
