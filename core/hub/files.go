package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/store"
)

// files opens a tenant's stored files for its connectors.
type files struct {
	h      *Hub
	tenant canon.ID
}

// Open opens a stored file.
func (f files) Open(ctx context.Context, id canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	row, err := f.h.o.Store.For(f.tenant).ReadFile(ctx, id)
	if err != nil {
		return nil, connector.FileInfo{}, err
	}
	body, err := f.h.o.Storage.Open(ctx, row.Key)
	if err != nil {
		return nil, connector.FileInfo{}, fmt.Errorf("open file %s: %w", id, err)
	}
	return body, connector.FileInfo{Name: row.Name, MIME: row.MIME, Size: row.Size}, nil
}

// Link returns an address of a file for platforms (with a life) or customers
// (life 0: as long as the file).
func (f files) Link(ctx context.Context, id canon.ID, life time.Duration) (string, error) {
	row, err := f.h.o.Store.For(f.tenant).ReadFile(ctx, id)
	if err != nil {
		return "", err
	}
	l := file.Link{Tenant: f.tenant, File: id, Revision: int(row.Revision)}
	if life > 0 {
		l.Expires = file.Expiry(f.h.o.Store.Now(), life)
	}
	return f.h.o.Files.URL(l), nil
}

// catalog lets the file handler find files.
type catalog struct{ s *store.Store }

// File finds a file by its id.
func (c catalog) File(ctx context.Context, tenant, id canon.ID) (file.Item, error) {
	row, err := c.s.For(tenant).ReadFile(ctx, id)
	if _, none := core.AsFault(err); none {
		return file.Item{}, fmt.Errorf("file %s: %w", id, fs.ErrNotExist)
	}
	if err != nil {
		return file.Item{}, err
	}
	return file.Item{Key: row.Key, Name: row.Name, MIME: row.MIME, Size: row.Size, SHA256: row.SHA256, Revision: int(row.Revision)}, nil
}

// Upload takes a file of an agent or customer in. Errors of *file.Refusal are
// the sender's to mend.
func (h *Hub) Upload(ctx context.Context, tenant canon.ID, claim file.Claim, by, thread canon.ID, body io.Reader) (store.File, error) {
	book, err := h.Books.Get(ctx, tenant)
	if err != nil {
		return store.File{}, err
	}
	if max := book.Settings().MaxFile; max > 0 && claim.Limit == 0 {
		claim.Limit = max
	}
	f := store.File{ID: canon.NewID(), Agent: by, Thread: thread}
	f.Key = file.Key(tenant, f.ID)
	meta, err := h.o.Intake.Take(ctx, f.Key, body, claim)
	if err != nil {
		return store.File{}, err
	}
	f.Name, f.MIME, f.Size, f.SHA256, f.Width, f.Height = meta.Name, meta.MIME, meta.Size, meta.SHA256[:], meta.Width, meta.Height
	if err := h.o.Store.For(tenant).AddFile(ctx, f); err != nil {
		return store.File{}, errors.Join(err, h.o.Storage.Delete(context.WithoutCancel(ctx), f.Key))
	}
	return f, nil
}

// Shred removes the bytes of erased files from the storage. What it does not get
// to, the hub's upkeep does.
func (h *Hub) Shred(ctx context.Context, tenant canon.ID) error {
	scope := h.o.Store.For(tenant)
	for {
		keys, err := scope.FilesToErase(ctx, 100)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if err := h.o.Storage.Delete(ctx, key); err != nil {
				return fmt.Errorf("erase a file: %w", err)
			}
			if err := scope.FileErased(ctx, key); err != nil {
				return fmt.Errorf("erase a file: %w", err)
			}
		}
	}
}

// FileURL is an address an agent's browser can show a file at for ten minutes.
func (h *Hub) FileURL(tenant, id canon.ID, revision int64) string {
	return h.o.Files.URL(file.Link{Tenant: tenant, File: id, Revision: int(revision), Expires: file.Expiry(h.o.Store.Now(), file.ForAgents)})
}

// MediaKind is what a stored file is to a person. What is never shown in a page,
// such as SVG, is a file, whatever family its type belongs to.
func MediaKind(mime string) canon.MediaKind {
	switch {
	case !file.Inline(mime):
		return canon.MediaFile
	case mime == "image/gif":
		return canon.MediaAnimation
	case len(mime) > 6 && mime[:6] == "image/":
		return canon.MediaImage
	case len(mime) > 6 && mime[:6] == "audio/":
		return canon.MediaAudio
	case len(mime) > 6 && mime[:6] == "video/":
		return canon.MediaVideo
	}
	return canon.MediaFile
}
