package hub

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"parley/core/canon"
	"parley/core/egress"
	"parley/core/file"
	"parley/core/orchestrate"
)

// maxFace is the most bytes taken of a customer's picture.
const maxFace = 5 << 20

// picture stores what a platform names as a customer's picture. It is fetched
// here and never by an agent's browser, which would tell the platform who looks.
// One that is still the same as an old one gives that one's id, which then counts
// as brought now.
func (h *Hub) picture(ctx context.Context, tenant, thread canon.ID, face orchestrate.Face, old canon.ID) (canon.ID, error) {
	bring := face.Bring
	if bring == nil {
		bring = func(ctx context.Context) (io.ReadCloser, error) { return h.fetchFace(ctx, face.Address) }
	}
	got, err := bring(ctx)
	if err != nil {
		return canon.ID{}, fmt.Errorf("fetch a customer's picture: %w", err)
	}
	defer got.Close()
	body := bufio.NewReader(got)
	start, _ := body.Peek(512) // fewer are told by their bytes, too
	kind := http.DetectContentType(start)
	if !strings.HasPrefix(kind, "image/") || !file.Inline(kind) {
		return canon.ID{}, fmt.Errorf("fetch a customer's picture: it is %s", kind)
	}
	stored, err := h.Upload(ctx, tenant, file.Claim{Name: "avatar", MIME: kind, Limit: maxFace}, canon.ID{}, thread, body)
	if err != nil {
		return canon.ID{}, fmt.Errorf("store a customer's picture: %w", err)
	}
	if old.IsZero() {
		return stored.ID, nil
	}
	scope := h.o.Store.For(tenant)
	was, err := scope.ReadFile(ctx, old)
	if err != nil || !bytes.Equal(was.SHA256, stored.SHA256) {
		return stored.ID, err
	}
	if err := scope.RenewFile(ctx, old, stored.ID); err != nil {
		return canon.ID{}, err
	}
	return old, h.o.Storage.Delete(context.WithoutCancel(ctx), stored.Key)
}

// fetchFace brings what is at an address a platform named.
func (h *Hub) fetchFace(ctx context.Context, address string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := h.o.Egress.HTTPClient(egress.Fetch, egress.WithLimits(egress.Limits{Body: maxFace})).Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("the answer is %d", resp.StatusCode)
	}
	return resp.Body, nil
}
