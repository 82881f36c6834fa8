package telegram

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"parley/core/connector"
)

const (
	publicServer   = "https://api.telegram.org"
	receivePolling = "polling"
	receiveWebhook = "webhook"
)

var badToken = text("This is no token of a bot. It looks like 123456789:AA… and comes from @BotFather (/token).",
	"这不是有效的机器人令牌。令牌形如 123456789:AA…，可在 @BotFather 中用 /token 查看。")

func form() connector.Form {
	return connector.Form{
		Docs: "https://core.telegram.org/bots/features#botfather",
		Fields: []connector.Field{
			{
				Name: "token", Kind: connector.FieldSecret, Label: text("Bot token", "机器人令牌（token）"), Required: true, Min: 20, Max: 200,
				Help: text("In Telegram, open @BotFather and send /newbot, or /token for a bot you have. Copy the token it answers with. Whoever has it controls the bot.",
					"在 Telegram 中打开 @BotFather，发送 /newbot 新建机器人，或发送 /token 查看已有机器人的令牌，然后复制到这里。持有令牌的人即可控制该机器人，请妥善保管。"),
			},
			{
				Name: "receive", Kind: connector.FieldChoice, Label: text("How messages come in", "接收方式"), Default: receivePolling,
				Options: []connector.FieldOption{
					{Value: receivePolling, Label: text("Long polling: the hub asks Telegram", "长轮询：由系统主动向 Telegram 拉取")},
					{Value: receiveWebhook, Label: text("Webhook: Telegram calls the hub", "Webhook：由 Telegram 回调系统")},
				},
				Help: text("Long polling works anywhere, also without a public address. A webhook needs a public https address on port 443, 80, 88 or 8443; it is set by itself. You can change this at any time, no message is lost.",
					"长轮询无需公网地址，随处可用。Webhook 需要公网 https 地址（端口 443、80、88 或 8443），系统会自动设置。可随时切换，不会丢失消息。"),
			},
			{
				Name: "commands", Kind: connector.FieldList, Label: text("Menu of commands", "命令菜单"), Example: "help - Ask for help", Advanced: true,
				Help: text("One command a line, as @BotFather takes them: help - Ask for help. Left empty, the bot's menu stays as it is; emptied, a menu set from here is taken off.",
					"每行一个命令，格式与 @BotFather 相同，例如：help - 获取帮助。留空则保留机器人现有菜单；清空后会移除由此处设置的菜单。"),
			},
			{
				Name: "api_base", Kind: connector.FieldURL, Label: text("Address of the Bot API server", "Bot API 服务器地址"), Default: publicServer, Advanced: true,
				Docs: "https://core.telegram.org/bots/api#using-a-local-bot-api-server",
				Help: text("Only change this if you run a Bot API server of your own. Log the bot out of the public server first (method logOut).",
					"仅在自建 Bot API 服务器时修改。切换前请先在公共服务器上登出机器人（logOut 方法）。"),
			},
			{
				Name: "local_server", Kind: connector.FieldSwitch, Label: text("The server runs with --local", "服务器以 --local 模式运行"), Default: "false", Advanced: true,
				Help: text("A server of your own in local mode takes files of up to 2000 MB, calls webhooks by http and on any port. Its files must be served below /file/bot<token>/.",
					"本地模式的自建服务器可收发最大 2000 MB 的文件，Webhook 可用 http 及任意端口。其文件目录须通过 /file/bot<token>/ 提供访问。"),
			},
		},
		Check: func(v connector.Values) (bad []connector.FieldError) {
			if _, ok := botOf(v["token"]); !ok {
				bad = append(bad, connector.FieldError{Field: "token", Text: badToken})
			}
			if _, err := readMenu(v["commands"]); err != nil {
				bad = append(bad, connector.FieldError{Field: "commands", Text: badMenu})
			}
			u, err := url.Parse(v["api_base"])
			if err != nil || u.RawQuery != "" || u.Fragment != "" {
				bad = append(bad, connector.FieldError{Field: "api_base", Text: text("Write the address without ? and #.", "地址中不要包含 ? 和 #。")})
			} else if v["local_server"] == "true" && u.Hostname() == "api.telegram.org" {
				bad = append(bad, connector.FieldError{Field: "local_server", Text: text("Telegram's own server is not a local one. Write the address of yours.", "Telegram 公共服务器不是本地服务器，请填写自建服务器的地址。")})
			}
			return bad
		},
	}
}

var tokenForm = regexp.MustCompile(`^([0-9]{1,15}):[A-Za-z0-9_-]{10,150}$`)

// botOf reads the bot's id out of its token.
func botOf(token string) (int64, bool) {
	m := tokenForm.FindStringSubmatch(token)
	if m == nil {
		return 0, false
	}
	id, err := strconv.ParseInt(m[1], 10, 64)
	return id, err == nil && id > 0
}

// command is a line of the bot's menu.
type command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

// Of BotCommand: 1–32 lower case letters, digits and underscores; 1–256
// characters; setMyCommands takes 100 at most.
var commandForm = regexp.MustCompile(`^/?([a-z0-9_]{1,32})\s*[-–—]\s*(\S.*)$`)

const maxCommands = 100

var badMenu = text("Write one command a line: help - Ask for help. A command has lower case letters, digits and _, 32 at most; there may be 100.",
	"每行填写一个命令，例如：help - 获取帮助。命令只能包含小写字母、数字和下划线，最长 32 个字符，最多 100 个命令。")

func readMenu(lines string) ([]command, error) {
	var out []command
	for _, line := range strings.Split(lines, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		m := commandForm.FindStringSubmatch(line)
		if m == nil || len([]rune(m[2])) > 256 || len(out) == maxCommands {
			return nil, fmt.Errorf("the menu of commands cannot be read from line %q on", line)
		}
		out = append(out, command{m[1], m[2]})
	}
	return out, nil
}
