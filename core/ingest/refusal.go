package ingest

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// refusal is an answer to a callback that no connector was asked about. It tells
// whoever set up the platform what to do, and nothing about who is linked.
type refusal struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

var (
	noHook     = refusal{http.StatusNotFound, "not_found", "path", "No callback is taken at this address.", "Copy the address anew from the account's page, and use the method the platform documents."}
	tooLarge   = refusal{http.StatusRequestEntityTooLarge, "too_large", "body", "The body is over " + strconv.Itoa(MaxBody) + " bytes.", "Send fewer events at a time, and files as addresses."}
	unreadable = refusal{http.StatusBadRequest, "unreadable", "body", "The body broke off.", "Send it again."}
)

func (f refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(f.Status)
	_ = json.NewEncoder(w).Encode(f) // whoever hung up is told nothing
}
