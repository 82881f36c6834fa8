package wechat

import "parley/core/canon"

// told puts into words what a customer did that asks for nothing: the agent reads
// it between the lines. Empty of an event nobody taught us.
// https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html
func (p push) told() canon.Words {
	switch p.Event {
	case "VIEW":
		return says("Opened from the menu: ", "点击菜单打开网页：", string(p.EventKey))
	case "view_miniprogram":
		return says("Opened the mini-program from the menu: ", "点击菜单打开小程序：", string(p.EventKey))
	case "LOCATION":
		if p.Latitude == "" || p.Longitude == "" {
			return canon.Words{}
		}
		at := string(p.Latitude + ", " + p.Longitude)
		if p.Precision == "" {
			return says("Reported position: ", "上报地理位置：", at)
		}
		return canon.Words{EN: "Reported position: " + at + " (within " + string(p.Precision) + " m)", ZH: "上报地理位置：" + at + "（精度 " + string(p.Precision) + " 米）"}
	case "location_select":
		if p.Picked.X == "" || p.Picked.Y == "" {
			return canon.Words{}
		}
		at := string(p.Picked.X + ", " + p.Picked.Y)
		for _, name := range []word{p.Picked.Poiname, p.Picked.Label} {
			if name != "" {
				at = string(name) + " (" + at + ")"
				break
			}
		}
		return says("Picked a place by the menu: ", "通过菜单选择位置：", at)
	case "pic_sysphoto", "pic_photo_or_album", "pic_weixin":
		if p.Pics.Count == "" {
			return canon.Words{}
		}
		return canon.Words{EN: "Pictures sent by the menu: " + string(p.Pics.Count), ZH: "通过菜单发送图片 " + string(p.Pics.Count) + " 张"}
	case "subscribe_msg_popup_event", "subscribe_msg_change_event":
		return p.consents()
	}
	return canon.Words{}
}

func says(en, zh, what string) canon.Words {
	if what == "" {
		return canon.Words{}
	}
	return canon.Words{EN: en + what, ZH: zh + what}
}
