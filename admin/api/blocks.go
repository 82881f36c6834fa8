package api

import (
	"context"
	"net/netip"
	"time"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

type blockInput struct {
	Body struct {
		Kind    core.BlockKind `json:"kind" enum:"contact,address"`
		Contact canon.ID       `json:"contact,omitzero" doc:"For kind contact"`
		Prefix  string         `json:"prefix,omitempty" maxLength:"50" doc:"For kind address: an address or CIDR; counts on the web"`
		Reason  string         `json:"reason" minLength:"1" maxLength:"500"`
		Expires time.Time      `json:"expires,omitzero" doc:"Absent: until lifted"`
	}
}

type blockChange struct {
	ByID
	Body struct {
		Reason  *string    `json:"reason,omitempty" minLength:"1" maxLength:"500"`
		Expires *time.Time `json:"expires,omitempty"`
	}
}

func (a *API) addBlocks() {
	add(a, route{method: "GET", path: "/blocks", tag: "Settings", may: auth.BlockRead, summary: "Who is kept out, newest first"},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Block]], error) {
			before, err := in.after("blocks")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Blocks(ctx, before, in.size())
			return listOf(all, in.Limit, func(v core.Block) string { return cursorText("blocks", v.ID) }), err
		})
	add(a, route{method: "POST", path: "/blocks", tag: "Settings", may: auth.BlockWrite, act: "block.created", summary: "Keep a contact or an address out", status: 201}, a.addBlock)
	add(a, route{method: "GET", path: "/blocks/{id}", tag: "Settings", may: auth.BlockRead, summary: "One block"},
		func(ctx context.Context, c *call, in *ByID) (*answer[core.Block], error) {
			v, err := c.scope.Block(ctx, in.ID)
			return &answer[core.Block]{v}, err
		})
	add(a, route{method: "PATCH", path: "/blocks/{id}", tag: "Settings", may: auth.BlockWrite, act: "block.changed", summary: "Change reason or expiry of a block"},
		func(ctx context.Context, c *call, in *blockChange) (*answer[core.Block], error) {
			v, err := c.scope.Block(ctx, in.ID)
			if err == nil {
				err = a.blockable(ctx, c, v)
			}
			if err != nil {
				return nil, err
			}
			set(&v.Reason, in.Body.Reason)
			set(&v.Expires, in.Body.Expires)
			return a.saveBlock(ctx, c, v)
		})
	add(a, route{method: "DELETE", path: "/blocks/{id}", tag: "Settings", may: auth.BlockWrite, act: "block.lifted", summary: "Lift a block", status: 204},
		func(ctx context.Context, c *call, in *ByID) (*none, error) {
			v, err := c.scope.Block(ctx, in.ID)
			if err == nil {
				err = a.blockable(ctx, c, v)
			}
			if err != nil {
				return nil, err
			}
			err = c.write(ctx, func(t *store.Tx) (string, error) { return in.ID.String(), t.DeleteBlock(ctx, in.ID, c.by()) })
			if err == nil {
				a.Links.Changed(c.who.Tenant)
			}
			return nil, err
		})
}

// blockable refuses a block of somebody the caller may not see. Addresses
// concern everybody, so they take a view of everything.
func (a *API) blockable(ctx context.Context, c *call, b core.Block) error {
	if b.Kind == core.BlockContact {
		return a.seesContact(ctx, c, b.Contact, "block")
	}
	if !c.who.Can(auth.ConversationAll) {
		return core.NotFound("block")
	}
	return nil
}

func (a *API) addBlock(ctx context.Context, c *call, in *blockInput) (*answer[core.Block], error) {
	b := core.Block{Kind: in.Body.Kind, Contact: in.Body.Contact, Reason: in.Body.Reason, By: c.by(), Expires: in.Body.Expires}
	var err error
	if b.Kind == core.BlockAddress {
		if b.Prefix, err = networkOf("body.prefix", in.Body.Prefix); err != nil {
			return nil, err
		}
		if !c.who.Can(auth.ConversationAll) {
			return nil, forbidden(auth.ConversationAll)
		}
		b.Contact = canon.ID{}
	} else {
		if b.Contact.IsZero() || in.Body.Prefix != "" {
			return nil, core.Invalid("contact", "body.contact", connector.Text{EN: "A block of a contact names a contact and no address.", ZH: "请指定要拉黑的客户，且不要填写地址。"},
				connector.Text{EN: "Give the contact's id.", ZH: "请提供客户 id。"})
		}
		v, err := a.contactOf(ctx, c, b.Contact, "contact")
		if err != nil {
			return nil, err
		}
		b.Contact = v.ID
	}
	return a.saveBlock(ctx, c, b)
}

func (a *API) saveBlock(ctx context.Context, c *call, b core.Block) (*answer[core.Block], error) {
	if !b.Expires.IsZero() && !b.Expires.After(c.scope.Now()) {
		return nil, core.Invalid("expires", "body.expires", connector.Text{EN: "This is in the past.", ZH: "该时间已过。"}, connector.Text{EN: "Choose a later time, or leave it out.", ZH: "请选择更晚的时间，或不填写。"})
	}
	id := b.ID
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		b.ID = id
		var err error
		b, err = t.SaveBlock(ctx, b)
		return b.ID.String() + " " + string(b.Kind) + " " + b.Prefix + b.Contact.String(), err
	})
	if err == nil {
		a.Links.Changed(c.who.Tenant)
	}
	return &answer[core.Block]{b}, err
}

// networkOf reads an address or CIDR into CIDR form.
func networkOf(field, text string) (string, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		var one netip.Addr
		if one, err = netip.ParseAddr(text); err == nil {
			one = one.Unmap().WithZone("")
			p = netip.PrefixFrom(one, one.BitLen())
		}
	}
	if err != nil || p.Bits() == 0 {
		return "", core.Invalid("prefix", field, connector.Text{EN: "This is not an address or network.", ZH: "不是有效的地址或网段。"},
			connector.Text{EN: "Write one such as 203.0.113.7 or 203.0.113.0/24.", ZH: "请填写形如 203.0.113.7 或 203.0.113.0/24 的地址。"})
	}
	return p.Masked().String(), nil
}
