package rendition

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the formats read
	"image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"parley/core/connector"
)

// drawn are the types of picture read without help.
var drawn = map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": true, "image/webp": true}

// smallest is the side, in pixels, below which a picture is not made smaller.
const smallest = 160

// photo is a picture as JPEG that fits: first at better, then at worse quality,
// then smaller. What is transparent becomes white.
func photo(raw []byte, limit connector.MediaLimit) (Made, error) {
	head, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return Made{}, unfit(fmt.Sprintf("it cannot be read as a picture: %v", err))
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > maxPixels/head.Height {
		return Made{}, unfit(fmt.Sprintf("%d×%d pixels are too many", head.Width, head.Height))
	}
	src, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return Made{}, unfit(fmt.Sprintf("it cannot be read as a picture: %v", err))
	}
	side := max(head.Width, head.Height)
	if limit.Side > 0 {
		side = min(side, limit.Side)
	}
	for {
		picture := fitted(src, side)
		for _, quality := range []int{88, 75, 60} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: quality}); err != nil {
				return Made{}, unfit(fmt.Sprintf("it cannot be written as JPEG: %v", err))
			}
			if limit.Bytes == 0 || int64(out.Len()) <= limit.Bytes {
				b := picture.Bounds()
				return Made{Body: out.Bytes(), MIME: "image/jpeg", Width: b.Dx(), Height: b.Dy()}, nil
			}
		}
		if side = side * 7 / 10; side < smallest {
			return Made{}, unfit(fmt.Sprintf("it does not become small enough for %d bytes", limit.Bytes))
		}
	}
}

// fitted draws a picture on white, its longer side no longer than side.
func fitted(src image.Image, side int) image.Image {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), src, b, draw.Over, nil)
	return out
}
