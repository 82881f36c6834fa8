package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"parley/admin/demo"
	"parley/connectors/all"
	"parley/connectors/emulate/mail"
	"parley/core/connector"
	"parley/core/egress"
)

func emulateCommands(e *environment) *cobra.Command {
	played := []*cobra.Command{
		emulateMail(e),
		emulatePlatform(e, "telegram", "Telegram's Bot API with one bot."),
		emulatePlatform(e, "line", "LINE's Messaging API with one account."),
		emulatePlatform(e, "wechat", "WeChat with an official account, a mini-program and a third-party platform."),
		emulatePlatform(e, "wecom", "WeCom with an application, WeChat customer service and a service provider."),
		emulatePlatform(e, "meta", "Meta's Graph API with WhatsApp, Messenger and Instagram."),
	}
	return group("emulate", "Play a platform on this machine, for trying and testing.", append(played, emulateLinked(e)...)...)
}

// emulateFlags are what every played platform takes, besides --listen.
type emulateFlags struct{ hook, fault []string }

// emulatePlatform is the command that plays one platform alone.
func emulatePlatform(e *environment, name, short string) *cobra.Command {
	var o emulateFlags
	c := &cobra.Command{Use: name, Short: short, Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return o.play(e, name) }}
	f := c.Flags()
	f.StringArrayVar(&o.hook, "hook", nil, "Where callbacks go, as `[KIND=]URL`, such as wechat=http://127.0.0.1:8080/hooks/…; it must answer already where the platform verifies it.")
	f.StringArrayVar(&o.fault, "fault", nil, "Misbehave once, as `KIND[:OPERATION]`: a call is met by hang-up, hang, lose-answer, late, expired-token, or a status such as 503 or 429; a callback goes out by redeliver or reorder. May be given many times, and posted to /demo/fault while it runs.")
	return c
}

// play runs one platform alone until a signal ends it.
func (c emulateFlags) play(e *environment, name string) error {
	faults, err := faultsOf(c.fault)
	if err != nil {
		return err
	}
	// The operator says where callbacks go; there is nothing to protect from them.
	out, err := egress.New(egress.Options{Policy: anywhere(), UserAgent: "Parley/" + version})
	if err != nil {
		return err
	}
	defer out.Close()
	p, err := play(name, out.HTTPClient(egress.API), true)
	if err != nil {
		return err
	}
	defer p.close()
	address := e.flags.Given()["listen"]
	if address == "" {
		address = "127.0.0.1:0" // the hub beside it has the usual one
	}
	registry, err := connector.NewRegistry(all.Drivers(all.Options{})...)
	if err != nil {
		return err
	}
	_, phones := shown([]*playedPlatform{p}, registry)
	page := (&demo.Phones{All: phones, Language: demoLanguage(), Log: slog.New(slog.DiscardHandler), Ends: e.ctx.Done()}).Handler()
	if err := p.serve(e.ctx, address, map[string]http.Handler{"/demo/": page, "POST " + faultPath: http.HandlerFunc(p.serveFault)}); err != nil {
		return err
	}
	if err := p.misbehave(faults...); err != nil {
		return err
	}
	p.describe(os.Stdout)
	fmt.Println("the customers' phones: " + p.base + "/demo/phones")
	fmt.Println("misbehave: curl -d redeliver " + p.base + faultPath)
	if err := p.enter(e.ctx, c.hook); err != nil {
		return err
	}
	<-e.ctx.Done()
	return nil
}

// anywhere is the policy of commands that reach only what their user names.
func anywhere() egress.Policy {
	return egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
}

// describe prints what a linking form asks for.
func (p *playedPlatform) describe(w io.Writer) {
	for _, c := range p.channels {
		address := "api_base"
		if c.linked {
			address = "address"
		}
		fmt.Fprintf(w, "%s\n  %-18s%s\n", c.kind, address, p.at(c))
		if c.page {
			fmt.Fprintf(w, "  %-18s%s\n", "page_base", p.at(c))
		}
		for _, name := range slices.Sorted(maps.Keys(c.values)) {
			fmt.Fprintf(w, "  %-18s%s\n", name, c.values[name])
		}
		if c.hook != nil && p.asked == "" {
			fmt.Fprintf(w, "  %-18s%s\n", "callbacks to", "--hook "+c.kind+"=URL")
		}
	}
	if p.asked != "" {
		fmt.Fprintf(w, "callbacks go where %s says\n", p.asked)
	}
}

// enter writes callback addresses into the platform's console.
func (p *playedPlatform) enter(ctx context.Context, hooks []string) error {
	for _, text := range hooks {
		kind, address, named := strings.Cut(text, "=")
		if !named || strings.Contains(kind, ":") { // an address may hold a =
			kind, address = "", text
		}
		i := slices.IndexFunc(p.channels, func(c playedChannel) bool { return c.kind == kind || kind == "" && len(p.channels) == 1 })
		switch {
		case i < 0:
			return fmt.Errorf("--hook: say which channel %s is for: %s=URL", address, p.channels[0].kind)
		case p.channels[i].linked:
			return fmt.Errorf("--hook: %s calls nobody: devices are linked to it and call", p.name)
		case p.channels[i].hook == nil:
			return fmt.Errorf("--hook: %s is told by %s", p.name, p.asked)
		}
		if err := p.channels[i].hook(ctx, address); err != nil {
			return fmt.Errorf("--hook %s: %w", text, err)
		}
	}
	return nil
}

func emulateMail(e *environment) *cobra.Command {
	c := &cobra.Command{Use: "mail", Short: "A mail provider: IMAP and SMTP on loopback.", Args: cobra.NoArgs}
	boxes := c.Flags().StringArray("user", []string{"shop@demo.example:shop-password", "customer@demo.example:customer-password"}, "Mailbox as `ADDRESS:PASSWORD`; may be given many times.")
	c.RunE = func(*cobra.Command, []string) error { return e.playMail(*boxes) }
	return c
}

// playMail plays a mail provider until a signal ends it.
func (e *environment) playMail(boxes []string) error {
	users, err := mailUsers(boxes)
	if err != nil {
		return err
	}
	srv, err := mail.Start(e.ctx, mail.Options{}, users...)
	if err != nil {
		return err
	}
	defer srv.Close()
	fmt.Println("IMAP", srv.IMAPAddr)
	fmt.Println("SMTP", srv.SMTPAddr)
	<-e.ctx.Done()
	return nil
}

func mailUsers(texts []string) ([]mail.User, error) {
	var users []mail.User
	for _, t := range texts {
		address, password, ok := strings.Cut(t, ":")
		if !ok {
			return nil, fmt.Errorf("--user: %q is not address:password", t)
		}
		users = append(users, mail.User{Address: address, Password: password})
	}
	return users, nil
}
