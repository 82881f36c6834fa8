package connector

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func testForm() Form {
	text := func(en, zh string) Text { return Text{EN: en, ZH: zh} }
	return Form{
		Fields: []Field{
			{Name: "api_base", Kind: FieldURL, Label: text("Address", "地址"), Help: text("Where it is.", "所在地址。"), Required: true, Example: "https://example.com"},
			{Name: "secret", Kind: FieldSecret, Label: text("Secret", "密钥"), Required: true, Min: 8, Max: 100},
			{Name: "host", Kind: FieldHost, Label: text("Host", "主机"), Default: "mail.example.com"},
			{Name: "port", Kind: FieldNumber, Label: text("Port", "端口"), Default: "993", Min: 1, Max: 65535, Advanced: true},
			{Name: "from", Kind: FieldNumber, Label: text("From", "起"), Min: 2},
			{Name: "tls", Kind: FieldSwitch, Label: text("TLS", "TLS"), Default: "true"},
			{Name: "auth", Kind: FieldChoice, Label: text("Sign-in", "登录"), Default: "password", Options: []FieldOption{{Value: "password"}, {Value: "oauth"}}},
			{Name: "client", Kind: FieldText, Label: text("Client", "客户端"), Required: true, When: "auth", WhenIn: []string{"oauth"}},
			{Name: "code", Kind: FieldText, Label: text("Code", "代码"), Pattern: "[A-Z]{3}", Example: "ABC"},
			{Name: "origins", Kind: FieldList, Label: text("Origins", "来源")},
		},
		Check: func(v Values) []FieldError {
			if v["code"] == "BAD" {
				return []FieldError{{"code", Text{EN: "Not this one.", ZH: "不能用这个。"}}}
			}
			return nil
		},
	}
}

func TestFormCompletes(t *testing.T) {
	got, bad := testForm().Complete(Values{"api_base": " https://api.example.com/v1 ", "secret": "12345678"})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	want := Values{"api_base": "https://api.example.com/v1", "secret": "12345678", "host": "mail.example.com", "port": "993", "tls": "true", "auth": "password"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFormNamesTheFieldAndTheRemedy(t *testing.T) {
	for _, c := range []struct{ name, field, value, en, zh string }{
		{"missing", "secret", "", "Fill this in.", "请填写此项。"},
		{"no address", "api_base", "example.com", "Write a whole address such as https://example.com.", "请填写完整地址，例如 https://example.com。"},
		{"another scheme", "api_base", "file:///etc/passwd", "Write a whole address such as https://example.com.", "请填写完整地址，例如 https://example.com。"},
		{"password in the address", "api_base", "https://a:b@example.com", "Write a whole address such as https://example.com.", "请填写完整地址，例如 https://example.com。"},
		{"short", "secret", "abc", "Write 8 to 100 characters.", "请填写 8 到 100 个字符。"},
		{"host with a path", "host", "mail.example.com/x", "Write only the host name, such as mail.example.com.", "只填写主机名，例如 mail.example.com。"},
		{"number too large", "port", "70000", "Write a whole number from 1 to 65535.", "请填写 1 到 65535 的整数。"},
		{"no number", "port", "imap", "Write a whole number from 1 to 65535.", "请填写 1 到 65535 的整数。"},
		{"number too small", "from", "1", "Write a whole number from 2 on.", "请填写不小于 2 的整数。"},
		{"switch", "tls", "yes", "Write true or false.", "请填写 true 或 false。"},
		{"choice", "auth", "magic", "Choose one of: password, oauth.", "请选择其一：password、oauth。"},
		{"pattern", "code", "abc", "This does not look right. Example: ABC", "格式不正确，例如：ABC"},
		{"shown by another field", "client", "", "Fill this in.", "请填写此项。"},
		{"the form as a whole", "code", "BAD", "Not this one.", "不能用这个。"},
		{"unknown", "sercet", "x", "There is no such field. Fields: api_base, secret, host, port, from, tls, auth, client, code, origins.",
			"没有这个字段。可用字段：api_base、secret、host、port、from、tls、auth、client、code、origins。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := Values{"api_base": "https://example.com", "secret": "12345678", c.field: c.value}
			if c.field == "client" {
				in["auth"] = "oauth"
			}
			_, bad := testForm().Complete(in)
			if diff := cmp.Diff([]FieldError{{c.field, Text{EN: c.en, ZH: c.zh}}}, bad); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	// A field that is not shown is neither required nor kept.
	out, bad := testForm().Complete(Values{"api_base": "https://example.com", "secret": "12345678", "client": "left over"})
	if len(bad) > 0 || out["client"] != "" {
		t.Errorf("a hidden field: %v, %v", out, bad)
	}
}

func TestFormGeneratesASecret(t *testing.T) {
	form := Form{Fields: []Field{{Name: "secret", Kind: FieldSecret, Required: true, Generate: true, Min: 16, Max: 200}}}
	first, bad := form.Complete(nil)
	second, _ := form.Complete(nil)
	if len(bad) > 0 || !strings.HasPrefix(first["secret"], "whsec_") || len(first["secret"]) < 40 || first["secret"] == second["secret"] {
		t.Errorf("made %v and %v, %v", first, second, bad)
	}
	kept, _ := form.Complete(form.Keep(first, Values{}))
	if kept["secret"] != first["secret"] {
		t.Error("the secret changed though it was kept")
	}
	if s := form.Schema("en"); len(s.Required) > 0 {
		t.Errorf("required: %v", s.Required)
	}
}

func TestFormSchema(t *testing.T) {
	raw, err := json.Marshal(testForm().Schema("zh-CN"))
	if err != nil {
		t.Fatal(err)
	}
	var s Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	if s.Schema != "https://json-schema.org/draft/2020-12/schema" || len(s.Properties) != len(testForm().Fields) || *s.AdditionalProperties {
		t.Errorf("schema: %s", raw)
	}
	if diff := cmp.Diff([]string{"api_base", "secret"}, s.Required); diff != "" {
		t.Errorf("required (-want +got)\n%s", diff)
	}
	if p := s.Properties["secret"]; !p.WriteOnly || p.Format != "password" || p.MaxLength != 100 || p.Title != "密钥" || p.Order != 2 {
		t.Errorf("secret: %+v", p)
	}
	if p := s.Properties["auth"]; cmp.Diff([]string{"password", "oauth"}, p.Enum) != "" || p.Default != "password" {
		t.Errorf("choice: %+v", p)
	}
	if len(s.AllOf) != 1 || s.AllOf[0].If.Properties["auth"].Enum[0] != "oauth" || s.AllOf[0].Then.Required[0] != "client" || len(s.AllOf[0].If.Required) != 1 {
		t.Errorf("the conditional field: %s", raw)
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	form, secret := testForm(), "whsec_a+b/c&d e\"long-one-42"
	v := Values{"api_base": "https://example.com", "secret": secret}
	shown := form.Redact(v)
	if shown["secret"] != "••••e-42" || shown["api_base"] != "https://example.com" || v["secret"] != secret {
		t.Errorf("shown as %v", shown)
	}
	if got := form.Redact(Values{"secret": "12345678"})["secret"]; got != "••••" {
		t.Errorf("a short secret is shown as %q", got)
	}
	if got := form.Redact(Values{"secret": ""})["secret"]; got != "" {
		t.Errorf("a secret that is not set is shown as %q", got)
	}
	quoted, _ := json.Marshal(secret)
	for _, text := range []string{
		"token " + secret, "https://example.com/?k=" + url.QueryEscape(secret), "/bot" + url.PathEscape(secret) + "/send",
		string(quoted), "Basic " + base64.StdEncoding.EncodeToString([]byte(secret)),
	} {
		if got := form.RedactText(v, text); !strings.Contains(got, hidden) || strings.Contains(got, "long-one") || strings.Contains(got, "bG9uZy1vbmU") {
			t.Errorf("%q became %q", text, got)
		}
	}
	for in, want := range map[string]string{"": secret, "••••e-42": secret, "a new secret": "a new secret"} {
		if got := form.Keep(v, Values{"secret": in})["secret"]; got != want {
			t.Errorf("sent back as %q it became %q", in, got)
		}
	}
}

func TestTextIn(t *testing.T) {
	text := Text{EN: "Send", ZH: "发送"}
	for lang, want := range map[string]string{"zh": "发送", "zh-CN": "发送", "en": "Send", "fr": "Send", "": "Send"} {
		if got := text.In(lang); got != want {
			t.Errorf("in %q: %s", lang, got)
		}
	}
	if got := (Text{EN: "Send"}).In("zh"); got != "Send" {
		t.Errorf("without Chinese: %q", got)
	}
}
