// Package schema publishes the JSON Schema (2020-12) of the canonical
// vocabulary, for programs in other languages and for documents. The schema is
// made from the Go types and their comments; a test keeps it in step.
package schema

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// ID is the name of the schema.
const ID = "https://parley.dev/schema/canon-1.json"

//go:embed canon.schema.json
var text []byte

// Schema returns the schema of an envelope; messages, parts and everything
// else they hold are under $defs.
func Schema() json.RawMessage { return slices.Clone(text) }
