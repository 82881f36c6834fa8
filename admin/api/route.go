package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/admin/auth"
)

// route is one operation: what stands in the document and what is done around
// its handler.
type route struct {
	method, path string
	tag          string
	summary, doc string
	may          auth.Permission
	// act is the word under which the operation is written down in the audit;
	// empty for reading and for the daily work the feed tells of.
	act    string
	status int   // 0: 200, or 204 without an answer
	most   int64 // bytes of body; 0: 1 MiB
	// secret marks an answer that shows a secret once: it is not kept for
	// repeating.
	secret bool
	// bare marks what somebody may do who still has to set up a second factor.
	bare bool
	// stream marks a body that is read as it comes and not kept for comparing.
	stream bool
}

const prefix = "/api/v1"

// none is the answer of an operation that has nothing to say.
type none struct{}

// answer carries a body.
type answer[T any] struct{ Body T }

// list is the shape of every list.
type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" doc:"Send it as cursor to go on; null at the end" nullable:"true"`
}

// Paging is what every list takes.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"500" doc:"Where to go on: next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many"`
}

// listOf makes a list of rows read with one more than asked for.
func listOf[T any](rows []T, limit int, next func(last T) string) *answer[list[T]] {
	out := list[T]{Items: rows}
	if len(rows) > limit {
		out.Items = rows[:limit]
		n := next(rows[limit-1])
		out.Next = &n
	}
	if out.Items == nil {
		out.Items = []T{}
	}
	return &answer[list[T]]{out}
}

// add registers an operation.
func add[I, O any](a *API, rt route, do func(ctx context.Context, c *call, in *I) (*O, error)) {
	op := huma.Operation{
		OperationID: operationID(rt), Method: rt.method, Path: prefix + rt.path,
		Summary: rt.summary, Description: rt.doc, Tags: []string{rt.tag},
		DefaultStatus: rt.status, MaxBodyBytes: rt.most,
		Extensions: map[string]any{"x-authz": string(rt.may)},
		Responses:  map[string]*huma.Response{"default": problemResponse},
	}
	if rt.act != "" {
		op.Extensions["x-audit"] = rt.act
	}
	if rt.may != auth.Public {
		op.Security = []map[string][]string{{"token": {}}, {"session": {}}}
		if rt.may == auth.Self {
			op.Security = op.Security[1:]
		}
	}
	a.routes[op.OperationID] = rt
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c := callOf(ctx)
		// The body is here. huma leaves the deadline it set for reading it, and
		// when that passes, net/http takes whoever waits for one who hung up.
		_ = http.NewResponseController(c.w).SetReadDeadline(time.Time{}) // where there is none, none is in the way
		out, err := do(ctx, c, in)
		if err != nil {
			return nil, a.failed(ctx, c, err)
		}
		if c.changed {
			a.Feed.Poke(c.who.Tenant)
		}
		return out, nil
	})
}

// failed words an error and writes down what is ours to mend.
func (a *API) failed(ctx context.Context, c *call, err error) error {
	p := asProblem(err, c.lang, requestID(ctx))
	if p.Status >= http.StatusInternalServerError && ctx.Err() == nil {
		a.Log.Error("a request failed", "request", p.RequestID, "operation", c.op, "err", err)
	}
	return p
}

var problemResponse = &huma.Response{
	Description: "What is the matter",
	Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
}

// operationID names an operation after its method and path.
func operationID(rt route) string {
	words := strings.FieldsFunc(rt.path, func(r rune) bool { return r == '/' || r == '{' || r == '}' || r == '.' })
	return fmt.Sprintf("%s-%s", strings.ToLower(rt.method), strings.Join(words, "-"))
}
