//go:build !nogpl

package all_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/all"
	"parley/core/canon"
	"parley/core/connector"
)

const page = "../../docs/channels.md"

// TestTheChannelPageIsCurrent: docs/channels.md says what the connectors declare
// and what their own payloads were read as.
func TestTheChannelPageIsCurrent(t *testing.T) {
	template, err := os.ReadFile("testdata/channels.md")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []kind
	for _, d := range all.Drivers(all.Options{}) {
		spec := d.Spec()
		from, ok := payloads[spec.Kind]
		if !ok {
			from = []string{"../" + spec.Kind + "/testdata/conntest/in/*.json"}
		}
		in, err := read(from...)
		if err != nil {
			t.Fatal(err)
		}
		if len(in) == 0 && spec.Kind != "web" {
			t.Errorf("the golden files of %s (%s) hold nothing: write them, or name them in payloads", spec.Kind, strings.Join(from, ", "))
		}
		kinds = append(kinds, kind{spec, in})
	}
	want := strings.NewReplacer("{{carries}}", table(kinds, carries()), "{{does}}", table(kinds, does()), "{{limits}}", table(kinds, limits())).Replace(string(template))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the connectors say (%v): UPDATE_GOLDEN=1 go test ./connectors/all", page, err)
	}
	for _, k := range kinds {
		if !strings.Contains(string(template), "`"+k.spec.Kind+"`") {
			t.Errorf("testdata/channels.md says nothing of how %s is reached: add a line to its first table", k.spec.Kind)
		}
	}
}

// kind is one channel: what it declares, and what its payloads were read as.
type kind struct {
	spec connector.Spec
	in   map[string]bool
}

// payloads are what the conformance kit's callbacks and streams of a kind were
// decoded to, where that is not testdata/conntest/in of the folder of its name.
var payloads = map[string][]string{
	"wechat":        {"../wechat/testdata/conntest/in/*.json"},
	"wechatmini":    {"../wechat/testdata/conntest-mini/in/*.json"},
	"wechatkf":      {"../wecom/testdata/conntest/stream/*.json"},
	"wecom":         {"../wecom/testdata/conntest/in/app*.json"},
	"wechatopen":    {"../wechat/testdata/conntest/in/*.json", "../wechat/testdata/conntest-mini/in/*.json"},         // of accounts that authorised it
	"wecomsuite":    {"../wecom/testdata/conntest/in/app*.json", "../wecom/testdata/conntest-suitekf/stream/*.json"}, // of corporations that installed it
	"whatsapp":      {"../whatsapp/testdata/golden/*.json"},
	"whatsappcloud": {"../meta/cloud/testdata/conntest/in/*.json"},
	"messenger":     {"../meta/messaging/testdata/messenger/conntest/in/*.json"},
	"instagram":     {"../meta/messaging/testdata/instagram/conntest/in/*.json"},
	"email":         {"../email/testdata/conntest/stream/*.json", "../email/testdata/golden/*.json"},
}

// read collects what payloads hold: the keys of parts, and the events.
func read(patterns ...string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			var many struct {
				Envelopes []json.RawMessage `json:"envelopes"`
			}
			into := any(&many)
			if text[0] != '{' {
				into = &many.Envelopes // they alone
			}
			if err := json.Unmarshal(text, into); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if len(many.Envelopes) == 0 {
				many.Envelopes = []json.RawMessage{text}
			}
			for _, raw := range many.Envelopes {
				var e canon.Envelope
				if json.Unmarshal(raw, &e) == nil { // a callback refused holds none
					note(found, e)
				}
			}
		}
	}
	return found, nil
}

func note(found map[string]bool, e canon.Envelope) {
	if e.Entry != nil {
		found["entry"] = true
	}
	if e.Ticket != nil {
		found["ticket"] = true
	}
	switch ev := e.Event.(type) {
	case canon.Posted:
		for _, p := range ev.Message.Parts {
			found[connector.PartKey(p)] = true
		}
		found["reply"] = found["reply"] || ev.Message.ReplyTo != nil
		found["rich"] = found["rich"] || slices.ContainsFunc(ev.Message.Parts, func(p canon.Part) bool {
			text, ok := p.(canon.Text)
			return ok && (text.HTML != "" || len(text.Spans) > 0)
		})
		found["ours"] = found["ours"] || e.From.Ours
	case canon.Edited:
		found["edit"] = true
	case canon.Revoked:
		found["revoke"] = true
	case canon.Reacted:
		found["react"] = true
	case canon.Membership:
		found["member "+string(ev.Kind)] = true
	case canon.Action:
		found["action "+string(ev.Kind)] = true
	case canon.Session:
		found["desk"] = true
	case canon.Call:
		found["call"] = true
	}
}

// row is one line of a table.
type row struct {
	name string
	cell func(kind) string
}

func table(kinds []kind, rows []row) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, k := range kinds {
		b.WriteString(" " + k.spec.Name.EN + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(kinds)))
	for _, r := range rows {
		b.WriteString("\n| " + r.name + " |")
		for _, k := range kinds {
			b.WriteString(" " + r.cell(k) + " |")
		}
	}
	return b.String()
}

// letters are the levels as the tables write them.
var letters = map[connector.Level]string{connector.Full: "F", connector.Partial: "P", connector.Degrade: "D", connector.Drop: "—", connector.Reject: "—"}

// way is a cell of both directions; the web chat has no payloads: its own panel
// is held against its protocol.
func way(k kind, in string, out connector.Level) string {
	came := "—"
	if k.in[in] {
		came = "F"
	}
	if k.spec.Kind == "web" {
		came = "·"
	}
	return came + "/" + letters[out]
}

func carries() []row {
	names := map[string]string{
		"media.image": "image", "media.voice": "voice", "media.audio": "audio file", "media.video": "video", "media.animation": "animation", "media.file": "file",
		"contact": "contact card", "choices.quick": "quick replies", "choices.buttons": "buttons", "choices.list": "list", "card.product": "product", "card.order": "order",
		"card.link": "link", "card.app": "mini-program", "card.article": "article", "opaque": "anything else",
	}
	var rows []row
	for _, key := range connector.PartKeys() {
		name := key
		if names[key] != "" {
			name = names[key]
		}
		rows = append(rows, row{name, func(k kind) string {
			level, ok := k.spec.Ceiling.Parts[key]
			if !ok {
				level = connector.Degrade
			}
			return way(k, key, level)
		}})
	}
	return rows
}

func does() []row {
	op := func(name, in string, o connector.Operation) row {
		return row{name, func(k kind) string {
			level, ok := k.spec.Ceiling.Ops[o]
			if !ok {
				level = connector.Drop
			}
			if in == "" {
				return letters[level]
			}
			return way(k, in, level)
		}}
	}
	all := func(prefix string) func(kind) string {
		return func(k kind) string {
			var found []string
			for name := range k.in {
				if kind, ok := strings.CutPrefix(name, prefix); ok {
					found = append(found, kind)
				}
			}
			slices.Sort(found)
			return dash(strings.Join(found, ", "))
		}
	}
	return []row{
		op("answer to a message", "reply", connector.OpsReply), op("reactions", "react", connector.OpsReact),
		op("edits", "edit", connector.OpsEdit), op("recall", "revoke", connector.OpsRevoke), op("typing", "", connector.OpsTyping), op("read marks", "", connector.OpsMarkRead),
		{"states reported", func(k kind) string {
			var states []string
			for _, s := range k.spec.Ceiling.Receipts {
				states = append(states, string(s))
			}
			return dash(strings.Join(states, ", "))
		}},
		{"comes and goes", all("member ")}, {"presses", all("action ")},
		{"where they came from", func(k kind) string { return yes(k.in["entry"] || k.spec.Kind == "web") }},
		op("name and picture", "", connector.OpsProfile), op("approved templates", "", connector.OpsTemplates), op("the account's menu", "", connector.OpsMenu),
		op("the platform's own desk", "desk", connector.OpsDesk),
		{"written elsewhere is seen", func(k kind) string { return yes(k.in["ours"]) }},
		op("asks what became of a message in doubt", "", connector.OpsSettle),
		op("writes first, to an address", "", connector.OpsStart),
	}
}

func limits() []row {
	media := func(name string, m canon.MediaKind) row {
		return row{name, func(k kind) string {
			l, ok := k.spec.Ceiling.Media[m]
			if !ok {
				return "—"
			}
			return dash(size(l.Bytes))
		}}
	}
	count := func(n int) string {
		if n == 0 {
			return "—"
		}
		return fmt.Sprint(n)
	}
	return []row{
		{"text", func(k kind) string { return dash(k.spec.Ceiling.Text.String()) }},
		{"caption", func(k kind) string { return dash(k.spec.Ceiling.Caption.String()) }},
		{"formatting to the customer", func(k kind) string {
			switch c := k.spec.Ceiling; {
			case c.HTML:
				return "HTML"
			case c.Spans:
				return "spans"
			}
			return "—"
		}},
		media("image", canon.MediaImage), media("voice", canon.MediaVoice), media("video", canon.MediaVideo), media("file", canon.MediaFile),
		{"quick replies, buttons, list", func(k kind) string {
			c := k.spec.Ceiling.Choices
			return count(c.Quick) + ", " + count(c.Buttons) + ", " + count(c.List)
		}},
		{"parts a call", func(k kind) string { return fmt.Sprint(max(1, k.spec.Ceiling.PartsPerCall)) }},
		{"window after a message", func(k kind) string {
			w := k.spec.Ceiling.Window
			if w.For == 0 {
				return "—"
			}
			text := span(w.For)
			if w.Messages > 0 {
				text += fmt.Sprintf(", %d messages", w.Messages)
			}
			return text
		}},
		{"edit within, recall within", func(k kind) string {
			return dash(span(k.spec.Ceiling.EditWithin)) + ", " + dash(span(k.spec.Ceiling.RevokeWithin))
		}},
		{"a repeated call is recognised", func(k kind) string { return yes(k.spec.Ceiling.Idempotent) }},
		{"a callback brings a right to answer", func(k kind) string { return yes(k.in["ticket"]) }},
		{"https needed", func(k kind) string { return yes(k.spec.NeedsHTTPS) }},
	}
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "—"
}

func size(n int64) string {
	switch {
	case n == 0:
		return ""
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d kB", n>>10)
}

func span(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d >= time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}
