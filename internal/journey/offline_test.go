package journey

import (
	"fmt"
	"strings"
	"testing"
)

// An agent who was away sees exactly what happened, and what was written
// meanwhile leaves once.
func TestR16_AgentOfflineAndBackMissesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		site := s.webSite(t, "")
		wire := lay(t, h)
		far := *s
		far.hub = &hub{api: h.api, url: wire.url, data: h.data, log: h.log, dbURL: h.dbURL}
		lin := far.signIn(t, s.lin, manner{})
		lin.goes("Online")
		v := site.visit(customer(t, "小明"), "/plain?user=小明")
		v.open()
		v.say("第一句")
		lin.opens("小明")
		lin.replies("在的")
		v.sees(v.theirs().has("在的"))
		id := h.conversations(t, "status=open")[0].ID

		// Away: it is said, and the world goes on.
		wire.sever()
		lin.offline(true)
		lin.sees(text("You are offline."))
		for i := range 5 {
			v.say(fmt.Sprintf("离线消息 %d", i))
		}
		other := site.visit(customer(t, "小红"), "/plain?user=小红")
		other.open()
		other.say("我是小红")
		colleague := h.api
		colleague.agent = s.chen.id
		colleague.do(t, "POST", "/conversations/"+id+"/notes", map[string]string{"text": "店长留言"}, nil)
		lin.fill(lin.field(), "离线写的回复")
		lin.press(lin.field(), "Enter")
		lin.sees(text("Will be sent when the connection is back"))
		lin.sees(text("1 message will be sent when the connection is back."))
		lin.shot("offline-lin")

		// Back: everything, once, in the order of the hub.
		wire.mend()
		lin.offline(false)
		lin.misses(text("You are offline."))
		lin.misses(text("Will be sent when the connection is back"))
		v.sees(v.theirs().has("离线写的回复"))
		lin.counts(lin.row(""), 2)
		lin.sees(lin.row("小红"))
		lin.sees(lin.log("note").has("店长留言"))
		lin.counts(lin.log("customer").has("离线消息"), 5)
		lin.counts(lin.log("agent").has("离线写的回复"), 1)
		var want []string
		for _, m := range h.messages(t, id) {
			for _, said := range []string{"第一句", "在的", "离线消息 0", "离线消息 1", "离线消息 2", "离线消息 3", "离线消息 4", "店长留言", "离线写的回复"} {
				if m.From != "event" && m.From != "system" && m.has(said) {
					want = append(want, said)
				}
			}
		}
		if len(want) != 9 {
			t.Fatalf("R-16: the hub has %q", want)
		}
		seen := strings.Join(lin.texts(lin.log("")), "\n")
		at := -1
		for _, said := range want {
			next := strings.Index(seen, said)
			if next < at {
				t.Errorf("R-16: %q is out of order in\n%s", said, seen)
			}
			at = next
		}
	})
}

// A visitor without a network keeps what was typed, and it is sent once.
func TestW04_VisitorOfflineKeepsAndSendsOnce(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	site := s.webSite(t, s.bot)
	wire := lay(t, h)
	ming := customer(t, "小明")
	near := *site
	near.hub = wire.url
	v := near.chatPage(ming)
	v.sees(v.theirs().has("您好，我是售前助手。"))
	v.say("有网")

	wire.sever()
	ming.offline(true)
	v.sees(v.in(text("网络已断开，消息会在恢复后自动发送")))
	v.say("断网一")
	v.say("断网二")
	v.sees(v.mine().has("发送中"))
	v.fill(v.box(), "写了一半")
	v.shot("offline-visitor")
	wire.mend()
	ming.offline(false)
	v.misses(v.in(text("网络已断开")))
	v.misses(v.mine().has("发送中"))
	if got := v.read(v.box(), "value"); got != "写了一半" {
		t.Errorf("W-04: the half-written message became %q", got)
	}

	// The hub itself goes and comes back.
	h.stop(t)
	v.sees(v.in(text("网络已断开")))
	v.say("重启时")
	h.start(t)
	v.misses(v.in(text("网络已断开")))
	v.misses(v.mine().has("发送中"))
	v.reload()
	for _, said := range []string{"断网一", "断网二", "重启时"} {
		v.counts(v.mine().has(said), 1)
	}
	id := h.conversations(t, "status=open")[0].ID
	var order []string
	for _, m := range h.messages(t, id) {
		for _, said := range []string{"断网一", "断网二", "重启时"} {
			if m.From == "customer" && m.has(said) {
				order = append(order, said)
			}
		}
	}
	if strings.Join(order, " ") != "断网一 断网二 重启时" {
		t.Errorf("W-04: the hub has %q", order)
	}
}
