package replay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// PrintJSON writes the replay as one object.
func (r *Replay) PrintJSON(w io.Writer) error {
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(r); err != nil {
		return fmt.Errorf("write the replay: %w", err)
	}
	_, err := io.WriteString(w, r.hide.in(b.String()))
	return err
}

// Print writes raw, canonical and rendered below each other.
func (r *Replay) Print(w io.Writer) error {
	var b strings.Builder
	b.WriteString("raw\n")
	if r.Raw.Method != "" {
		to := r.Raw.Path
		if r.Raw.Query != "" {
			to += "?" + r.Raw.Query
		}
		fmt.Fprintf(&b, "    %s %s\n", r.Raw.Method, to)
		for _, name := range slices.Sorted(maps.Keys(r.Raw.Header)) {
			fmt.Fprintf(&b, "    %s: %s\n", name, strings.Join(r.Raw.Header[name], ", "))
		}
		b.WriteString("\n")
	}
	indent(&b, r.Raw.Body)
	if r.Authentic == "checked" {
		b.WriteString("    (authentic: the connector checked it)\n")
	} else {
		b.WriteString("    (taken as authentic: its signature was not checked)\n")
	}
	if r.Opened != "" {
		b.WriteString("\nopened\n")
		indent(&b, r.Opened)
	}
	switch {
	case r.Answer != 0:
		fmt.Fprintf(&b, "\na handshake: it is answered %d and nothing is stored\n", r.Answer)
	case len(r.Facts) == 0 && len(r.Wakes) == 0:
		b.WriteString("\nit holds no event\n")
	}
	for i, f := range r.Facts {
		fmt.Fprintf(&b, "\ncanonical %d of %d\n", i+1, len(r.Facts))
		indent(&b, string(f.Envelope))
		if f.Rendered == nil {
			b.WriteString("\nrendered\n    nothing: it is no message\n")
			continue
		}
		f.Rendered.print(&b)
	}
	for _, key := range r.Wakes {
		fmt.Fprintf(&b, "\na nudge: what happened is fetched under %q\n", key)
	}
	_, err := io.WriteString(w, r.hide.in(b.String()))
	return err
}

func (r *Rendered) print(b *strings.Builder) {
	fmt.Fprintf(b, "\nrendered for %s\n", r.To)
	for i, call := range r.calls {
		keys := make([]string, len(call.Parts))
		for j, p := range call.Parts {
			keys[j] = connector.PartKey(p)
		}
		fmt.Fprintf(b, "    call %d: %s\n", i+1, strings.Join(keys, ", "))
		for line := range strings.Lines(words(call)) {
			b.WriteString("        " + strings.TrimRight(line, "\n") + "\n")
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(b, "    %s (%s): %s\n", n.Code, n.Part, n.Text.EN)
	}
	if r.Refused != "" {
		fmt.Fprintf(b, "    refused: %s\n", r.Refused)
	}
}

// words are a call as a customer without pictures would read it.
func words(m canon.Message) string {
	if s := m.Fallback(); s != "" {
		return s
	}
	return "(no words)"
}

// indent writes a body readably: JSON with its structure, anything else as it is.
func indent(b *strings.Builder, body string) {
	var nice bytes.Buffer
	if json.Indent(&nice, []byte(body), "", "  ") == nil {
		body = nice.String()
	}
	for line := range strings.Lines(strings.TrimSpace(body)) {
		b.WriteString("    " + strings.TrimRight(line, "\r\n") + "\n")
	}
}
