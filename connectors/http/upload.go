package http

import (
	"encoding/json"
	nethttp "net/http"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// uploadPath is where, below the callback address, is asked for an address to put
// a file at.
const uploadPath = "/uploads"

// Upload is a file that its customer is going to send.
type Upload struct {
	Thread canon.ThreadKey `json:"thread"`         // whose; the account may be left out
	Name   string          `json:"name,omitempty"` // of the file
	MIME   string          `json:"mime,omitempty"` // what it is thought to be: its bytes decide
}

// Place is where to put it.
type Place struct {
	URL     string    `json:"url"`     // PUT the bytes here, once and unsigned: whoever has the address may
	Expires time.Time `json:"expires"` // until when
}

// place answers where a file may be put.
func (c *Conn) place(body []byte) connector.Reply {
	var in Upload
	if c.env.Intake == nil {
		return (&Problem{nethttp.StatusNotImplemented, "no_uploads", "", "No files are taken here."}).reply()
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return broken(err).reply()
	}
	if p := c.lane(&in.Thread, "thread"); p != nil {
		return p.reply()
	}
	if len(in.Name) > maxID || len(in.MIME) > maxID {
		return bad("name", "Name and type may have 255 bytes at most.").reply()
	}
	at, err := c.env.Intake.Address(in.Thread, connector.FileInfo{Name: in.Name, MIME: in.MIME})
	if err != nil {
		return bad("thread.account", "The hub has no such account on this link.").reply()
	}
	answer, _ := json.Marshal(Place{at.URL, at.Expires.UTC()}) // texts always marshal
	return connector.Reply{Status: nethttp.StatusOK, Header: nethttp.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}, Body: answer}
}

func handed(handle canon.RemoteID) bool {
	return strings.HasPrefix(string(handle), connector.HandlePrefix)
}

// taken is the file behind a handle, as the hub knows it: the application says no
// more of it than how it was meant.
func (c *Conn) taken(thread canon.ThreadKey, said canon.Media) (canon.Media, bool) {
	if c.env.Intake == nil {
		return canon.Media{}, false
	}
	m, ok := c.env.Intake.Taken(thread, string(said.RemoteID))
	if !ok {
		return canon.Media{}, false
	}
	if said.Kind == canon.MediaVoice && m.Kind == canon.MediaAudio || said.Kind == canon.MediaFile {
		m.Kind = said.Kind
	}
	m.Millis, m.Wave, m.Caption = said.Millis, said.Wave, said.Caption
	return m, true
}
