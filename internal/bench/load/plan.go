package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Plan says what to do.
type Plan struct {
	Addr   string `json:"addr"` // host:port
	Path   string `json:"path"`
	Conns  int    `json:"conns"`
	Secret string `json:"secret"` // of the http connector
	Text   string `json:"text"`   // what every customer writes
	Run    string `json:"run"`    // begins every event id: no two runs share one
	// Customers is how many different customers write in turn, counted from
	// First; 0: each message comes from a new one.
	Customers int `json:"customers"`
	First     int `json:"first"`
	// The run ends when the time has passed or the requests are sent.
	Seconds  float64 `json:"seconds"`
	Requests int     `json:"requests,omitempty"`
	// Rate bounds the requests a second; 0: as fast as answers come.
	Rate float64 `json:"rate,omitempty"`
	// Listen, when set, plays the platform at that address: a customer writes
	// again when the answer has arrived there. InFlight customers wait at most.
	Listen   string `json:"listen,omitempty"`
	InFlight int    `json:"in_flight,omitempty"`
}

// Report says what happened.
type Report struct {
	Seconds   float64     `json:"seconds"`
	Accepted  int         `json:"accepted"`           // answered 2xx
	Refused   map[int]int `json:"refused,omitempty"`  // other answers by status
	Broken    int         `json:"broken,omitempty"`   // connections that failed
	Trouble   string      `json:"trouble,omitempty"`  // the first failure
	Latency   Summary     `json:"latency"`            // from the first byte written to the answer read
	Answered  int         `json:"answered,omitempty"` // with Listen: answers that arrived at the platform
	Late      int         `json:"late,omitempty"`     // of them, those that came after the time had passed
	Missing   int         `json:"missing,omitempty"`  // answers that never came
	Extra     int         `json:"extra,omitempty"`    // calls that answered nobody
	Lag       Summary     `json:"lag"`                // from the first byte of the question to the answer's arrival
	BodyBytes int         `json:"body_bytes"`         // of one request
	Halves    [2]int      `json:"halves"`             // accepted (with Listen: answered) in each half of the time
}

// PerSecond is the rate of accepted requests.
func (r Report) PerSecond() float64 {
	if r.Seconds == 0 {
		return 0
	}
	return float64(r.Accepted) / r.Seconds
}

// AnsweredPerSecond is the rate of answers that arrived in time.
func (r Report) AnsweredPerSecond() float64 {
	if r.Seconds == 0 {
		return 0
	}
	return float64(r.Answered-r.Late) / r.Seconds
}

// Main reads a plan, carries it out and writes the report.
func Main(ctx context.Context, in io.Reader, out io.Writer) error {
	var p Plan
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return fmt.Errorf("read the plan of a load: %w", err)
	}
	report, err := p.Do(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(report)
}

// Do carries the plan out in this process.
func (p Plan) Do(ctx context.Context) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.Seconds*float64(time.Second))+2*time.Minute)
	defer cancel()
	if p.Listen != "" {
		return p.way(ctx)
	}
	return p.accept(ctx)
}
