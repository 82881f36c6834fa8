//go:build !nogpl

package all_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"parley/connectors/all"
	"parley/core/connector"
)

// pages are the documents of channels whose tables are made here; those of the
// other channels are made beside their connectors, with more in them.
var pages = []string{"whatsapp", "whatsappcloud", "messenger", "instagram", "email", "web"}

// made is a part of a page that the code writes.
var made = regexp.MustCompile(`(?s)<!-- (form|parts) -->\n.*?<!-- end -->`)

// TestThePageOfAChannelIsCurrent: fields and parts stand there as the connector
// declares them.
func TestThePageOfAChannelIsCurrent(t *testing.T) {
	specs := map[string]connector.Spec{}
	for _, d := range all.Drivers(all.Options{}) {
		specs[d.Spec().Kind] = d.Spec()
	}
	for _, kind := range pages {
		path := "../../docs/connectors/" + kind + ".md"
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		want := made.ReplaceAllStringFunc(string(got), func(s string) string {
			name := made.FindStringSubmatch(s)[1]
			found[name] = true
			table := fieldTable(specs[kind].Form)
			if name == "parts" {
				table = partTable(specs[kind].Ceiling)
			}
			return "<!-- " + name + " -->\n" + table + "\n<!-- end -->"
		})
		if !found["form"] || !found["parts"] {
			t.Errorf("%s has no place for the tables of form and parts", path)
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if want != string(got) {
			t.Errorf("%s is not what the connector says: UPDATE_GOLDEN=1 go test ./connectors/all -run PageOfAChannel", path)
		}
		if docs := specs[kind].Docs; docs != "docs/connectors/"+kind+".md" {
			t.Errorf("%s names %q as its page", kind, docs)
		}
	}
}

// TestEveryFormNamesThePlatformsPage: whoever links an account of a platform finds its
// own page on where the values are; what is named opens over https.
func TestEveryFormNamesThePlatformsPage(t *testing.T) {
	ours := map[string]bool{"web": true, "http": true, "email": true} // of the business itself, or of whichever provider
	for _, d := range all.Drivers(all.Options{}) {
		spec := d.Spec()
		if (spec.Form.Docs == "") != ours[spec.Kind] {
			t.Errorf("the form of %s names %q", spec.Kind, spec.Form.Docs)
		}
		named := []string{spec.Form.Docs}
		for _, f := range spec.Form.Fields {
			named = append(named, f.Docs)
		}
		for _, address := range named {
			if u, err := url.Parse(address); address != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
				t.Errorf("%s names %q", spec.Kind, address)
			}
		}
	}
}

func fieldTable(f connector.Form) string {
	rows := []string{"| field | | what it is and where to find it |", "|---|---|---|"}
	for _, x := range f.Fields {
		kind := string(x.Kind)
		switch {
		case x.Generate:
			kind += ", made up if left empty"
		case x.Required:
			kind += ", required"
		}
		if x.Default != "" {
			kind += ", `" + x.Default + "` if left out"
		}
		if x.When != "" {
			kind += ", with `" + x.When + "` " + strings.Join(x.WhenIn, " or ")
		}
		rows = append(rows, fmt.Sprintf("| `%s` %s | %s | %s |", x.Name, x.Label.EN, kind, strings.ReplaceAll(x.Help.EN, "|", `\|`)))
	}
	return strings.Join(rows, "\n")
}

// levels say how a part of a message reaches the customer.
var levels = map[connector.Level]string{
	connector.Full: "as it is", connector.Partial: "in the channel's nearest form", connector.Degrade: "as text, or a link", connector.Drop: "not at all",
}

func partTable(caps connector.Capabilities) string {
	rows := []string{"| part | to the customer |", "|---|---|"}
	for _, key := range connector.PartKeys() {
		words := levels[caps.Parts[key]]
		if words == "" {
			words = levels[connector.Degrade]
		}
		rows = append(rows, "| "+key+" | "+words+" |")
	}
	return strings.Join(rows, "\n")
}
