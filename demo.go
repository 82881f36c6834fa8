package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"parley/admin/demo"
	"parley/bots/rules"
	"parley/connectors/emulate/mail"
	"parley/connectors/http/fake"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/setting"
)

func demoCommand(e *environment) *cobra.Command {
	c := &cobra.Command{Use: "demo", Short: "Run a hub to try: a shop with the widget, a bot, two agents, a mailbox, and phones of every platform.", Args: cobra.NoArgs}
	language := c.Flags().String("language", demoLanguage(), "Language of the shop and its bot: `zh|en`.")
	c.RunE = func(*cobra.Command, []string) error {
		if *language != "zh" && *language != "en" {
			return fmt.Errorf("--language: %q is neither zh nor en", *language)
		}
		return e.demo(*language)
	}
	return c
}

// demoLanguage follows the terminal's language.
func demoLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

// demo serves a hub with a ready tenant, a shop with the widget, a mail server
// and the played platforms with their customers' phones, all on this machine.
func (e *environment) demo(language string) error {
	s, err := e.settings()
	if err != nil {
		return err
	}
	if s.Database.Dialect != setting.SQLite {
		return errors.New("the demo runs on SQLite: unset PARLEY_DATABASE_URL")
	}
	s.DataDir = filepath.Join(s.DataDir, "demo")
	s.Database.Path = filepath.Join(s.DataDir, "parley.db")
	s.Storage = setting.Storage{Kind: setting.StorageFiles, Dir: filepath.Join(s.DataDir, "files")}
	s.EgressAllow = append(s.EgressAllow, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
	log := logger(s)
	v, err := e.open(s, log)
	if err != nil {
		return err
	}
	defer v.store.Close()
	phone, played, err := startLinked(e.ctx)
	if err != nil {
		return err
	}
	defer closeAll(phone)
	x, err := e.build(v, s, log, played)
	if err != nil {
		return err
	}
	var users []mail.User
	for _, m := range demo.Mailboxes() {
		users = append(users, mail.User{Address: m.Address, Password: m.Password})
	}
	post, err := mail.Start(e.ctx, mail.Options{FilesSent: true}, users...)
	if err != nil {
		return fmt.Errorf("start the demo's mail server: %w", err)
	}
	defer post.Close()
	key := "whsec_" + base64.StdEncoding.EncodeToString(v.box.Signer("demo platform").Sign("secret"))
	platform, err := fake.New(key, fake.WithClient(x.egress.HTTPClient(egress.API)))
	if err != nil {
		return fmt.Errorf("start the demo's platform: %w", err)
	}
	platforms, err := playAll(e.ctx, x.egress.HTTPClient(egress.API))
	if err != nil {
		return err
	}
	defer closeAll(platforms)
	channels, phones := shown(append(platforms, phone...), x.connectors)
	content, err := json.Marshal(rules.Demo(language))
	if err != nil {
		return err
	}
	drivers := x.connectors
	d, err := demo.Setup(e.ctx, demo.Config{
		Store: v.store, Box: v.box, Tenant: v.tenant, Hash: x.auth.Hash, Language: language, PublicURL: s.PublicURL, BotKind: rules.Kind, BotContent: content,
		Form: func(kind string) (connector.Form, bool) {
			driver, ok := drivers.Driver(kind)
			if !ok {
				return connector.Form{}, false
			}
			return driver.Spec().Form, true
		},
		IMAP: post.IMAPAddr, SMTP: post.SMTPAddr, PlatformBase: platformBase(s), PlatformSecret: key,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			return x.egress.Dial(ctx, network, address)
		},
		Channels: channels, Phones: phones, Ends: e.ctx.Done(), Log: log,
	})
	if err != nil {
		return err
	}
	return e.run(s, v, x, log, func(mux *http.ServeMux) error {
		mux.Handle("/demo/", d.Handler())
		mux.Handle("/demo/platform/", http.StripPrefix("/demo/platform", platform))
		fmt.Fprintln(os.Stderr, d.Banner())
		go greet(e.ctx, d, platform)
		go enterHooks(e.ctx, platforms, d)
		return nil
	})
}

// platformBase is where the played platform answers: on the hub's own listener.
func platformBase(s setting.Settings) string {
	host, port, err := net.SplitHostPort(s.Listen)
	if err != nil || host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/demo/platform"
}

// greet lets the demo's first customers write, once the hub listens.
func greet(ctx context.Context, d *demo.Demo, platform *fake.Platform) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := d.FirstCustomers(ctx, func(ctx context.Context, hook string, e canon.Envelope) error {
		answer, err := platform.Post(ctx, hook, e)
		if err == nil && !answer.Accepted() {
			err = fmt.Errorf("the hub answered %d", answer.Status)
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "parley: the demo's first customers could not write:", err)
	}
}
