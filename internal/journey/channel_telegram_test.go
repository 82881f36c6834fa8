package journey

import (
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/telegram"
)

func telegramChannel(t *testing.T) *channel {
	t.Helper()
	p := telegram.New(telegram.Options{})
	t.Cleanup(p.Close)
	c := &channel{
		name: "Telegram", phone: p, who: "501", base: serves(t, p), follow: true, recalls: true, pulled: true, albums: true,
		wrong: map[string]string{"token": "7000000001:AAWrongTokenOfTheJourneysBot000000001"},
		quote: "<几点关门？>", cause: "Telegram does not accept the bot's token",
		revoke: func() (string, string) { return "token", p.Revoke() },
		in: append(everyPart(t, seesFile("song.mp3", mp3())),
			arrival{do: func() {
				for _, name := range []string{"正面.png", "背面.png"} {
					act := sendsFile("image", name, "image/png", picture(t))
					act.Album = "1"
					if err := p.Do(t.Context(), "501", act); err != nil {
						t.Error(err)
					}
				}
			}, sees: seesAlbum(2)}),
		again:  changesItsMind,
		files:  attachments(t),
		spoken: "[voice",
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
			{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "(一店)", "(二店)"}},
			{placePart(), []string{"{山野书店 南京西路 1 号}"}},
			{contactPart(), []string{"{林小满 +8613800000000}"}},
			{productCard(), []string{"白瓷茶杯", "¥128.00"}},
			{orderCard(), []string{"订单 1042"}},
			{linkCard(), []string{"退货须知"}},
		},
	}
	c.values = map[string]string{"token": p.Token(), "api_base": c.base}
	return c
}

// changesItsMind is a customer who edits and reacts, and an agent who reacts back.
func changesItsMind(x *tale) {
	x.t.Helper()
	x.channel.says(x.t, "再等两天")
	x.admin.sees(x.admin.log("customer").nth(-1).has("再等两天"))
	x.does(x.t, emulate.Act{Kind: emulate.ActEdit, Target: x.newest("me").ID, Text: "再等三天"})
	x.admin.sees(x.admin.log("customer").nth(-1).has("再等三天").has("edited "))
	x.admin.replies("好的，我们等您。") // what is reacted to has to be in sight
	x.reads(x.t, 0, "好的，我们等您。")
	x.does(x.t, emulate.Act{Kind: emulate.ActReact, Target: x.newest("them").ID, Value: "🎉"})
	x.admin.sees(css("article").has("🎉").within(role("log")))
	x.admin.tool("再等三天", "React…")
	x.admin.click(button("👍").within(role("dialog")).shown())
	x.admin.sees(x.admin.log("customer").has("再等三天").has("👍"))
	x.until("the customer sees the agent's reaction", func() bool { return x.newest("me").Reaction == "👍" })
}
