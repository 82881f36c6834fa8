package line

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"parley/core/connector"
)

const page = "../../docs/connectors/line.md"

func TestDocumentIsCurrent(t *testing.T) {
	template, err := os.ReadFile("testdata/page.md")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("{{form}}", formTable(), "{{parts}}", partTable(), "{{errors}}", errorTable()).Replace(string(template))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what form, capabilities and catalogue say (%v): UPDATE_GOLDEN=1 go test ./connectors/line -run Document", page, err)
	}
}

func formTable() string {
	rows := []string{"| field | | where to find it |", "|---|---|---|"}
	for _, f := range form().Fields {
		kind := string(f.Kind)
		if f.Required {
			kind += ", required"
		}
		if f.Default != "" {
			kind += ", `" + f.Default + "` if left out"
		}
		rows = append(rows, fmt.Sprintf("| `%s` %s | %s | %s |", f.Name, f.Label.EN, kind, f.Help.EN))
	}
	return strings.Join(rows, "\n")
}

// said is what a level means for a part here.
var said = map[string]string{
	"media.voice": "m4a and mp3; others are converted on a hub with ffmpeg, else a link", "media.audio": "m4a and mp3; others are converted on a hub with ffmpeg, else a link", "media.video": "mp4, behind a picture out of it, or a neutral one on a hub without ffmpeg; others as a link",
	"media.animation": "as a link: LINE shows no moving pictures", "media.file": "as a link: accounts cannot send files", "sticker": "of the sets LINE lets accounts send; others as a picture, or their emoji",
	"choices.quick": "as quick replies under the last message of the call", "choices.buttons": "as buttons in a bubble", "choices.list": "as buttons in a bubble, sections as small headings",
	"card.app": "as a bubble that opens its web address",
}

func partTable() string {
	var rows []string
	caps := capabilities()
	for _, key := range connector.PartKeys() {
		words := said[key]
		switch level := caps.Parts[key]; {
		case words != "":
		case level == connector.Full:
			words = "yes"
		case level == connector.Partial:
			words = "as a bubble with picture and button"
		default:
			words = "as text"
		}
		rows = append(rows, "| "+key+" | "+words+" |")
	}
	return strings.Join(rows, "\n")
}

func errorTable() string {
	var rows []string
	for _, row := range catalogue {
		says := strconv.Itoa(row.status)
		if row.says != "" {
			says += " “" + row.says + "”"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |", says, row.class, row.shown.EN))
	}
	return strings.Join(rows, "\n")
}

func TestEveryRefusalHasASentenceInBothLanguages(t *testing.T) {
	for _, row := range catalogue {
		if row.shown.EN == "" || row.shown.ZH == "" || row.class == "" || row.code == "" {
			t.Errorf("%d %q lacks its words, class or code", row.status, row.says)
		}
	}
}
