package outbox

import (
	"fmt"

	"parley/core/canon"
	"parley/core/connector"
)

// partNames are parts in people's words.
var partNames = map[string]connector.Text{
	"text": {EN: "text", ZH: "文字"}, "location": {EN: "places", ZH: "位置"}, "sticker": {EN: "stickers", ZH: "贴纸"},
	"contact": {EN: "contact cards", ZH: "名片"}, "template": {EN: "templates", ZH: "模板消息"}, "opaque": {EN: "content of this kind", ZH: "此类内容"},
	"media.image": {EN: "pictures", ZH: "图片"}, "media.voice": {EN: "voice messages", ZH: "语音"}, "media.audio": {EN: "sound files", ZH: "音频"},
	"media.video": {EN: "videos", ZH: "视频"}, "media.animation": {EN: "animations", ZH: "动图"}, "media.file": {EN: "files", ZH: "文件"},
	"choices.quick": {EN: "quick replies", ZH: "快捷回复"}, "choices.buttons": {EN: "buttons", ZH: "按钮"}, "choices.list": {EN: "lists", ZH: "列表"},
	"card.product": {EN: "product cards", ZH: "商品卡片"}, "card.order": {EN: "order cards", ZH: "订单卡片"}, "card.link": {EN: "link cards", ZH: "链接卡片"},
	"card.app": {EN: "mini-program cards", ZH: "小程序卡片"}, "card.article": {EN: "articles", ZH: "图文"},
}

func partName(p canon.Part) connector.Text { return partNames[connector.PartKey(p)] }

// inWords says what becomes of a part that goes as text.
func inWords(p canon.Part) connector.Text {
	if _, choices := p.(canon.Choices); choices {
		return connector.Text{EN: "The choices become a numbered list", ZH: "选项将变为带编号的列表"}
	}
	return connector.Text{EN: "Sent as text: this channel has no " + partName(p).EN, ZH: "将以文字发送：该渠道不支持" + partName(p).ZH}
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%.3g MB", float64(n)/(1<<20))
}
