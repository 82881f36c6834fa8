package rules

import (
	"fmt"

	"parley/core/canon"
	"parley/core/orchestrate"
)

// replies checks the variants of an answer; needed ones must be there.
func (k *checker) replies(path string, replies []Reply, needed bool) {
	if needed && len(replies) == 0 {
		k.add(path, "Write at least one answer: a bot never sends an empty message.", "请至少填写一条答案：机器人不会发送空消息。")
	}
	k.count(path, len(replies), MaxReplies)
	for i, r := range replies {
		at := fmt.Sprintf("%s[%d]", path, i)
		k.lang(at+".language", r.Language)
		if len(r.Parts) == 0 {
			k.add(at+".parts", "This answer is empty. Write something, or remove it.", "这条答案是空的，请填写内容或删除。")
		}
		k.count(at+".parts", len(r.Parts), MaxParts)
		for j, p := range r.Parts {
			k.part(fmt.Sprintf("%s.parts[%d]", at, j), p)
		}
	}
}

func (k *checker) part(path string, p ReplyPart) {
	switch p.Type {
	case PartText:
		k.length(path+".text", p.Text, MaxText, true)
	case PartImage, PartAudio, PartVideo, PartFile:
		k.file(path+".file", p.File)
		k.length(path+".text", p.Text, MaxText, false)
	case PartMenu:
		k.menuRef(path+".menu", p.Menu)
	case PartCard:
		k.card(path+".card", p.Card)
	default:
		k.add(path+".type", "Choose one of: text, image, audio, video, file, menu, card.", "请选择其一：text、image、audio、video、file、menu、card。")
		return
	}
	if p.Type != PartMenu && p.Menu != "" {
		k.stray(path+".menu", p.Type)
	}
	if p.Type != PartCard && p.Card != nil {
		k.stray(path+".card", p.Type)
	}
	if (p.Type == PartText || p.Type == PartMenu || p.Type == PartCard) && !p.File.IsZero() {
		k.stray(path+".file", p.Type)
	}
	if (p.Type == PartMenu || p.Type == PartCard) && p.Text != "" {
		k.stray(path+".text", p.Type)
	}
}

func (k *checker) stray(path string, t PartType) {
	k.add(path, fmt.Sprintf("A part of type %s has no use for this. Remove it.", t), fmt.Sprintf("%s 类型的内容不使用此项，请删除。", t))
}

func (k *checker) card(path string, c *ReplyCard) {
	if c == nil {
		k.add(path, "Fill in the card.", "请填写卡片。")
		return
	}
	switch c.Kind {
	case canon.CardProduct, canon.CardOrder, canon.CardLink, canon.CardArticle:
	default:
		k.add(path+".kind", "Choose one of: product, order, link, article.", "请选择其一：product、order、link、article。")
	}
	k.length(path+".title", c.Title, MaxLabel, true)
	k.length(path+".text", c.Text, MaxText, false)
	k.length(path+".price", c.Price, MaxLabel, false)
	k.length(path+".ref", c.Ref, MaxLabel, false)
	if c.URL != "" || c.Kind == canon.CardLink || c.Kind == canon.CardArticle {
		k.address(path+".url", c.URL)
	}
}

// allMenus checks the menus and that a customer can get out of each.
func (k *checker) allMenus(c Content) {
	for i, m := range c.Menus {
		k.menu(fmt.Sprintf("menus[%d]", i), m)
	}
	for i := range c.Menus {
		if k.trap(c, i) {
			k.add(fmt.Sprintf("menus[%d].options", i), "From this menu a customer only ever gets to menus and back, never to an answer. Give one option an answer.", "客户从此菜单只能在菜单之间循环，永远得不到答案。请让其中一个选项给出答案。")
		}
	}
}

func (k *checker) menu(path string, m Menu) {
	k.length(path+".name", m.Name, MaxName, false)
	k.length(path+".prompt", m.Prompt, MaxText, false)
	k.length(path+".footer", m.Footer, MaxText, false)
	switch m.Style {
	case "", canon.ChoiceQuick, canon.ChoiceButtons, canon.ChoiceList:
	default:
		k.add(path+".style", "Choose one of: quick, buttons, list.", "请选择其一：quick、buttons、list。")
	}
	if len(m.Options) == 0 {
		k.add(path+".options", "A menu needs at least one option.", "菜单至少要有一个选项。")
	}
	k.count(path+".options", len(m.Options), MaxOptions)
	labels := map[string]int{}
	for j, o := range m.Options {
		at := fmt.Sprintf("%s.options[%d]", path, j)
		k.option(at, o)
		label := k.fold.question(o.Label)
		if first, ok := labels[label]; ok && !blank(o.Label) {
			k.add(at+".label", fmt.Sprintf("options[%d] reads the same. Tell them apart.", first), fmt.Sprintf("与 options[%d] 文字相同，请加以区分。", first))
		} else {
			labels[label] = j
		}
	}
}

func (k *checker) option(path string, o MenuOption) {
	k.length(path+".label", o.Label, MaxLabel, true)
	k.length(path+".value", o.Value, MaxPattern, false)
	uses := 0
	for _, used := range []bool{o.Value != "", o.Rule != "", o.Menu != "", o.URL != "", o.Human} {
		if used {
			uses++
		}
	}
	if uses > 1 {
		k.add(path, "An option does one thing: value, rule, menu, url or human. Keep one.", "一个选项只能做一件事：value、rule、menu、url 或 human，请保留一项。")
	}
	if o.Value != "" && blank(o.Value) {
		k.add(path+".value", "There is nothing to see in this. Write the question, or leave it empty to ask the label.", "此项没有可见字符。请填写问题，或留空以使用选项文字。")
	}
	if o.asks() && orchestrate.Reserved(o.ask()) {
		k.add(path+".value", "The hub itself asks for ratings with values that begin so. Choose other words.", "以此开头的值由系统用于邀请客户评价，请换一种写法。")
	}
	if o.Rule != "" {
		if _, ok := k.rules[o.Rule]; !ok {
			k.add(path+".rule", fmt.Sprintf("There is no rule %q. Make it, or choose another.", o.Rule), fmt.Sprintf("没有规则 %q，请新建或另选。", o.Rule))
		}
	}
	if o.Menu != "" {
		k.menuRef(path+".menu", o.Menu)
	}
	if o.URL != "" {
		k.address(path+".url", o.URL)
	}
}

// trap reports whether no way from menu i leads to anything but menus.
func (k *checker) trap(c Content, i int) bool {
	seen := map[int]bool{i: true}
	for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
		for _, o := range c.Menus[queue[0]].Options {
			next, known := k.menus[o.Menu]
			if o.Menu == "" || !known {
				return false // an answer, or an error of its own
			}
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return len(c.Menus[i].Options) > 0
}
