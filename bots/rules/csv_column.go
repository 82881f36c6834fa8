package rules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// column is one column of the table of rules.
type column struct {
	name  string // in files and errors
	zh    string
	write func(r Rule, t *table) (string, error)
	read  func(d *draft, cell string, t *table) error
}

// table is what columns need to know beside the rule.
type table struct {
	zh    bool // headings and words in Chinese
	names map[canon.ID]string
	ids   map[string]canon.ID
}

// CSVOptions are choices of an export or import.
type CSVOptions struct {
	// Lang is the language of headings and of yes and no in an export: Chinese
	// for zh, else English. An import reads both.
	Lang string
	// Teams names the teams: a file holds names, which people know. A team not
	// named here stands with its id.
	Teams map[canon.ID]string
	// Replace removes the rules that a file imported does not hold.
	Replace bool
}

func newTable(o CSVOptions) *table {
	t := &table{zh: o.Lang != "" && isChinese(o.Lang), names: o.Teams, ids: make(map[string]canon.ID, len(o.Teams))}
	for id, name := range o.Teams {
		t.ids[strings.TrimSpace(name)] = id
	}
	return t
}

// draft is a rule being read from a row.
type draft struct {
	Rule
	handoff RuleHandoff
	hands   *bool // what the row says of handing over, if anything
}

// columnError is an error with words for the designer.
type columnError struct{ connector.Text }

func (e columnError) Error() string { return e.EN }

func wrong(en, zh string) error { return columnError{connector.Text{EN: en, ZH: zh}} }

// shown returns the words of an error for the designer.
func shown(err error) connector.Text {
	var c columnError
	if errors.As(err, &c) {
		return c.Text
	}
	return connector.Text{EN: "This cannot be read: " + err.Error() + ".", ZH: "无法读取：" + err.Error() + "。"}
}

// columns lists the columns of a file, in the order of an export. Those a file
// lacks leave the rule as it is; an empty cell clears.
func columns() []column {
	return []column{
		{
			"id", "编号",
			func(r Rule, _ *table) (string, error) { return r.ID, nil },
			func(d *draft, cell string, _ *table) error { return nil }, // read before all others
		},
		{
			"name", "名称",
			func(r Rule, _ *table) (string, error) { return r.Name, nil },
			func(d *draft, cell string, _ *table) error { d.Name = cell; return nil },
		},
		flag("on", "启用", true, func(r *Rule) *bool { return &r.On }),
		{
			"match", "匹配方式",
			func(r Rule, t *table) (string, error) { return t.matchName(r.Match), nil },
			func(d *draft, cell string, _ *table) (err error) { d.Match, err = readMatch(cell); return err },
		},
		{
			"patterns", "问法",
			func(r Rule, _ *table) (string, error) { return joinPatterns(r.Match, r.Patterns), nil },
			func(d *draft, cell string, _ *table) error { d.Patterns = splitPatterns(d.Match, cell); return nil },
		},
		{
			"answers", "答案",
			func(r Rule, _ *table) (string, error) { return writeReplies(r.Answers) },
			func(d *draft, cell string, _ *table) (err error) { d.Answers, err = readReplies(cell); return err },
		},
		{
			"menus", "菜单",
			func(r Rule, _ *table) (string, error) { return strings.Join(r.Menus, " "), nil },
			func(d *draft, cell string, _ *table) error {
				d.Menus = strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" \t\n,，;；|、", r) })
				return nil
			},
		},
		{
			"handoff", "转人工",
			func(r Rule, t *table) (string, error) { return t.yesNo(r.Handoff != nil), nil },
			func(d *draft, cell string, _ *table) error {
				if strings.TrimSpace(cell) == "" {
					d.hands = nil
					return nil
				}
				yes, err := readYesNo(cell, false)
				d.hands = &yes
				return err
			},
		},
		{
			"team", "技能组",
			func(r Rule, t *table) (string, error) { return t.teamName(r.handing().Team), nil },
			func(d *draft, cell string, t *table) (err error) { d.handoff.Team, err = t.team(cell); return err },
		},
		{
			"handoff_text", "转人工提示",
			func(r Rule, _ *table) (string, error) { return writeSayings(r.handing().Texts), nil },
			func(d *draft, cell string, _ *table) error { d.handoff.Texts = readSayings(cell); return nil },
		},
		{
			"off_hours_text", "非工作时间提示",
			func(r Rule, _ *table) (string, error) { return writeSayings(r.handing().OffTexts), nil },
			func(d *draft, cell string, _ *table) error { d.handoff.OffTexts = readSayings(cell); return nil },
		},
		flag("close", "结束会话", false, func(r *Rule) *bool { return &r.Close }),
		flag("repeatable", "可重复", false, func(r *Rule) *bool { return &r.Repeatable }),
		{
			"language", "语言",
			func(r Rule, _ *table) (string, error) { return r.Language, nil },
			func(d *draft, cell string, _ *table) error { d.Language = strings.TrimSpace(cell); return nil },
		},
		{
			"order", "排序",
			func(r Rule, _ *table) (string, error) { return strconv.Itoa(r.Order), nil },
			func(d *draft, cell string, _ *table) error {
				cell = strings.TrimSpace(cell)
				if cell == "" {
					return nil // stays, or goes behind the others
				}
				n, err := strconv.Atoi(cell)
				if err != nil {
					return wrong("Write a whole number.", "请填写整数。")
				}
				d.Order = n
				return nil
			},
		},
	}
}

// flag is a column of yes or no.
func flag(name, zh string, empty bool, field func(*Rule) *bool) column {
	return column{
		name, zh,
		func(r Rule, t *table) (string, error) { return t.yesNo(*field(&r)), nil },
		func(d *draft, cell string, _ *table) (err error) {
			*field(&d.Rule), err = readYesNo(cell, empty)
			return err
		},
	}
}

func (r Rule) handing() RuleHandoff {
	if r.Handoff == nil {
		return RuleHandoff{}
	}
	return *r.Handoff
}

// settle joins what the columns said of handing over.
func (d *draft) settle() error {
	h := d.handoff
	says := !h.Team.IsZero() || len(h.Texts)+len(h.OffTexts) > 0
	switch {
	case d.hands != nil && *d.hands, d.hands == nil && says:
		d.Handoff = &h
	case says:
		return wrong("A team or a text is given, but handoff says no. Say yes, or empty them.", "已填写技能组或提示，但“转人工”为否。请改为是，或清空它们。")
	default:
		d.Handoff = nil
	}
	return nil
}

func (t *table) yesNo(yes bool) string {
	switch {
	case t.zh && yes:
		return "是"
	case t.zh:
		return "否"
	case yes:
		return "yes"
	}
	return "no"
}

func readYesNo(cell string, empty bool) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "":
		return empty, nil
	case "yes", "y", "true", "1", "on", "是", "开", "启用", "√", "✓":
		return true, nil
	case "no", "n", "false", "0", "off", "否", "关", "停用", "×":
		return false, nil
	}
	return empty, wrong("Write yes or no.", "请填写是或否。")
}

func (t *table) matchName(m Match) string {
	if t.zh {
		switch m {
		case MatchExact:
			return "完全匹配"
		case MatchKeyword:
			return "关键词"
		case MatchRegex:
			return "正则"
		}
	}
	return string(m)
}

func readMatch(cell string) (Match, error) {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "exact", "", "完全匹配", "精确", "精确匹配", "完全":
		return MatchExact, nil
	case "keyword", "keywords", "关键词", "关键字", "包含":
		return MatchKeyword, nil
	case "regex", "regexp", "正则", "正则表达式":
		return MatchRegex, nil
	}
	return "", wrong("Write exact, keyword or regex.", "请填写完全匹配、关键词或正则。")
}

// teamName is the name of a team, when no other team has it too.
func (t *table) teamName(id canon.ID) string {
	if name := strings.TrimSpace(t.names[id]); name != "" && t.ids[name] == id {
		for other, n := range t.names {
			if other != id && strings.TrimSpace(n) == name {
				return id.String()
			}
		}
		return name
	}
	return id.String()
}

func (t *table) team(cell string) (canon.ID, error) {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return canon.ID{}, nil
	}
	if id, ok := t.ids[cell]; ok {
		return id, nil
	}
	if id, err := canon.ParseID(cell); err == nil {
		return id, nil
	}
	return canon.ID{}, wrong(fmt.Sprintf("There is no team %q. Write the name of a team.", cell), fmt.Sprintf("没有技能组“%s”，请填写已有技能组的名称。", cell))
}
