package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/store"
)

// IntakePath is where files that no message names yet are put: the rest of the
// address says by whom, what for and until when, and is signed.
const IntakePath = "/uploads/"

// The lives of what an application is given to hand a file in.
const (
	placeLife  = 15 * time.Minute // an address to put one file at
	handleLife = 24 * time.Hour   // a handle to name the file in a message
)

// What a signed text of the intake is good for.
const (
	forPlace  = "place"
	forHandle = "handle"
)

// pass is what such a text says. Whoever holds it can read it.
type pass struct {
	For     string          `json:"for"`
	Tenant  canon.ID        `json:"tenant"`
	Account canon.ID        `json:"account"`
	Thread  canon.ThreadKey `json:"thread"`
	Expires int64           `json:"expires"` // Unix seconds
	Media   canon.Media     `json:"media"`   // of a place: its id, and the sender's word on name and type
}

// intake lends a link addresses for files.
type intake struct {
	h *Hub
	l *openLink
}

// Address makes an address for one file of a thread.
func (i intake) Address(thread canon.ThreadKey, info connector.FileInfo) (connector.Place, error) {
	account, ok := i.l.account(thread.Account)
	if !ok {
		return connector.Place{}, &connector.Error{Class: connector.Invalid, Code: "not_linked", Err: errors.New("the account is not linked")}
	}
	p := pass{For: forPlace, Tenant: i.l.tenant, Account: account, Thread: thread, Media: canon.Media{File: canon.NewID(), Name: file.CleanName(info.Name), MIME: info.MIME}}
	expires := i.h.o.Store.Now().Add(placeLife).Truncate(time.Second)
	p.Expires = expires.Unix()
	token, err := i.h.passed(p)
	return connector.Place{URL: i.h.o.PublicURL + IntakePath + token, Expires: expires}, err
}

// Taken is the file a handle stands for.
func (i intake) Taken(thread canon.ThreadKey, handle string) (canon.Media, bool) {
	account, ok := i.l.account(thread.Account)
	if !ok {
		return canon.Media{}, false
	}
	p, err := i.h.openPass(strings.TrimPrefix(handle, connector.HandlePrefix))
	if err != nil || p.For != forHandle || p.Tenant != i.l.tenant || p.Account != account || p.Thread.Peer != thread.Peer || p.Thread.Thread != thread.Thread ||
		p.Expires <= i.h.o.Store.Now().Unix() {
		return canon.Media{}, false
	}
	return p.Media, true
}

func (h *Hub) passed(p pass) (string, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("sign an address for a file: %w", err)
	}
	return h.passes.Token(raw), nil
}

func (h *Hub) openPass(token string) (p pass, err error) {
	if len(token) > 8<<10 {
		return p, errors.New("too long to be ours")
	}
	raw, err := h.passes.OpenToken(token)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(raw, &p)
}

// put is what is answered when a file was put at its address.
type put struct {
	Handle  string          `json:"handle"`
	Expires time.Time       `json:"expires"`
	Kind    canon.MediaKind `json:"kind"`
	Name    string          `json:"name"`
	MIME    string          `json:"mime"`
	Size    int64           `json:"size"`
}

// servePlace takes one file in. The same address again answers what it answered
// before: whoever did not hear it may ask again.
func (h *Hub) servePlace(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		w.Header().Set("Allow", http.MethodPut)
		refuse(w, r, http.StatusMethodNotAllowed, "method", textPut)
		return
	}
	p, err := h.openPass(strings.TrimPrefix(r.URL.Path, IntakePath))
	if err != nil || p.For != forPlace {
		refuse(w, r, http.StatusNotFound, "not_found", textNoPlace)
		return
	}
	if p.Expires <= h.o.Store.Now().Unix() {
		refuse(w, r, http.StatusGone, "expired", textNoPlace)
		return
	}
	if _, ok := h.LineOf(p.Tenant, p.Account); !ok {
		refuse(w, r, http.StatusNotFound, "not_found", textNoPlace)
		return
	}
	f, fresh, err := h.takePut(r.Context(), p, r.Body, r.ContentLength)
	var refused *file.Refusal
	switch {
	case errors.As(err, &refused) && refused.Code == file.TooLarge:
		w.Header().Set("Connection", "close") // the rest is not read
		refuse(w, r, http.StatusRequestEntityTooLarge, refused.Code, refusalText(refused))
	case errors.As(err, &refused):
		refuse(w, r, http.StatusUnprocessableEntity, refused.Code, refusalText(refused))
	case err != nil && r.Context().Err() == nil:
		h.o.Log.Error("a file of a customer could not be stored", "account", p.Account, "err", err)
		w.Header().Set("Retry-After", "5")
		refuse(w, r, http.StatusServiceUnavailable, "not_stored", textRests)
	case err == nil:
		h.answerPut(w, r, p, f, fresh)
	}
}

// takePut stores the file of a place, once.
func (h *Hub) takePut(ctx context.Context, p pass, body io.Reader, size int64) (f store.File, fresh bool, err error) {
	scope := h.o.Store.For(p.Tenant)
	if f, err = scope.ReadFile(ctx, p.Media.File); err == nil {
		return f, false, nil
	} else if _, none := core.AsFault(err); !none {
		return f, false, err
	}
	var thread canon.ID
	if th, _, err := scope.ThreadByKey(ctx, p.Account, p.Thread); err == nil {
		thread = th.ID
	} else if _, none := core.AsFault(err); !none {
		return f, false, err
	}
	heard, plays, err := h.playable(ctx, body, p.Media.MIME)
	if err != nil {
		return f, false, err
	}
	claim := file.Claim{Name: p.Media.Name, MIME: plays, Size: size}
	if plays != p.Media.MIME {
		claim = renamed(claim, plays)
	}
	// Of two at the same moment the second must take nothing from the first: the
	// bytes lie under a name of their own.
	f, err = h.takeFile(ctx, p.Tenant, store.File{ID: p.Media.File, Key: file.Key(p.Tenant, canon.NewID()), Thread: thread}, claim, heard)
	if store.Duplicate(err) { // put twice at the same moment
		f, err = scope.ReadFile(ctx, p.Media.File)
		return f, false, err
	}
	return f, true, err
}

func (h *Hub) answerPut(w http.ResponseWriter, r *http.Request, p pass, f store.File, fresh bool) {
	expires := h.o.Store.Now().Add(handleLife).Truncate(time.Second)
	p.For, p.Expires = forHandle, expires.Unix()
	p.Media = canon.Media{Kind: MediaKind(f.MIME), File: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size, Width: f.Width, Height: f.Height}
	handle, err := h.passed(p)
	if err != nil {
		h.o.Log.Error("a file's handle was not made", "err", err)
		refuse(w, r, http.StatusServiceUnavailable, "not_stored", textRests)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if fresh {
		w.WriteHeader(http.StatusCreated)
	}
	_ = json.NewEncoder(w).Encode(put{connector.HandlePrefix + handle, expires, p.Media.Kind, f.Name, f.MIME, f.Size}) // whoever hung up may ask again
}

var (
	textPut     = connector.Text{EN: "Files are put here: send the bytes with PUT.", ZH: "此地址用于上传文件，请用 PUT 发送文件内容。"}
	textNoPlace = connector.Text{EN: "Nothing can be put here any more. Ask for a new address.", ZH: "此上传地址无效或已过期，请重新获取。"}
	textRests   = connector.Text{EN: "The file cannot be taken right now. Try again in a moment.", ZH: "暂时无法接收文件，请稍后重试。"}
)
