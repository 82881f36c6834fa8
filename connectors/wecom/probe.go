package wecom

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"parley/core/canon"
	"parley/core/connector"
)

// step runs one check and reports it as a line.
func (c *corp) step(report func(connector.Check), name connector.Text, do func() (connector.Text, error)) error {
	begun := c.env.Clock()
	detail, err := do()
	line := connector.Check{Name: name, OK: err == nil, Detail: detail, Took: c.env.Clock().Sub(begun)}
	if e := connector.AsError(err); e != nil {
		line.Detail = text(e.Error(), e.Error())
		if line.Remedy = e.Shown; line.Remedy.EN == "" {
			line.Remedy = text("Check the network and the API's address under Advanced, then test again.", "请检查网络以及高级设置中的接口地址，然后重新测试。")
		}
	}
	report(line)
	return err
}

// probeShared tests what both kinds need: the form's keys, and the Secret.
func (c *corp) probeShared(ctx context.Context, report func(connector.Check)) error {
	sealed := c.step(report, text("Signature and encryption of callbacks", "回调签名与加解密"), func() (connector.Text, error) {
		return text("Enter this address at WeCom: "+c.hook, "请在企业微信填写回调地址："+c.hook), c.roundTrip()
	})
	token := c.step(report, text("Sign in with corporation ID and Secret", "用企业ID和 Secret 获取 access_token"), func() (connector.Text, error) {
		// Not from the cache: a Secret that was changed since shows now.
		_, life, err := c.fetchToken(ctx)
		return text("valid for "+life.Round(time.Minute).String(), "有效期 "+life.Round(time.Minute).String()), err
	})
	return errors.Join(sealed, token)
}

// word is what a rehearsed handshake carries.
const word = "parley"

// Rehearse is the platform's handshake, sealed as WeCom would.
func (c *corp) Rehearse() (connector.Raw, error) {
	const random, nonce = "0123456789abcdef", "1372623149"
	stamp := strconv.FormatInt(c.env.Clock().Unix(), 10)
	cipher, err := util.EncryptMsg([]byte(random), []byte(word), c.id, c.aesKey)
	if err != nil {
		return connector.Raw{}, errKeys
	}
	q := url.Values{"msg_signature": {util.Signature(c.token, stamp, nonce, string(cipher))}, "timestamp": {stamp}, "nonce": {nonce}, "echostr": {string(cipher)}}
	return connector.Raw{Method: http.MethodGet, Query: q.Encode(), Header: http.Header{}}, nil
}

var errKeys = &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "bad_keys", Err: errors.New("the callback keys do not open what they sealed"),
	Shown: text("Copy Token and EncodingAESKey again from the page of the callback.", "请从回调配置页面重新复制 Token 和 EncodingAESKey。")}

// roundTrip seals a word as WeCom would and opens it.
func (c *corp) roundTrip() error {
	raw, err := c.Rehearse()
	if err != nil {
		return err
	}
	if opened, err := c.Unseal(raw); err != nil || opened.Answer == nil || string(opened.Answer.Body) != word {
		return errKeys
	}
	return nil
}

// Probe tests an application step by step. It sends nothing.
func (a *app) Probe(ctx context.Context, report func(connector.Check)) error {
	if err := a.probeShared(ctx, report); err != nil {
		return err
	}
	return a.step(report, text("The application exists and is switched on", "应用存在且已启用"), func() (connector.Text, error) {
		var out struct {
			Name  string `json:"name"`
			Close int    `json:"close"`
		}
		if err := a.get(ctx, "agent/get", "/cgi-bin/agent/get", url.Values{"agentid": {a.agent}}, &out); err != nil {
			return connector.Text{}, err
		}
		if out.Close != 0 {
			return connector.Text{}, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "closed", Err: errors.New("the application is switched off"),
				Shown: text("Switch the application on in the admin console.", "请在管理后台启用该应用。")}
		}
		return text(out.Name, out.Name), nil
	})
}

// accountInfo is one of account/list (94661 获取客服账号列表).
type accountInfo struct {
	ID     string `json:"open_kfid"`
	Name   string `json:"name"`
	Manage bool   `json:"manage_privilege"`
}

// listSize is how many accounts one call lists; the most it gives.
const listSize = 100

func (k *kf) list(ctx context.Context) (all []accountInfo, err error) {
	for {
		var out struct {
			List []accountInfo `json:"account_list"`
		}
		in := struct {
			Offset int `json:"offset"`
			Limit  int `json:"limit"`
		}{len(all), listSize}
		if err := k.call(ctx, "kf/account/list", "/cgi-bin/kf/account/list", in, &out); err != nil {
			return nil, connector.Harmless(err)
		}
		if all = append(all, out.List...); len(out.List) < listSize {
			return all, nil
		}
	}
}

// Probe tests customer service step by step. It sends nothing and fetches no
// message.
func (k *kf) Probe(ctx context.Context, report func(connector.Check)) error {
	if err := k.probeShared(ctx, report); err != nil {
		return err
	}
	var all []accountInfo
	err := k.step(report, text("The application may call WeChat customer service", "应用可调用微信客服接口"), func() (connector.Text, error) {
		var err error
		all, err = k.list(ctx)
		n := strconv.Itoa(len(all))
		return text(n+" service accounts", n+" 个客服账号"), err
	})
	if err != nil {
		return err
	}
	if len(k.accounts) == 0 {
		return k.step(report, text("The application manages service accounts", "应用可管理客服账号"), func() (connector.Text, error) {
			var names []string
			for _, a := range all {
				if a.Manage {
					names = append(names, a.Name)
				}
			}
			if len(names) == 0 {
				return connector.Text{}, k.refusal("kf/account/list", 95017, "the application manages no account")
			}
			return text("To choose of: "+strings.Join(names, ", "), "可选择："+strings.Join(names, "、")), nil
		})
	}
	return k.step(report, text("The application manages the service account", "应用可管理该客服账号"), func() (connector.Text, error) {
		var names []string
		for _, id := range k.accounts {
			i := slices.IndexFunc(all, func(a accountInfo) bool { return a.ID == k.open(id) })
			switch {
			case i < 0:
				return connector.Text{}, k.refusal("kf/account/list", 95004, "the account "+k.open(id)+" is not in the list")
			case !all[i].Manage:
				return connector.Text{}, k.refusal("kf/account/list", 95017, "the application has no manage_privilege for "+all[i].Name)
			}
			names = append(names, all[i].Name)
		}
		return text(strings.Join(names, ", "), strings.Join(names, "、")), nil
	})
}

// List are the service accounts the application manages.
func (k *kf) List(ctx context.Context) ([]connector.Account, error) {
	all, err := k.list(ctx)
	if err != nil {
		return nil, err
	}
	var out []connector.Account
	for _, a := range all {
		if a.Manage {
			out = append(out, connector.Account{RemoteID: canon.RemoteID(k.of + a.ID), Name: a.Name})
		}
	}
	return out, nil
}

// Pulse makes the cheapest call an access token opens (92520 获取企业微信接口IP段). The
// token is the cached one: gettoken itself is to be called rarely (91039). One that
// counts no more, because its Secret was changed, is fetched anew and shows it.
func (c *corp) Pulse(ctx context.Context) error {
	var out struct{}
	return connector.Harmless(c.get(ctx, "get_api_domain_ip", "/cgi-bin/get_api_domain_ip", nil, &out))
}
