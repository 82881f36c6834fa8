package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"

	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
	"parley/core/connector"
)

// play answers a visitor the way a small shop would: a bot, a queue, a person.
type play struct {
	hub    *fakehub.Hub
	closed bool
}

func (p *play) on(e canon.Envelope) {
	switch ev := e.Event.(type) {
	case canon.Membership:
		go p.welcome(e.Thread)
	case canon.Posted:
		go p.answer(e.Thread, ev.Message.Plain())
	case canon.Action:
		go p.answer(e.Thread, ev.Value)
	}
}

func (p *play) welcome(key canon.ThreadKey) {
	p.hub.Stand(key, func(s *connector.Standing) {
		s.Conversation, s.Owner, s.Sender, s.Open = canon.NewID(), "bot", fakehub.Bot, !p.closed
		if p.closed {
			s.Opens = time.Now().Add(14 * time.Hour)
		}
	})
	p.hub.Say(key, fakehub.Bot, canon.Text{Body: "您好，我是售前助手。可以帮您查订单、推荐图书，也可以随时转人工。"}, canon.Choices{
		Style: canon.ChoiceQuick, Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "查订单", Value: "order"},
			{Kind: canon.OptionReply, Label: "推荐一本书", Value: "book"},
			{Kind: canon.OptionReply, Label: "退换货", Value: "return"},
			{Kind: canon.OptionHuman, Label: "转人工"},
		},
	})
}

func (p *play) answer(key canon.ThreadKey, said string) {
	switch {
	case strings.Contains(said, "人工") || said == "parley:human":
		p.human(key)
	case said == "order":
		p.hub.Say(key, fakehub.Bot, canon.Card{
			Kind: canon.CardOrder, Title: "《山中何事》× 1", Ref: "20261121", Price: "¥ 58.00", Status: "已发货",
			Fields: []canon.Field{{Label: "快递", Value: "顺丰 SF1420398"}, {Label: "预计送达", Value: "11 月 23 日"}},
			URL:    "https://example.com/orders/20261121",
		})
	case said == "book":
		picture := p.picture(key, 480, 270)
		p.hub.Say(key, fakehub.Bot, canon.Card{
			Kind: canon.CardProduct, Title: "寂静的春天（六十周年纪念版）", Text: "蕾切尔·卡森 著，精装", Price: "¥ 68.00",
			Status: "有货", Image: picture, URL: "https://example.com/p/1",
		})
	case said == "return":
		p.hub.Say(key, fakehub.Bot, canon.Choices{Style: canon.ChoiceButtons, Prompt: "请选择要办理的业务：", Footer: "签收后 7 天内可退换", Options: []canon.Option{
			{Kind: canon.OptionReply, Label: "申请退货", Detail: "退款原路返回", Value: "r1"},
			{Kind: canon.OptionReply, Label: "申请换货", Detail: "换同款或差价补齐", Value: "r2"},
			{Kind: canon.OptionURL, Label: "查看退换政策", URL: "https://example.com/policy"},
		}})
	case said == "list":
		p.hub.Say(key, fakehub.Bot, canon.Choices{Style: canon.ChoiceList, Prompt: "选择门店", Options: []canon.Option{
			{Kind: canon.OptionReply, Section: "上海", Label: "静安店", Value: "s1"},
			{Kind: canon.OptionReply, Section: "上海", Label: "徐汇店", Value: "s2"},
			{Kind: canon.OptionReply, Section: "杭州", Label: "西湖店", Value: "s3"},
		}})
	case said == "all":
		p.everything(key)
	case said == "end":
		p.hub.Say(key, fakehub.System, canon.Text{Body: "林小满 结束了会话"})
		p.hub.Stand(key, func(s *connector.Standing) { *s = connector.Standing{Open: true, HumanAsk: "parley:human"} })
	case said == "recall":
		l := p.hub.Say(key, fakehub.Agent, canon.Text{Body: "发错了"})
		time.Sleep(300 * time.Millisecond)
		p.hub.Recall(key, l.ID)
	case said == "type":
		p.hub.Type(key, fakehub.Agent, true, "")
	default:
		p.hub.Type(key, fakehub.Bot, true, "")
		time.Sleep(700 * time.Millisecond)
		p.hub.Say(key, fakehub.Bot, canon.Text{Body: "收到。您可以回复“人工”找客服，详情见 https://example.com/help 。"})
	}
}

func (p *play) human(key canon.ThreadKey) {
	p.hub.Stand(key, func(s *connector.Standing) {
		s.Owner, s.Sender, s.Place, s.Wait = "queue", connector.Sender{}, 3, 2*time.Minute
	})
	p.hub.Say(key, fakehub.System, canon.Text{Body: "正在为您转接人工客服，您排在第 3 位，约 2 分钟"})
	time.Sleep(2500 * time.Millisecond)
	p.hub.Stand(key, func(s *connector.Standing) { s.Owner, s.Sender, s.Place, s.Wait = "agent", fakehub.Agent, 0, 0 })
	p.hub.Say(key, fakehub.System, canon.Text{Body: "林小满 为您服务"})
	p.hub.Type(key, fakehub.Agent, true, "")
	time.Sleep(1200 * time.Millisecond)
	p.hub.Say(key, fakehub.Agent, canon.Text{Body: "您好，我是小满。"})
	p.hub.Say(key, fakehub.Agent, canon.Text{Body: "已经看到您的订单了，稍等我查一下物流。"})
}

// everything says one of each part.
func (p *play) everything(key canon.ThreadKey) {
	p.hub.Say(key, fakehub.Agent, p.picture(key, 320, 420))
	wave := make([]byte, 40)
	for i := range wave {
		wave[i] = byte(40 + (i*i*37)%200)
	}
	voice, err := p.hub.Store(context.Background(), key, "voice", "audio/webm", strings.NewReader("no sound"))
	if err != nil {
		return
	}
	voice.Kind, voice.Millis, voice.Wave = canon.MediaVoice, 12400, wave
	p.hub.Say(key, fakehub.Agent, voice)
	file, err := p.hub.Store(context.Background(), key, "2026 冬季书单（含作者签名版与限量毛边本说明）.pdf", "application/pdf", strings.NewReader(strings.Repeat("x", 348_211)))
	if err != nil {
		return
	}
	p.hub.Say(key, fakehub.Agent, file)
	p.hub.Say(key, fakehub.Agent, canon.Location{Lat: 31.2304, Lon: 121.4737, Title: "静安店", Address: "上海市静安区南京西路 1 号"})
	p.hub.Say(key, fakehub.Agent, canon.Contact{Name: "李经理", Org: "山野书店 · 团购部", Phones: []string{"+86 21 5555 0100"}, Emails: []string{"group@example.com"}})
	p.hub.Say(key, fakehub.Agent, canon.Sticker{Emoji: "🎉"})
	p.hub.Say(key, fakehub.Agent, canon.Text{Body: "👍"})
}

func (p *play) picture(key canon.ThreadKey, w, h int) canon.Media {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(190 - 110*y/h), uint8(205 - 60*y/h), uint8(190 - 40*x/w), 255})
			if (x-w/2)*(x-w/2)+(y-h/3)*(y-h/3) < h*h/40 {
				m.Set(x, y, color.RGBA{250, 226, 170, 255})
			}
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, m) != nil {
		return canon.Media{}
	}
	stored, err := p.hub.Store(context.Background(), key, "picture.png", "image/png", &b)
	if err != nil {
		return canon.Media{}
	}
	stored.Width, stored.Height = w, h
	return stored
}
