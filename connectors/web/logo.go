package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"image"
	_ "image/jpeg" // the kinds a logo may have
	_ "image/png"
	"net/http"
	"strings"

	_ "golang.org/x/image/webp"

	"parley/core/connector"
)

const (
	logoBytes  = 96 << 10
	logoPixels = 1024 // each way
)

// logo is the picture at the head of the chat. It stands in the link's form as
// a data: address, so that it is kept, copied and taken back with the rest.
type logo struct {
	mime string
	body []byte
	hash string
}

// parseLogo reads a data: address of a PNG, JPEG or WebP; nil without one.
// Nothing that can carry script, such as SVG, is a logo.
func parseLogo(text string) (*logo, error) {
	if text == "" {
		return nil, nil
	}
	_, encoded, ok := strings.Cut(text, ";base64,")
	body, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || !strings.HasPrefix(text, "data:image/") {
		return nil, invalid("logo", "Choose a picture: PNG, JPEG or WebP.", "请选择 PNG、JPEG 或 WebP 图片。")
	}
	if len(body) > logoBytes {
		return nil, invalid("logo", "The picture is larger than 96 kB.", "图片超过 96 kB。")
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return nil, invalid("logo", "Choose a picture: PNG, JPEG or WebP.", "请选择 PNG、JPEG 或 WebP 图片。")
	}
	if size.Width > logoPixels || size.Height > logoPixels {
		return nil, invalid("logo", "The picture is larger than 1024 × 1024.", "图片尺寸超过 1024 × 1024。")
	}
	sum := sha256.Sum256(body)
	return &logo{mime: "image/" + kind, body: body, hash: hex.EncodeToString(sum[:8])}, nil
}

// address is where the panel finds the logo, from the chat page; "" without one.
func (l *logo) address(account string) string {
	if l == nil {
		return ""
	}
	return account + "/logo?" + l.hash
}

// picture serves the logo. Its address changes with it.
func (x *exchange) picture() {
	l := x.site.logo
	if l == nil {
		x.fail(notFound)
		return
	}
	h := x.w.Header()
	h.Set("Content-Type", l.mime)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if x.r.URL.RawQuery == l.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if x.r.Method == http.MethodGet {
		_, _ = x.w.Write(l.body)
	}
}

func fieldError(field string, err error) []connector.FieldError {
	return []connector.FieldError{{Field: field, Text: asTrouble(err).text}}
}
