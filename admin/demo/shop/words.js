// What the page of phones says, in the language of the document.
const zh = document.documentElement.lang.startsWith("zh");
export const lang = zh ? "zh" : "en";
export const words = zh
	? {
			customer: "扮演的顾客", chat: "聊天", write: "输入消息", send: "发送", attach: "发送图片或文件", place: "发送位置", contact: "发送名片", more: "更多",
			follow: "关注 / 进入", start: "开始聊天", leave: "取消关注 / 拉黑", read: "全部标为已读", menu: "菜单", edited: "已编辑", recalled: "已撤回",
			seen: "已读", reply: "回复", react: "表情", edit: "编辑", recall: "撤回", unreact: "取消表情", cancel: "取消", replying: "回复：", editing: "编辑消息",
			typing: "对方正在输入…", empty: "还没有消息", large: "文件太大，最多 20 MB。", cut: "与演示的连接断开，正在重连…", failed: "没有送达。", parameter: "入口参数（可空）",
			actions: "消息操作", image: "图片", voice: "语音", video: "视频", file: "文件", sticker: "贴图", me: "我", them: "商家",
			owner: "商家手机", noDevice: "未关联设备", linkedTo: "已关联：", away: "（未连接）", scan: "扫描屏幕上的二维码", pairCode: "配对码", link: "关联", unlink: "退出该设备",
			desk: "平台客服", deskHas: "正在接待此会话", deskEnd: "结束接待",
		}
	: {
			customer: "Customer played", chat: "chat", write: "Write a message", send: "Send", attach: "Send a picture or file", place: "Send a place", contact: "Send a contact", more: "More",
			follow: "Follow / enter", start: "Start", leave: "Unfollow / block", read: "Mark all as read", menu: "Menu", edited: "edited", recalled: "Message taken back",
			seen: "read", reply: "Reply", react: "React", edit: "Edit", recall: "Take back", unreact: "Take reaction off", cancel: "Cancel", replying: "Replying to: ", editing: "Editing a message",
			typing: "typing…", empty: "No messages yet", large: "The file is too large: 20 MB at most.", cut: "The demo does not answer; trying again…", failed: "It was not sent.", parameter: "Parameter of the entry (may be empty)",
			actions: "Message actions", image: "Picture", voice: "Voice", video: "Video", file: "File", sticker: "Sticker", me: "Me", them: "Business",
			owner: "Shop’s phone", noDevice: "no device is linked", linkedTo: "linked: ", away: " (not connected)", scan: "Scan the QR code on the screen", pairCode: "Pair code", link: "Link", unlink: "Log the device out",
			desk: "Platform’s desk", deskHas: "has this chat", deskEnd: "End it there",
		};
