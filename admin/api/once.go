package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"parley/core"
	"parley/core/connector"
)

// maxKept is the largest answer kept for repeating; a larger one is told to
// have been given.
const maxKept = 1 << 20

// once does a POST with an Idempotency-Key one time within 24 hours: repeated,
// it gets the same answer again.
func (a *API) once(ctx huma.Context, next func(huma.Context)) {
	c := callOf(ctx.Context())
	key := ctx.Header("Idempotency-Key")
	if key == "" || c.route.method != http.MethodPost || c.who.Tenant.IsZero() {
		next(ctx)
		return
	}
	r, w := humachi.Unwrap(ctx)
	if len(key) > 255 {
		a.refuse(w, r, core.Invalid("idempotency_key", "header.Idempotency-Key",
			connector.Text{EN: "The key is longer than 255 characters.", ZH: "幂等键超过 255 个字符。"}, connector.Text{EN: "Send a UUID.", ZH: "建议使用 UUID。"}))
		return
	}
	hash, tooLarge := a.fingerprint(c, r, ctx.Operation())
	if tooLarge { // the handler says so in its own words
		next(ctx)
		return
	}
	key = c.who.Who().String() + " " + key
	was, err := c.scope.Begin(ctx.Context(), key, hash)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	if was.Known {
		a.repeat(w, r, was.Same, was.Status, was.Body)
		return
	}
	keep := &keeper{ResponseWriter: w, most: maxKept}
	again := humachi.NewContext(ctx.Operation(), r.WithContext(ctx.Context()), keep)
	defer func() {
		status := keep.status
		if status >= http.StatusInternalServerError || status == 0 || status == http.StatusTooManyRequests {
			status = 0
		}
		body := keep.body.Bytes()
		if c.route.secret && status < 300 || keep.over {
			body = nil
		}
		if err := c.scope.Finish(context.WithoutCancel(ctx.Context()), key, status, body); err != nil {
			a.Log.Error("the answer to a request was not kept for repeating", "request", requestID(ctx.Context()), "err", err)
		}
	}()
	next(again)
}

// fingerprint is what makes a request the same one. It is kept, and a body may
// hold a password: without the key, which the database does not hold, it tells
// nothing of either.
func (a *API) fingerprint(c *call, r *http.Request, op *huma.Operation) (hash []byte, tooLarge bool) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%d\n", r.Method, r.URL.Path, r.URL.RawQuery, r.ContentLength)
	if !c.route.stream && r.Body != nil {
		most := op.MaxBodyBytes
		if most == 0 {
			most = 1 << 20
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, most+1))
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), r.Body), r.Body}
		if err != nil || int64(len(body)) > most {
			return nil, true
		}
		h.Write(body)
	}
	return a.requests.Sign(string(h.Sum(nil))), false
}

func (a *API) repeat(w http.ResponseWriter, r *http.Request, same bool, status int, body []byte) {
	switch {
	case !same:
		a.refuse(w, r, core.Invalid("idempotency_conflict", "header.Idempotency-Key",
			connector.Text{EN: "This key was used within a day for another request.", ZH: "该幂等键在 24 小时内已用于其他请求。"},
			connector.Text{EN: "Make a new key for every new request.", ZH: "请为每个新请求使用新的键。"}))
	case status == 0:
		a.refuse(w, r, &core.Fault{Kind: core.FaultConflict, Code: "in_progress",
			Text:   connector.Text{EN: "The first request with this key is still being done.", ZH: "使用该键的首个请求仍在处理中。"},
			Remedy: connector.Text{EN: "Wait a moment and ask again, or look whether it happened.", ZH: "请稍后再试，或查看是否已完成。"}})
	case len(body) == 0 && status != http.StatusNoContent && status < 300:
		a.refuse(w, r, &core.Fault{Kind: core.FaultConflict, Code: "answered_already",
			Text:   connector.Text{EN: "This was done already, and its answer is not kept.", ZH: "该请求已完成，且其结果不再保留。"},
			Remedy: connector.Text{EN: "Look it up; a secret is shown only once.", ZH: "请查询结果；密钥仅显示一次。"}})
	default:
		w.Header().Set("Idempotent-Replayed", "true")
		if status >= 400 {
			w.Header().Set("Content-Type", "application/problem+json")
		} else if status != http.StatusNoContent {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		_, _ = w.Write(body) // the caller went away: nobody is left to tell
	}
}

// keeper keeps an answer while it is written.
type keeper struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	most   int
	over   bool
}

func (k *keeper) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeper) Write(b []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	if k.body.Len()+len(b) > k.most {
		k.over = true
	} else if !k.over {
		k.body.Write(b)
	}
	return k.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }
