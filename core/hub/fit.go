package hub

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/rendition"
	"parley/core/store"
)

// fitter is an outbox.Fitter that keeps what it made as a file of its own.
type fitter struct {
	h     *Hub
	maker *rendition.Maker
}

func (f fitter) Can(m canon.Media, limit connector.MediaLimit) (string, bool) {
	return f.maker.Can(m, limit)
}

// Fit makes the file, or finds it made before.
func (f fitter) Fit(ctx context.Context, tenant canon.ID, m canon.Media, limit connector.MediaLimit) (canon.Media, error) {
	scope := f.h.o.Store.For(tenant)
	form := fmt.Sprintf("%s %s %d %d", m.Kind, strings.Join(limit.MIME, ","), limit.Bytes, limit.Side)
	id, ok, err := scope.Rendition(ctx, m.File, form)
	if err != nil {
		return m, err
	}
	if !ok {
		if id, err = f.make(ctx, tenant, m, limit); err != nil {
			return m, err
		}
		if err := scope.KeepRendition(ctx, m.File, form, id); err != nil {
			return m, err
		}
	}
	row, err := scope.ReadFile(ctx, id)
	if err != nil {
		return m, err
	}
	m.File, m.Name, m.MIME, m.Size, m.Width, m.Height = row.ID, row.Name, row.MIME, row.Size, row.Width, row.Height
	return m, nil
}

func (f fitter) make(ctx context.Context, tenant canon.ID, m canon.Media, limit connector.MediaLimit) (canon.ID, error) {
	body, info, err := files{f.h, tenant}.Open(ctx, m.File)
	if err != nil {
		return canon.ID{}, err
	}
	defer body.Close()
	m.MIME, m.Size = info.MIME, info.Size
	made, err := f.maker.Make(ctx, body, m, limit)
	if err != nil {
		return canon.ID{}, err
	}
	extension := map[string]string{"image/jpeg": ".jpg", "video/mp4": ".mp4", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "audio/amr": ".amr"}[made.MIME]
	name := strings.TrimSuffix(info.Name, path.Ext(info.Name)) + extension
	sum := sha256.Sum256(made.Body)
	out := store.File{ID: canon.NewID(), Name: name, MIME: made.MIME, Size: int64(len(made.Body)), SHA256: sum[:], Width: made.Width, Height: made.Height}
	out.Key = file.Key(tenant, out.ID)
	// It is our own work: there is nothing to clean in it.
	if err := f.h.o.Storage.Put(ctx, out.Key, bytes.NewReader(made.Body), out.Size); err != nil {
		return canon.ID{}, fmt.Errorf("store what was made of a file: %w", err)
	}
	if err := f.h.o.Store.For(tenant).AddFile(ctx, out); err != nil {
		return canon.ID{}, errors.Join(err, f.h.o.Storage.Delete(context.WithoutCancel(ctx), out.Key))
	}
	return out.ID, nil
}
