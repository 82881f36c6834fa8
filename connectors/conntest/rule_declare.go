package conntest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// credentialName tells a field whose value should be a secret by its name.
var credentialName = regexp.MustCompile(`(?i)(^|_)(secret|password|passwd|token|api_?key|private_?key|aes_?key)s?$`)

func checkForm(l *lab) {
	s := l.spec
	if s.Kind == "" || s.Name.EN == "" || s.Name.ZH == "" || s.Help.EN == "" || s.Help.ZH == "" {
		l.find("the Spec lacks its kind, or its name or help in English or Chinese")
	}
	if !slices.Contains([]string{"china", "world", "own"}, s.Row) {
		l.find("the Spec's row %q is none of china, world, own", s.Row)
	}
	for _, c := range s.Callbacks {
		l.at = c.Path
		hook, ok := l.conn.(connector.Webhook)
		if c.Name.EN == "" || c.Name.ZH == "" || c.Help.EN == "" || c.Help.ZH == "" {
			l.find("the callback address lacks its name or help in English or Chinese")
		}
		if !ok || !slices.ContainsFunc(hook.Routes(), func(r connector.Route) bool { return r.Takes(http.MethodPost, c.Path) }) {
			l.find("people are told to enter this address, and no route takes it")
		}
	}
	l.at = ""
	seen := map[string]bool{}
	for _, f := range s.Form.Fields {
		l.at = f.Name
		if f.Name == "" || seen[f.Name] {
			l.find("a field has no name, or that of another")
		}
		seen[f.Name] = true
		if f.Label.EN == "" || f.Label.ZH == "" || (f.Help.EN == "") != (f.Help.ZH == "") {
			l.find("label or help is missing in English or Chinese")
		}
		if credentialName.MatchString(f.Name) && f.Kind != connector.FieldSecret {
			l.find("it looks like a credential and is not of kind secret: it would be shown, logged and stored in the open")
		}
		if f.Kind == connector.FieldSecret && (f.Default != "" || f.Example != "") {
			l.find("a secret has a default or an example")
		}
		if _, err := regexp.Compile(f.Pattern); err != nil {
			l.find("its pattern is no regular expression: %v", err)
		}
		if f.Kind == connector.FieldChoice && len(f.Options) == 0 {
			l.find("it is a choice without options")
		}
		for _, o := range f.Options {
			if o.Label.EN == "" || o.Label.ZH == "" {
				l.find("the option %q lacks its label in English or Chinese", o.Value)
			}
		}
		if f.When != "" {
			if _, ok := s.Form.Field(f.When); !ok || len(f.WhenIn) == 0 {
				l.find("it is shown by %q, which is no field, or by no value", f.When)
			}
		}
		alone := connector.Form{Fields: []connector.Field{{Name: f.Name, Kind: f.Kind, Pattern: f.Pattern, Min: f.Min, Max: f.Max, Options: f.Options}}}
		for _, v := range []string{f.Default, f.Example} {
			if _, bad := alone.Complete(connector.Values{f.Name: v}); v != "" && len(bad) > 0 {
				l.find("it refuses its own default or example %q: %s", v, bad[0].Text.EN)
			}
		}
	}
	l.at = ""
	_, movable := s.Form.Field("api_base")
	movable = movable || slices.ContainsFunc(s.Form.Fields, func(f connector.Field) bool { return f.Kind == connector.FieldHost })
	if !movable && !l.suite.Own && !l.suite.Fixed {
		l.find("there is no field api_base, nor one for a host, to point the connector elsewhere")
	}
}

var (
	levels = []connector.Level{connector.Full, connector.Partial, connector.Degrade, connector.Drop, connector.Reject}
	units  = []connector.Unit{connector.Bytes, connector.Runes, connector.UTF16, connector.Graphemes}
	kinds  = []canon.MediaKind{canon.MediaImage, canon.MediaVoice, canon.MediaAudio, canon.MediaVideo, canon.MediaAnimation, canon.MediaFile}
)

func checkCapabilities(l *lab) {
	for name, c := range map[string]connector.Capabilities{"the Spec's ceiling": l.spec.Ceiling, "the Conn's capabilities": l.caps()} {
		l.at = name
		for _, key := range connector.PartKeys() {
			if _, ok := c.Parts[key]; !ok {
				l.find("the part %q has no level: say full, partial, degrade, drop or reject", key)
			}
		}
		for key, level := range c.Parts {
			if !slices.Contains(connector.PartKeys(), key) || !slices.Contains(levels, level) {
				l.find("the part %q at level %q is not known", key, level)
			}
		}
		for op, level := range c.Ops {
			if _, ok := abilities[op]; !ok && op != connector.OpsReply || !slices.Contains(levels, level) {
				l.find("the operation %q at level %q is not known", op, level)
			}
		}
		for what, limit := range map[string]connector.Length{"text": c.Text, "caption": c.Caption, "subject": c.Subject, "option label": c.Choices.Label, "option value": c.Choices.Value} {
			if limit.Max < 0 || limit.Max > 0 && !slices.Contains(units, limit.Unit) {
				l.find("the limit of a %s (%d %q) has no known unit", what, limit.Max, limit.Unit)
			}
		}
		for _, kind := range kinds {
			level := c.Parts["media."+string(kind)]
			if _, ok := c.Media[kind]; !ok && (level == connector.Full || level == connector.Partial) {
				l.find("media of kind %s can be sent but have no limits in Media", kind)
			}
		}
		for kind := range c.Media {
			if !slices.Contains(kinds, kind) {
				l.find("media of kind %q are not known", kind)
			}
		}
		for _, state := range c.Receipts {
			if !slices.Contains(reportable, state) {
				l.find("the platform cannot report %q", state)
			}
		}
		if c.Can(connector.OpsTyping) && c.TypingEvery <= 0 {
			l.find("typing is shown, but TypingEvery does not say how often to repeat it")
		}
		if c.Can(connector.OpsStart) != (c.Starts != "") {
			l.find("threads can be begun: %v; with an address of the kind %q", c.Can(connector.OpsStart), c.Starts)
		}
	}
	l.at = ""
	have, most := l.caps(), l.spec.Ceiling
	for key, level := range have.Parts {
		if slices.Index(levels, level) < slices.Index(levels, most.Parts[key]) {
			l.find("the part %q is %s, above the ceiling %s", key, level, most.Parts[key])
		}
	}
	for op := range have.Ops {
		if have.Can(op) && !most.Can(op) {
			l.find("the operation %q is above the ceiling", op)
		}
	}
}

// abilities pairs each operation with its interface.
var abilities = map[connector.Operation]struct {
	name string
	has  func(connector.Conn) bool
}{
	connector.OpsEdit:      {"Editor", is[connector.Editor]},
	connector.OpsRevoke:    {"Revoker", is[connector.Revoker]},
	connector.OpsReact:     {"Reactor", is[connector.Reactor]},
	connector.OpsTyping:    {"Typer", is[connector.Typer]},
	connector.OpsMarkRead:  {"Marker", is[connector.Marker]},
	connector.OpsUpload:    {"Uploader", is[connector.Uploader]},
	connector.OpsFile:      {"Filer", is[connector.Filer]},
	connector.OpsFetch:     {"Fetcher", is[connector.Fetcher]},
	connector.OpsProfile:   {"Profiler", is[connector.Profiler]},
	connector.OpsTemplates: {"Templater", is[connector.Templater]},
	connector.OpsMenu:      {"Menuer", is[connector.Menuer]},
	connector.OpsInstall:   {"Installer", is[connector.Installer]},
	connector.OpsProbe:     {"Prober", is[connector.Prober]},
	connector.OpsDesk:      {"Desk", is[connector.Desk]},
	connector.OpsSettle:    {"Settler", is[connector.Settler]},
	connector.OpsLogin:     {"Login", is[connector.Login]},
	connector.OpsAuthorize: {"Authorizer", is[connector.Authorizer]},
	connector.OpsStart:     {"Starter", is[connector.Starter]},
}

func is[T any](c connector.Conn) bool {
	_, ok := c.(T)
	return ok
}

func checkAbilities(l *lab) {
	caps := l.caps()
	for op, ability := range abilities {
		switch has := ability.has(l.conn); {
		case caps.Can(op) && !has:
			l.find("the capabilities declare %q, but the Conn is no connector.%s", op, ability.name)
		case has && !caps.Can(op) && !(l.spec.ManyAccounts && l.spec.Ceiling.Can(op)): // another account of the link may
			l.find("the Conn is a connector.%s, but the capabilities do not declare %q", ability.name, op)
		}
	}
	for _, way := range []struct {
		name string
		has  bool
		in   bool
	}{
		{"Webhook", is[connector.Webhook](l.conn), l.suite.Webhook != nil},
		{"Streamer", is[connector.Streamer](l.conn), l.suite.Stream != nil},
		{"Server", is[connector.Server](l.conn), l.suite.Server != nil},
	} {
		if way.has != way.in {
			l.find("the Conn is a connector.%s: %v; the suite has a table for it: %v", way.name, way.has, way.in)
		}
	}
	l.useOps(caps)
	l.useRest(caps)
}

// useOps tries the operations that go through Send: declared ones work, others
// are refused before the network.
func (l *lab) useOps(caps connector.Capabilities) {
	posted, err := l.send(l.request(10, canon.TextMessage("to be edited")))
	if err != nil {
		if l.suite.Own || caps.Parts["text"] == connector.Full {
			l.find("a plain text cannot be sent: %v", err)
		}
		return
	}
	for i, try := range []struct {
		op  connector.Op
		ops connector.Operation
	}{{connector.OpReact, connector.OpsReact}, {connector.OpEdit, connector.OpsEdit}, {connector.OpRevoke, connector.OpsRevoke}} {
		l.at = string(try.op)
		r := l.request(byte(11+i), canon.TextMessage("edited"))
		r.Op, r.Target, r.Emoji = try.op, posted.RemoteID, "👍"
		before := len(l.emu.Calls())
		_, err := l.send(r)
		switch {
		case caps.Can(try.ops) && err != nil:
			l.find("the capabilities declare it, but Send fails: %v", err)
		case caps.Can(try.ops) && !l.suite.Own && len(l.emu.Calls()) == before:
			l.find("the capabilities declare it, but the platform was not told")
		case !caps.Can(try.ops) && (err == nil || err.Class != connector.Unsupported):
			l.find("it is not declared, so Send must refuse it as unsupported; it returned %v", err)
		case !caps.Can(try.ops) && len(l.emu.Calls()) != before:
			l.find("it is not declared, but the platform was told something")
		}
	}
	l.at = ""
}

// useRest tries the abilities that have methods of their own.
func (l *lab) useRest(caps connector.Capabilities) {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	silent := func(op connector.Operation, what string, do func() error) {
		if !caps.Can(op) {
			return
		}
		l.at = what
		before := len(l.visible())
		if _, err := call(l, what, func() (struct{}, error) { return struct{}{}, do() }); err != nil {
			l.find("it is declared, but fails: %v", err)
		}
		if len(l.visible()) != before {
			l.find("a customer saw a message because of it")
		}
		l.at = ""
	}
	if t, ok := l.conn.(connector.Typer); ok {
		silent(connector.OpsTyping, "Type", func() error { return t.Type(ctx, l.thread(), true) })
	}
	if m, ok := l.conn.(connector.Marker); ok {
		inbound := l.suite.Inbound
		if inbound == "" {
			inbound = "m-1"
		}
		silent(connector.OpsMarkRead, "MarkRead", func() error { return m.MarkRead(ctx, l.thread(), inbound) })
	}
	if p, ok := l.conn.(connector.Profiler); ok {
		r := l.request(0, canon.Message{})
		silent(connector.OpsProfile, "Profile", func() error {
			_, err := p.Profile(ctx, r.Account, r.Thread.Peer)
			return err
		})
	}
	if p, ok := l.conn.(connector.Portrayer); ok {
		l.at = "Picture"
		l.picture(ctx, p)
		l.at = ""
	}
	if r, ok := l.conn.(connector.Refresher); ok {
		l.at = "Refresh"
		before := len(l.visible())
		if _, err := call(l, "Refresh", func() (struct{}, error) { return struct{}{}, r.Refresh(ctx) }); err != nil || len(l.visible()) != before {
			l.find("it fails, or a customer saw a message because of it: %v", err)
		}
		l.at = ""
	}
	if m, ok := l.conn.(connector.Menuer); ok {
		silent(connector.OpsMenu, "SetMenu", func() error { return l.menu(ctx, m, caps.Menu) })
	}
	if p, ok := l.conn.(connector.Prober); ok {
		silent(connector.OpsProbe, "Probe", func() error { return l.probe(ctx, p, true) })
		l.at = "Probe of a platform that is away"
		l.net.breakDown()
		if err := l.probe(ctx, p, false); err == nil && !l.suite.Own {
			l.find("it says that all is well")
		}
		l.mend()
		l.at = ""
	}
	if f, ok := l.conn.(connector.Fetcher); ok && caps.Can(connector.OpsFetch) {
		l.at = "Fetch"
		l.fetch(ctx, f)
		l.at = ""
	}
}

// picture asks for a customer's picture, also of a platform that is away.
func (l *lab) picture(ctx context.Context, p connector.Portrayer) {
	if _, ok := l.conn.(connector.Profiler); !ok {
		l.find("the Conn is a connector.Portrayer, but no connector.Profiler")
	}
	r := l.request(0, canon.Message{})
	ask := func() *connector.Error {
		body, err := call(l, "Picture", func() (io.ReadCloser, error) {
			body, _, err := p.Picture(ctx, r.Account, r.Thread.Peer)
			return body, err
		})
		if err != nil {
			return connector.AsError(err)
		}
		_ = body.Close()
		return nil
	}
	before := len(l.visible())
	if e := ask(); e != nil && e.Class != connector.Gone {
		l.find("it fails: %v", e)
	}
	l.net.breakDown()
	if e := ask(); e == nil {
		l.find("it brings something from a platform that is away")
	}
	l.mend()
	if len(l.visible()) != before {
		l.find("a customer saw a message because of it")
	}
}

// menu sets a menu of every kind and reads it back, then takes it off.
func (l *lab) menu(ctx context.Context, m connector.Menuer, limit connector.MenuLimit) error {
	var items []connector.MenuItem
	for _, kind := range limit.Kinds {
		items = append(items, connector.MenuItem{Label: "菜单 1", Kind: kind, Value: "v-" + string(kind), URL: "https://example.com/m", AppID: "wx1234567890abcdef", Path: "pages/index"})
	}
	items = items[:min(len(items), limit.Top)]
	want := connector.Menu{Items: items}
	if limit.Sub > 0 && len(items) > 0 {
		want.Items = []connector.MenuItem{{Label: "更多", Items: items[:min(len(items), limit.Sub)]}}
	}
	if limit.Bar.Max > 0 {
		want.Bar = "菜单"
	}
	if limit.Picture.Wanted() {
		want.Picture = &connector.MenuPicture{File: fileMenu, Width: menuWidth, Height: menuHeight}
		for i := range want.Items { // side by side
			side := menuWidth / len(want.Items)
			want.Items[i].Area = &connector.MenuArea{X: i * side, Width: side, Height: menuHeight}
		}
	}
	if bad := limit.Check(want); len(bad) > 0 {
		l.find("the limits of a menu refuse a plain one: %v", bad)
	}
	account := l.request(0, canon.Message{}).Account
	var got connector.Menu
	for range 2 { // what is read can be set again: with a picture, the one that stands
		if err := m.SetMenu(ctx, account, want); err != nil {
			return err
		}
		var err error
		if got, err = m.Menu(ctx, account); err != nil {
			return err
		}
		if shape(got.Items) != shape(want.Items) || got.Bar != want.Bar {
			l.find("the menu reads %q %s, and was set to %q %s", got.Bar, shape(got.Items), want.Bar, shape(want.Items))
		}
		if want.Picture != nil {
			l.pictured(ctx, m, account, got)
		}
		want = got
	}
	if err := m.SetMenu(ctx, account, connector.Menu{}); err != nil {
		return err
	}
	got, err := m.Menu(ctx, account)
	if err == nil && len(got.Items) > 0 {
		l.find("an empty menu was set, and %d entries stand", len(got.Items))
	}
	return err
}

// pictured looks at the picture of a menu that was read.
func (l *lab) pictured(ctx context.Context, m connector.Menuer, account connector.Account, got connector.Menu) {
	p, ok := m.(connector.MenuPictured)
	if !ok || got.Picture == nil || got.Picture.Width != menuWidth || got.Picture.Height != menuHeight {
		l.find("menus are pictures, and the Conn is a connector.MenuPictured: %v; it reads as %+v", ok, got.Picture)
		return
	}
	body, _, err := p.MenuPicture(ctx, account)
	if err != nil {
		l.find("the picture of the menu cannot be had: %v", err)
		return
	}
	raw, err := io.ReadAll(body)
	_ = body.Close()
	if err != nil || !bytes.Equal(raw, drawnMenu()) {
		l.find("the picture of the menu is another: %d bytes, %v", len(raw), err)
	}
}

// shape is what a menu must keep on its way to the platform and back.
func shape(items []connector.MenuItem) string {
	var out strings.Builder
	for _, i := range items {
		out.WriteString(i.Label + "/" + string(i.Kind) + "(" + shape(i.Items) + ") ")
		if i.Area != nil {
			fmt.Fprintf(&out, "%+v ", *i.Area)
		}
	}
	return out.String()
}

func (l *lab) probe(ctx context.Context, p connector.Prober, good bool) error {
	lines := 0
	_, err := call(l, "Probe", func() (struct{}, error) {
		return struct{}{}, p.Probe(ctx, func(c connector.Check) {
			lines++
			l.output("a line of the test report", strings.Join([]string{c.Name.EN, c.Detail.EN, c.Remedy.EN, c.Name.ZH, c.Detail.ZH, c.Remedy.ZH}, " "))
			if c.Name.EN == "" || c.Name.ZH == "" {
				l.find("a line has no name in English or Chinese")
			}
			if good != c.OK && good {
				l.find("the step %q failed: %s", c.Name.EN, c.Detail.EN)
			}
			if !c.OK && (c.Remedy.EN == "" || c.Remedy.ZH == "") {
				l.find("the step %q failed and names no remedy", c.Name.EN)
			}
		})
	})
	if lines == 0 {
		l.find("it reported no step")
	}
	return err
}

func (l *lab) fetch(ctx context.Context, f connector.Fetcher) {
	c := l.suite.Fetch
	if c == nil {
		l.find("the suite names no file to try it with: set Fetch of conntest.Suite")
		return
	}
	body, err := call(l, "Fetch", func() (io.ReadCloser, error) {
		body, _, err := f.Fetch(ctx, l.request(0, canon.Message{}).Account, c.Media(l.emu))
		return body, err
	})
	if err != nil {
		l.find("it is declared, but fails: %v", err)
		return
	}
	defer func() { _ = body.Close() }()
	got, err := io.ReadAll(body)
	if err != nil || string(got) != string(c.Want) {
		l.find("it brought %d bytes (%v), not the %d that the platform holds", len(got), err, len(c.Want))
	}
}
