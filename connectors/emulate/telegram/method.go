package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

func tooLarge(err error) bool {
	var large *http.MaxBytesError
	return errors.As(err, &large)
}

// do carries out a method. Their names do not mind upper and lower case.
func (p *Platform) do(ctx context.Context, q *request) (any, *failure) {
	name := strings.ToLower(q.method)
	if name == "getupdates" {
		return p.getUpdates(ctx, q)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.o.Flood && strings.HasPrefix(name, "send") && name != "sendchataction" {
		if f := p.flooded(q.number("chat_id")); f != nil {
			return nil, f
		}
	}
	if send, ok := sends[name]; ok {
		return p.send(q, send)
	}
	switch name {
	case "getme":
		me := p.botJSON()
		me["can_join_groups"], me["can_read_all_group_messages"], me["supports_inline_queries"], me["can_connect_to_business"] = true, false, false, true
		return me, nil
	case "setwebhook":
		return p.setWebhook(q)
	case "deletewebhook":
		return p.deleteWebhook(q)
	case "getwebhookinfo":
		return p.webhookInfo(), nil
	case "sendmediagroup":
		return p.album(q)
	case "editmessagetext":
		return p.edit(q, "text")
	case "editmessagecaption":
		return p.edit(q, "caption")
	case "deletemessage":
		return p.deleteMessage(q)
	case "deletebusinessmessages":
		return p.deleteBusiness(q)
	case "setmessagereaction":
		return p.react(q)
	case "sendchataction":
		return p.chatAction(q)
	case "answercallbackquery":
		return p.answerCallback(q)
	case "readbusinessmessage":
		return p.readBusiness(q)
	case "getfile":
		return p.getFile(q)
	case "getuserprofilephotos":
		return p.profilePhotos(q)
	case "getchat":
		return p.getChat(q)
	case "setmycommands":
		return p.setCommands(q)
	case "deletemycommands":
		p.commands = nil
		return true, nil
	}
	return nil, &failure{code: 404, says: "Not Found: method not found"}
}

// flooded keeps the limits of rate: bursts of a few pass, as they do.
func (p *Platform) flooded(chat int64) *failure {
	window, most := time.Second, 3
	if chat < 0 {
		window, most = time.Minute, 20
	}
	now := p.o.Clock()
	var recent []time.Time
	for _, at := range p.floods[chat] {
		if now.Sub(at) < window {
			recent = append(recent, at)
		}
	}
	if len(recent) >= most {
		p.floods[chat] = recent
		return tooMany(max(time.Second, window-now.Sub(recent[0])).Round(time.Second))
	}
	p.floods[chat] = append(recent, now)
	return nil
}

// at finds the chat a call is about, and whether the bot may act there.
func (p *Platform) at(q *request) (*chat, *failure) {
	if q.text("chat_id") == "" {
		return nil, bad("chat_id is empty")
	}
	key := chatKey{q.text("business_connection_id"), q.number("chat_id")}
	if key.business != "" && p.business[key.business] == nil {
		return nil, bad("BUSINESS_CONNECTION_INVALID")
	}
	c := p.chats[key]
	switch {
	case c == nil:
		return nil, bad("chat not found")
	case c.moved != 0:
		f := bad("group chat was upgraded to a supergroup chat")
		f.moved = c.moved
		return nil, f
	case c.kicked && c.kind == "group":
		return nil, forbidden("bot was kicked from the group chat")
	case c.kicked:
		return nil, forbidden("bot was kicked from the supergroup chat")
	case key.business != "" && p.o.Clock().Sub(c.lastIn) > 24*time.Hour:
		return nil, bad("BUSINESS_PEER_USAGE_MISSING")
	}
	if u := p.users[c.user]; u != nil && key.business == "" {
		switch {
		case u.deactivated:
			return nil, forbidden("user is deactivated")
		case u.blocked:
			return nil, forbidden("bot was blocked by the user")
		case !u.started:
			return nil, forbidden("bot can't initiate conversation with a user")
		}
	}
	if topic := q.number("message_thread_id"); topic != 0 {
		if _, ok := c.topics[topic]; !ok {
			return nil, bad("message thread not found")
		}
	}
	return c, nil
}

func (p *Platform) getChat(q *request) (any, *failure) {
	c := p.chats[chatKey{id: q.number("chat_id")}]
	if c == nil {
		return nil, bad("chat not found")
	}
	return p.chatJSON(c), nil
}

// profilePhotos are the pictures a user shows the bot, newest first, each in its
// sizes. Somebody who never wrote to the bot is not known to it.
func (p *Platform) profilePhotos(q *request) (any, *failure) {
	u := p.users[q.number("user_id")]
	if u == nil || !u.started {
		return nil, bad("user not found")
	}
	if u.face == nil {
		return map[string]any{"total_count": 0, "photos": []any{}}, nil
	}
	sizes := []any{}
	for _, side := range []int{160, 320, 640} {
		sizes = append(sizes, map[string]any{"file_id": u.face.id, "file_unique_id": "u" + u.face.id + decimal(int64(side)), "width": side, "height": side, "file_size": u.face.size})
	}
	return map[string]any{"total_count": 1, "photos": []any{sizes}}, nil
}

// Face gives a customer a picture; nil takes it off.
func (p *Platform) Face(user int64, picture []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
	if u.face = nil; picture != nil {
		u.face = p.keep("photo", "face.jpg", "image/jpeg", picture)
	}
}

// The actions of sendChatAction.
var actions = []string{"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"}

func (p *Platform) chatAction(q *request) (any, *failure) {
	c, f := p.at(q)
	if f != nil {
		return nil, f
	}
	known := false
	for _, a := range actions {
		known = known || a == q.text("action")
	}
	if !known {
		return nil, bad("wrong parameter action in request")
	}
	c.typing = p.o.Clock().Add(5 * time.Second)
	p.changed(c)
	return true, nil
}

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (p *Platform) setCommands(q *request) (any, *failure) {
	var all []map[string]any
	if json.Unmarshal([]byte(q.text("commands")), &all) != nil {
		return nil, bad("can't parse commands JSON object")
	}
	for _, c := range all {
		name, _ := c["command"].(string)
		says, _ := c["description"].(string)
		if !commandForm.MatchString(name) {
			return nil, bad("BOT_COMMAND_INVALID")
		}
		if says == "" || len([]rune(says)) > 256 {
			return nil, bad("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	p.commands = all
	return true, nil
}

// Commands are the names in the bot's menu.
func (p *Platform) Commands() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, c := range p.commands {
		name, _ := c["command"].(string)
		out = append(out, name)
	}
	return out
}
