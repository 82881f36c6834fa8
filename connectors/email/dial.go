package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"parley/core/connector"
)

const (
	dialTimeout  = 20 * time.Second
	tlsTimeout   = 20 * time.Second
	replyTimeout = 60 * time.Second // of one command that carries no mail
	bodyTimeout  = 10 * time.Minute // of a command that carries mails
)

// errTimeout is what a guarded step returns when the other side fell silent. It
// is never mistaken for a refusal.
var errTimeout = errors.New("the server did not answer in time")

// dial opens a connection to a server, with TLS where it comes first.
func (c *conn) dial(ctx context.Context, to server) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := c.env.Dial(ctx, "tcp", net.JoinHostPort(to.host, strconv.Itoa(to.port)))
	if err != nil {
		return nil, unreachable(to, err)
	}
	if to.security != "tls" {
		return conn, nil
	}
	return c.secure(ctx, conn, to)
}

// secure starts TLS on a connection, which it closes when that fails.
func (c *conn) secure(ctx context.Context, conn net.Conn, to server) (net.Conn, error) {
	secured := tls.Client(conn, c.settings.tls(to))
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, tlsFailed(to, err)
	}
	return secured, nil
}

// guarded runs one step on a connection whose library knows neither contexts
// nor silence: when ctx ends or d passes, the connection is closed, which ends
// the step. It reports which of the two it was.
func guarded(ctx context.Context, conn net.Conn, d time.Duration, step func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var late atomic.Bool
	timer := time.AfterFunc(d, func() {
		late.Store(true)
		conn.Close()
	})
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err := step()
	timer.Stop()
	stop()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case late.Load():
		return errTimeout
	}
	return err
}

func unreachable(to server, err error) error {
	where := to.host + ":" + strconv.Itoa(to.port)
	return &connector.Error{Class: connector.Transient, Code: "unreachable", Scope: connector.ScopeLink, Err: fmt.Errorf("dial %s: %w", where, err),
		Shown: connector.Text{
			EN: "The mail server " + where + " cannot be reached. Check host and port, and that a firewall lets the hub out.",
			ZH: "无法连接邮件服务器 " + where + "。请检查主机和端口，以及防火墙是否允许访问。",
		}}
}

func tlsFailed(to server, err error) error {
	e := &connector.Error{Class: connector.Transient, Code: "tls", Scope: connector.ScopeLink, Err: fmt.Errorf("start TLS with %s: %w", to.host, err),
		Shown: connector.Text{
			EN: "No encrypted connection to " + to.host + ". Check that port and encryption belong together: 993 and 465 are TLS, 143 and 587 STARTTLS.",
			ZH: "无法与 " + to.host + " 建立加密连接。请检查端口与加密方式是否匹配：993 和 465 为 TLS，143 和 587 为 STARTTLS。",
		}}
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &verify) || errors.As(err, &unknown) {
		e.Code = "certificate"
		e.Shown = connector.Text{
			EN: "The certificate of " + to.host + " is not valid for it or not trusted. Check the host name; for a private server, add its certificate authority.",
			ZH: to.host + " 的证书无效或不受信任。请检查主机名；私有服务器请添加其 CA 证书。",
		}
	}
	return e
}
