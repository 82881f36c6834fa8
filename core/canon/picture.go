package canon

// MediaOf returns the file inside a part: a medium itself, the picture of a
// sticker or of a card. ok is false for parts that have none.
func MediaOf(p Part) (m Media, ok bool) {
	switch p := p.(type) {
	case Media:
		return p, true
	case Sticker:
		return p.Image, p.Image.Kind != ""
	case Card:
		return p.Image, p.Image.Kind != ""
	}
	return Media{}, false
}

// WithMedia returns a part with another file inside, and any part that has none
// as it is.
func WithMedia(p Part, m Media) Part {
	switch p := p.(type) {
	case Media:
		return m
	case Sticker:
		p.Image = m
		return p
	case Card:
		p.Image = m
		return p
	}
	return p
}
