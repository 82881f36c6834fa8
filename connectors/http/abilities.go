package http

import (
	"context"
	"errors"
	"io"
	"mime"
	nethttp "net/http"
	"net/url"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// Type tells the application that we are writing, or stopped.
func (c *Conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	return c.tell(ctx, Call{Op: opTyping, Account: thread.Account, Thread: thread, On: on})
}

// MarkRead tells the application what was read.
func (c *Conn) MarkRead(ctx context.Context, thread canon.ThreadKey, through canon.RemoteID) error {
	return c.tell(ctx, Call{Op: opRead, Account: thread.Account, Thread: thread, Target: through})
}

// tell posts what needs no answer but that it was taken.
func (c *Conn) tell(ctx context.Context, call Call) error {
	call.V, call.Key = canon.Version, canon.NewID().String()
	status, header, body, err := c.post(ctx, call)
	if err != nil {
		return err
	}
	_, err = c.settle(ctx, call, status, header, body)
	return err
}

// Probe posts an operation that does nothing: it shows that the address is
// right and that the application accepts our signature.
func (c *Conn) Probe(ctx context.Context, step func(connector.Check)) error {
	began := c.env.Clock()
	err := c.tell(ctx, Call{Op: opProbe, Account: c.account})
	check := connector.Check{
		Name: text("The application takes a signed call", "应用接受签名请求"),
		OK:   err == nil, Took: c.env.Clock().Sub(began),
	}
	if e := connector.AsError(err); e != nil {
		check.Detail = e.Shown
		if e.Shown.EN == "" {
			check.Detail = text("It could not be reached: "+e.Err.Error()+".", "无法连接："+e.Err.Error()+"。")
		}
		check.Remedy = text("Check that the address is right, that it answers POST …/messages with op probe by 200, and that both sides hold the same secret.",
			"请确认地址正确、对 op 为 probe 的 POST …/messages 返回 200，且双方密钥一致。")
	}
	step(check)
	return err
}

// Pulse asks the application whether it takes our signature.
func (c *Conn) Pulse(ctx context.Context) error {
	return c.tell(ctx, Call{Op: opProbe, Account: c.account})
}

// Rehearse is a signed callback without envelopes.
func (c *Conn) Rehearse() (connector.Raw, error) {
	body := []byte(`{"envelopes":[]}`)
	h := nethttp.Header{"Content-Type": {"application/json"}}
	c.signer.SetHeaders(h, canon.NewID().String(), c.env.Clock(), body)
	return connector.Raw{Method: nethttp.MethodPost, Body: body, Header: h}, nil
}

// Fetch brings a file the application gave an address of. A file at the
// application itself is asked for with a signature over an empty body.
func (c *Conn) Fetch(ctx context.Context, _ connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	none := connector.FileInfo{}
	u, err := url.Parse(m.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, none, &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("fetching a file: its address is not one of http or https")}
	}
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodGet, m.URL, nil)
	if err != nil {
		return nil, none, &connector.Error{Class: connector.Invalid, Code: "bad_address", Err: errors.New("fetching a file: its address cannot be used")}
	}
	if base, err := url.Parse(c.base); err == nil && base.Host == u.Host && base.Scheme == u.Scheme {
		c.signer.SetHeaders(req.Header, canon.NewID().String(), c.env.Clock(), nil)
	}
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		// Asking again for a file does no harm.
		e := *connector.AsError(err)
		e.Class = connector.Transient
		return nil, none, &e
	}
	if resp.StatusCode != nethttp.StatusOK {
		_ = resp.Body.Close()
		e := c.failure(resp.StatusCode, resp.Header, Answer{})
		if resp.StatusCode == nethttp.StatusNotFound {
			e.Class = connector.Gone
		}
		if e.Class == connector.Uncertain {
			e.Class = connector.Transient
		}
		return nil, none, e
	}
	info := connector.FileInfo{Name: m.Name, MIME: m.MIME, Size: max(resp.ContentLength, 0)}
	if info.MIME == "" {
		info.MIME, _, _ = strings.Cut(resp.Header.Get("Content-Type"), ";")
	}
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil && info.Name == "" {
		info.Name = params["filename"]
	}
	if info.Name == "" {
		info.Name = u.Path[strings.LastIndexByte(u.Path, '/')+1:]
	}
	return resp.Body, info, nil
}
