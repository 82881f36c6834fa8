package canon

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// tagOf returns the tag of an object, "" when it has none that is a text.
func tagOf(raw []byte) (string, error) {
	var t struct {
		Type json.RawMessage `json:"type"`
	}
	if err := json.Unmarshal(raw, &t); err != nil {
		return "", err
	}
	var tag string
	if json.Unmarshal(t.Type, &tag) != nil {
		return "", nil
	}
	return tag, nil
}

// UnmarshalPart reads one part. An unknown tag, or a known one with content
// that does not fit, becomes Opaque with the object kept whole; only text that
// is no JSON object is an error.
func UnmarshalPart(raw []byte) (Part, error) {
	tag, err := tagOf(raw)
	if err != nil {
		return nil, fmt.Errorf("part: %w", err)
	}
	switch tag {
	case "text":
		return decodePart[Text](tag, raw), nil
	case "media":
		return decodePart[Media](tag, raw), nil
	case "location":
		return decodePart[Location](tag, raw), nil
	case "sticker":
		return decodePart[Sticker](tag, raw), nil
	case "contact":
		return decodePart[Contact](tag, raw), nil
	case "choices":
		return decodePart[Choices](tag, raw), nil
	case "template":
		return decodePart[Template](tag, raw), nil
	case "card":
		return decodePart[Card](tag, raw), nil
	case "opaque":
		return decodePart[Opaque](tag, raw), nil
	}
	return keepPart(tag, raw), nil
}

func decodePart[P Part](tag string, raw []byte) Part {
	var p P
	if err := json.Unmarshal(raw, &p); err != nil {
		return keepPart(tag, raw)
	}
	return p
}

func keepPart(tag string, raw []byte) Part {
	return Opaque{Name: tag, Raw: bytes.Clone(raw)}
}

// UnmarshalEvent reads an event; an unknown tag becomes Unknown with the
// object kept whole.
func UnmarshalEvent(raw []byte) (Event, error) {
	tag, err := tagOf(raw)
	if err != nil {
		return nil, fmt.Errorf("event: %w", err)
	}
	switch tag {
	case "posted":
		return decodeEvent[Posted](tag, raw), nil
	case "edited":
		return decodeEvent[Edited](tag, raw), nil
	case "revoked":
		return decodeEvent[Revoked](tag, raw), nil
	case "reacted":
		return decodeEvent[Reacted](tag, raw), nil
	case "receipt":
		return decodeEvent[Receipt](tag, raw), nil
	case "membership":
		return decodeEvent[Membership](tag, raw), nil
	case "action":
		return decodeEvent[Action](tag, raw), nil
	case "call":
		return decodeEvent[Call](tag, raw), nil
	case "session":
		return decodeEvent[Session](tag, raw), nil
	case "unknown":
		return decodeEvent[Unknown](tag, raw), nil
	}
	return Unknown{Name: tag, Raw: bytes.Clone(raw)}, nil
}

func decodeEvent[E Event](tag string, raw []byte) Event {
	var e E
	if err := json.Unmarshal(raw, &e); err != nil {
		return Unknown{Name: tag, Raw: bytes.Clone(raw)}
	}
	return e
}

type messageJSON struct {
	plainMessage
	Parts []json.RawMessage `json:"parts"`
}

// plainMessage has Message's fields without its methods.
type plainMessage Message

// UnmarshalJSON reads what MarshalJSON wrote, of this version or another.
func (m *Message) UnmarshalJSON(raw []byte) error {
	quick := reader{b: raw}
	if read := readMessage(&quick); quick.end() {
		*m = read
		return nil
	}
	var w messageJSON
	if err := json.Unmarshal(raw, &w); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	*m = Message(w.plainMessage)
	m.Parts = make([]Part, len(w.Parts))
	for i, p := range w.Parts {
		part, err := UnmarshalPart(p)
		if err != nil {
			return fmt.Errorf("part %d: %w", i, err)
		}
		m.Parts[i] = part
	}
	return nil
}

type envelopeJSON struct {
	V int `json:"v"`
	plainEnvelope
	Event json.RawMessage `json:"event"`
}

type plainEnvelope Envelope

// UnmarshalJSON reads what MarshalJSON wrote, of this version or another.
func (e *Envelope) UnmarshalJSON(raw []byte) error {
	quick := reader{b: raw}
	if read := readEnvelope(&quick); quick.end() {
		*e = read
		e.Time = e.Time.UTC()
		return nil
	}
	var w envelopeJSON
	if err := json.Unmarshal(raw, &w); err != nil {
		return fmt.Errorf("envelope: %w", err)
	}
	*e = Envelope(w.plainEnvelope)
	event, err := UnmarshalEvent(w.Event)
	if err != nil {
		return err
	}
	e.Event = event
	e.Time = e.Time.UTC()
	return nil
}
