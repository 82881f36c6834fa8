package api

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/danielgtaylor/huma/v2"

	"parley/core/connector"
)

// translate turns what the framework refused (a shape, a size, a missing
// parameter) into a Problem. Values are never echoed: they may be secrets.
func (a *API) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	lang, id := language(ctx.Header("Accept-Language")), requestID(ctx.Context())
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		return problem(m.Status, "too_large", lang, id, "body", textTooLarge, connector.Text{
			EN: "Send less at a time: this operation takes up to " + sizeText(ctx.Operation().MaxBodyBytes) + ".",
			ZH: "请减少单次提交的内容，此接口上限为 " + sizeText(ctx.Operation().MaxBodyBytes) + "。"}), nil
	case http.StatusRequestTimeout:
		return problem(m.Status, "too_slow", lang, id, "body", textSlowBody, remedySlow), nil
	case http.StatusUnsupportedMediaType:
		return problem(m.Status, "media_type", lang, id, "header.Content-Type", textMediaType, remedyMediaType), nil
	case http.StatusNotAcceptable:
		return problem(m.Status, "media_type", lang, id, "header.Accept", textAccept, remedyAccept), nil
	case http.StatusBadRequest:
		if len(m.Errors) == 0 {
			return problem(m.Status, "body_missing", lang, id, "body", textNoBody, remedyNoBody), nil
		}
		return problem(m.Status, "malformed", lang, id, "body", textMalformed, connector.Text{
			EN: "Send one JSON object in UTF-8. The reader says: " + m.Errors[0].Message, ZH: "请提交 UTF-8 编码的 JSON 对象。解析结果：" + m.Errors[0].Message}), nil
	}
	p := problem(m.Status, "invalid", lang, id, "", textInvalid, remedyInvalid)
	for _, e := range m.Errors {
		text, remedy := a.word(ctx.Operation(), e)
		p.Errors = append(p.Errors, FieldProblem{Field: e.Location, Detail: text.In(lang), Remedy: remedy.In(lang)})
	}
	slices.SortFunc(p.Errors, func(x, y FieldProblem) int { return strings.Compare(x.Field, y.Field) })
	if len(p.Errors) > 0 {
		first := p.Errors[0]
		p.Field, p.Detail = first.Field, first.Detail
		if first.Remedy != "" {
			p.Remedy = first.Remedy
		}
	}
	if m.Status >= 500 {
		return problem(m.Status, "internal", lang, id, "", textInternal, remedyInternal), nil
	}
	return p, nil
}

var (
	textTooLarge    = connector.Text{EN: "The request is too large.", ZH: "请求内容过大。"}
	textSlowBody    = connector.Text{EN: "The request took too long to arrive.", ZH: "请求传输超时。"}
	textMediaType   = connector.Text{EN: "This operation does not take that kind of content.", ZH: "此接口不接受该类型的内容。"}
	remedyMediaType = connector.Text{EN: "Send Content-Type: application/json.", ZH: "请使用 Content-Type: application/json。"}
	textAccept      = connector.Text{EN: "This operation answers in JSON only.", ZH: "此接口仅返回 JSON。"}
	remedyAccept    = connector.Text{EN: "Accept application/json.", ZH: "请接受 application/json。"}
	textNoBody      = connector.Text{EN: "The request has no body.", ZH: "请求缺少正文。"}
	remedyNoBody    = connector.Text{EN: "Send a JSON object.", ZH: "请提交 JSON 对象。"}
	textMalformed   = connector.Text{EN: "The body is not well-formed JSON.", ZH: "正文不是有效的 JSON。"}
)

// sizeText writes a limit of bytes for people.
func sizeText(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(n>>10, 10) + " kB"
}

var (
	lengthText = regexp.MustCompile(`^expected length ([<>])= (\d+)$`)
	numberText = regexp.MustCompile(`^expected number ([<>])=? (\S+)$`)
	itemsText  = regexp.MustCompile(`^expected array length ([<>])= (\d+)$`)
	oneOfText  = regexp.MustCompile(`^expected value to be one of "(.*)"$`)
	neededText = regexp.MustCompile(`^expected required property (\S+) to be present$`)
	typeText   = regexp.MustCompile(`^expected (boolean|number|integer|string|array|object)$`)
)

// word says what the framework found in people's words.
func (a *API) word(op *huma.Operation, e *huma.ErrorDetail) (text, remedy connector.Text) {
	m := e.Message
	switch {
	case m == "unexpected property":
		return a.unknownField(op, e.Location)
	case strings.HasPrefix(m, "unknown query parameter"):
		return connector.Text{EN: "There is no such parameter.", ZH: "没有这个参数。"}, connector.Text{EN: "Leave it out.", ZH: "请去掉该参数。"}
	case neededText.MatchString(m), strings.HasPrefix(m, "required "):
		if g := neededText.FindStringSubmatch(m); g != nil {
			e.Location += "." + g[1]
		}
		return connector.Text{EN: "This is missing.", ZH: "缺少此字段。"}, connector.Text{EN: "Add it.", ZH: "请补充。"}
	case lengthText.MatchString(m):
		g := lengthText.FindStringSubmatch(m)
		if g[1] == "<" {
			return connector.Text{EN: "This is longer than " + g[2] + " characters.", ZH: "超过 " + g[2] + " 个字符。"}, connector.Text{EN: "Shorten it.", ZH: "请缩短。"}
		}
		return connector.Text{EN: "This needs at least " + g[2] + " characters.", ZH: "至少需要 " + g[2] + " 个字符。"}, connector.Text{EN: "Write more.", ZH: "请补充内容。"}
	case numberText.MatchString(m):
		g := numberText.FindStringSubmatch(m)
		if g[1] == "<" {
			return connector.Text{EN: "This is more than " + g[2] + ".", ZH: "不能大于 " + g[2] + "。"}, connector.Text{}
		}
		return connector.Text{EN: "This is less than " + g[2] + ".", ZH: "不能小于 " + g[2] + "。"}, connector.Text{}
	case itemsText.MatchString(m):
		g := itemsText.FindStringSubmatch(m)
		if g[1] == "<" {
			return connector.Text{EN: "There are more than " + g[2] + " of them.", ZH: "最多 " + g[2] + " 项。"}, connector.Text{}
		}
		return connector.Text{EN: "There must be at least " + g[2] + " of them.", ZH: "至少 " + g[2] + " 项。"}, connector.Text{}
	case oneOfText.MatchString(m):
		g := oneOfText.FindStringSubmatch(m)
		return connector.Text{EN: "This is none of the values there are.", ZH: "取值不在允许范围内。"}, connector.Text{EN: "Choose one of: " + g[1] + ".", ZH: "可选值：" + g[1] + "。"}
	case typeText.MatchString(m):
		g := typeText.FindStringSubmatch(m)
		return connector.Text{EN: "This has the wrong type.", ZH: "类型不正确。"}, connector.Text{EN: "Send a JSON " + g[1] + ".", ZH: "应为 JSON " + g[1] + "。"}
	case strings.Contains(m, "not an id"), strings.Contains(m, "pattern ^$|"):
		return connector.Text{EN: "This is not an id.", ZH: "不是有效的 id。"}, connector.Text{EN: "Ids look like 0190f3a2-7c1e-7abc-8def-0123456789ab.", ZH: "id 形如 0190f3a2-7c1e-7abc-8def-0123456789ab。"}
	}
	return connector.Text{EN: "This is not right: " + m + ".", ZH: "格式不正确（" + m + "）。"}, connector.Text{}
}

// unknownField names the nearest field there is.
func (a *API) unknownField(op *huma.Operation, location string) (text, remedy connector.Text) {
	at := strings.LastIndexByte(location, '.')
	name := location[at+1:]
	s := a.schemaAt(op, location[:max(at, 0)])
	text = connector.Text{EN: "There is no such field, or it cannot be written.", ZH: "没有这个字段，或该字段不可写。"}
	if s == nil || len(s.Properties) == 0 {
		return text, connector.Text{EN: "Leave it out.", ZH: "请去掉该字段。"}
	}
	known := make([]string, 0, len(s.Properties))
	for k := range s.Properties {
		known = append(known, k)
	}
	slices.Sort(known)
	distance := func(to string) int { return levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(to)) }
	near := slices.MinFunc(known, func(x, y string) int { return distance(x) - distance(y) })
	if distance(near) <= max(2, len(name)/3) {
		return text, connector.Text{EN: "Did you mean " + near + "?", ZH: "您是否想写 " + near + "？"}
	}
	return text, connector.Text{EN: "Leave it out. Fields: " + strings.Join(known, ", ") + ".", ZH: "请去掉该字段。可用字段：" + strings.Join(known, "、") + "。"}
}

// schemaAt walks the schema of a body along a path such as body.a[3].b.
func (a *API) schemaAt(op *huma.Operation, path string) *huma.Schema {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	registry := a.huma.OpenAPI().Components.Schemas
	s := op.RequestBody.Content["application/json"].Schema
	steps := strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' })
	for i := 0; ; i++ {
		for s != nil && s.Ref != "" {
			s = registry.SchemaFromRef(s.Ref)
		}
		if s == nil || i+1 >= len(steps) {
			return s
		}
		step := steps[i+1]
		switch {
		case strings.HasSuffix(step, "]"):
			s = s.Items
		case s.Properties[step] != nil:
			s = s.Properties[step]
		default:
			more, _ := s.AdditionalProperties.(*huma.Schema)
			s = more
		}
	}
}
