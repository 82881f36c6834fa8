//go:build !nogpl

package whatsapp

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// client makes a client of a device. It reconnects by us, not by itself, and
// tells the server that a message came only when the handler has it.
func (c *conn) client(device *store.Device) *whatsmeow.Client {
	cli := whatsmeow.NewClient(device, logger{c.env.Log})
	h := *c.env.HTTP
	if c.o.Played != "" {
		h.Transport = elsewhere{h.Transport, c.o.Played}
	}
	cli.SetWebsocketHTTPClient(&h)
	cli.SetPreLoginHTTPClient(&h)
	cli.SetMediaHTTPClient(&h)
	cli.EnableAutoReconnect = false
	cli.DisableLoginAutoReconnect = true
	cli.SynchronousAck = true
	cli.EnableDecryptedEventBuffer = true
	cli.UseRetryMessageStore = true // who could not open a message asks again, also after a restart
	cli.AutomaticMessageRerequestFromPhone = true
	cli.ManualHistorySyncDownload = true // chats of before the linking are the phone's
	cli.GetClientPayload = func() *waWa6.ClientPayload { return c.payload(device) }
	return cli
}

// payload is what the device says of itself when it signs in: our name on the
// phone's list of linked devices, and the version if one is set.
func (c *conn) payload(device *store.Device) *waWa6.ClientPayload {
	p := device.GetClientPayload()
	if c.version != nil {
		p.UserAgent.AppVersion = c.version.ProtoAppVersion()
	}
	if reg := p.GetDevicePairingData(); reg != nil {
		props := proto.Clone(store.DeviceProps).(*waCompanionReg.DeviceProps)
		props.Os = proto.String("Parley")
		props.PlatformType = waCompanionReg.DeviceProps_CHROME.Enum()
		if raw, err := proto.Marshal(props); err == nil {
			reg.DeviceProps = raw
		}
		if c.version != nil {
			hash := c.version.Hash()
			reg.BuildHash = hash[:]
		}
	}
	return p
}

// elsewhere sends what is meant for WhatsApp's hosts to a played one.
type elsewhere struct {
	http.RoundTripper
	base string
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(e.base)
	if err != nil {
		return nil, fmt.Errorf("the played address cannot be read: %w", err)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, to.Host
	next := e.RoundTripper
	return next.RoundTrip(r)
}

// logger passes whatsmeow's lines of trouble on. Its lines of detail hold
// messages and keys and go nowhere; of the others only the form is kept, for
// their values name customers.
type logger struct{ to *slog.Logger }

func (l logger) note(form string) {
	if l.to != nil {
		l.to.Debug("whatsmeow: " + form)
	}
}

func (l logger) Errorf(form string, _ ...any) { l.note(form) }
func (l logger) Warnf(form string, _ ...any)  { l.note(form) }
func (logger) Infof(string, ...any)           {}
func (logger) Debugf(string, ...any)          {}
func (l logger) Sub(string) waLog.Logger      { return l }
