package letter

import (
	"bytes"
	"fmt"
)

// Bounds of a mail's shape. Real mails stay far below: the largest digests have
// some hundred parts, and headers of some ten kilobytes.
const (
	maxBoundaries = 400
	maxParts      = 2000
	maxHeader     = 512 << 10
)

// checkShape walks the raw bytes once and refuses a mail whose tree of parts
// would cost its reader far more than the mail's own size: each level of
// nesting is another reader around the whole rest, each part a structure.
func checkShape(raw []byte) error {
	boundaries := map[string]struct{}{}
	parts, head := 0, 0
	inHead := true
	for line := range bytes.Lines(raw) {
		bare := bytes.TrimRight(line, "\r\n")
		if len(bare) > 2 && bare[0] == '-' && bare[1] == '-' {
			if _, ok := boundaries[string(bytes.TrimRight(bare[2:], " \t"))]; ok {
				if parts++; parts > maxParts {
					return fmt.Errorf("%w: more than %d parts", ErrHostile, maxParts)
				}
				inHead, head = true, 0
				continue
			}
		}
		if !inHead {
			continue
		}
		if len(bare) == 0 {
			inHead = false
			continue
		}
		if head += len(line); head > maxHeader {
			return fmt.Errorf("%w: a header of more than %d bytes", ErrHostile, maxHeader)
		}
		if b := boundaryIn(bare); b != "" {
			if boundaries[b] = struct{}{}; len(boundaries) > maxBoundaries {
				return fmt.Errorf("%w: more than %d nested parts", ErrHostile, maxBoundaries)
			}
		}
	}
	return nil
}

// boundaryIn finds the boundary parameter in a header line.
func boundaryIn(line []byte) string {
	i := bytes.Index(bytes.ToLower(line), []byte("boundary"))
	if i < 0 {
		return ""
	}
	_, value, ok := bytes.Cut(line[i:], []byte{'='})
	if !ok {
		return ""
	}
	value = bytes.TrimLeft(value, " \t")
	if len(value) > 0 && value[0] == '"' {
		value, _, _ = bytes.Cut(value[1:], []byte{'"'})
	} else {
		value, _, _ = bytes.Cut(value, []byte{';'})
	}
	return string(bytes.TrimSpace(value))
}
