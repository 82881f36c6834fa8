package api

import (
	"context"
	"net/mail"
	"strings"
	"unicode"

	"parley/admin/auth"
	"parley/core"
	"parley/core/connector"
	"parley/core/store"
)

// setupState says whether the installation waits for its first owner.
type setupState struct {
	Needed bool `json:"needed"`
}

type setupInput struct {
	Body struct {
		TenantName string `json:"tenant_name" minLength:"1" maxLength:"100" doc:"Name of the business"`
		Language   string `json:"language" enum:"zh,en"`
		Name       string `json:"name" minLength:"1" maxLength:"100" doc:"Name of the first owner"`
		Email      string `json:"email" minLength:"3" maxLength:"254"`
		Password   string `json:"password" minLength:"8" maxLength:"1024"`
	}
}

func (a *API) addSetup() {
	add(a, route{method: "GET", path: "/setup", tag: "Setup", may: auth.Public, summary: "Whether the first owner is still to be made"},
		func(ctx context.Context, c *call, _ *none) (*answer[setupState], error) {
			t, _, err := a.Store.TenantBySlug(ctx, store.DefaultSlug)
			if err != nil {
				return nil, err
			}
			needed, err := a.Store.For(t.ID).NeedsSetup(ctx)
			return &answer[setupState]{setupState{needed}}, err
		})
	add(a, route{method: "POST", path: "/setup", tag: "Setup", may: auth.Public, act: "setup", status: 201, summary: "Make the first owner, once",
		doc: "Names the business, makes its owner and signs them in. Refused as soon as there is an owner."}, a.setUp)
}

func (a *API) setUp(ctx context.Context, c *call, in *setupInput) (*answer[Session], error) {
	t, ok, err := a.Store.TenantBySlug(ctx, store.DefaultSlug)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, core.NotFound("tenant")
	}
	scope := a.Store.For(t.ID)
	// Asked before the password is hashed: hashing is costly, and anybody may ask.
	if needed, err := scope.NeedsSetup(ctx); err != nil || !needed {
		if err == nil {
			err = scope.Write(ctx, func(t *store.Tx) error {
				_, err := t.SetUp(ctx, "", "", core.Agent{}, "")
				return err
			})
		}
		return nil, err
	}
	b := in.Body
	email, err := address("body.email", b.Email)
	if err != nil {
		return nil, err
	}
	name, err := oneLine("body.name", b.Name)
	if err != nil {
		return nil, err
	}
	tenantName, err := oneLine("body.tenant_name", b.TenantName)
	if err != nil {
		return nil, err
	}
	if err := auth.CheckPassword("body.password", b.Password, email, name, tenantName); err != nil {
		return nil, err
	}
	hash, err := a.Auth.Hash(ctx, b.Password)
	if err != nil {
		return nil, err
	}
	owner := core.Agent{Email: email, Name: name, Language: b.Language, MaxLoad: defaultLoad}
	err = scope.Write(ctx, func(t *store.Tx) error {
		var err error
		if owner, err = t.SetUp(ctx, tenantName, b.Language, owner, hash); err != nil {
			return err
		}
		return t.Audit(core.Audit{Actor: owner.ID, Name: owner.Name, Action: "setup", Target: owner.ID.String(), Address: c.who.Address.String()})
	})
	if err != nil {
		return nil, err
	}
	a.Links.Changed(t.ID)
	if c.who, err = a.Auth.Begin(c.w, c.r, t.ID, owner, "session.created"); err != nil {
		return nil, err
	}
	c.scope, c.changed = scope, true
	return a.session(ctx, c)
}

// defaultLoad is how many conversations a new agent is given at a time.
const defaultLoad = 10

// address reads a mail address.
func address(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if p, err := mail.ParseAddress(text); err != nil || p.Address != text || strings.ContainsAny(text, "\r\n\t ") {
		return "", core.Invalid("email", field, connector.Text{EN: "This is not a mail address.", ZH: "不是有效的邮箱地址。"},
			connector.Text{EN: "Write one such as lin@example.com.", ZH: "请填写形如 lin@example.com 的邮箱。"})
	}
	return strings.ToLower(text), nil
}

// oneLine reads a name: one line of visible characters, without blanks around.
func oneLine(field, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", core.Invalid("empty", field, connector.Text{EN: "This is empty.", ZH: "不能为空。"}, connector.Text{EN: "Write something.", ZH: "请填写内容。"})
	}
	for _, r := range text {
		if unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return "", core.Invalid("one_line", field, connector.Text{EN: "Line breaks and control characters are not allowed here.", ZH: "不能包含换行或控制字符。"},
				connector.Text{EN: "Write it on one line.", ZH: "请写在一行内。"})
		}
	}
	return text, nil
}
