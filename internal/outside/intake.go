package outside

import (
	"io"
	"net/http"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// uploadPath is where, below the hook, an application asks for an address to put
// a file at; placePath is that address.
const (
	uploadPath = "/uploads"
	placePath  = "/place"
	handle     = connector.HandlePrefix + "kit"
)

// intake takes any file in and keeps none: every handle stands for the same.
type intake struct{ base string }

// Address is the one place there is.
func (i intake) Address(canon.ThreadKey, connector.FileInfo) (connector.Place, error) {
	return connector.Place{URL: i.base + placePath, Expires: time.Now().Add(15 * time.Minute).Truncate(time.Second)}, nil
}

// Taken knows the one handle.
func (intake) Taken(_ canon.ThreadKey, named string) (canon.Media, bool) {
	return canon.Media{Kind: canon.MediaFile, File: canon.ID{1}, Name: "file"}, named == handle
}

// put answers a file as the hub does.
func (h *hub) put(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return // whoever sent it broke off
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, `{"handle":"`+handle+`","kind":"file","name":"file","mime":"application/octet-stream","size":1,"expires":"2100-01-01T00:00:00Z"}`)
}
