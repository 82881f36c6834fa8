package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"parley/connectors/emulate"
)

// faultPath is where a running platform is told how to misbehave, in the words of
// --fault.
const faultPath = "/demo/fault"

// faultsOf reads --fault.
func faultsOf(texts []string) ([]emulate.Fault, error) {
	kinds := map[string]emulate.FaultKind{"hang-up": emulate.HangUp, "hang": emulate.Hang, "lose-answer": emulate.LoseAnswer, "late": emulate.Late,
		"expired-token": emulate.ExpiredToken, "redeliver": emulate.Redeliver, "reorder": emulate.Reorder}
	var out []emulate.Fault
	for _, text := range texts {
		name, op, _ := strings.Cut(text, ":")
		f := emulate.Fault{Op: op}
		if kind, ok := kinds[name]; ok {
			f.Kind = kind
		} else if status, err := strconv.Atoi(name); err == nil && status >= 400 && status < 600 {
			f.Status = status
		} else {
			return nil, errors.New("--fault: " + text + " is none of hang-up, hang, lose-answer, late, expired-token, redeliver, reorder and a status from 400 to 599")
		}
		out = append(out, f)
	}
	return out, nil
}

// misbehave has the platform do so, each fault once; none where one is nothing
// it could do.
func (p *playedPlatform) misbehave(faults ...emulate.Fault) error {
	for _, f := range faults {
		switch {
		case (f.Kind == emulate.Redeliver || f.Kind == emulate.Reorder) && p.post == nil:
			return fmt.Errorf("--fault: %s calls nobody", p.name)
		case f.Kind == emulate.ExpiredToken && (p.expires == nil || !p.expires()):
			return fmt.Errorf("--fault: the tokens of %s do not end by themselves", p.name)
		}
	}
	for _, f := range faults {
		if f.Kind == emulate.Redeliver || f.Kind == emulate.Reorder {
			p.post.Misdeliver(f.Kind)
			continue
		}
		p.faults(f)
	}
	return nil
}

// serveFault takes misbehaviour, words divided by spaces.
func (p *playedPlatform) serveFault(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<12))
	if err == nil {
		var faults []emulate.Fault
		if faults, err = faultsOf(strings.Fields(string(body))); err == nil {
			err = p.misbehave(faults...)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
