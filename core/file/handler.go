package file

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core/canon"
)

// Item is what the catalog knows of a file.
type Item struct {
	Key      string // in the storage
	Name     string
	MIME     string
	Size     int64
	SHA256   []byte // may be empty
	Revision int    // raised to end every address given out before
}

// Catalog finds files by their id; the store is one.
type Catalog interface {
	// File returns [ErrGone] for a file that was there once (erased, deleted) and
	// an error that is fs.ErrNotExist for one that never was.
	File(ctx context.Context, tenant, id canon.ID) (Item, error)
}

// ErrGone is what a [Catalog] says of a file that is no more.
var ErrGone = errors.New("the file was deleted")

// Handler serves files from signed addresses under [Path].
type Handler struct {
	Signer  *Signer
	Catalog Catalog
	Storage Storage
	Now     func() time.Time
	Log     *slog.Logger
}

// policy keeps a file that is opened by itself from running or fetching anything.
const policy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

// ServeHTTP answers GET and HEAD, whole or by ranges.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin") // the chat on a customer's site shows them; the signature is the permission
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "Files can only be read.", "Use GET or HEAD.")
		return
	}
	link, err := h.Signer.Verify(r.URL, h.Now())
	if err != nil {
		refuse(w, err)
		return
	}
	item, err := h.Catalog.File(r.Context(), link.Tenant, link.File)
	if err == nil && item.Revision != link.Revision {
		err = errRevoked
	}
	if err != nil {
		h.fail(w, link, err)
		return
	}
	content, err := h.Storage.Open(r.Context(), item.Key)
	if err != nil {
		h.fail(w, link, err)
		return
	}
	defer content.Close()
	header.Set("Content-Type", served(item.MIME))
	header.Set("Content-Disposition", disposition(item, link.Download))
	header.Set("Cache-Control", cacheControl(link, h.Now()))
	if len(item.SHA256) > 0 {
		header.Set("ETag", `"`+hex.EncodeToString(item.SHA256)+`"`)
	}
	http.ServeContent(w, r, "", time.Time{}, content)
}

var errRevoked = errors.New("the address was revoked")

// disposition says whether a file is shown or saved, and its name, in ASCII and
// in full.
func disposition(item Item, download bool) string {
	how := "attachment"
	if Inline(item.MIME) && !download {
		how = "inline"
	}
	name := CleanName(item.Name)
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			return '_'
		}
		return r
	}, name)
	if ascii == name {
		return mime.FormatMediaType(how, map[string]string{"filename": name})
	}
	return fmt.Sprintf(`%s; filename="%s"; filename*=UTF-8''%s`, how, ascii, extended(name))
}

// extended writes a value as RFC 8187 wants it.
func extended(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "'", "%27", "(", "%28", ")", "%29").Replace(url.QueryEscape(s))
}

// cacheControl lets the reader's own browser keep a file for as long as the
// address lasts; a file never changes.
func cacheControl(l Link, now time.Time) string {
	age := 24 * time.Hour
	if !l.Expires.IsZero() {
		age = min(age, l.Expires.Sub(now))
	} else {
		age = time.Minute // it may be revoked
	}
	return fmt.Sprintf("private, max-age=%d, immutable", int(age.Seconds()))
}

// refuse answers an address that does not hold.
func refuse(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, ErrNotLink):
		problem(w, http.StatusNotFound, "not_found", "There is no file here.", "Check that the address is complete.")
	case errors.Is(err, ErrExpired):
		problem(w, http.StatusGone, "link_expired", "This address of the file has expired.", "Open the conversation again for a fresh one.")
	default:
		problem(w, http.StatusForbidden, "bad_signature", "This address was not made here or was altered.", "Copy the whole address, or open the conversation again for a fresh one.")
	}
}

// fail answers when the file cannot be had.
func (h *Handler) fail(w http.ResponseWriter, link Link, err error) {
	switch {
	case errors.Is(err, errRevoked):
		problem(w, http.StatusGone, "link_revoked", "This address of the file was revoked.", "Ask whoever sent it for a new one.")
	case errors.Is(err, ErrGone):
		problem(w, http.StatusGone, "file_deleted", "This file was deleted.", "Ask whoever sent it to send it again.")
	case errors.Is(err, fs.ErrNotExist):
		problem(w, http.StatusNotFound, "not_found", "There is no such file.", "Ask whoever sent it to send it again.")
	default:
		h.Log.Error("a file cannot be read", "tenant", link.Tenant, "file", link.File, "error", err)
		w.Header().Set("Retry-After", "10")
		problem(w, http.StatusServiceUnavailable, "storage_unavailable", "Files cannot be read right now.", "Try again in a moment.")
	}
}

// problem writes an RFC 9457 body.
func problem(w http.ResponseWriter, status int, code, title, remedy string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(struct { // the reader may be gone; there is nobody to tell
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Code   string `json:"code"`
		Remedy string `json:"remedy"`
	}{"about:blank", title, status, code, remedy})
}
