package wechat

import (
	"time"
)

// How long what a third-party platform is given counts.
const (
	ticketLife = 12 * time.Hour
	preLife    = 30 * time.Minute
	codeLife   = time.Hour
)

func (c *ComponentApp) startTicket(ask componentAsk) result {
	if ask.Start != c.o.Secret {
		return refuse(40125, "invalid appsecret")
	}
	return result{}
}

// componentToken gives the platform's token for a ticket that was pushed.
func (c *ComponentApp) componentToken(ask componentAsk) result {
	now := c.o.Clock()
	if ask.Secret != c.o.Secret {
		return refuse(40125, "invalid appsecret")
	}
	pushed, given := c.tickets[ask.Ticket]
	switch {
	case !given:
		return refuse(61006, "component ticket is invalid")
	case now.Sub(pushed) >= ticketLife:
		return refuse(61005, "component ticket is expired")
	}
	token := c.id("component")
	c.tokens[token] = now.Add(tokenLife)
	return result{fields: map[string]any{"component_access_token": token, "expires_in": int(tokenLife.Seconds())}}
}

func (c *ComponentApp) preAuthCode(componentAsk) result {
	pre := c.id("preauthcode")
	c.pre[pre] = c.o.Clock().Add(preLife)
	return result{fields: map[string]any{"pre_auth_code": pre, "expires_in": int(preLife.Seconds())}}
}

// queryAuth spends an authorisation code.
func (c *ComponentApp) queryAuth(ask componentAsk) result {
	k, given := c.codes[ask.Code]
	switch {
	case !given:
		return refuse(61009, "code is invalid")
	case k.spent || !c.o.Clock().Before(k.ends):
		return refuse(61010, "code is expired")
	}
	k.spent = true
	c.codes[ask.Code] = k
	info := c.tokensOf(k.account)
	info["authorizer_appid"], info["func_info"] = k.account.o.AppID, k.account.funcInfo()
	return result{fields: map[string]any{"authorization_info": info}}
}

// tokensOf gives an account's tokens; the refresh token that was given before
// counts no more.
func (c *ComponentApp) tokensOf(m *member) map[string]any {
	m.refresh = c.id("refreshtoken")
	return map[string]any{"authorizer_access_token": m.give(), "expires_in": int(tokenLife.Seconds()), "authorizer_refresh_token": m.refresh}
}

func (m *member) funcInfo() []map[string]any {
	var out []map[string]any
	for _, id := range m.funcs {
		out = append(out, map[string]any{"funcscope_category": map[string]any{"id": id}})
	}
	return out
}

func (c *ComponentApp) authorizerToken(ask componentAsk) result {
	m := c.member(ask.Account)
	switch {
	case m == nil:
		return refuse(40013, "invalid appid")
	case !m.authorised:
		return refuse(61003, "component is not authorized by this account")
	case ask.Refresh != m.refresh:
		return refuse(61023, "refresh_token is invalid")
	}
	return result{fields: c.tokensOf(m)}
}

func (c *ComponentApp) authorizerInfo(ask componentAsk) result {
	m := c.member(ask.Account)
	switch {
	case m == nil:
		return refuse(40013, "invalid appid")
	case !m.authorised:
		return refuse(61003, "component is not authorized by this account")
	}
	info := map[string]any{"nick_name": m.o.Name, "user_name": m.o.Original, "service_type_info": map[string]any{"id": 2}, "verify_type_info": map[string]any{"id": 0}}
	if m.o.Mini {
		info["MiniProgramInfo"] = map[string]any{"visit_status": 0, "categories": []any{}}
	}
	return result{fields: map[string]any{"authorizer_info": info, "authorization_info": map[string]any{"authorizer_appid": m.o.AppID, "func_info": m.funcInfo()}}}
}
