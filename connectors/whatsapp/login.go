//go:build !nogpl

package whatsapp

import (
	"context"
	"errors"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// The ways to link a phone.
const (
	flowQR   = "qr"
	flowCode = "code"
)

const (
	// nextWait is how long Next waits for a change: a request of a browser.
	nextWait = 25 * time.Second
	// idleLogin ends a login nobody looks at any more.
	idleLogin = 2 * time.Minute
)

// Begin starts linking a phone: by a code it scans, or by one typed into it.
func (c *conn) Begin(_ context.Context, flow string) (connector.Step, error) {
	p := newPairing(c, canon.NewID().String())
	switch flow {
	case "":
		p.show(connector.Step{Kind: connector.StepInput, ID: "way", Text: text("Have the phone with WhatsApp at hand.", "请准备好安装了 WhatsApp 的手机。"), Fields: []connector.Field{
			{Name: "way", Kind: connector.FieldChoice, Default: flowQR, Label: text("How to link", "关联方式"), Options: []connector.FieldOption{
				{Value: flowQR, Label: text("Scan a QR code with the phone", "用手机扫描二维码")},
				{Value: flowCode, Label: text("Type a code into the phone", "在手机上输入配对码")},
			}},
			phoneField("way"),
		}})
	case flowQR:
		p.start("")
	case flowCode:
		p.show(connector.Step{Kind: connector.StepInput, ID: "phone", Text: text("Which number is to be linked?", "请输入要关联的号码"), Fields: []connector.Field{phoneField("")}})
	default:
		return connector.Step{}, &connector.Error{Class: connector.Unsupported, Code: "unknown_flow", Shown: text("Link by a QR code or a pair code.", "请选择扫码或配对码关联。")}
	}
	c.mu.Lock()
	c.logins[p.txn] = p
	c.mu.Unlock()
	if flow != flowQR {
		return p.now()
	}
	return p.changed(context.Background(), "", nextWait) // the first code is a moment away
}

func phoneField(when string) connector.Field {
	f := connector.Field{
		Name: "phone", Kind: connector.FieldText, Required: true, Label: text("Phone number", "手机号码"), Example: "+49 1520 0000502",
		Help: text("With the country code, as WhatsApp shows it under Settings.", "包含国家/地区代码，与 WhatsApp“设置”中显示的一致。"),
	}
	if when != "" {
		f.When, f.WhenIn = when, []string{flowCode}
	}
	return f
}

// Next waits for the next step, or takes what was asked for. It returns the same
// step when nothing changed for a while.
func (c *conn) Next(ctx context.Context, step connector.Step, input connector.Values) (connector.Step, error) {
	p, err := c.pairing(step.Txn)
	if err != nil {
		return connector.Step{}, err
	}
	p.touch()
	switch {
	case step.Kind == connector.StepInput && (step.ID == "phone" || input["way"] == flowCode):
		phone := digits.ReplaceAllString(input["phone"], "")
		if len(phone) < 7 || phone[0] == '0' {
			return connector.Step{}, &connector.Error{Class: connector.Invalid, Code: "bad_phone", Shown: text("Write the number with its country code, such as +49 1520 0000502.", "请填写带国家/地区代码的号码，例如 +86 138 0000 0000。")}
		}
		p.start(phone)
	case step.Kind == connector.StepInput:
		p.start("")
	}
	next, err := p.changed(ctx, step.ID, nextWait)
	if err != nil || next.Kind == connector.StepDone {
		c.drop(step.Txn)
	}
	return next, err
}

// Cancel gives a login up.
func (c *conn) Cancel(_ context.Context, step connector.Step) error {
	if p, err := c.pairing(step.Txn); err == nil {
		c.drop(step.Txn)
		p.stop()
	}
	return nil
}

func (c *conn) pairing(txn string) (*pairing, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.logins[txn]; p != nil {
		return p, nil
	}
	return nil, &connector.Error{Class: connector.Invalid, Code: "no_login", Err: errors.New("this login is over"), Shown: text("This login is over. Begin again.", "此次关联已结束，请重新开始。")}
}

func (c *conn) drop(txn string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.logins, txn)
}
