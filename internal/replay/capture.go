package replay

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"time"

	"parley/core/connector"
)

// requestLine begins a captured request; anything else is a bare body.
var requestLine = regexp.MustCompile(`^(GET|POST|PUT) (\S+) HTTP/[0-9.]+\r?\n`)

// hookPath is where the hub takes callbacks, before the part that belongs to
// the connector.
var hookPath = regexp.MustCompile(`^/hooks/[^/]+`)

// capture reads a file: a request as it came over the wire, whose headers end
// with an empty line, or a bare body, which carries nothing to authenticate.
func capture(file []byte, at time.Time) (raw connector.Raw, whole bool, err error) {
	raw = connector.Raw{Method: http.MethodPost, Header: http.Header{}, Body: file, Arrived: at}
	line := requestLine.FindSubmatch(file)
	if line == nil {
		return raw, false, nil
	}
	to, err := url.ParseRequestURI(string(line[2]))
	if err != nil {
		return raw, false, fmt.Errorf("read the captured request: %w", err)
	}
	rest := file[len(line[0]):]
	end, skip := bytes.Index(rest, []byte("\r\n\r\n")), 4
	if lone := bytes.Index(rest, []byte("\n\n")); lone >= 0 && (end < 0 || lone < end) {
		end, skip = lone, 2
	}
	if end < 0 {
		end, skip = len(rest), 0
	}
	header, err := textproto.NewReader(bufio.NewReader(strings.NewReader(string(rest[:end]) + "\r\n\r\n"))).ReadMIMEHeader()
	if err != nil {
		return raw, false, fmt.Errorf("read the headers of the captured request: %w", err)
	}
	raw.Method, raw.Query, raw.Header = string(line[1]), to.RawQuery, http.Header(header)
	raw.Path = strings.TrimSuffix(hookPath.ReplaceAllString(to.Path, ""), "/")
	raw.Body = rest[end+skip:]
	return raw, true, nil
}

const hidden = "••••"

// secretName tells headers and parameters that authenticate by their names.
var secretName = regexp.MustCompile(`(?i)(auth|cookie|secret|token|sign|signature|password|key)`)

// shownHeader is the header without what authenticates.
func shownHeader(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		for _, v := range values {
			if secretName.MatchString(name) {
				v = hidden
			}
			out.Add(name, v)
		}
	}
	return out
}

// shownQuery is the query without what authenticates.
func shownQuery(q string) string {
	pairs := strings.Split(q, "&")
	for i, pair := range pairs {
		if name, _, ok := strings.Cut(pair, "="); ok && secretName.MatchString(name) {
			pairs[i] = name + "=" + hidden
		}
	}
	return strings.Join(pairs, "&")
}
