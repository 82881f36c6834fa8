//go:build !nogpl

package whatsapp_test

import (
	"bytes"
	"context"
	"io"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// lent are the hub's files: every id opens a PNG of one pixel.
type lent struct{}

const pixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x03\x00\x08\xfc\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"

func (lent) Open(context.Context, canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	return io.NopCloser(bytes.NewReader([]byte(pixel))), connector.FileInfo{Name: "a.png", MIME: "image/png", Size: int64(len(pixel))}, nil
}

func (lent) Link(context.Context, canon.ID, time.Duration) (string, error) {
	return "https://hub.example.com/f/1", nil
}
