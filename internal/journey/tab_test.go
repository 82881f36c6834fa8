package journey

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// tab is one page of a person.
type tab struct {
	*person
	id string
}

// step is one move from the page towards an element.
type step struct {
	Role  string  `json:"role,omitempty"`
	Name  *string `json:"name,omitempty"`
	Label *string `json:"label,omitempty"`
	Text  *string `json:"text,omitempty"`
	CSS   string  `json:"css,omitempty"`
	Frame string  `json:"frame,omitempty"` // into the frame this selects
	Exact *bool   `json:"exact,omitempty"`
	Has   *string `json:"has,omitempty"` // containing this text
	Nth   *int    `json:"nth,omitempty"` // -1: the last
	Seen  bool    `json:"seen,omitempty"`
}

// thing is how to find elements: by role and name, label, text or, where there
// is nothing a person could name, by CSS. Names and labels are exact, texts are
// parts.
type thing struct {
	frame string
	steps []step
}

func role(role string, name ...string) thing {
	s := step{Role: role}
	if len(name) > 0 {
		s.Name = &name[0]
	}
	return thing{steps: []step{s}}
}
func button(name string) thing { return role("button", name) }
func label(text string) thing  { return thing{steps: []step{{Label: &text}}} }
func text(text string) thing   { return thing{steps: []step{{Text: &text}}} }
func css(selector string) thing {
	return thing{steps: []step{{CSS: selector}}}
}

// within looks for the thing inside another.
func (x thing) within(outer thing) thing {
	return thing{frame: outer.frame + x.frame, steps: append(append([]step{}, outer.steps...), x.steps...)}
}

func (x thing) last(change func(*step)) thing {
	steps := append([]step{}, x.steps...)
	change(&steps[len(steps)-1])
	return thing{x.frame, steps}
}

// has keeps those that contain the text; nth picks one, -1 the last; loose takes
// names and labels that only contain what was given.
func (x thing) has(text string) thing { return x.last(func(s *step) { s.Has = &text }) }
func (x thing) nth(n int) thing       { return x.last(func(s *step) { s.Nth = &n }) }
func (x thing) loose() thing          { no := false; return x.last(func(s *step) { s.Exact = &no }) }
func (x thing) shown() thing          { return x.last(func(s *step) { s.Seen = true }) }

func (x thing) String() string {
	raw, _ := json.Marshal(x.steps)
	return x.frame + string(raw)
}

// ask sends a command about this page and fails the test when it fails.
func (p *tab) ask(c command) json.RawMessage {
	p.t.Helper()
	c.Page = p.id
	raw, err := p.b.ask(c)
	if err != nil {
		what := ""
		if len(c.Path) > 0 {
			what = thing{c.Frame, c.Path}.String()
		}
		p.t.Fatalf("%s, %s %s%s %s: %v", p.name, c.Op, c.Act, c.State, what, err)
	}
	return raw
}

func (p *tab) act(x thing, act string, value any) {
	p.t.Helper()
	p.ask(command{Op: "act", Frame: x.frame, Path: x.steps, Act: act, Value: value})
}

func (p *tab) click(x thing)              { p.t.Helper(); p.act(x, "click", nil) }
func (p *tab) hover(x thing)              { p.t.Helper(); p.act(x, "hover", nil) }
func (p *tab) fill(x thing, value string) { p.t.Helper(); p.act(x, "fill", value) }
func (p *tab) write(x thing, text string) { p.t.Helper(); p.act(x, "type", text) }
func (p *tab) press(x thing, key string)  { p.t.Helper(); p.act(x, "press", key) }

// upload puts a file of this name and content into a file field.
func (p *tab) upload(x thing, name string, content []byte) {
	p.t.Helper()
	dir := p.t.TempDir()
	path := dir + "/" + name
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.ask(command{Op: "act", Frame: x.frame, Path: x.steps, Act: "upload", Files: []string{path}})
}

// sees waits until the thing is visible; misses until it is not.
func (p *tab) sees(x thing) {
	p.t.Helper()
	p.ask(command{Op: "wait", Frame: x.frame, Path: x.steps, State: "visible", Timeout: int(patience.Milliseconds())})
}

func (p *tab) misses(x thing) {
	p.t.Helper()
	p.ask(command{Op: "wait", Frame: x.frame, Path: x.steps, State: "hidden", Timeout: int(patience.Milliseconds())})
}

// counts waits until the thing is there so many times.
func (p *tab) counts(x thing, n int) {
	p.t.Helper()
	p.ask(command{Op: "wait", Frame: x.frame, Path: x.steps, State: "count", N: &n, Timeout: int(patience.Milliseconds())})
}

func (p *tab) count(x thing) int {
	p.t.Helper()
	var n int
	p.into(&n, command{Op: "read", Frame: x.frame, Path: x.steps, What: "count"})
	return n
}

func (p *tab) texts(x thing) []string {
	p.t.Helper()
	var out []string
	p.into(&out, command{Op: "read", Frame: x.frame, Path: x.steps, What: "texts"})
	return out
}

// read returns "text", "value" or the attribute of that name.
func (p *tab) read(x thing, what string) string {
	p.t.Helper()
	var out string
	p.into(&out, command{Op: "read", Frame: x.frame, Path: x.steps, What: what})
	return out
}

func (p *tab) into(out any, c command) {
	p.t.Helper()
	raw := p.ask(c)
	if err := json.Unmarshal(raw, out); err != nil {
		p.t.Fatalf("%s: %v in %s", c.Op, err, raw)
	}
}

// eval runs an expression in the page, or in the frame whose address has frame in it.
func (p *tab) eval(out any, frame, code string) {
	p.t.Helper()
	c := command{Op: "eval", Frame: frame, Code: code}
	if out == nil {
		p.ask(c)
		return
	}
	p.into(out, c)
}

func (p *tab) waitEval(frame, code string) {
	p.t.Helper()
	p.ask(command{Op: "waitEval", Frame: frame, Code: code, Timeout: int(patience.Milliseconds())})
}

// keys presses keys wherever the focus is.
func (p *tab) keys(keys ...string) { p.t.Helper(); p.ask(command{Op: "keys", Keys: keys}) }

func (p *tab) visit(url string) { p.t.Helper(); p.ask(command{Op: "go", URL: url}) }
func (p *tab) reload()          { p.t.Helper(); p.ask(command{Op: "reload"}) }
func (p *tab) sized(w, h int)   { p.t.Helper(); p.ask(command{Op: "size", X: w, Y: h}) }
func (p *tab) close()           { p.t.Helper(); p.ask(command{Op: "closePage"}) }
func (p *tab) mouse(x, y int)   { p.t.Helper(); p.ask(command{Op: "mouse", X: x, Y: y}) }

func (p *tab) address() string {
	p.t.Helper()
	var s string
	p.into(&s, command{Op: "address"})
	return s
}

// shot keeps a picture when PARLEY_TEST_SHOTS asks for it.
func (p *tab) shot(name string) {
	p.t.Helper()
	if os.Getenv("PARLEY_TEST_SHOTS") != "" {
		p.ask(command{Op: "shot", Shot: shotPath(name + ".png")})
	}
}

// download presses the thing and returns the file the browser kept.
func (p *tab) download(x thing) (name string, content []byte) {
	p.t.Helper()
	var out struct{ Name, Base64 string }
	p.into(&out, command{Op: "download", Frame: x.frame, Path: x.steps})
	content, err := base64.StdEncoding.DecodeString(out.Base64)
	if err != nil {
		p.t.Fatal(err)
	}
	return out.Name, content
}

// fetched is an address asked for with the page's own cookies.
type fetched struct {
	Status  int
	Headers map[string]string
	Base64  string
}

func (f fetched) body() []byte {
	raw, _ := base64.StdEncoding.DecodeString(f.Base64)
	return raw
}

func (p *tab) fetch(url string) fetched {
	p.t.Helper()
	var out fetched
	p.into(&out, command{Op: "fetch", URL: url})
	return out
}

// pageLog is what a page did that nobody sees on it.
type pageLog struct {
	Dialogs  []string `json:"dialogs"`
	Requests []string `json:"requests"`
	Errors   []string `json:"errors"`
	Console  []string `json:"console"`
	Refused  []string `json:"refused"` // answers of 400 and above
	Popups   int      `json:"popups"`
}

func (p *tab) did() pageLog {
	p.t.Helper()
	var out pageLog
	p.into(&out, command{Op: "log"})
	return out
}

// heard is one thing a screen reader is told of.
type heard struct {
	Role     string `json:"role"`
	Name     string `json:"name"`
	Expanded bool   `json:"expanded"`
}

// tree is what a screen reader is told of the page, closed shadow trees included.
func (p *tab) tree() []heard {
	p.t.Helper()
	var out []heard
	p.into(&out, command{Op: "tree"})
	return out
}

// violation is a finding of axe.
type violation struct {
	Rule   string `json:"rule"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		Target string `json:"target"`
		HTML   string `json:"html"`
		Why    string `json:"why"`
	} `json:"nodes"`
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.Rule, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n    %s\n      %s\n      %s", n.Target, n.HTML, strings.ReplaceAll(n.Why, "\n", "\n      "))
	}
	return b.String()
}

// axe judges the page, or a frame of it; the person's manner must carry Axe.
func (p *tab) axe(frame string) []violation {
	p.t.Helper()
	var out []violation
	p.into(&out, command{Op: "axe", Frame: frame})
	return out
}
