package demo

import "parley/core/connector"

// product is something the shop sells. Art names the drawing in shop/art.
type product struct {
	Ref, Art           string
	Price, Name, About connector.Text
}

func products() []product {
	return []product{
		{"T-101", "longjing", connector.Text{ZH: "¥168", EN: "£18"}, connector.Text{ZH: "明前龙井 50g", EN: "Spring Longjing 50 g"}, connector.Text{ZH: "西湖产区，三月底手炒，豆香清甜。", EN: "West Lake, roasted by hand in late March; sweet, like fresh beans."}},
		{"T-102", "white", connector.Text{ZH: "¥128", EN: "£15"}, connector.Text{ZH: "福鼎白茶 50g", EN: "Fuding white tea 50 g"}, connector.Text{ZH: "日晒萎凋，三年陈，毫香蜜韵。", EN: "Sun-withered and rested for three years; honey and hay."}},
		{"W-205", "gaiwan", connector.Text{ZH: "¥88", EN: "£12"}, connector.Text{ZH: "白瓷盖碗 120 ml", EN: "Porcelain gaiwan 120 ml"}, connector.Text{ZH: "景德镇手拉坯，薄胎不烫手。", EN: "Thrown by hand in Jingdezhen; thin, and cool to hold."}},
		{"W-206", "pitcher", connector.Text{ZH: "¥68", EN: "£9"}, connector.Text{ZH: "玻璃公道杯", EN: "Glass pitcher"}, connector.Text{ZH: "耐热玻璃，出水利落。", EN: "Heat-proof glass that pours without a drop."}},
		{"G-300", "giftbox", connector.Text{ZH: "¥398", EN: "£45"}, connector.Text{ZH: "山月礼盒", EN: "Moonhill gift box"}, connector.Text{ZH: "龙井、白茶各 50g，一只白瓷盖碗，附手写贺卡。", EN: "Both teas and a gaiwan, with a card written by hand."}},
		{"W-210", "tray", connector.Text{ZH: "¥158", EN: "£22"}, connector.Text{ZH: "竹制茶盘", EN: "Bamboo tea tray"}, connector.Text{ZH: "老竹拼接，双层储水。", EN: "Aged bamboo with a drawer for the water."}},
	}
}
