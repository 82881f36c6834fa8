package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// Mail writes to people who work here. *hub.Hub is one.
type Mail interface {
	// Mail sends a letter from an account that can; from is its address, empty where
	// none of the tenant's can.
	Mail(ctx context.Context, tenant canon.ID, to, subject, body string) (from string, err error)
}

// letter are the words of a letter with a link by which somebody chooses a
// password, in their language.
func letter(business string, v core.Agent, l auth.PasswordLink) (subject, body string) {
	words := connector.Text{
		EN: "Hello {name},\n\nchoose a new password for {business} here:\n\n{url}\n\nThe link counts once, until {until}. If you did not ask for it, leave it alone: your password stays as it is.",
		ZH: "{name}，你好：\n\n请点击下面的链接，为 {business} 设置新密码：\n\n{url}\n\n链接仅可使用一次，有效期至 {until}。如果不是你本人申请，请忽略此邮件，你的密码不会改变。",
	}
	title := connector.Text{EN: "A new password for {business}", ZH: "重置你在 {business} 的密码"}
	if l.Invitation {
		title = connector.Text{EN: "You are invited to {business}", ZH: "{business} 邀请你加入"}
		words = connector.Text{
			EN: "Hello {name},\n\nyou are invited to serve the customers of {business}. Choose your password here, then you are signed in:\n\n{url}\n\nThe link counts once, until {until}. You sign in with {email}.",
			ZH: "{name}，你好：\n\n{business} 邀请你加入客服团队。请点击下面的链接设置密码，随后即可登录：\n\n{url}\n\n链接仅可使用一次，有效期至 {until}。登录邮箱为 {email}。",
		}
	}
	until := l.Expires.In(zoneOf(v)).Format("2006-01-02 15:04 MST")
	fill := strings.NewReplacer("{name}", v.Name, "{business}", business, "{url}", l.URL, "{until}", until, "{email}", v.Email).Replace
	return fill(title.In(v.Language)), fill(words.In(v.Language))
}

func zoneOf(v core.Agent) *time.Location {
	if l, err := time.LoadLocation(v.TimeZone); err == nil {
		return l
	}
	return time.UTC
}

// mailLink mails a link to whom it is for.
func (a *API) mailLink(ctx context.Context, tenant canon.ID, v core.Agent, l auth.PasswordLink) (from string, err error) {
	if a.Mail == nil {
		return "", nil
	}
	t, err := a.Store.For(tenant).ReadTenant(ctx)
	if err != nil {
		return "", err
	}
	subject, body := letter(t.Name, v, l)
	if from, err = a.Mail.Mail(ctx, tenant, v.Email, subject, body); err != nil {
		return "", fmt.Errorf("mail a link: %w", err)
	}
	return from, nil
}

type askInput struct {
	Body struct {
		Email  string `json:"email" minLength:"3" maxLength:"254"`
		Tenant string `json:"tenant,omitempty" maxLength:"60" doc:"Short name of the business; empty: default"`
	}
}

// askForLink answers at once and does the work beside: neither the answer nor how
// long it takes tells who works here.
func (a *API) askForLink(_ context.Context, c *call, in *askInput) (*none, error) {
	slug, email := in.Body.Tenant, strings.ToLower(strings.TrimSpace(in.Body.Email))
	if err := a.Auth.SlowAsking(c.r, slug, email); err != nil {
		return nil, err
	}
	from := c.who.Address
	a.letters.Go(func() {
		ctx, cancel := context.WithTimeout(a.ctx, time.Minute)
		defer cancel()
		tenant, v, link, ok, err := a.Auth.AskForLink(ctx, slug, email, a.PublicURL, from)
		if err == nil && ok {
			_, err = a.mailLink(ctx, tenant, v, link)
			a.Feed.Poke(tenant)
		}
		if err != nil && a.ctx.Err() == nil {
			a.Log.Warn("somebody who forgot their password was not written to", "err", err)
		}
	})
	return nil, nil
}
