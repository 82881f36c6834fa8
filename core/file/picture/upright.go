package picture

import (
	"image"
	"image/color"
)

// upright returns the image as a viewer that honours the EXIF orientation shows
// it. The kinds a photograph decodes to are turned plane by plane, the others
// pixel by pixel while they are read.
func upright(img image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return img
	}
	switch m := img.(type) {
	case *image.Gray:
		w, h := m.Rect.Dx(), m.Rect.Dy()
		pix, w, h := plane(m.Pix, m.Stride, w, h, orientation)
		return &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, h)}
	case *image.YCbCr:
		if out := turnYCbCr(m, orientation); out != nil {
			return out
		}
	}
	return turned{img, orientation}
}

// turnYCbCr returns nil for the subsamplings that have no counterpart on their
// side (4:1:1, 4:1:0).
func turnYCbCr(m *image.YCbCr, orientation int) *image.YCbCr {
	ratio := m.SubsampleRatio
	if orientation >= 5 {
		switch ratio {
		case image.YCbCrSubsampleRatio422:
			ratio = image.YCbCrSubsampleRatio440
		case image.YCbCrSubsampleRatio440:
			ratio = image.YCbCrSubsampleRatio422
		case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
			return nil
		}
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := w, h
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		cw = (w + 1) / 2
	case image.YCbCrSubsampleRatio420:
		cw, ch = (w+1)/2, (h+1)/2
	case image.YCbCrSubsampleRatio440:
		ch = (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		cw = (w + 3) / 4
	case image.YCbCrSubsampleRatio410:
		cw, ch = (w+3)/4, (h+1)/2
	}
	out := &image.YCbCr{SubsampleRatio: ratio}
	var chroma int
	out.Y, w, h = plane(m.Y, m.YStride, w, h, orientation)
	out.Cb, _, _ = plane(m.Cb, m.CStride, cw, ch, orientation)
	out.Cr, chroma, _ = plane(m.Cr, m.CStride, cw, ch, orientation)
	out.YStride, out.CStride, out.Rect = w, chroma, image.Rect(0, 0, w, h)
	return out
}

// plane turns one plane of bytes and returns it with its new size.
func plane(src []byte, stride, w, h, orientation int) ([]byte, int, int) {
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := make([]byte, dw*dh)
	for y := range dh {
		row := dst[y*dw : (y+1)*dw]
		for x := range row {
			sx, sy := origin(x, y, w, h, orientation)
			row[x] = src[sy*stride+sx]
		}
	}
	return dst, dw, dh
}

// origin is where the pixel that belongs at (x, y) lies in an image of w×h.
func origin(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2: // mirrored
		return w - 1 - x, y
	case 3: // upside down
		return w - 1 - x, h - 1 - y
	case 4: // mirrored upside down
		return x, h - 1 - y
	case 5: // mirrored, lying
		return y, x
	case 6: // lying to the left
		return y, h - 1 - x
	case 7: // mirrored, lying the other way
		return w - 1 - y, h - 1 - x
	case 8: // lying to the right
		return w - 1 - y, x
	}
	return x, y
}

// turned shows any image turned.
type turned struct {
	image.Image
	orientation int
}

func (t turned) Bounds() image.Rectangle {
	size := t.Image.Bounds().Size()
	if t.orientation >= 5 {
		size.X, size.Y = size.Y, size.X
	}
	return image.Rectangle{Max: size}
}

func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	sx, sy := origin(x, y, b.Dx(), b.Dy(), t.orientation)
	return t.Image.At(b.Min.X+sx, b.Min.Y+sy)
}
