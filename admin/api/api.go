package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"parley/admin/auth"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/secret"
	"parley/core/store"
)

// Config is what the API needs.
type Config struct {
	Store      *store.Store
	Box        *secret.Box
	Auth       *auth.Auth
	Desk       Desk
	Links      Links
	Feed       Feed
	Files      Files
	Mail       Mail     // nil: nothing is mailed to people who work here
	Presence   Presence // nil: nobody asks who is here
	Connectors *connector.Registry
	// Bots are the kinds of bot there are; what more than the contract a kind
	// can do is found by the optional interfaces of this package.
	Bots []orchestrate.BotKind
	// PublicURL is scheme and host, without a slash at the end.
	PublicURL string
	// Ready is what /readyz asks besides the database.
	Ready []ReadyCheck
	// Follow is how long a test message is followed until the platform took it;
	// 0: 45 seconds.
	Follow time.Duration
	Log    *slog.Logger
}

// API is the handler of everything under /api, and of /livez, /readyz and
// /metrics. Safe for concurrent use.
type API struct {
	Config
	origins *auth.Origins
	kinds   map[string]orchestrate.BotKind
	huma    huma.API
	router  chi.Router
	routes  map[string]route // by operation id
	logins  *logins
	// requests signs what requests are known again by.
	requests *secret.Signer
	sockets  *sockets
	metrics  *metrics
	doc      []byte
	letters  sync.WaitGroup // to people who forgot their password
	ctx      context.Context
	stop     context.CancelFunc
}

// New returns the API. Close ends its sockets.
func New(c Config) (*API, error) {
	origins, err := auth.NewOrigins(c.PublicURL)
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Follow == 0 {
		c.Follow = 45 * time.Second
	}
	ctx, stop := context.WithCancel(context.Background())
	a := &API{Config: c, origins: origins, kinds: map[string]orchestrate.BotKind{}, routes: map[string]route{}, logins: newLogins(), requests: c.Box.Signer("requests"), metrics: newMetrics(), ctx: ctx, stop: stop}
	for _, k := range c.Bots {
		a.kinds[k.Kind()] = k
	}
	a.sockets = newSockets(ctx, a)
	a.router = chi.NewRouter()
	a.router.Use(a.outermost)
	a.huma = humachi.New(a.router, a.humaConfig())
	a.huma.UseMiddleware(a.admit, a.once)
	a.addAll()
	if a.doc, err = a.describe(); err != nil {
		stop()
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	a.addPlain()
	return a, nil
}

// addAll registers every operation. The order is that of the document.
func (a *API) addAll() {
	for _, add := range []func(){
		a.addSetup, a.addSession, a.addMe, a.addPreferences, a.addFactor, a.addTenant, a.addConnectors, a.addAccounts, a.addAccountWork, a.addLinks, a.addTrouble,
		a.addContacts, a.addContactNotes, a.addContactMerge, a.addErase, a.addContactTable, a.addAttributes, a.addConversations, a.addSearch, a.addConversationWork, a.addMentions, a.addViews, a.addBulks, a.addMessages, a.addSending, a.addWays, a.addFiles,
		a.addTeams, a.addRatings, a.addContentment, a.addAgents, a.addAccess, a.addRouting, a.addHours, a.addTags, a.addBlocks, a.addCanned, a.addTokens, a.addAudit,
		a.addBots, a.addBotWork, a.addBotTables, a.addBotLooks, a.addBotChannels, a.addEvents,
	} {
		add()
	}
}

// ServeHTTP answers.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// Paths are the patterns New's handler answers, for mounting.
func (a *API) Paths() []string { return []string{"/api/", "/livez", "/readyz", "/metrics"} }

// Close ends the live sockets and what is done beside requests.
func (a *API) Close() {
	a.stop()
	a.letters.Wait()
}

// Document is the OpenAPI document.
func (a *API) Document() []byte { return slices.Clone(a.doc) }

func (a *API) humaConfig() huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	aliases(registry)
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Parley", Version: "1", Description: intro,
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Servers: []*huma.Server{{URL: "/"}},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: "An API token, made in the settings or with `parley token create`"},
				"session": {Type: "apiKey", In: "cookie", Name: "__Host-parley", Description: "The session of a person; the cookie is called parley on a hub without https"},
			}},
		},
		Formats:                      map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.translate},
	}
}

const intro = `Everything people and programs do with Parley.

- **Who**: people sign in (` + "`POST /api/v1/session`" + `) and have a cookie; programs send ` + "`Authorization: Bearer plk_…`" + `. A token of an owner or administrator may work as an agent it names in the header ` + "`Parley-Agent`" + `. ` + "`x-authz`" + ` on every operation names the permission it takes.
- **Lists** answer ` + "`{\"items\":[…],\"next\":…}`" + `: send ` + "`next`" + ` as ` + "`cursor`" + ` for the next page; ` + "`limit`" + ` is at most 200.
- **Errors** are problem+json (RFC 9457) with a stable ` + "`code`" + `, the ` + "`field`" + ` and a ` + "`remedy`" + `, in English or Chinese by Accept-Language. What you may not see is answered like what is not there: 404.
- **Repeating**: a POST with ` + "`Idempotency-Key`" + ` is done once within 24 hours; the same key with another request is refused.
- **Changes**: a PATCH changes the fields it names. Fields that only the hub writes are refused.
- **What happens** is numbered: follow it by ` + "`GET /api/v1/events?since=`" + ` or on the WebSocket ` + "`/api/v1/live?since=`" + `.`
