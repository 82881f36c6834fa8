package wechat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/connectors/wechat"
	"parley/core/connector"
)

// TestThePagesSayWhatIs: the pages name every field, and the limits as they are.
func TestThePagesSayWhatIs(t *testing.T) {
	for _, d := range []connector.Driver{wechat.Official(), wechat.Mini(), wechat.Component()} {
		spec := d.Spec()
		raw, err := os.ReadFile(filepath.Join("..", "..", spec.Docs))
		if err != nil {
			t.Fatal(err)
		}
		page := string(raw)
		for _, f := range spec.Form.Fields {
			if !strings.Contains(page, "`"+f.Name+"`") {
				t.Errorf("%s does not name the field %s", spec.Docs, f.Name)
			}
		}
		c := spec.Ceiling
		want := []string{fmt.Sprintf("%d bytes", c.Text.Max), fmt.Sprintf("%d messages within %.0f hours", c.Window.Messages, c.Window.For.Hours())}
		if c.Menu.Top > 0 {
			want = append(want, fmt.Sprintf("%d entries of %d bytes, %d below each of %d bytes", c.Menu.Top, c.Menu.Label.Max, c.Menu.Sub, c.Menu.SubLabel.Max))
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", spec.Docs, w)
			}
		}
	}
}
