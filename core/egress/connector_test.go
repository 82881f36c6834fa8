package egress

import (
	"io"
	"net/url"
	"testing"

	"parley/core/connector"
)

// TestConnectorsReadTheCertainty: what this package knows of a failure reaches
// the class a connector gives it.
func TestConnectorsReadTheCertainty(t *testing.T) {
	for _, c := range []struct {
		err  *Error
		want connector.Class
	}{
		{&Error{Kind: Network, Certainty: NotSent}, connector.Transient},
		{&Error{Kind: Network, Certainty: Unknown}, connector.Uncertain},
		{&Error{Kind: Blocked, Certainty: NotSent}, connector.NeedsLogin},
	} {
		c.err.Err = io.EOF
		if got := connector.NetworkError(&url.Error{Op: "Post", URL: "https://example.com", Err: c.err}, true); got.Class != c.want {
			t.Errorf("%s, %s: %s, want %s", c.err.Kind, c.err.Certainty, got.Class, c.want)
		}
	}
}
