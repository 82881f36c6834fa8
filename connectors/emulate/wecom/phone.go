package wecom

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"parley/connectors/emulate"
)

// phone is the platform in the hands of customers, or of members.
type phone struct {
	*played
	kind string
}

// played lets a phone have a method of the platform's name.
type played = Platform

// KFPhone is WeChat in the hands of the first account's customers.
func (p *Platform) KFPhone() emulate.Phone { return phone{p, "wechatkf"} }

// AppPhone is WeCom in the hands of the application's members.
func (p *Platform) AppPhone() emulate.Phone { return phone{p, "wecom"} }

// Platform is the kind of channel.
func (h phone) Platform() string { return h.kind }

// Customers lists those who can be played.
func (h phone) Customers() []emulate.Customer {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []emulate.Customer
	for _, who := range h.people {
		if who.member == (h.kind == "wecom") {
			out = append(out, emulate.Customer{ID: who.id, Name: who.name, Lang: who.lang})
		}
	}
	slices.SortFunc(out, func(a, b emulate.Customer) int {
		first := func(c emulate.Customer) int {
			if c.ID == Customer || c.ID == Member {
				return 0
			}
			return 1
		}
		return first(a) - first(b)
	})
	return out
}

// Screen is what somebody sees now.
func (h phone) Screen(who string) emulate.Screen {
	if h.kind == "wecom" {
		s := emulate.Screen{Title: "小店助手", Bubbles: h.SeenApp(who), Menu: h.menuRows(), Can: []string{emulate.ActText, emulate.ActMedia, emulate.ActLocation, emulate.ActPress, emulate.ActFollow}}
		for i := range s.Bubbles {
			s.Bubbles[i].ReplyTo = "" // a task's id is not shown
		}
		return s
	}
	state := h.State(Account, who)
	return emulate.Screen{Title: "小店客服", Desk: state == statePool || state == stateHuman, Bubbles: h.Seen(Account, who), Can: []string{emulate.ActText, emulate.ActMedia, emulate.ActLocation, emulate.ActPress, emulate.ActRecall, emulate.ActFollow}}
}

// Do carries out what somebody does.
func (h phone) Do(_ context.Context, who string, act emulate.Act) error {
	h.mu.Lock()
	person := h.people[who]
	h.mu.Unlock()
	if person == nil || person.member != (h.kind == "wecom") {
		return errors.New("nobody of that name is here")
	}
	if h.kind == "wecom" {
		return h.memberDoes(who, act)
	}
	return h.customerDoes(who, act)
}

func (h phone) customerDoes(who string, act emulate.Act) error {
	switch act.Kind {
	case emulate.ActFollow:
		h.Enter(Account, who, act.Value, "")
	case emulate.ActText:
		h.Say(Account, who, act.Text)
	case emulate.ActMedia:
		h.Send(Account, who, mediaKind(act), act.Name, act.MIME, act.File)
	case emulate.ActLocation:
		h.write(Account, who, place(act), "location", map[string]any{"latitude": act.Lat, "longitude": act.Lon, "name": act.Text, "address": act.Text})
	case emulate.ActPress:
		return h.Press(Account, who, act.Value)
	case emulate.ActRecall:
		return h.Recall(Account, who, act.Target)
	case emulate.ActDeskEnd:
		h.DeskEnd(Account, who)
	default:
		return errors.New("WeChat does not do this in a chat with customer service")
	}
	return nil
}

func (h phone) memberDoes(who string, act emulate.Act) error {
	switch act.Kind {
	case emulate.ActFollow:
		h.Tell(who, "event", element("Event", "enter_agent")+element("EventKey", ""))
	case emulate.ActText:
		h.TellText(who, act.Text)
	case emulate.ActMedia:
		h.TellFile(who, mediaKind(act), act.Name, act.MIME, act.File)
	case emulate.ActLocation:
		f := func(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }
		h.tell(who, place(act), "location", element("Location_X", f(act.Lat))+element("Location_Y", f(act.Lon))+element("Scale", "15")+element("Label", act.Text))
	case emulate.ActPress:
		if act.Target == "" && h.onMenu(act.Value) {
			return h.PressMenu(who, act.Value)
		}
		return h.PressCard(who, act.Target, act.Value)
	default:
		return errors.New("WeCom does not do this in a chat with an application")
	}
	return nil
}

// onMenu reports whether the menu has an entry of this key or address.
func (p *Platform) onMenu(value string) bool {
	for _, row := range p.menuRows() {
		for _, b := range row {
			if value != "" && (b.Value == value || b.URL == value) {
				return true
			}
		}
	}
	return false
}

// PressCard is a member pressing a button of a template card.
func (p *Platform) PressCard(member, target, key string) error {
	p.mu.Lock()
	task := ""
	for _, b := range p.appChats[member] {
		for _, row := range b.Buttons {
			for _, x := range row {
				if x.Value == key && (b.ID == target || target == "") {
					task = b.ReplyTo
				}
			}
		}
	}
	p.mu.Unlock()
	if task == "" {
		return errors.New("no card with this button was sent")
	}
	p.Tell(member, "event", element("Event", "template_card_event")+element("EventKey", key)+element("TaskId", task)+
		element("CardType", "button_interaction")+element("ResponseCode", secretID("rc-")))
	return nil
}

func mediaKind(act emulate.Act) string {
	switch act.Media {
	case "image", "voice", "video":
		return act.Media
	}
	return "file"
}

func place(act emulate.Act) emulate.Bubble {
	return emulate.Bubble{Cards: []emulate.Card{{Kind: "location", Title: act.Text}}}
}

// Watch tells of every change of a screen.
func (h phone) Watch(changed func(string)) (stop func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	id := h.n
	h.watchers[id] = func(kind, who string) {
		if kind == h.kind {
			changed(who)
		}
	}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.watchers, id)
	}
}
