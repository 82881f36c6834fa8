package line

import (
	"encoding/json"

	"parley/core/canon"
)

// told are what events say that ask for nothing ("Webhook Event Objects"), by their
// type, and where it has several, by what happened: the agent reads it between the
// lines.
var told = map[string]canon.Words{
	"accountLink ok":     {EN: "Linked their LINE account to one of yours", ZH: "客户已将 LINE 账号与您的系统账号绑定"},
	"accountLink failed": {EN: "Linking their LINE account to one of yours failed", ZH: "客户的 LINE 账号绑定失败"},
	"beacon enter":       {EN: "Came near a LINE Beacon of yours", ZH: "客户进入 LINE Beacon 范围"},
	"beacon stay":        {EN: "Is near a LINE Beacon of yours", ZH: "客户停留在 LINE Beacon 范围内"},
	"beacon banner":      {EN: "Tapped the banner of a LINE Beacon", ZH: "客户点击了 LINE Beacon 横幅"},
	"membership joined":  {EN: "Joined your membership", ZH: "客户加入了会员方案"},
	"membership renewed": {EN: "Renewed their membership", ZH: "客户续订了会员方案"},
	"membership left":    {EN: "Left your membership", ZH: "客户退出了会员方案"},
	"videoPlayComplete":  {EN: "Watched a video to its end", ZH: "客户看完了视频"},
	"activated":          {EN: "This channel answers for the account now", ZH: "本频道已开始接待该账号"},
	"deactivated":        {EN: "Another channel answers for the account now", ZH: "该账号已由其他频道接待"},
	"botSuspended":       {EN: "LINE has suspended the account", ZH: "该账号已被 LINE 停用"},
	"botResumed":         {EN: "LINE has given the account back", ZH: "该账号已恢复使用"},
	"delivery":           {EN: "A message sent by phone number was delivered", ZH: "按手机号发送的消息已送达"},
}

// inWords puts into words what an event says; empty of one nobody taught us.
func inWords(name string, raw json.RawMessage) canon.Words {
	var of struct {
		Link       struct{ Result string }
		Beacon     struct{ Type string }
		Membership struct{ Type string }
	}
	_ = json.Unmarshal(raw, &of) // what cannot be read has no words
	what := map[string]string{"accountLink": of.Link.Result, "beacon": of.Beacon.Type, "membership": of.Membership.Type}[name]
	if what != "" {
		name += " " + what
	}
	return told[name]
}
