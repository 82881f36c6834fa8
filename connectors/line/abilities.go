package line

import (
	"context"
	"net/http"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
	"parley/core/connector"
)

// Type shows the loading animation. LINE has it in chats with one person only,
// and ends it by itself.
func (c *Conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	if !on || !strings.HasPrefix(string(thread.Peer), "U") {
		return nil
	}
	return c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.ShowLoadingAnimationWithHttpInfo(&messaging_api.ShowLoadingAnimationRequest{ChatId: string(thread.Peer), LoadingSeconds: int32(loading.Seconds())})
		return res, err
	})
}

// MarkRead shows the customer what was read: through is the token that came with
// the newest message. Accounts with the chat turned off mark by themselves.
func (c *Conn) MarkRead(ctx context.Context, _ canon.ThreadKey, through canon.RemoteID) error {
	return c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.MarkMessagesAsReadByTokenWithHttpInfo(&messaging_api.MarkMessagesAsReadByTokenRequest{MarkAsReadToken: string(through)})
		return res, err
	})
}

// Member names who speaks in a group or room. It is told of those as well who are
// not friends of the account ("Get group chat member profile", "Get multi-person
// chat member profile").
func (c *Conn) Member(ctx context.Context, _ connector.Account, group canon.ThreadKey, member canon.RemoteID) (canon.Peer, error) {
	out := canon.Peer{ID: member, Verified: true}
	in, who := string(group.Peer), string(member)
	if !plainID(in) || !plainID(who) {
		return out, &connector.Error{Class: connector.Invalid, Code: "bad_id"}
	}
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		if strings.HasPrefix(in, "R") {
			res, got, err := api.GetRoomMemberProfileWithHttpInfo(in, who)
			if err == nil {
				out.Name, out.Avatar = got.DisplayName, got.PictureUrl
			}
			return res, err
		}
		res, got, err := api.GetGroupMemberProfileWithHttpInfo(in, who)
		if err == nil {
			out.Name, out.Avatar = got.DisplayName, got.PictureUrl
		}
		return res, err
	})
	return out, err
}

// Profile looks up a friend of the account, or names a group. A room has no name.
func (c *Conn) Profile(ctx context.Context, _ connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	out := canon.Peer{ID: peer, Verified: true}
	id := string(peer)
	if !plainID(id) {
		return out, &connector.Error{Class: connector.Invalid, Code: "bad_id"}
	}
	if strings.HasPrefix(id, "R") {
		return out, nil
	}
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		if strings.HasPrefix(id, "C") {
			res, got, err := api.GetGroupSummaryWithHttpInfo(id)
			if err == nil {
				out.Name, out.Avatar = got.GroupName, got.PictureUrl
			}
			return res, err
		}
		res, got, err := api.GetProfileWithHttpInfo(id)
		if err == nil {
			out.Name, out.Avatar, out.Locale = got.DisplayName, got.PictureUrl, got.Language
		}
		return res, err
	})
	return out, err
}
