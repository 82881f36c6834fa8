package wecom

import "parley/core/canon"

// inWords puts into words what a member did that asks for nothing (90240 事件格式):
// the agent reads it between the lines. Empty of an event nobody taught us.
func inWords(n node) canon.Words {
	says := func(en, zh, what string) canon.Words {
		if what == "" {
			return canon.Words{}
		}
		return canon.Words{EN: en + what, ZH: zh + what}
	}
	switch n.at("Event") {
	case "view":
		return says("Opened from the menu: ", "点击菜单打开网页：", n.at("EventKey"))
	case "view_miniprogram":
		return says("Opened the mini-program from the menu: ", "点击菜单打开小程序：", n.at("EventKey"))
	case "LOCATION":
		lat, lon := n.at("Latitude"), n.at("Longitude")
		if lat == "" || lon == "" {
			return canon.Words{}
		}
		return says("Reported position: ", "上报地理位置：", lat+", "+lon)
	case "pic_sysphoto", "pic_photo_or_album", "pic_weixin":
		count := n.kid("SendPicsInfo").at("Count")
		if count == "" {
			return canon.Words{}
		}
		return canon.Words{EN: "Pictures sent by the menu: " + count, ZH: "通过菜单发送图片 " + count + " 张"}
	}
	return canon.Words{}
}
