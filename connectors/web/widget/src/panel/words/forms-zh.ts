// The words of the forms, which the panel fetches when it needs them.
export const words = {
	leaveHint: "请留下您的问题和联系方式，我们上班后会尽快回复您。",
	name: "称呼",
	email: "邮箱",
	phone: "电话",
	about: "您想咨询什么？",
	thanks: "已收到您的留言，我们会尽快回复您。",
	back: "返回",
	begin: "开始咨询",
	pick: "请选择",
	optional: "选填",
};
