package messaging

import (
	"encoding/json"

	"parley/connectors/meta/graph"
)

// happening is one messaging event.
type happening struct {
	Sender    party        `json:"sender"`
	Recipient party        `json:"recipient"`
	At        graph.Number `json:"timestamp"`
	Message   *message     `json:"message"`
	Postback  *postback    `json:"postback"`
	Referral  *referral    `json:"referral"`
	Reaction  *reaction    `json:"reaction"`
	Read      *read        `json:"read"`
	Delivery  *delivery    `json:"delivery"`
	Edit      *edit        `json:"message_edit"`
	Passed    *control     `json:"pass_thread_control"`
	Taken     *control     `json:"take_thread_control"`
}

type party struct {
	ID graph.Word `json:"id"`
}

type message struct {
	ID          string       `json:"mid"`
	Text        string       `json:"text"`
	Echo        bool         `json:"is_echo"`
	Deleted     bool         `json:"is_deleted"`
	Unsupported bool         `json:"is_unsupported"`
	Metadata    string       `json:"metadata"`
	Attachments []attachment `json:"attachments"`
	Referral    *referral    `json:"referral"`
	Quick       *struct {
		Payload string `json:"payload"`
	} `json:"quick_reply"`
	ReplyTo struct {
		ID    string `json:"mid"`
		Story *struct {
			ID  graph.Word `json:"id"`
			URL string     `json:"url"`
		} `json:"story"`
	} `json:"reply_to"`
}

type attachment struct {
	Type    string          `json:"type"`
	Title   string          `json:"title"`
	URL     string          `json:"url"`
	Payload json.RawMessage `json:"payload"`
}

// payload is what an attachment holds.
type payload struct {
	URL     string       `json:"url"`
	Title   string       `json:"title"`
	Sticker graph.Number `json:"sticker_id"`
	At      *struct {
		Lat float64 `json:"lat"`
		Lon float64 `json:"long"`
	} `json:"coordinates"`
	Product struct {
		Elements []struct {
			ID       graph.Word `json:"id"`
			Retailer graph.Word `json:"retailer_id"`
			Image    string     `json:"image_url"`
			Title    string     `json:"title"`
			Subtitle string     `json:"subtitle"`
		} `json:"elements"`
	} `json:"product"`
}

type postback struct {
	ID       string    `json:"mid"`
	Title    string    `json:"title"`
	Payload  string    `json:"payload"`
	Referral *referral `json:"referral"`
}

// referral is the door a customer came through: a link, an advertisement, a
// product.
type referral struct {
	Ref     string     `json:"ref"`
	Source  string     `json:"source"`
	Type    string     `json:"type"`
	Ad      graph.Word `json:"ad_id"`
	Page    string     `json:"referer_uri"`
	Context struct {
		Title string `json:"ad_title"`
		Photo string `json:"photo_url"`
	} `json:"ads_context_data"`
	Product struct {
		ID graph.Word `json:"id"`
	} `json:"product"`
}

type reaction struct {
	ID       string `json:"mid"`
	Action   string `json:"action"`
	Emoji    string `json:"emoji"`
	Reaction string `json:"reaction"`
}

// read is a watermark on Messenger and a message on Instagram.
type read struct {
	Watermark graph.Number `json:"watermark"`
	ID        string       `json:"mid"`
}

type delivery struct {
	IDs       []string     `json:"mids"`
	Watermark graph.Number `json:"watermark"`
}

type edit struct {
	ID   string       `json:"mid"`
	Text string       `json:"text"`
	N    graph.Number `json:"num_edit"`
}

// control is a conversation going from one app to another.
type control struct {
	New      graph.Word `json:"new_owner_app_id"`
	Previous graph.Word `json:"previous_owner_app_id"`
	Metadata string     `json:"metadata"`
}
