package wechat

import (
	"context"
	"net/url"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Profile asks for what the platform tells of a follower: since 2021 no name
// and no picture, but language and unionid.
// https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
func (c OfficialConn) Profile(ctx context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	var got struct {
		status
		Subscribe int    `json:"subscribe"`
		Nickname  string `json:"nickname"`
		Picture   string `json:"headimgurl"`
		Language  string `json:"language"`
		Remark    string `json:"remark"`
		UnionID   string `json:"unionid"`
	}
	path := "/cgi-bin/user/info?lang=zh_CN&openid=" + url.QueryEscape(string(peer))
	if err := c.call(ctx, path, nil, &got); err != nil {
		return canon.Peer{}, connector.Harmless(err)
	}
	out := canon.Peer{ID: peer, Name: got.Nickname, Avatar: got.Picture, Locale: strings.ReplaceAll(got.Language, "_", "-"), Verified: true}
	if out.Name == "" {
		out.Name = got.Remark
	}
	if got.UnionID != "" {
		out.Also = []canon.Alias{{Kind: "unionid", ID: canon.RemoteID(got.UnionID), Verified: true}}
	}
	return out, nil
}

// Probe checks, step by step, what can be checked from here: that the platform
// is reachable and takes the credentials from this address, and that the account
// may send customer-service messages. That the platform reaches us shows when
// its server settings are saved: it calls at once.
func (c *Conn) Probe(ctx context.Context, step func(connector.Check)) error {
	began := c.env.Clock()
	_, _, err := c.newToken(ctx, false)
	c.step(step, began, text("AppID, AppSecret and IP whitelist", "AppID、AppSecret 与 IP 白名单"), err,
		text("Copy AppID and AppSecret again, and put the hub's address on the IP whitelist.", "请重新复制 AppID 与 AppSecret，并把本系统出口 IP 加入白名单。"))
	if err != nil {
		return err
	}
	began = c.env.Clock()
	if c.seal.safe {
		_, err = c.seal.close([]byte("<xml></xml>"), began)
		c.step(step, began, text("EncodingAESKey", "EncodingAESKey"), err, text("Copy the 43 characters of the EncodingAESKey again.", "请重新复制 43 位 EncodingAESKey。"))
		if err != nil {
			return err
		}
	}
	if c.mini {
		return nil
	}
	began = c.env.Clock()
	var got struct{ status }
	err = connector.Harmless(c.call(ctx, "/cgi-bin/customservice/getkflist", nil, &got))
	c.step(step, began, text("Permission for customer-service messages", "客服消息接口权限"), err,
		text("Have the account verified by WeChat; until then only answers within five seconds arrive.", "请完成微信认证；在此之前只有 5 秒内的回复能够送达。"))
	return err
}

func (c *Conn) step(report func(connector.Check), began time.Time, name connector.Text, err error, remedy connector.Text) {
	check := connector.Check{Name: name, OK: err == nil, Took: c.env.Clock().Sub(began)}
	if e := connector.AsError(err); e != nil {
		check.Detail, check.Remedy = e.Shown, remedy
		if check.Detail.EN == "" {
			check.Detail = text("WeChat could not be reached.", "无法连接微信服务器。")
		}
	}
	report(check)
}

// Pulse signs in: within its life WeChat gives the same token again.
func (c *Conn) Pulse(ctx context.Context) error {
	_, _, err := c.newToken(ctx, false)
	return err
}
