package rate

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
)

// Desk keeps what customers answer. *orchestrate.Orchestrator is one.
type Desk interface {
	Asked(ctx context.Context, tenant, conversation canon.ID) (orchestrate.Asked, error)
	Rate(ctx context.Context, tenant, conversation canon.ID, score int, reason string) error
}

// Handler serves the page. Safe for concurrent use.
type Handler struct {
	Links *Links
	Desk  Desk
	Log   *slog.Logger
}

const (
	maxForm   = 32 << 10
	maxReason = 1000 // runes
)

var (
	textGone   = connector.Text{EN: "This link leads nowhere any more.", ZH: "此链接已失效。"}
	textAway   = connector.Text{EN: "This cannot be kept right now. Please try again in a moment.", ZH: "暂时无法提交，请稍后再试。"}
	textChoose = connector.Text{EN: "Please choose one.", ZH: "请先选择一项。"}
	textWhy    = connector.Text{EN: "What is the reason? (optional)", ZH: "原因是什么？（选填）"}
	textNote   = connector.Text{EN: "Anything you would like to add", ZH: "还有什么想告诉我们的"}
	textSend   = connector.Text{EN: "Send my rating", ZH: "提交评价"}
	textYours  = connector.Text{EN: "Your rating: ", ZH: "您的评价："}
)

// ServeHTTP shows the page, and takes what the customer sends from it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("Referrer-Policy", "no-referrer") // the address is the permission
	head.Set("X-Robots-Tag", "noindex, nofollow")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", policy)
	lang := languageOf(r.Header.Get("Accept-Language"))
	tenant, conversation, ok := h.Links.open(strings.TrimPrefix(r.URL.Path, Path))
	if !ok {
		h.show(w, http.StatusNotFound, page{Lang: lang, Trouble: textGone.In(lang)})
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		h.ask(w, r, tenant, conversation, http.StatusOK, connector.Text{})
	case http.MethodPost:
		h.take(w, r, tenant, conversation)
	default:
		head.Set("Allow", "GET, HEAD, POST")
		h.show(w, http.StatusMethodNotAllowed, page{Lang: lang, Trouble: textGone.In(lang)})
	}
}

// ask shows the question, or the answer where there is one.
func (h *Handler) ask(w http.ResponseWriter, r *http.Request, tenant, conversation canon.ID, status int, trouble connector.Text) {
	asked, err := h.Desk.Asked(r.Context(), tenant, conversation)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	p := page{Lang: asked.Language, Business: asked.Business, Question: asked.Question, Trouble: trouble.In(asked.Language),
		Why: textWhy.In(asked.Language), Note: textNote.In(asked.Language), Send: textSend.In(asked.Language), Reasons: asked.Reasons, Most: maxReason}
	if asked.Score > 0 {
		p.Thanks, p.Given = asked.Thanks, textYours.In(asked.Language)+asked.Labels[asked.Score-1]
	}
	chosen, _ := strconv.Atoi(r.URL.Query().Get("s"))
	for i, label := range asked.Labels {
		p.Options = append(p.Options, option{Score: i + 1, Label: label, Chosen: i+1 == chosen})
	}
	h.show(w, status, p)
}

// take keeps what was sent, and shows it by its own address: loading that again
// sends nothing.
func (h *Handler) take(w http.ResponseWriter, r *http.Request, tenant, conversation canon.ID) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		h.ask(w, r, tenant, conversation, http.StatusBadRequest, textChoose)
		return
	}
	score, err := strconv.Atoi(r.PostForm.Get("score"))
	if err != nil || score < 1 || score > core.BestScore {
		h.ask(w, r, tenant, conversation, http.StatusUnprocessableEntity, textChoose)
		return
	}
	var why []string
	for _, text := range append(r.PostForm["offer"], r.PostForm.Get("note")) {
		if text = strings.TrimSpace(text); text != "" {
			why = append(why, text)
		}
	}
	reason := []rune(strings.Join(why, " · "))
	if err := h.Desk.Rate(r.Context(), tenant, conversation, score, string(reason[:min(len(reason), maxReason)])); err != nil {
		h.fail(w, r, err)
		return
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	lang := languageOf(r.Header.Get("Accept-Language"))
	if f, ok := core.AsFault(err); ok && f.Kind == core.FaultNotFound {
		h.show(w, http.StatusNotFound, page{Lang: lang, Trouble: textGone.In(lang)})
		return
	}
	h.Log.Warn("a rating was not kept", "err", err)
	w.Header().Set("Retry-After", "5")
	h.show(w, http.StatusServiceUnavailable, page{Lang: lang, Trouble: textAway.In(lang)})
}

func (h *Handler) show(w http.ResponseWriter, status int, p page) {
	if p.Business == "" {
		p.Business = "Parley"
	}
	w.WriteHeader(status)
	_ = p.markup().Render(w) // the customer went away: nobody is left to tell
}

func languageOf(accept string) string {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(accept)), "zh") {
		return "zh"
	}
	return "en"
}
