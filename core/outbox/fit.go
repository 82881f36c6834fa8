package outbox

import (
	"context"
	"errors"
	"slices"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// Fitter makes files fit what a channel takes.
type Fitter interface {
	// Can tells, without looking at it, of what type a file would be made.
	Can(canon.Media, connector.MediaLimit) (mime string, ok bool)
	// Fit returns the file made so; the same file and limit give the same.
	Fit(ctx context.Context, tenant canon.ID, m canon.Media, limit connector.MediaLimit) (canon.Media, error)
}

// fit converts what of a message does not fit the channel, before it is sent. A
// file that turns out not to be convertible goes as a link.
func (d *Dispatcher) fit(tenant canon.ID, line Line, caps connector.Capabilities, m canon.Message) (canon.Message, error) {
	ctx := context.WithoutCancel(d.ctx) // bounded by the fitter
	parts := m.Parts
	for i, p := range m.Parts {
		media, ok := p.(canon.Media)
		if !ok || d.fitter == nil || media.File.IsZero() {
			continue
		}
		limit, why, must := toFit(caps, media)
		if why == (connector.Text{}) {
			continue
		}
		if _, can := d.fitter.Can(media, limit); !can {
			continue // the renderer did not count on it
		}
		made, err := d.fitter.Fit(ctx, tenant, media, limit)
		if &parts[0] == &m.Parts[0] {
			parts = slices.Clone(parts)
		}
		var e *connector.Error
		switch {
		case err == nil:
			parts[i] = made
		case errors.As(err, &e) && !must && e.Class != connector.Transient:
			// It goes as it is.
		case errors.As(err, &e) && (e.Class == connector.Invalid || e.Class == connector.Unsupported) && (len(parts) == 1 || caps.MixMedia):
			url, err := line.Files.Link(ctx, media.File, 0)
			if err != nil {
				return m, err
			}
			parts[i] = canon.Text{Body: strings.TrimSpace(media.Fallback() + "\n" + url)}
		case errors.As(err, &e) && e.Class != connector.Transient:
			return m, &connector.Error{Class: connector.Invalid, Code: "not_converted", Err: err, Shown: connector.Text{
				EN: media.Name + " could not be converted to what this channel takes. Send it alone, or as another type.", ZH: media.Name + " 无法转换为该渠道可接受的格式，请单独发送或换一种格式。"}}
		default:
			return m, &connector.Error{Class: connector.Transient, Code: "not_converted", Err: err}
		}
	}
	m.Parts = parts
	return m, nil
}
