package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"parley/core/connector"
)

// invitation is a line that offers help to who reads a page, beside the button.
// The form of the link holds a JSON list of them, the first that fits is shown.
type invitation struct {
	// Page is what the address holds, with * for anything; "" for every page.
	Page   string         `json:"page,omitempty"`
	After  int            `json:"after,omitempty"`  // seconds the page is looked at
	Scroll int            `json:"scroll,omitempty"` // per cent of the page that were seen
	Text   connector.Text `json:"text"`
}

const (
	invitationsMost    = 5
	invitationPageMost = 200 // characters
	invitationTextMost = 160
	invitationWaitMost = 3600 // seconds
)

func parseInvitations(text string) ([]invitation, error) {
	if text == "" {
		return nil, nil
	}
	var out []invitation
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, invalid("invite", "This is not a list of invitations.", "邀请列表无法识别。")
	}
	if len(out) > invitationsMost {
		return nil, invalid("invite", fmt.Sprintf("Write at most %d invitations.", invitationsMost), fmt.Sprintf("最多设置 %d 条邀请。", invitationsMost))
	}
	for i := range out {
		v := &out[i]
		v.Page = line(v.Page, invitationPageMost)
		v.Text = connector.Text{EN: line(v.Text.EN, invitationTextMost), ZH: line(v.Text.ZH, invitationTextMost)}
		switch {
		case v.Text == (connector.Text{}):
			return nil, invalid("invite", fmt.Sprintf("Write the words of invitation %d, in Chinese or English.", i+1), fmt.Sprintf("请填写第 %d 条邀请的中文或英文内容。", i+1))
		case v.After < 0 || v.After > invitationWaitMost:
			return nil, invalid("invite", fmt.Sprintf("Invitation %d may wait from 0 to %d seconds.", i+1, invitationWaitMost), fmt.Sprintf("第 %d 条邀请的等待时间为 0 到 %d 秒。", i+1, invitationWaitMost))
		case v.Scroll < 0 || v.Scroll > 100:
			return nil, invalid("invite", fmt.Sprintf("Invitation %d may ask for 0 to 100 per cent of the page.", i+1), fmt.Sprintf("第 %d 条邀请的阅读比例为 0 到 100。", i+1))
		case strings.Count(v.Page, "*") > 5:
			return nil, invalid("invite", fmt.Sprintf("The address of invitation %d may have five * at most.", i+1), fmt.Sprintf("第 %d 条邀请的网址最多包含 5 个 *。", i+1))
		}
	}
	return out, nil
}
