package journey

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/http/fake"
	"parley/core/canon"
)

// app is an application of one's own with a customer's phone.
type app struct {
	platform   *fake.Platform
	base, hook string
	mine       []emulate.Bubble
}

const appSecret, appSecretAnew = "whsec_YXBwLW9mLXRoZS1qb3VybmV5LTAwMDE=", "whsec_YXBwLW9mLXRoZS1qb3VybmV5LTAwMDI="

func httpChannel(t *testing.T) *channel {
	t.Helper()
	p, err := fake.New(appSecret)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{platform: p, base: serves(t, p)}
	post := func(part canon.Part) func() {
		return func() {
			if err := a.posts(canon.Message{Parts: []canon.Part{part}}); err != nil {
				t.Error(err)
			}
		}
	}
	c := &channel{
		ours: true,
		name: "HTTP", phone: a, who: "u1", base: a.base, recalls: true,
		values: map[string]string{"api_base": a.base, "secret": appSecret},
		wrong:  map[string]string{"secret": appSecretAnew},
		quote:  "<几点关门？>", cause: "secret",
		console: func(address string) error { a.hook = address; return nil },
		revoke: func() (string, string) {
			if err := p.SetSecret(appSecretAnew); err != nil {
				t.Fatal(err)
			}
			return "secret", appSecretAnew
		},
		in: []arrival{
			{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
			{act: sendsFile("voice", "v.ogg", "audio/ogg", opus()), sees: seesVoice(nil)},
			{act: sendsFile("audio", "song.mp3", "audio/mpeg", mp3()), sees: seesFile("song.mp3", mp3())},
			{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
			{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
			{do: post(canon.Sticker{Emoji: "😺"}), sees: seesSticker},
			{act: place("人民广场"), sees: seesPlace("人民广场")},
			{do: post(canon.Contact{Name: "王小明", Phones: []string{"+8613900000000"}}), sees: seesText("+8613900000000")},
			{do: post(canon.Card{Kind: canon.CardProduct, Title: "想要这个", Price: "¥9", URL: "https://shop.example.com/9"}), sees: seesText("想要这个")},
			{act: emulate.Act{Kind: emulate.ActReply, Text: "就是这个"}, sees: seesText("就是这个")},
		},
		again: func(x *tale) {
			x.channel.says(x.t, "再等两天")
			x.admin.sees(x.admin.log("customer").nth(-1).has("再等两天"))
			x.does(x.t, emulate.Act{Kind: emulate.ActEdit, Target: x.newest("me").ID, Text: "再等三天"})
			x.admin.sees(x.admin.log("customer").nth(-1).has("再等三天").has("edited "))
			x.does(x.t, emulate.Act{Kind: emulate.ActRecall, Target: x.newest("me").ID})
			x.admin.sees(x.admin.log("customer").nth(-1).has("recalled "))
		},
		files: []attachment{
			{"收据.png", picture(t), []string{"[image 收据.png]"}},
			{"退货单.pdf", paper(), []string{"[file 退货单.pdf]"}},
			{"说明.mp3", mp3(), []string{"[audio 说明.mp3]"}},
			{"开箱.mp4", film(), []string{"[video 开箱.mp4]"}},
		},
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "(红)", "(蓝)"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "(大)", "(小)"}},
			{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "(一店)", "(二店)"}},
			{placePart(), []string{"{山野书店"}},
			{contactPart(), []string{"{林小满"}},
			{productCard(), []string{"{白瓷茶杯"}},
			{orderCard(), []string{"{订单 1042"}},
			{linkCard(), []string{"{退货须知"}},
		},
	}
	return c
}

func (a *app) Platform() string { return "http" }

func (a *app) Customers() []emulate.Customer { return []emulate.Customer{{ID: "u1", Name: "小明"}} }

func (a *app) Watch(func(string)) func() { return func() {} }

func (a *app) posts(m canon.Message) error { return a.tells(canon.Posted{Message: m}) }

func (a *app) tells(event canon.Event) error {
	e := a.platform.Does("u1", event)
	if p, ok := event.(canon.Posted); ok {
		p.Message.RemoteID = canon.RemoteID("m-" + e.EventID)
		e.Event = p
		a.mine = append(a.mine, emulate.Bubble{ID: string(p.Message.RemoteID), From: "me", Text: p.Message.Fallback()})
	}
	answer, err := a.platform.Post(context.Background(), a.hook, e)
	if err == nil && !answer.Accepted() {
		err = fmt.Errorf("the hub answered %d", answer.Status)
	}
	return err
}

// Do carries out what the customer does.
func (a *app) Do(_ context.Context, _ string, act emulate.Act) error {
	words := canon.Message{Parts: []canon.Part{canon.Text{Body: act.Text}}}
	target := canon.RemoteID(act.Target)
	switch act.Kind {
	case emulate.ActText:
		return a.posts(words)
	case emulate.ActReply:
		words.ReplyTo = &canon.Ref{RemoteID: target}
		return a.posts(words)
	case emulate.ActMedia:
		name := fmt.Sprint(len(a.mine)) + "-" + act.Media
		a.platform.Serve(name, fake.File{MIME: act.MIME, Body: act.File})
		return a.posts(canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaKind(act.Media), Name: act.Name, MIME: act.MIME, URL: a.base + "/files/" + name}}})
	case emulate.ActLocation:
		return a.posts(canon.Message{Parts: []canon.Part{canon.Location{Lat: act.Lat, Lon: act.Lon, Title: act.Text}}})
	case emulate.ActEdit:
		return a.tells(canon.Edited{Target: target, Message: words})
	case emulate.ActRecall:
		return a.tells(canon.Revoked{Target: target})
	case emulate.ActPress:
		return a.tells(canon.Action{Kind: canon.ActionButton, Target: target, Value: act.Value})
	}
	return errors.New("the application has no such act")
}

// Screen is what the customer sees.
func (a *app) Screen(string) emulate.Screen {
	s := emulate.Screen{Title: "App", Bubbles: append([]emulate.Bubble{}, a.mine...)}
	for _, l := range a.platform.Seen("u1") {
		b := emulate.Bubble{ID: string(l.RemoteID), From: "them", Recalled: l.Revoked, ReplyTo: l.Message.Quote}
		for _, part := range l.Message.Parts {
			switch p := part.(type) {
			case canon.Text:
				b.Text = strings.TrimSpace(b.Text + "\n" + p.Body)
			case canon.Media:
				b.Media = append(b.Media, emulate.Media{Kind: string(p.Kind), Name: p.Name, MIME: p.MIME, URL: p.URL})
			case canon.Choices:
				b.Text = strings.TrimSpace(b.Text + "\n" + p.Prompt)
				for _, o := range p.Options {
					b.Buttons = append(b.Buttons, []emulate.Button{{Label: o.Label, Value: o.Value}})
				}
			default:
				b.Cards = append(b.Cards, emulate.Card{Title: p.Fallback()})
			}
		}
		s.Bubbles = append(s.Bubbles, b)
	}
	return s
}
