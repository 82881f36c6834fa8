package line

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"

	"parley/connectors/emulate"
)

// content is a file a customer sent.
type content struct {
	file  emulate.Media
	bytes []byte
	// asks is how often it is said to be still in preparation.
	asks int
}

// Keep holds a file under a message's id, as LINE does; asks is how often it is
// said to be in preparation before it can be had.
func (p *Platform) Keep(id, mime string, bytes []byte, asks int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.contents[id] = &content{file: emulate.Media{MIME: mime, Size: int64(len(bytes))}, bytes: bytes, asks: asks}
}

// Forget takes a file off, as time does.
func (p *Platform) Forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.contents, id)
}

// content brings a file's bytes, or 202 while it is prepared.
func (p *Platform) content(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.contents[q.rest[0]]
	switch {
	case c == nil:
		return answer{}, refused("content", http.StatusNotFound)
	case c.asks > 0:
		return answer{status: http.StatusAccepted, mime: "text/plain"}, nil
	}
	return answer{raw: c.bytes, mime: c.file.MIME}, nil
}

func (p *Platform) transcoding(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.contents[q.rest[0]]
	if c == nil {
		return answer{}, refused("content", http.StatusNotFound)
	}
	if c.asks > 0 {
		c.asks--
		return answer{body: map[string]string{"status": "processing"}}, nil
	}
	return answer{body: map[string]string{"status": "succeeded"}}, nil
}

// file is where a phone shows what its customer sent.
func (p *Platform) file(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.contents[q.rest[0]]
	if c == nil {
		return answer{}, refused("content", http.StatusNotFound)
	}
	return answer{raw: c.bytes, mime: c.file.MIME}, nil
}

// sticker is the picture of a sticker: here each has the same.
func (p *Platform) sticker(q request) (answer, *refusal) {
	if q.rest[0] == "" {
		return answer{}, refused("content", http.StatusNotFound)
	}
	m := image.NewNRGBA(image.Rect(0, 0, 96, 96))
	for y := range 96 {
		for x := range 96 {
			if dx, dy := x-48, y-48; dx*dx+dy*dy < 44*44 {
				m.Set(x, y, color.NRGBA{255, 204, 77, 255})
			}
		}
	}
	var out bytes.Buffer
	_ = png.Encode(&out, m) // into memory: never fails
	return answer{raw: out.Bytes(), mime: "image/png"}, nil
}
