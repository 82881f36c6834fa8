package api

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
)

// lines is the media type of an answer that comes line by line, each a JSON
// object.
const lines = "application/x-ndjson"

// streamTime bounds such an answer.
const streamTime = 2 * time.Minute

// streamed answers line by line while run goes on; say may be called from any
// goroutine until run returns.
func streamed(run func(say func(line any))) *huma.StreamResponse {
	return streamedFor(streamTime, run)
}

// streamedFor is streamed with a bound of its own.
func streamedFor(limit time.Duration, run func(say func(line any))) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		_, w := humachi.Unwrap(hc)
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Now().Add(limit)) // where it cannot be set, the server's own stands
		w.Header().Set("Content-Type", lines)
		w.Header().Set("X-Accel-Buffering", "no") // each line counts when it comes
		w.WriteHeader(http.StatusOK)
		var mu sync.Mutex
		out := json.NewEncoder(w)
		run(func(line any) {
			mu.Lock()
			defer mu.Unlock()
			if out.Encode(line) == nil { // the caller went away: nobody is left to tell
				_ = control.Flush()
			}
		})
	}}
}
