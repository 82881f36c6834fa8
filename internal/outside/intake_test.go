package outside

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"parley/connectors/http/fake"
	"parley/core/canon"
)

// An application that puts files before it names them is understood, and one that
// tells of devices.
func TestFilesAndDevicesAreTaken(t *testing.T) {
	srv := httptest.NewUnstartedServer(nil)
	x, err := start(t.Context(), Options{URL: "http://127.0.0.1:1/parley", Secret: secret, Hook: srv.Listener, Client: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = x.hub
	srv.Start()
	defer srv.Close()
	p, err := fake.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	hook := srv.URL + HookPath
	put, failed, err := p.Upload(t.Context(), hook, "customer-1", "a.png", "image/png", []byte("x"))
	if err != nil || failed != 0 {
		t.Fatalf("a file is answered %d, %v", failed, err)
	}
	said := p.Does("customer-1", canon.Posted{Message: canon.Message{RemoteID: "m-1", Parts: []canon.Part{canon.Media{Kind: canon.MediaFile, RemoteID: put}}}})
	if a, err := p.Post(t.Context(), hook, said); err != nil || !a.Accepted() {
		t.Errorf("the message is answered %d %s, %v", a.Status, a.Body, err)
	}
	if a, err := p.PostBody(t.Context(), hook, []byte(`{"devices":[{"thread":{"peer":"customer-1"},"token":"t"}]}`)); err != nil || !a.Accepted() {
		t.Errorf("a device is answered %d %s, %v", a.Status, a.Body, err)
	}
	if len(x.findings) > 0 {
		t.Errorf("found %v", x.findings)
	}
}
