package egress

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Options are the settings of a [Client]; the zero value is right for production.
type Options struct {
	Policy Policy
	// Resolver resolves names; nil is the system's.
	Resolver *net.Resolver
	// ExtraRoots are trusted besides the system's certificate authorities.
	ExtraRoots []*x509.Certificate
	// UserAgent is sent when a request names none.
	UserAgent string
}

// Client is the way out. One is made in main and shared; it is safe for
// concurrent use.
type Client struct {
	policy  Policy
	dialers [Infra + 1]*net.Dialer
	pools   [Infra + 1]*http.Transport
	roots   *x509.CertPool
	agent   string

	sessions tls.ClientSessionCache // shorter handshakes with hosts met before
}

const (
	dialTimeout = 10 * time.Second
	tlsTimeout  = 10 * time.Second
	keepAlive   = 30 * time.Second
	// idleConn is shorter than what common servers keep a connection for, so that
	// we seldom write into one they are just closing, which leaves a send unknown.
	idleConn     = 50 * time.Second
	idlePerHost  = 512 // one API host may take all traffic of the hub
	connsPerHost = 1024
	headerLimit  = 64 << 10
)

// New makes a client.
func New(o Options) (*Client, error) {
	c := &Client{policy: o.Policy, agent: o.UserAgent, sessions: tls.NewLRUClientSessionCache(0)}
	if c.agent == "" {
		c.agent = "Parley"
	}
	if len(o.ExtraRoots) > 0 {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("read the system's certificate authorities: %w", err)
		}
		for _, cert := range o.ExtraRoots {
			roots.AddCert(cert)
		}
		c.roots = roots
	}
	for class := range c.pools {
		class := Class(class)
		c.dialers[class] = &net.Dialer{
			Timeout:        dialTimeout,
			KeepAlive:      keepAlive,
			Resolver:       o.Resolver,
			ControlContext: c.control(class),
		}
		c.pools[class] = c.pool(class)
	}
	return c, nil
}

// control sees the address of each socket before it connects: the last moment,
// after every resolving.
func (c *Client) control(class Class) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, network, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return &blockedError{"not an address and port"}
		}
		return c.policy.Check(class, to)
	}
}

func (c *Client) pool(class Class) *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true) // a request has its connection to itself, so what was written can be told
	return &http.Transport{
		Proxy: nil,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return count(c.connect(ctx, class, network, addr, nil))
		},
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			// Counted above TLS: the alert that ends a session is no request.
			return count(c.connect(ctx, class, network, addr, c.TLSConfig(host)))
		},
		MaxIdleConns:           4 * idlePerHost,
		MaxIdleConnsPerHost:    idlePerHost,
		MaxConnsPerHost:        connsPerHost,
		IdleConnTimeout:        idleConn,
		MaxResponseHeaderBytes: headerLimit,
		DisableCompression:     class == Infra, // stored objects come as they are, with their length
		ExpectContinueTimeout:  time.Second,
		Protocols:              &protocols,
	}
}

// Close drops idle connections.
func (c *Client) Close() {
	for _, pool := range c.pools {
		pool.CloseIdleConnections()
	}
}

// TLSConfig is the configuration for STARTTLS on a connection from [Client.Dial].
func (c *Client) TLSConfig(serverName string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.roots, ServerName: serverName, ClientSessionCache: c.sessions}
}

// Dial opens a TCP connection to an address in an account's settings (class
// [API]: mail servers). ctx bounds the dialling alone. Failures are *[Error]
// with certainty [NotSent].
func (c *Client) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return c.dial(ctx, network, addr, nil)
}

// DialTLS is [Client.Dial] followed by a TLS handshake for the host in addr.
func (c *Client) DialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, &Error{Op: "DIAL", Host: addr, Certainty: NotSent, Err: errors.New("address is not host:port")}
	}
	return c.dial(ctx, network, addr, c.TLSConfig(host))
}

func (c *Client) dial(ctx context.Context, network, addr string, secure *tls.Config) (net.Conn, error) {
	start := time.Now()
	conn, err := c.connect(ctx, API, network, addr, secure)
	if err != nil {
		err = &Error{Op: "DIAL", Host: addr, Kind: kindOf(ctx, err), Certainty: NotSent, Err: plain(err)}
	}
	if to := recorder(ctx); to != nil {
		x := Exchange{Method: "DIAL", URL: "tcp://" + addr, Start: start, Total: time.Since(start), Certainty: NotSent}
		if err != nil {
			x.Err = err.Error()
		} else {
			x.Connected, x.Remote = x.Total, conn.RemoteAddr().String()
		}
		to.Record(x)
	}
	if err != nil {
		return nil, err
	}
	return conn, nil
}

func (c *Client) connect(ctx context.Context, class Class, network, addr string, secure *tls.Config) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, &blockedError{fmt.Sprintf("network %q is not TCP", network)}
	}
	conn, err := c.dialers[class].DialContext(ctx, network, addr)
	if err != nil || secure == nil {
		return conn, err
	}
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	wrapped := tls.Client(conn, secure)
	if err := wrapped.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("TLS handshake: %w", err)
	}
	return wrapped, nil
}

// kindOf sorts an error of the net package.
func kindOf(ctx context.Context, err error) Kind {
	if _, ok := errors.AsType[*blockedError](err); ok {
		return Blocked
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return Canceled
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return Timeout
	}
	return Network
}

// plain takes net's wrapping off a refusal, which would repeat the address.
func plain(err error) error {
	if b, ok := errors.AsType[*blockedError](err); ok {
		return fmt.Errorf("address not allowed: %w (PARLEY_EGRESS_ALLOW lists exceptions)", b)
	}
	return err
}
