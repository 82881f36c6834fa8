package meta

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// refusal is an error as the Graph API writes it ("Handling errors").
type refusal struct {
	status  int
	code    int
	sub     int
	message string
	details string
}

func (r *refusal) Error() string { return r.message }

// name is the error's number as rules write it.
func (r *refusal) name() string {
	if r.sub == 0 {
		return fmt.Sprint(r.code)
	}
	return fmt.Sprintf("%d/%d", r.code, r.sub)
}

func (r *refusal) body() []byte {
	e := map[string]any{"message": fmt.Sprintf("(#%d) %s", r.code, r.message), "type": "OAuthException", "code": r.code, "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUv"}
	if r.sub != 0 {
		e["error_subcode"] = r.sub
	}
	if r.details != "" {
		e["error_data"] = map[string]any{"messaging_product": "whatsapp", "details": r.details}
	}
	b, err := json.Marshal(map[string]any{"error": e})
	if err != nil {
		return []byte("{}") // texts and numbers always encode
	}
	return b
}

// no refuses with a number of the platform's.
func no(code, sub int, message string, args ...any) *refusal {
	status := http.StatusBadRequest
	switch code {
	case 190:
		status = http.StatusUnauthorized
	case 10, 200:
		status = http.StatusForbidden
	case 130429, 131056, 80007:
		status = http.StatusTooManyRequests
	case 131000, 1, 2:
		status = http.StatusInternalServerError
	case 131016:
		status = http.StatusServiceUnavailable
	case 132001:
		status = http.StatusNotFound
	}
	return &refusal{status: status, code: code, sub: sub, message: fmt.Sprintf(message, args...)}
}

// bad is a parameter the platform does not take.
func bad(message string, args ...any) *refusal { return no(100, 0, message, args...) }

// wrong is a value WhatsApp does not take.
func wrong(message string, args ...any) *refusal {
	r := no(131009, 0, "Parameter value is not valid")
	r.details = fmt.Sprintf(message, args...)
	return r
}

// missing is a value WhatsApp wants.
func missing(name string) *refusal {
	r := no(131008, 0, "Required parameter is missing")
	r.details = "The parameter " + name + " is required"
	return r
}
