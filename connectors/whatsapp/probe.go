//go:build !nogpl

package whatsapp

import (
	"context"
	"net/http"

	"go.mau.fi/whatsmeow/socket"

	"parley/core/connector"
)

// Probe tests the way to WhatsApp and whether the device is linked and signed in.
func (c *conn) Probe(ctx context.Context, step func(connector.Check)) error {
	began := c.env.Clock()
	err := c.reach(ctx)
	check := connector.Check{Name: text("WhatsApp can be reached", "可以访问 WhatsApp"), OK: err == nil, Took: c.env.Clock().Sub(began)}
	if err != nil {
		e := connector.AsError(err)
		check.Detail, check.Remedy = text("It could not be asked: "+e.Error()+".", "请求失败："+e.Error()+"。"), e.Shown
		if check.Remedy.EN == "" {
			check.Remedy = disconnected().Remedy
		}
		step(check)
		return err
	}
	step(check)
	linked := connector.Check{Name: text("A phone has linked this device", "已有手机关联此设备"), OK: !c.session.IsEmpty()}
	if linked.OK {
		linked.Detail = text("It is +"+c.session.User+".", "号码为 +"+c.session.User+"。")
	} else {
		linked.Detail, linked.Remedy = notLinked().Text, notLinked().Remedy
	}
	step(linked)
	if !linked.OK {
		return nil // there is nothing more to test
	}
	_, err = c.signedIn()
	signed := connector.Check{Name: text("The device is signed in", "设备已登录"), OK: err == nil}
	if err != nil {
		e := connector.AsError(err)
		signed.Detail, signed.Remedy = text(e.Err.Error(), e.Shown.ZH), e.Shown
	}
	step(signed)
	return err
}

// reach asks for WhatsApp's first page; any answer will do.
func (c *conn) reach(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, socket.Origin+"/", nil)
	if err != nil {
		return err
	}
	h := *c.env.HTTP
	if c.o.Played != "" {
		h.Transport = elsewhere{h.Transport, c.o.Played}
	}
	resp, err := connector.Do(&h, req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
