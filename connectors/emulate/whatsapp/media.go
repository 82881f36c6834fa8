//go:build !nogpl

package whatsapp

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/util/cbcutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"

	"parley/connectors/emulate"
)

// mediaAuth is the permission to upload that a session is given.
const mediaAuth = "played-media-permission"

// blob is a sealed file in the store, or one that phones show.
type blob struct {
	mime string
	body []byte
	gone bool
}

// sealedFile is what a message says of its file.
type sealedFile interface {
	GetMimetype() string
	GetDirectPath() string
	GetMediaKey() []byte
	GetFileSHA256() []byte
	GetFileEncSHA256() []byte
	GetFileLength() uint64
}

// upload takes a sealed file.
func (p *Platform) upload(w http.ResponseWriter, r *http.Request) {
	if f, ok := p.Take("upload"); ok {
		p.calls.Add(emulate.Call{Op: "upload", Status: f.Status})
		f.End(w, r)
		return
	}
	refuse := func(code int) {
		p.calls.Add(emulate.Call{Op: "upload", Status: code, Code: strconv.Itoa(code)})
		w.WriteHeader(code)
	}
	if r.URL.Query().Get("auth") != mediaAuth {
		refuse(http.StatusUnauthorized)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 128<<20))
	sum := sha256.Sum256(body)
	if err != nil || r.Method != http.MethodPost || r.URL.Query().Get("token") != base64.URLEncoding.EncodeToString(sum[:]) {
		refuse(http.StatusBadRequest)
		return
	}
	path := p.keep(body)
	p.calls.Add(emulate.Call{Op: "upload", Status: 200})
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"url":"https://mmg.whatsapp.net%s","direct_path":"%s"}`, path, path)
}

// keep puts a sealed file into the store and returns its direct path.
func (p *Platform) keep(body []byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keepLocked(body)
}

func (p *Platform) keepLocked(body []byte) string {
	path := fmt.Sprintf("/v/t62.7118-24/%d", len(p.blobs)+1)
	p.blobs[path] = &blob{body: body}
	return path + "?ccb=11-4"
}

func (p *Platform) download(w http.ResponseWriter, r *http.Request) {
	if f, ok := p.Take("download"); ok {
		f.End(w, r)
		return
	}
	p.mu.Lock()
	b := p.blobs[r.URL.Path]
	p.mu.Unlock()
	switch {
	case b == nil:
		w.WriteHeader(http.StatusNotFound)
	case b.gone:
		w.WriteHeader(http.StatusGone)
	default:
		_, _ = w.Write(b.body) // whoever asked hung up
	}
}

// Expire forgets all media.
func (p *Platform) Expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.blobs {
		b.gone = true
	}
}

// purpose is what a kind of file's keys are derived for.
func purpose(kind string) []byte {
	switch kind {
	case "image", "sticker":
		return []byte("WhatsApp Image Keys")
	case "video":
		return []byte("WhatsApp Video Keys")
	case "voice", "audio":
		return []byte("WhatsApp Audio Keys")
	}
	return []byte("WhatsApp Document Keys")
}

// unsealed opens a file of the account as a phone does; p.mu is held.
func (p *Platform) unsealed(kind string, f sealedFile) ([]byte, error) {
	path, _, _ := strings.Cut(f.GetDirectPath(), "?")
	b := p.blobs[path]
	if b == nil || b.gone {
		return nil, errors.New("it is not in the store")
	}
	sum := sha256.Sum256(b.body)
	if !bytes.Equal(sum[:], f.GetFileEncSHA256()) || len(b.body) < 11 {
		return nil, errors.New("the store holds another file")
	}
	keys := hkdfutil.SHA256(f.GetMediaKey(), nil, purpose(kind), 112)
	sealed, tag := b.body[:len(b.body)-10], b.body[len(b.body)-10:]
	h := hmac.New(sha256.New, keys[48:80])
	h.Write(keys[:16])
	h.Write(sealed)
	if !hmac.Equal(h.Sum(nil)[:10], tag) {
		return nil, errors.New("its seal is broken")
	}
	plain, err := cbcutil.Decrypt(keys[16:48], keys[:16], bytes.Clone(sealed))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(plain); !bytes.Equal(sum[:], f.GetFileSHA256()) || uint64(len(plain)) != f.GetFileLength() {
		return nil, errors.New("its hash or length is wrong")
	}
	return plain, nil
}

// sealedParts are the fields of a message that carry a file.
type sealedParts struct {
	path          string
	key, sum, enc []byte
	size          uint64
}

// sealFile seals a file of a customer and puts it into the store; p.mu is held.
func (p *Platform) sealFile(kind string, body []byte) (sealedParts, error) {
	key := random(32)
	keys := hkdfutil.SHA256(key, nil, purpose(kind), 112)
	sealed, err := cbcutil.Encrypt(keys[16:48], keys[:16], bytes.Clone(body))
	if err != nil {
		return sealedParts{}, err
	}
	h := hmac.New(sha256.New, keys[48:80])
	h.Write(keys[:16])
	h.Write(sealed)
	whole := append(sealed, h.Sum(nil)[:10]...)
	sum, enc := sha256.Sum256(body), sha256.Sum256(whole)
	return sealedParts{p.keepLocked(whole), key, sum[:], enc[:], uint64(len(body))}, nil
}

// shown keeps a file for the page of phones; p.mu is held.
func (p *Platform) shown(mime string, body []byte) string {
	path := fmt.Sprintf("/media/%d", len(p.blobs)+1)
	p.blobs[path] = &blob{mime: mime, body: body}
	return path
}

func (p *Platform) show(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	b := p.blobs[r.URL.Path]
	p.mu.Unlock()
	if b == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", b.mime)
	w.Header().Set("Content-Security-Policy", "sandbox")
	_, _ = w.Write(b.body) // whoever asked hung up
}

// FileOf puts a file of a customer into the store and returns what a message
// says of it.
func (p *Platform) FileOf(kind string, body []byte) (*waE2E.ImageMessage, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, err := p.sealFile(kind, body)
	return &waE2E.ImageMessage{Mimetype: proto.String("image/png"), DirectPath: &f.path, MediaKey: f.key, FileSHA256: f.sum, FileEncSHA256: f.enc, FileLength: &f.size}, err
}
