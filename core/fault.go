package core

import (
	"errors"

	"parley/core/connector"
)

// FaultKind is what went wrong, for whoever has to answer.
type FaultKind int

// The kinds of fault.
const (
	FaultInvalid   FaultKind = iota // the caller must change something
	FaultNotFound                   // no such thing, or not theirs to see
	FaultConflict                   // somebody else was faster
	FaultForbidden                  // they may see it but not do this
	FaultBusy                       // try again later
)

// Fault is a refusal that a caller can do something about: it names the field
// and the remedy. Anything else is an internal failure.
type Fault struct {
	Kind   FaultKind
	Code   string // stable: "lease_lost", "tag_required", …
	Field  string // "body.name", or empty
	Text   connector.Text
	Remedy connector.Text
}

func (f *Fault) Error() string {
	if f.Field != "" {
		return f.Field + ": " + f.Text.EN
	}
	return f.Text.EN
}

// NotFound is the one answer for things that are not there and for things of
// somebody else.
func NotFound(what string) *Fault {
	return &Fault{Kind: FaultNotFound, Code: "not_found",
		Text:   connector.Text{EN: "There is no such " + what + ".", ZH: "找不到该对象。"},
		Remedy: connector.Text{EN: "Check the id, or list what there is.", ZH: "请检查 id，或先列出现有的对象。"}}
}

// Invalid refuses a field.
func Invalid(code, field string, text, remedy connector.Text) *Fault {
	return &Fault{Kind: FaultInvalid, Code: code, Field: field, Text: text, Remedy: remedy}
}

// AsFault returns the fault in err, if there is one.
func AsFault(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}
