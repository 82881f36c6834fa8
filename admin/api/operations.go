package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/admin/auth"
	"parley/core"
)

// ReadyCheck is one thing the hub needs to serve besides the database.
type ReadyCheck struct {
	Name  string // "storage"
	Check func(context.Context) error
}

// readyTime bounds all checks together.
const readyTime = 5 * time.Second

// addPlain adds what is not an operation of the API: documents, the live
// socket, and what operators and load balancers ask.
func (a *API) addPlain() {
	a.router.Get("/api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(a.doc) // the caller went away: nobody is left to tell
	})
	a.router.Get("/api/docs", a.serveDocs)
	a.router.Get(prefix+"/live", a.serveLive)
	a.router.Get("/livez", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	a.router.Get("/readyz", a.serveReady)
	a.router.Get("/metrics", a.serveMetrics)
	a.router.NotFound(func(w http.ResponseWriter, r *http.Request) { a.refuse(w, r, core.NotFound("address")) })
	a.router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		p := asProblem(core.NotFound("method here"), language(r.Header.Get("Accept-Language")), requestID(r.Context()))
		p.Status, p.Code, p.Title = http.StatusMethodNotAllowed, "method_not_allowed", http.StatusText(http.StatusMethodNotAllowed)
		writeProblem(w, p)
	})
}

// ready is what /readyz answers.
type ready struct {
	Ready   bool              `json:"ready"`
	Failing map[string]string `json:"failing"`
}

// serveReady names what fails; why, which may hold addresses, is in the log.
func (a *API) serveReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	out := ready{Ready: true, Failing: map[string]string{}}
	for _, k := range append([]ReadyCheck{{"database", a.Store.Ping}}, a.Ready...) {
		if err := k.Check(ctx); err != nil {
			out.Ready, out.Failing[k.Name] = false, failing(err)
			a.Log.Warn("not ready", "check", k.Name, "err", err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if !out.Ready {
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = jsonFormat.Marshal(w, out) // the caller went away: nobody is left to tell
}

// failing says as much of a cause as anybody may read.
func failing(err error) string {
	if errors.Is(err, syscall.ENOSPC) {
		return "the disk is full; free space and it goes on by itself"
	}
	return "does not answer; the log says why"
}

// metrics are what /metrics shows. Labels are bounded: patterns of routes,
// methods, classes of status.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sockets  prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "parley_http_requests_total", Help: "Requests answered by the API."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "parley_http_request_seconds", Help: "Time the API took to answer.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10}}, []string{"route"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{Name: "parley_live_sockets", Help: "Open live sockets of agents and programs."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.sockets, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) served(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// Metrics is where other parts of the hub register what /metrics shows.
func (a *API) Metrics() prometheus.Registerer { return a.metrics.registry }

// serveMetrics answers the machine's own network, and whoever may read the
// audit.
func (a *API) serveMetrics(w http.ResponseWriter, r *http.Request) {
	from := a.Auth.Address(r)
	if !from.IsLoopback() && !from.IsPrivate() {
		who, err := a.Auth.Identify(r)
		if err == nil && !who.Can(auth.AuditRead) {
			err = forbidden(auth.AuditRead)
		}
		if err != nil {
			a.refuse(w, r, err)
			return
		}
	}
	promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
