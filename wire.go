package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"parley/admin/api"
	"parley/admin/auth"
	"parley/admin/operate"
	"parley/admin/server"
	"parley/admin/ui"
	"parley/bots/rules"
	"parley/connectors/all"
	"parley/connectors/web"
	"parley/core"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
	"parley/core/rate"
	"parley/core/rendition"
	"parley/core/secret"
	"parley/core/setting"
	"parley/core/sound"
	"parley/core/store"
)

func logger(s setting.Settings) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.LogLevel}
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	if s.LogFormat == setting.LogJSON || s.LogFormat == setting.LogAuto && !terminal {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

// vault is an open database with the key that opens its secrets.
type vault struct {
	store  *store.Store
	box    *secret.Box
	tenant core.Tenant
}

// open opens the database, checks the master key against it, and makes sure of
// the default tenant.
func (e *environment) open(s setting.Settings, log *slog.Logger) (vault, error) {
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return vault{}, fmt.Errorf("data_dir: name a folder that can be made and written to: %w", err)
	}
	v, err := e.unlock(s, log)
	if errors.Is(err, secret.ErrWrongKey) && s.MasterKey == nil {
		v, err = e.unlock(s, log) // the key was changed between two looks
	}
	return v, err
}

func (e *environment) unlock(s setting.Settings, log *slog.Logger) (vault, error) {
	key, err := operate.MasterKey(e.ctx, s)
	if err != nil {
		return vault{}, err
	}
	address := "sqlite:" + s.Database.Path
	if s.Database.Dialect == setting.Postgres {
		address = s.Database.URL.Reveal()
	}
	st, err := store.Open(e.ctx, store.Options{URL: address, DataDir: s.DataDir, Log: log})
	if err != nil {
		return vault{}, err
	}
	v := vault{store: st}
	if v.box, err = st.Unlock(e.ctx, secret.NewBox(key)); err != nil {
		return vault{}, errors.Join(fmt.Errorf("master_key: %w", err), st.Close())
	}
	if v.tenant, err = st.EnsureDefaultTenant(e.ctx, v.box); err != nil {
		return vault{}, errors.Join(err, st.Close())
	}
	return v, nil
}

func (e *environment) auth(v vault, s setting.Settings) *auth.Auth {
	return auth.New(auth.Config{Store: v.store, Box: v.box, Devices: v.box.Signer("devices"), Secure: s.Secure(), Address: server.From(s.TrustedProxies)})
}

// house is the hub with everything around it.
type house struct {
	hub        *hub.Hub
	api        *api.API
	auth       *auth.Auth
	egress     *egress.Client
	connectors *connector.Registry
	handler    http.Handler
	draining   *atomic.Bool
}

// build wires the parts; what is played is the real one unless said otherwise.
func (e *environment) build(v vault, s setting.Settings, log *slog.Logger, played all.PlayedWhatsApp) (*house, error) {
	from := server.From(s.TrustedProxies)
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: s.EgressAllow}, UserAgent: "Parley/" + version})
	if err != nil {
		return nil, err
	}
	storage, err := openStorage(s.Storage, out)
	if err != nil {
		return nil, err
	}
	intake, err := file.NewIntake(storage, file.IntakeOptions{Dir: filepath.Join(s.DataDir, "intake")})
	if err != nil {
		return nil, err
	}
	registry, err := connector.NewRegistry(all.Drivers(all.Options{Web: web.Options{Signer: v.box.Signer("visitors"), ClientAddr: from}, WhatsApp: played})...)
	if err != nil {
		return nil, err
	}
	kinds := []orchestrate.BotKind{rulesDesigner{rules.New()}}
	h := hub.New(hub.Options{
		Store: v.store, Box: v.box, Egress: out, Storage: storage, Intake: intake, Files: file.NewSigner(s.PublicURL, v.box.Signer("files")),
		Connectors: registry, Bots: kinds, PublicURL: s.PublicURL, From: from, Log: log, Convert: sound.Find(), Renditions: rendition.New(),
		KeepFeed: time.Duration(s.FeedDays) * 24 * time.Hour,
	})
	x := &house{hub: h, auth: e.auth(v, s), egress: out, connectors: registry, draining: &atomic.Bool{}}
	x.api, err = api.New(api.Config{
		Store: v.store, Box: v.box, Auth: x.auth, Desk: h.Desk, Links: h, Feed: h.Feed, Files: h, Mail: h, Presence: h, Connectors: registry, Bots: kinds, PublicURL: s.PublicURL, Log: log,
		Ready: []api.ReadyCheck{
			{Name: "draining", Check: func(context.Context) error {
				if x.draining.Load() {
					return errors.New("the hub is stopping")
				}
				return nil
			}},
			{Name: "storage", Check: storage.Check},
		},
	})
	if err != nil {
		return nil, err
	}
	app, err := ui.Handler()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, p := range x.api.Paths() {
		mux.Handle(p, x.api)
	}
	core := h.Handler()
	for _, p := range []string{"/chat/", file.Path, hub.IntakePath, rate.Path} {
		mux.Handle(p, core)
	}
	mux.Handle("/widget.js", web.Assets())
	mux.Handle("/widget/", web.Assets())
	mux.Handle("/", app)
	x.handler = hooksFirst(h.Door, mux)
	return x, nil
}

// hooksFirst takes callbacks past the routes of everything else: they come in by
// the thousand a second, and choosing among all routes costs as much as reading
// one.
func hooksFirst(hooks, rest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/hooks/") {
			hooks.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

func openStorage(s setting.Storage, out *egress.Client) (file.Storage, error) {
	if s.Kind == setting.StorageS3 {
		return file.OpenS3(file.Bucket{Endpoint: s.S3.Endpoint, Name: s.S3.Bucket, Region: s.S3.Region, AccessKey: s.S3.AccessKey, SecretKey: s.S3.SecretKey.Reveal(),
			TLS: s.S3.TLS, Lookup: string(s.S3.Lookup)}, out.HTTPClient(egress.Infra).Transport)
	}
	return file.OpenDisk(s.Dir)
}

// run serves a house until the context ends. more adds handlers; started runs
// once the hub works and the port is bound.
func (e *environment) run(s setting.Settings, v vault, x *house, log *slog.Logger, more func(*http.ServeMux) error) error {
	release, err := v.store.HoldServe()
	if err != nil {
		return err
	}
	defer release()
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w; choose another address with PARLEY_LISTEN", err)
	}
	if err := x.hub.Start(e.ctx); err != nil {
		return err
	}
	server.PaceCollector(e.ctx)
	handler := x.handler
	if more != nil {
		mux := http.NewServeMux()
		mux.Handle("/", x.handler)
		if err := more(mux); err != nil {
			return err
		}
		handler = mux
	}
	host := ""
	if u, err := url.Parse(s.PublicURL); err == nil {
		host = u.Hostname()
	}
	log.Info("parley serves", "address", s.PublicURL, "listen", listener.Addr().String(), "version", version, "database", string(v.store.Dialect()))
	err = server.Serve(e.ctx, server.Options{Listener: listener, TLS: s.TLS, Host: host, DataDir: s.DataDir, ACME: x.egress.HTTPClient(egress.Infra),
		Handler: handler, Log: log, Draining: x.draining, Patient: s.Secure()})
	x.api.Close()
	end, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), 20*time.Second)
	defer cancel()
	x.hub.Stop(end)
	return err
}
