// Package server puts the hub on the network: one listener, TLS, the address a
// request really came from, and an end that fails nobody.
//
// It never knows what is served: main gives it a handler.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"parley/core/setting"
)

const (
	// drain is how long the listener stays open after a request to end, so
	// that a load balancer notices first.
	drain = 5 * time.Second
	// finish is how long requests under way may take after that.
	finish = 20 * time.Second
)

// Options configure Serve.
type Options struct {
	Listener net.Listener // already bound, so that a taken port fails early
	TLS      setting.TLS
	Host     string // of the public address, for certificates
	DataDir  string // where obtained certificates are kept
	// ACME is the way out to the certificate authority.
	ACME    *http.Client
	Handler http.Handler
	Log     *slog.Logger
	// Draining is set when the end was asked for: readiness says no from then.
	Draining *atomic.Bool
	// Patient keeps the listener open for a while when the end is asked for.
	Patient bool
}

// Serve answers until ctx ends, then lets requests under way finish.
func Serve(ctx context.Context, o Options) error {
	srv := &http.Server{
		Handler:           heard(o.Handler),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	l := o.Listener
	switch o.TLS.Mode {
	case setting.TLSFiles:
		cert, err := tls.LoadX509KeyPair(o.TLS.CertFile, o.TLS.KeyFile)
		if err != nil {
			return fmt.Errorf("tls: read the certificate: %w", err)
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	case setting.TLSAuto:
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(o.Host), Cache: autocert.DirCache(filepath.Join(o.DataDir, "certificates")),
			Client: &acme.Client{DirectoryURL: autocert.DefaultACMEDirectory, HTTPClient: o.ACME},
		}
		l = tls.NewListener(l, m.TLSConfig())
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", o.Listener.Addr(), err)
	case <-ctx.Done():
	}
	o.Draining.Store(true)
	if o.Patient {
		time.Sleep(drain)
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), finish)
	defer cancel()
	if err := srv.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("end serving: %w", err)
	}
	return nil
}
