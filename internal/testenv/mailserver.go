package testenv

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"text/template"
	"time"
)

//go:embed dovecot.conf
var dovecotConf string

//go:embed exim.conf
var eximConf string

//go:embed oauth2.conf
var oauth2Conf string

// mailConf is what both configuration files are filled from.
type mailConf struct {
	Dir, User, Group             string
	IMAP, IMAPS, LMTP, SMTP, TLS int
	Domain, BounceDomain         string
	TokenKey                     []byte
}

func startMail() (Mail, *Server, error) {
	as, err := unprivileged("mail")
	if err != nil {
		return Mail{}, nil, fmt.Errorf("start the mail server: %w", err)
	}
	return starting("mail", "", as, func(dir string, s *Server) (Mail, error) {
		dovecot, exim, err := findMail()
		if err != nil {
			return Mail{}, err
		}
		ports, err := freePorts(5)
		if err != nil {
			return Mail{}, err
		}
		conf := mailConf{
			Dir: dir, User: as.name, Group: as.group,
			IMAP: ports[0], IMAPS: ports[1], LMTP: ports[2], SMTP: ports[3], TLS: ports[4],
			Domain: MailDomain, BounceDomain: BounceDomain, TokenKey: []byte(rand.Text() + rand.Text()),
		}
		authority, err := conf.write(as)
		if err != nil {
			return Mail{}, err
		}
		m := Mail{
			IMAPAddr: loopback(conf.IMAP), IMAPSAddr: loopback(conf.IMAPS), LMTPAddr: loopback(conf.LMTP),
			SMTPAddr: loopback(conf.SMTP), SMTPSAddr: loopback(conf.TLS),
			CAPEM: authority, TokenKey: conf.TokenKey, Users: filepath.Join(dir, "users"),
		}
		s.parts = []part{
			{
				program: program{
					name: "dovecot", dir: dir, stop: syscall.SIGTERM, as: as,
					args: []string{dovecot, "-F", "-c", filepath.Join(dir, "dovecot.conf")},
				},
				probe: greeted(m.IMAPAddr, "* OK"),
			},
			{
				program: program{
					name: "exim", dir: dir, stop: syscall.SIGTERM, as: as,
					args: []string{exim, "-bdf", "-q5s", "-C", filepath.Join(dir, "exim.conf")},
				},
				probe: greeted(m.SMTPAddr, "220"),
			},
		}
		return m, nil
	})
}

func findMail() (dovecot, exim string, err error) {
	if dovecot, err = find("dovecot-imapd", "dovecot", "/usr/sbin/dovecot"); err != nil {
		return "", "", err
	}
	if lmtp, _ := filepath.Glob("/usr/lib*/dovecot/lmtp"); len(lmtp) == 0 {
		return "", "", &missingError{program: "dovecot's lmtp", pkg: "dovecot-lmtpd"}
	}
	exim, err = find("exim4-daemon-light", "exim4", "/usr/sbin/exim4")
	return dovecot, exim, err
}

// write fills the server's folder and returns the authority's certificate.
func (c mailConf) write(as account) ([]byte, error) {
	authority, cert, key, err := throwAwayCertificate()
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	for _, folder := range []string{"users", "home", "run", "state", "spool", "log", "keys", "keys/default", "keys/default/HS256"} {
		if err := ownedFolder(filepath.Join(c.Dir, folder), as); err != nil {
			return nil, err
		}
	}
	files := map[string]string{
		"cert.pem": string(cert), "key.pem": string(key),
		"keys/default/HS256/default": base64.StdEncoding.EncodeToString(c.TokenKey),
	}
	for name, text := range map[string]string{"dovecot.conf": dovecotConf, "exim.conf": eximConf, "oauth2.conf": oauth2Conf} {
		var filled strings.Builder
		if err := template.Must(template.New(name).Delims("[[", "]]").Parse(text)).Execute(&filled, c); err != nil {
			return nil, err
		}
		files[name] = filled.String()
	}
	for name, text := range files {
		path := filepath.Join(c.Dir, name)
		// Exim refuses a configuration that others may write or that is not root's or its own.
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
		if as.switched {
			if err := os.Chown(path, int(as.uid), int(as.gid)); err != nil {
				return nil, err
			}
		}
	}
	return authority, nil
}

func ownedFolder(path string, as account) error {
	if err := os.Mkdir(path, 0o755); err != nil {
		return err
	}
	if !as.switched {
		return nil
	}
	return os.Chown(path, int(as.uid), int(as.gid))
}

// greeted asks whether a server at the address begins with the words given.
func greeted(address, words string) func(context.Context) error {
	return func(ctx context.Context) error {
		dialer := net.Dialer{Timeout: time.Second}
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
			return err
		}
		greeting := make([]byte, 512)
		n, err := conn.Read(greeting)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(string(greeting[:n]), words) {
			return fmt.Errorf("%s greets with %q", address, greeting[:n])
		}
		return nil
	}
}
