package hub_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

func picturePNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (r *rig) sendsMedia(peer, name string) {
	r.t.Helper()
	r.deliver(r.event(peer, canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(name), Parts: []canon.Part{canon.Text{Body: "see " + name},
		canon.Media{Kind: canon.MediaImage, RemoteID: canon.RemoteID(name), Name: name, State: canon.MediaPending}}}}))
}

func (r *rig) media(peer string) (canon.Media, bool) {
	for _, m := range r.messages(peer) {
		for _, p := range m.Content.Parts {
			if media, ok := p.(canon.Media); ok && m.From == core.FromCustomer {
				return media, true
			}
		}
	}
	return canon.Media{}, false
}

func TestR20_MediaArrivesLaterAndTheTextAtOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		body := picturePNG(t)
		var tries atomic.Int64
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.fetch = func(m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
				switch {
				case m.Name == "gone.png":
					return nil, connector.FileInfo{}, &connector.Error{Class: connector.Gone, Code: "404", Shown: connector.Text{EN: "It is over.", ZH: "已失效。"}}
				case m.Name == "panics.png":
					panic("boom")
				case tries.Add(1) <= 3:
					return nil, connector.FileInfo{}, &connector.Error{Class: connector.Transient, Code: "503"}
				}
				return io.NopCloser(bytes.NewReader(body)), connector.FileInfo{Name: "a.png", MIME: "image/png", Size: int64(len(body))}, nil
			}
		})
		r.sendsMedia("panics", "panics.png")
		r.sendsMedia("ann", "a.png")
		r.sendsMedia("bob", "gone.png")
		r.seesText("ann", "you said see a.png")
		if m, ok := r.media("ann"); !ok || m.State == canon.MediaReady && m.File.IsZero() {
			t.Fatalf("media %+v %v", m, ok)
		}
		eventually(t, "what is gone says so and keeps its id", func() bool {
			m, ok := r.media("bob")
			return ok && m.State == canon.MediaExpired && m.RemoteID == "gone.png" && m.Why == canon.Words{EN: "It is over.", ZH: "已失效。"}
		})
		for n := int64(1); n <= 3; n++ {
			eventually(t, "it was tried again", func() bool { return tries.Load() >= n })
			r.later(10 * time.Second)
		}
		eventually(t, "it is here", func() bool {
			m, ok := r.media("ann")
			return ok && m.State == canon.MediaReady && !m.File.IsZero() && m.Width == 3
		})
		if n := tries.Load(); n != 4 {
			t.Fatalf("%d tries", n)
		}
	})
}

func TestAnEditThatBringsAPictureFetchesIt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		body := picturePNG(t)
		r := newRigWith(t, url, "parrot", func(r *rig) {
			r.p.fetch = func(canon.Media) (io.ReadCloser, connector.FileInfo, error) {
				return io.NopCloser(bytes.NewReader(body)), connector.FileInfo{Name: "a.png", MIME: "image/png"}, nil
			}
		})
		e := r.says("ann", "look")
		r.deliver(e)
		r.seesText("ann", "you said look")
		r.deliver(r.event("ann", canon.Edited{Target: e.Event.(canon.Posted).Message.RemoteID, Message: canon.Message{Parts: []canon.Part{
			canon.Media{Kind: canon.MediaImage, RemoteID: "p", Name: "a.png", State: canon.MediaPending}}}}))
		eventually(t, "the picture is here", func() bool {
			m, ok := r.media("ann")
			return ok && !m.File.IsZero()
		})
	})
}

func TestThePictureOfAStickerIsFetched(t *testing.T) {
	body := picturePNG(t)
	r := newRigWith(t, "sqlite", "parrot", func(r *rig) {
		r.p.fetch = func(canon.Media) (io.ReadCloser, connector.FileInfo, error) {
			return io.NopCloser(bytes.NewReader(body)), connector.FileInfo{Name: "wave.png", MIME: "image/png", Size: int64(len(body))}, nil
		}
	})
	r.deliver(r.event("ann", canon.Posted{Message: canon.Message{RemoteID: "s1", Parts: []canon.Part{
		canon.Sticker{Emoji: "👋", Image: canon.Media{Kind: canon.MediaImage, RemoteID: "wave", State: canon.MediaPending}}}}}))
	eventually(t, "the sticker has its picture", func() bool {
		for _, m := range r.messages("ann") {
			for _, p := range m.Content.Parts {
				if s, ok := p.(canon.Sticker); ok {
					return s.Emoji == "👋" && s.Image.State == canon.MediaReady && !s.Image.File.IsZero() && s.Image.Width == 3
				}
			}
		}
		return false
	})
}
