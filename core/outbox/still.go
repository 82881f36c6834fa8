package outbox

import (
	"context"

	"parley/core/canon"
	"parley/core/connector"
)

// stills makes the pictures a platform wants beside films and large pictures. One
// that cannot be made is left out: a connector has something for that.
func (d *Dispatcher) stills(ctx context.Context, tenant canon.ID, caps connector.Capabilities, m canon.Message) map[canon.ID]canon.ID {
	var out map[canon.ID]canon.ID
	for _, p := range m.Parts {
		media, ok := p.(canon.Media)
		if !ok || d.fitter == nil || media.File.IsZero() {
			continue
		}
		most := caps.Media[media.Kind].Still
		if most == 0 || media.Kind == canon.MediaImage && media.Size <= most {
			continue
		}
		limit := connector.MediaLimit{MIME: []string{"image/jpeg"}, Bytes: most}
		if _, can := d.fitter.Can(media, limit); !can {
			continue
		}
		made, err := d.fitter.Fit(ctx, tenant, media, limit)
		if err != nil {
			d.log.Debug("no picture can be made of a file", "file", media.File, "err", err)
			continue
		}
		if out == nil {
			out = map[canon.ID]canon.ID{}
		}
		out[media.File] = made.File
	}
	return out
}
