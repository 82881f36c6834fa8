package telegram

import (
	"context"
	"net/url"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// connections is how many updates Telegram may deliver at a time (1–100, default
// 40). It keeps those of one chat in order by itself.
const connections = 100

// menuMark remembers that the menu of commands at Telegram is the form's.
const menuMark = "commands"

// Install has Telegram deliver the way the form says, and sets the menu of
// commands if there is one; one that was emptied in the form is taken off, one
// that somebody else set stays. Nothing that waits at Telegram is dropped.
func (c *conn) Install(ctx context.Context) error {
	var err error
	if c.hook {
		err = c.setHook(ctx)
	} else {
		err = c.dropHook(ctx)
	}
	if err != nil {
		return err
	}
	if len(c.menu) > 0 {
		if err := c.ask(ctx, "setMyCommands", tgbotapi.Params{"commands": asJSON(c.menu)}, nil); err != nil || c.env.Cache == nil {
			return err
		}
		return c.env.Cache.Set(ctx, menuMark, "set", menuKept)
	}
	if c.env.Cache == nil {
		return nil
	}
	if _, ours, err := c.env.Cache.Get(ctx, menuMark); err != nil || !ours {
		return err
	}
	if err := c.ask(ctx, "deleteMyCommands", nil, nil); err != nil {
		return err
	}
	return c.env.Cache.Delete(ctx, menuMark)
}

// menuKept is how long it is remembered, from the last time the link was opened.
const menuKept = 10 * 365 * 24 * time.Hour

// Uninstall takes the webhook off. The menu stays: it may be someone else's.
func (c *conn) Uninstall(ctx context.Context) error { return c.dropHook(ctx) }

func (c *conn) setHook(ctx context.Context) error {
	return c.ask(ctx, "setWebhook", tgbotapi.Params{
		"url": c.link.HookURL, "secret_token": HookSecret(c.token, c.link.ID),
		"allowed_updates": asJSON(kinds()), "max_connections": strconv.Itoa(connections),
	}, nil)
}

func (c *conn) dropHook(ctx context.Context) error {
	return c.ask(ctx, "deleteWebhook", tgbotapi.Params{"drop_pending_updates": "false"}, nil)
}

// hookInfo is WebhookInfo.
type hookInfo struct {
	URL       string `json:"url"`
	Pending   int    `json:"pending_update_count"`
	ErrorDate int64  `json:"last_error_date"`
	Error     string `json:"last_error_message"`
}

func (c *conn) hookInfo(ctx context.Context) (info hookInfo, err error) {
	return info, c.ask(ctx, "getWebhookInfo", nil, &info)
}

// callable tells that Telegram would take the callback address: https on a port
// it calls. A server in local mode calls any.
func (c *conn) callable() bool {
	u, err := url.Parse(c.link.HookURL)
	if err != nil || u.Host == "" {
		return false
	}
	if c.local {
		return true
	}
	switch u.Port() {
	case "", "443", "80", "88", "8443":
		return u.Scheme == "https"
	}
	return false
}
