// Package ui carries the web application inside the program and serves it.
//
// What is in assets/ has a hash in its name: it is served for ever, as the build
// compressed it. Everything else that is not a file is the application's one
// page, which finds its own way by the address; it is never cached and carries
// a strict content policy with a nonce of its own.
//
// The package never serves the API, callbacks or the chat of visitors, and never
// answers an unknown address under those with a page.
package ui

import (
	"embed"
	"io/fs"
	"net/http"
)

// The folder holds only .keep until `npm run build` was run.
//
//go:embed all:dist
var dist embed.FS

// Handler serves the embedded application. It is safe for concurrent use.
func Handler() (http.Handler, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return serve(built)
}
