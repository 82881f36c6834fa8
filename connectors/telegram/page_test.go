package telegram_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"parley/connectors/telegram"
	"parley/core/canon"
	"parley/core/connector"
)

// TestPage keeps the page about the channel true to form, capabilities and
// catalogue.
func TestPage(t *testing.T) {
	template, err := os.ReadFile("testdata/telegram.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	spec := telegram.New().Spec()
	page := strings.NewReplacer("{{fields}}", fields(spec.Form), "{{parts}}", table(spec.Ceiling), "{{limits}}", limits(spec.Ceiling), "{{errors}}", refusals()).Replace(string(template))
	path := "../../" + spec.Docs
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != page {
		t.Errorf("%s is not what the code says (%v): run UPDATE_GOLDEN=1 go test ./connectors/telegram -run Page", spec.Docs, err)
	}
}

func fields(f connector.Form) string {
	var b strings.Builder
	b.WriteString("| field | | meaning |\n|---|---|---|\n")
	for _, x := range f.Fields {
		kind := string(x.Kind)
		if x.Required {
			kind += ", required"
		}
		if x.Default != "" {
			kind += ", `" + x.Default + "` if left out"
		}
		fmt.Fprintf(&b, "| `%s` | %s | **%s.** %s |\n", x.Name, kind, x.Label.EN, x.Help.EN)
	}
	return strings.TrimSpace(b.String())
}

func table(c connector.Capabilities) string {
	var b strings.Builder
	b.WriteString("| sent | how |\n|---|---|\n")
	for _, key := range connector.PartKeys() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", key, c.Parts[key])
	}
	for _, op := range []connector.Operation{connector.OpsReply, connector.OpsEdit, connector.OpsRevoke, connector.OpsReact, connector.OpsTyping, connector.OpsMarkRead, connector.OpsProfile} {
		fmt.Fprintf(&b, "| %s | %s |\n", op, c.Ops[op])
	}
	return strings.TrimSpace(b.String())
}

func limits(c connector.Capabilities) string {
	rows := [][3]string{
		{"text", c.Text.String() + " units", "sendMessage"},
		{"caption; a longer one is a text of its own", c.Caption.String() + " units", "sendPhoto"},
		{"value of a button", c.Choices.Value.String(), "InlineKeyboardButton"},
		{"buttons under a message", fmt.Sprint(c.Choices.Buttons), "limits.tginfo.me"},
		{"file sent, public server", "50 MB", "Sending files"},
		{"file sent, own server in local mode", fmt.Sprintf("%d MB", c.Media[canon.MediaFile].Bytes>>20), "Using a Local Bot API Server"},
		{"file received, public server", "20 MB", "getFile"},
		{"picture that is shown as one; a larger one is a document", "10 MB", "sendPhoto"},
		{"recall", c.RevokeWithin.String(), "deleteMessage"},
		{"messages a second, all chats", fmt.Sprint(c.Rate), "Bots FAQ"},
	}
	var b strings.Builder
	b.WriteString("| limit | | source |\n|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r[0], r[1], r[2])
	}
	return strings.TrimSpace(b.String())
}

func refusals() string {
	var b strings.Builder
	b.WriteString("| code | says | what to do |\n|---|---|---|\n")
	for _, m := range telegram.Catalogue() {
		says := m.Says
		if says == "" {
			says = "anything else"
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", m.Code, says, m.Shown.EN)
	}
	return strings.TrimSpace(b.String())
}
